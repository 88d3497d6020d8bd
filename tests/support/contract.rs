//! Every answer against `schema.yml`: is the status documented, is the type right, does the body fit?

use super::principal::Answer;
use jsonschema::{Draft, Validator};
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock, Mutex},
};
use vestibule_api::{OPERATIONS, Operation};

/// Answers that any operation may give, with a `detail`, whether documented or not.
const GENERIC: &[u16] = &[404, 405, 406, 413, 415, 500, 501, 503];

/// The contract.
pub(crate) static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.yml")).unwrap();
    yaml_serde::from_str(&text).unwrap()
});

/// The operation behind a method and path (below `/api/v3`, with or without query).
pub(crate) fn operation(method: &Method, path: &str) -> Option<&'static Operation> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let path = path.split('?').next().unwrap_or_default();
    let fits = |o: &&Operation| {
        let (mut template, mut segments) = (o.path.split('/'), path.split('/'));
        o.method == *method
            && template.by_ref().zip(segments.by_ref()).all(|(t, s)| t == s || (t.starts_with('{') && !s.is_empty()))
            && o.path.split('/').count() == path.split('/').count()
    };
    // A literal segment goes before a parameter.
    OPERATIONS.iter().filter(fits).min_by_key(|o| o.path.matches('{').count())
}

/// What does not fit, if anything.
pub(crate) fn verdict(method: &Method, path: &str, answer: &Answer) -> Result<(), String> {
    let status = answer.status.as_u16();
    let media = answer.header("content-type").split(';').next().unwrap_or_default().to_owned();
    if *method == Method::HEAD {
        return if answer.bytes.is_empty() { Ok(()) } else { Err("a body where none may be".into()) };
    }
    let Some(operation) = operation(method, path).filter(|_| !GENERIC.contains(&status)) else {
        // Not described: OPTIONS, unknown paths, wrong methods, and errors of the server itself.
        if status >= 400 && answer.body["detail"].as_str().is_none_or(str::is_empty) {
            return Err("an error without `detail`".into());
        }
        return Ok(());
    };
    // A body that cannot be read at all never reaches the operation, whatever its errors look like.
    let detail = answer.body.as_object().filter(|o| o.len() == 1).and_then(|o| o.get("detail")?.as_str());
    if status == 400 && detail.is_some_and(|text| text.contains("parse error - ")) {
        return Ok(());
    }
    // The contract promises the result of an import under 204, which has no body; the reference answers it under 200.
    let status = if (operation.id, status) == ("flows_instances_import_create", 200) { 204 } else { status };
    let response = response(operation, status).ok_or("the status is not documented")?;
    let Some(content) = response["content"].as_object().filter(|c| !c.is_empty()) else {
        // Some operations answer an undescribed body or none (`BadRequest`), others a file.
        return if status == 204 && !answer.bytes.is_empty() { Err("204 with a body".into()) } else { Ok(()) };
    };
    // Files come with their own type.
    if content.values().any(|described| described["schema"]["format"] == "binary") {
        return Ok(());
    }
    let described = content.get(&media).ok_or_else(|| format!("content type {media:?} is not documented"))?;
    if media != "application/json" {
        return Ok(());
    }
    let errors: Vec<String> = validator(operation, status, &described["schema"])
        .iter_errors(&answer.body)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("\n")) }
}

/// What the contract says about a status of an operation.
fn response(operation: &Operation, status: u16) -> Option<&'static Value> {
    let method = operation.method.as_str().to_lowercase();
    let response = SCHEMA["paths"][operation.path][method]["responses"].get(status.to_string())?;
    match response["$ref"].as_str() {
        Some(reference) => SCHEMA.pointer(reference.trim_start_matches('#')),
        None => Some(response),
    }
}

