//! How deep brackets may lie in one another in a text of YAML, found out before anybody reads it.
//!
//! The YAML scanner compares every token with every open bracket, long before it can tell that brackets are too deep in
//! one another: a megabyte of `[` would keep it busy for hours.

use crate::Position;

/// Where the first bracket stands that is deeper than `deepest`, in a text for which the scanner would need more than
/// `comparisons`. Linear in the text.
///
/// Brackets in strings and comments open nothing, and which those are only the scanner knows. So all that open are
/// counted, and one that closes counts only where it cannot but close: where nothing since the bracket that it closes
/// could begin a string, a comment or a verbatim tag. More are counted than there are, never fewer; and as prose may hold
/// a few, their number alone says nothing.
#[must_use]
pub fn excess(text: &str, deepest: usize, comparisons: usize) -> Option<Position> {
    let (mut line, mut column) = (1, 0);
    let (mut kept, mut closable, mut needed) = (0_usize, 0_usize, 0_usize);
    let mut first = None;
    for byte in text.bytes() {
        column += 1;
        match byte {
            b'[' | b'{' => closable += 1,
            b']' | b'}' => closable = closable.saturating_sub(1),
            b'"' | b'\'' | b'#' | b'<' => (kept, closable) = (kept + closable, 0),
            b'\n' => (line, column) = (line + 1, 0),
            _ => {}
        }
        let open = kept + closable;
        if open > deepest {
            first = first.or(Some(Position { line, column }));
        }
        if matches!(byte, b'[' | b'{' | b',' | b':' | b'\n') {
            needed = needed.saturating_add(open);
        }
        if needed > comparisons {
            return first;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<usize> {
        excess(text, 10, 1_000_000).map(|position| position.column)
    }

    #[test]
    fn brackets_in_one_another_are_found_whatever_hides_their_ends() {
        let deep = |one: &str| format!("x: {}", one.repeat(100_000));
        assert_eq!(at(&deep("[")), Some(14));
        for hidden in ["[\"]\", ", "[']', ", "[!<]> x, ", "{\"}\": ", "[ # ]\n"] {
            assert!(at(&deep(hidden)).is_some(), "{hidden}");
        }
    }

    #[test]
    fn what_people_write_has_no_excess() {
        let entry =
            "- model: a.b\n  identifiers: {pk: !KeyOf x}\n  attrs: {names: [a, [b, c]], expression: \"x[1]\"}\n";
        for text in [entry.repeat(1_000), "[]{}[".repeat(100), "[a, b]\n".repeat(100_000)] {
            assert_eq!(excess(&text, 10, 40_000_000), None);
        }
    }
}
