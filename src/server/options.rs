//! Answers to OPTIONS: what a path is, which fields its bodies take and which its answers add.

use crate::api::context::Caller;
use serde_json::{Map, Value, json};
use vestibule_api::{
    ApiError, BodyKind, Operation, Output, Permission,
    schema::{Field, Format, Schema},
};

/// Describes a path. Fields of bodies are told only to callers who may send them.
///
/// # Errors
/// 403 for an anonymous caller, unless the path is open to everybody.
pub(super) fn describe(operations: &[&'static Operation], caller: &Caller) -> Result<Output, ApiError> {
    let open = operations.iter().any(|o| o.permission == Permission::Anonymous);
    if matches!(caller, Caller::Anonymous) && !open {
        return Err(ApiError::unauthenticated());
    }
    let mut actions = Map::new();
    for operation in operations.iter().filter(|o| o.method == http::Method::POST || o.method == http::Method::PUT) {
        if let BodyKind::Json(Schema::Object(fields)) = operation.body
            && may(operation.permission, caller)
        {
            let read_only = operation.read_only.iter().map(|f| field(f, true));
            let all = fields.iter().map(|f| field(f, false)).chain(read_only).collect();
            actions.insert(operation.method.to_string(), Value::Object(all));
        }
    }
    let first = operations.first().map_or(("", ""), |o| (o.resource, o.summary));
    let mut document = json!({
        "name": title(first.0),
        "description": first.1,
        "renders": ["application/json"],
        "parses": [if operations.iter().any(|o| matches!(o.body, BodyKind::Multipart(_))) { "multipart/form-data" } else { "application/json" }],
    });
    if !actions.is_empty() {
        document["actions"] = Value::Object(actions);
    }
    Ok(Output::Json(document.to_string().into_bytes()))
}

fn may(permission: Permission, caller: &Caller) -> bool {
    match (permission, caller) {
        (Permission::Anonymous, _) | (Permission::Authenticated, Caller::User(_)) => true,
        (_, Caller::Anonymous) => false,
        (Permission::Superuser, Caller::User(p)) => p.superuser,
        (Permission::Model(all), Caller::User(p)) => all.iter().all(|permission| p.may(permission)),
    }
}

fn field(field: &Field, read_only: bool) -> (String, Value) {
    let mut described = json!({
        "type": kind(field.schema),
        "required": field.required,
        "read_only": read_only,
        "label": title(field.name),
    });
    if !field.help.is_empty() {
        described["help_text"] = json!(field.help);
    }
    match inner(field.schema) {
        Schema::Enum(values) => {
            described["choices"] = values.iter().map(|v| json!({ "value": v, "display_name": title(v) })).collect();
        }
        Schema::IntegerEnum(values) => {
            described["choices"] =
                values.iter().map(|v| json!({ "value": v, "display_name": v.to_string() })).collect();
        }
        Schema::String { max, .. } if *max > 0 => described["max_length"] = json!(max),
        Schema::Integer { min, max } if (*min, *max) != (i64::MIN, i64::MAX) => {
            described["min_value"] = json!(min);
            described["max_value"] = json!(max);
        }
        _ => {}
    }
    (field.name.to_owned(), described)
}

fn inner(schema: &'static Schema) -> &'static Schema {
    if let Schema::Nullable(schema) = schema { schema } else { schema }
}

/// The reference's word for a kind of field.
fn kind(schema: &'static Schema) -> &'static str {
    match inner(schema) {
        Schema::String { format: Format::DateTime, .. } => "datetime",
        Schema::String { format: Format::Date, .. } => "date",
        Schema::String { format: Format::Uri, .. } => "url",
        Schema::String { format: Format::Email, .. } => "email",
        Schema::String { format: Format::Text, pattern: Some(_), .. } => "slug",
        Schema::String { format: Format::Text, .. } | Schema::TextOr(_) => "string",
        Schema::Enum(_) | Schema::IntegerEnum(_) => "choice",
        Schema::Integer { .. } => "integer",
        Schema::Number { .. } => "float",
        Schema::Boolean => "boolean",
        Schema::File => "file upload",
        _ => "field",
    }
}

/// `meta_icon` → `Meta icon`.
fn title(name: &str) -> String {
    let text = name.replace(['_', '-'], " ");
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
