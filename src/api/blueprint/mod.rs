//! Blueprints: objects of any kind as a YAML document, to carry them from one installation to another.
//!
//! [`document`] reads the YAML, [`resolve`] replaces its tags by values, [`models`] lists the kinds of objects that a
//! blueprint may hold, and [`import`](mod@import) writes them through the same checks as the API, in the request's transaction.
//! [`export`] writes a flow.

mod document;
mod export;
mod import;
mod models;
mod resolve;

pub use document::metadata;
pub use export::flow;
pub use import::{apply, import};

/// The fields of an object.
type Fields = serde_json::Map<String, serde_json::Value>;
