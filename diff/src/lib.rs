//! What changed between two OpenAPI documents.
//!
//! [`changes`] finds every change and says what it means for callers. [`notes`] tells those changes that openapi-diff
//! tells, in its words and its order, because people are used to reading them in release notes. [`cli`] is the command
//! `vestibule diff`.

pub mod allow;
pub mod changes;
pub mod cli;
pub mod notes;
pub mod prettier;
pub mod report;
