"use strict";
// The page is complete without this; it adds the filter and the buttons.
const form = document.getElementById("filter");
const failures = [...document.querySelectorAll(".failure")];
if (form) {
  form.hidden = false;
  const { text, check } = form.elements;
  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const failure of failures) {
      const content = failure.textContent.toLowerCase();
      const fits = (!check.value || failure.dataset.check === check.value) && words.every((word) => content.includes(word));
      failure.hidden = !fits;
      shown += fits;
    }
    form.querySelector("output").value = shown === failures.length ? "" : `${shown} of ${failures.length}`;
    document.querySelector(".nothing").hidden = shown > 0;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  const all = form.querySelector("button");
  all.addEventListener("click", () => {
    const open = all.textContent === "Open all";
    for (const failure of failures) failure.open = open;
    all.textContent = open ? "Close all" : "Open all";
  });
  filter();
}
for (const command of document.querySelectorAll(".command")) {
  const button = command.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = command.querySelector("pre").textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Pages opened from a file may not write to the clipboard everywhere.
      getSelection().selectAllChildren(command.querySelector("pre"));
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
}
