//! Changes in the form of release notes.
//!
//! Many projects, authentik among them, publish what openapi-diff 2.1.0-beta.8 prints about two releases. This is that
//! comparison, with its rules and its order: which changes it reports and which it does not notice (defaults, patterns,
//! `nullable`), what it prints of a schema it has printed before, and that operations come in the order in which their
//! schemas were settled. Where the tool fails (a schema that contains itself through `allOf`), this ends and says what it
//! can. What is compatible is not decided here but in [`crate::changes`], which notices everything.
//!
//! [`tree`] reads a document the way the tool's parser does, [`schema`] and [`operation`] compare, and [`render`] prints.
//! [`deferred`] is why things have the order they have.

mod changed;
mod deferred;
mod hash_order;
mod merge;
mod operation;
mod parameter;
mod render;
mod render_schema;
mod schema;
mod security;
mod tree;
mod tree_schema;

use crate::prettier;
use vestibule_spec::Document;

/// The changes between two documents, as Markdown. Empty if openapi-diff notices none.
pub fn markdown(old: &Document, new: &Document) -> Result<String, String> {
    crate::with_large_stack(|| {
        let comparison = operation::compare(old, new);
        if comparison.too_deep {
            return Err(format!("more than {} schemas in one another", schema::DEPTH));
        }
        Ok(prettier::format(&render::render(&comparison)))
    })?
}
