//! Markdown as prettier prints it.
//!
//! Release notes are formatted by prettier (tab width 4, prose left as it is), so what this program prints must come out
//! of prettier unchanged. Prettier reads Markdown with an old version of remark, which differs from CommonMark in places
//! that matter here: what a description contains, where a list ends, which lines belong to the paragraph above. [`block`]
//! and [`inline`] know those rules for all that occurs in descriptions of APIs; tables and footnotes are not among them
//! and stay as they are.

mod block;
mod inline;
mod list;
mod print;

/// Formats a Markdown text.
#[must_use]
pub fn format(text: &str) -> String {
    let lines = print::text(&block::parse(text));
    let mut out = lines.join("\n");
    if !out.is_empty() {
        out.push('\n');
    }
    out
}
