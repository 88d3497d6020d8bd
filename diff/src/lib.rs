//! What changed between two OpenAPI documents.

pub mod notes;
pub mod prettier;
