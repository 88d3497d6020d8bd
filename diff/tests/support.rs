//! Small documents.

use serde_json::{Value, json};
use vestibule_diff::changes::{self, Change};
use vestibule_spec::Document;

pub(crate) fn parse(value: &Value) -> Document {
    Document::parse("test", serde_json::to_vec(value).unwrap()).unwrap()
}

/// A document with these paths and schemas.
pub(crate) fn document(paths: Value, schemas: Value) -> Document {
    parse(
        &json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths, "components": {"schemas": schemas}}),
    )
}

/// A document whose only operation answers with this schema.
pub(crate) fn response(schema: Value, schemas: Value) -> Document {
    let content = json!({"application/json": {"schema": schema}});
    document(json!({"/a/": {"get": {"responses": {"200": {"description": "", "content": content}}}}}), schemas)
}

/// A document whose only operation takes this schema.
pub(crate) fn request(schema: Value, schemas: Value) -> Document {
    let content = json!({"application/json": {"schema": schema}});
    document(
        json!({"/a/": {"put": {"requestBody": {"content": content}, "responses": {"204": {"description": ""}}}}}),
        schemas,
    )
}

/// The changes as `class rule location: message`.
pub(crate) fn changes(old: &Document, new: &Document) -> Vec<String> {
    changes::compare(old, new).iter().map(line).collect()
}

pub(crate) fn line(change: &Change) -> String {
    format!("{} {} {}: {}", change.class, change.rule, change.location, change.message)
}
