"use strict";
const boxes = [...document.querySelectorAll("input[data-class]")];
const update = () => {
    const shown = new Set(boxes.filter((box) => box.checked).map((box) => box.dataset.class));
    for (const section of document.querySelectorAll("section")) {
        const items = [...section.querySelectorAll("li")];
        for (const item of items) {
            item.hidden = !shown.has(item.className);
        }
        section.hidden = items.every((item) => item.hidden);
    }
};
for (const box of boxes) {
    box.addEventListener("change", update);
}
