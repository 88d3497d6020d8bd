//! Facts that stand in extensions, because the plain contract must stay as clients know it.
//!
//! * `x-common-responses`, at the top: answers that every operation may give.
//! * `x-content`, in a response: other content types that may be asked for.
//! * `x-no-pattern`, in a schema: older values do not keep to its pattern.
//! * `x-object`, in a schema without type: it is an object.
//! * `x-also`, in the schema of a text: what requests may send as well.
//! * `x-blank`, in a schema: a text with a format may also be empty.
//! * `x-permission`, in an operation: who may call it; see [`crate::model::Operation`].

use crate::load::resolve;
use serde_json::{Map, Value, json};

/// Says in words of OpenAPI what extensions say, as far as there are words.
pub(crate) fn apply(document: &mut Value) {
    let common = document["x-common-responses"].as_object().cloned().unwrap_or_default();
    let root = document.clone();
    let Some(paths) = document["paths"].as_object_mut() else { return };
    let operations = paths.values_mut().filter_map(Value::as_object_mut).flat_map(|item| item.values_mut());
    for responses in operations.filter_map(|operation| operation.get_mut("responses")?.as_object_mut()) {
        for response in responses.values_mut() {
            more_content(&root, response);
        }
        for (status, response) in &common {
            if !responses.contains_key(status) {
                responses.insert(status.clone(), response.clone());
            }
        }
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.values_mut().for_each(loosen);
    }
}

/// Adds other content types of a response to the usual ones.
fn more_content(root: &Value, response: &mut Value) {
    let more = resolve(root, response)["x-content"].as_object().cloned();
    if let Some(more) = more {
        let mut whole = resolve(root, response).clone();
        let content = whole.as_object_mut().map(|r| r.entry("content").or_insert_with(|| Value::Object(Map::new())));
        if let Some(Value::Object(content)) = content {
            content.extend(more);
        }
        *response = whole;
    }
}

/// Takes away patterns that do not hold, and adds types that are kept to and what may be sent as well.
fn loosen(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.get("x-no-pattern") == Some(&Value::Bool(true)) {
                object.remove("pattern");
            }
            if object.get("x-object") == Some(&Value::Bool(true)) {
                object.insert("type".into(), "object".into());
            }
            if let Some(other) = object.remove("x-also") {
                object.remove("type");
                object.insert("anyOf".into(), json!([{ "type": "string" }, other]));
            }
            object.values_mut().for_each(loosen);
        }
        Value::Array(items) => items.iter_mut().for_each(loosen),
        _ => {}
    }
}
