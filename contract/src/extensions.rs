//! Facts that stand in extensions, because the plain contract must stay as clients know it.
//!
//! * `x-common-responses`, at the top: answers that every operation may give.
//! * `x-content`, in a response: other content types that may be asked for.
//! * `x-no-pattern`, in a schema: older values do not keep to its pattern.
//! * `x-object`, in a schema without type: it is an object.
//! * `x-also`, in the schema of a text: what requests may send as well.
//! * `x-blank`, in a schema: a text with a format may also be empty.
//! * `x-limits`, at the top: in `fields` how long texts of requests may be, by the names of properties. Its other limits are
//!   above all that is made here.
//! * `x-permission`, in an operation: who may call it; see [`crate::model::Operation`].

use crate::load::resolve;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

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
    let (limits, sent) = (document["x-limits"].clone(), sent(document));
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.values_mut().for_each(loosen);
        schemas.iter_mut().filter(|(name, _)| sent.contains(*name)).for_each(|(_, schema)| limit(&limits, "", schema));
    }
}

/// The names of all schemas that bodies of requests are made of.
fn sent(document: &Value) -> BTreeSet<String> {
    let operations = document["paths"].as_object().into_iter().flat_map(|paths| paths.values());
    let operations = operations.filter_map(Value::as_object).flat_map(|item| item.values());
    let mut left: Vec<&Value> = operations.filter_map(|operation| operation.get("requestBody")).collect();
    let mut names = BTreeSet::new();
    while let Some(node) = left.pop() {
        if let Some(reference) = node.get("$ref").and_then(Value::as_str) {
            let name = reference.strip_prefix("#/components/schemas/");
            if name.is_none_or(|name| names.insert(name.to_owned())) {
                left.push(resolve(document, node));
            }
            continue;
        }
        match node {
            Value::Object(object) => left.extend(object.values()),
            Value::Array(items) => left.extend(items),
            _ => {}
        }
    }
    names
}

/// Says of a text how long it may be where only the name of its property tells; those with a format have rules of their
/// own.
fn limit(limits: &Value, property: &str, schema: &mut Value) {
    let own = limits["fields"].get(property).cloned();
    let Value::Object(object) = schema else { return };
    let plain = object.get("type").is_some_and(|kind| kind == "string")
        && !["enum", "maxLength", "format"].iter().any(|key| object.contains_key(*key));
    if let Some(own) = own.filter(|_| plain) {
        object.insert("maxLength".into(), own);
    }
    for (key, inner) in object.iter_mut() {
        match (key.as_str(), inner) {
            ("properties", Value::Object(properties)) => {
                properties.iter_mut().for_each(|(name, inner)| limit(limits, name, inner));
            }
            ("items" | "additionalProperties", inner) => limit(limits, property, inner),
            ("anyOf" | "oneOf" | "allOf", Value::Array(parts)) => {
                parts.iter_mut().for_each(|part| limit(limits, property, part));
            }
            _ => {}
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_requests_have_the_limits_of_the_document() {
        let text = || json!({ "type": "string" });
        let fields = json!({ "type": "object", "properties": {
            "name": text(), "note": text(), "short": { "type": "string", "maxLength": 5 },
            "list": { "type": "array", "items": text() }, "id": { "type": "string", "format": "uuid" },
        }});
        let mut document = json!({
            "x-limits": { "text_length": 900, "fields": { "name": 60, "list": 70, "short": 80, "id": 90 } },
            "paths": { "/a/": { "post": { "requestBody": { "$ref": "#/components/requestBodies/A" }, "responses": {} } } },
            "components": {
                "requestBodies": { "A": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/A" } } } } },
                "schemas": { "A": fields, "Answer": fields },
            },
        });
        apply(&mut document);
        let schemas = &document["components"]["schemas"];
        let length = |property: &str| schemas["A"]["properties"][property]["maxLength"].clone();
        assert_eq!((length("name"), length("note"), length("short")), (json!(60), Value::Null, json!(5)));
        assert_eq!(schemas["A"]["properties"]["list"]["items"]["maxLength"], 70);
        assert_eq!((length("id"), &schemas["Answer"]), (Value::Null, &fields));
    }
}