/// The validator of an answer, made when it is needed first: there are a thousand and a test needs ten.
fn validator(operation: &'static Operation, status: u16, schema: &Value) -> Arc<Validator> {
    type Cache = Mutex<HashMap<(&'static str, u16), Arc<Validator>>>;
    static CACHE: LazyLock<Cache> = LazyLock::new(Cache::default);
    let key = (operation.id, status);
    if let Some(known) = CACHE.lock().unwrap().get(&key) {
        return known.clone();
    }
    let made = Arc::new(compile(schema));
    CACHE.lock().unwrap().insert(key, made.clone());
    made
}

/// A schema of the contract with the components it needs, as JSON Schema draft 4.
pub(crate) fn compile(schema: &Value) -> Validator {
    let (mut components, mut seen) = (Map::new(), BTreeSet::new());
    let mut queue = vec![rewrite(schema, &mut seen)];
    let root = queue[0].clone();
    while queue.pop().is_some() {
        for name in std::mem::take(&mut seen) {
            if !components.contains_key(&name) {
                let component = rewrite(&SCHEMA["components"]["schemas"][&name], &mut seen);
                components.insert(name, component.clone());
                queue.push(component);
            }
        }
    }
    let document = json!({ "allOf": [root], "components": { "schemas": components } });
    jsonschema::options()
        .with_draft(Draft::Draft4)
        .should_validate_formats(true)
        // Addresses may be blank, and may have places for facts about the user: `https://a.test/%(username)s`.
        .with_format("uri", |text: &str| text.is_empty() || text.starts_with('/') || text.contains(':'))
        // A user without an address has an empty one.
        .with_format("email", |text: &str| text.is_empty() || text.contains('@'))
        .with_format("uuid", |text: &str| uuid::Uuid::parse_str(text).is_ok())
        .build(&document)
        .unwrap_or_else(|e| panic!("the contract is no JSON Schema: {e}"))
}

/// `nullable` and discriminators in the words of JSON Schema; notes the components referred to.
fn rewrite(schema: &Value, seen: &mut BTreeSet<String>) -> Value {
    let object = match schema {
        Value::Array(list) => return list.iter().map(|item| rewrite(item, seen)).collect(),
        Value::Object(object) => object,
        other => return other.clone(),
    };
    if let Some(name) = object.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next()) {
        seen.insert(name.to_owned());
        return json!({ "$ref": object["$ref"] });
    }
    if let Some(mapping) =
        object.get("discriminator").and_then(|d| Some((d["propertyName"].as_str()?, d.get("mapping")?)))
    {
        return union(mapping.0, mapping.1, seen);
    }
    let mut rewritten = Map::new();
    for (key, value) in object {
        let value = match (key.as_str(), value) {
            (
                "nullable" | "readOnly" | "writeOnly" | "description" | "default" | "example",
                Value::Bool(_) | Value::String(_),
            ) => continue,
            // Names of properties are not words of the schema.
            ("properties", Value::Object(properties)) => {
                properties.iter().map(|(name, schema)| (name.clone(), rewrite(schema, seen))).collect()
            }
            ("enum" | "default" | "required", value) => value.clone(),
            (_, value) => rewrite(value, seen),
        };
        rewritten.insert(key.clone(), value);
    }
    let rewritten = Value::Object(rewritten);
    if object.get("nullable") == Some(&Value::Bool(true)) {
        json!({ "anyOf": [{ "type": "null" }, rewritten] })
    } else {
        rewritten
    }
}

/// A tagged union: the tag decides which one of the schemas must fit.
fn union(tag: &str, mapping: &Value, seen: &mut BTreeSet<String>) -> Value {
    let variants = mapping.as_object().into_iter().flatten().map(|(value, reference)| {
        let variant = rewrite(&json!({ "$ref": reference }), seen);
        let tagged = json!({ "required": [tag], "properties": { tag: { "enum": [value] } } });
        json!({ "allOf": [tagged, variant] })
    });
    json!({ "anyOf": variants.collect::<Vec<_>>() })
}
