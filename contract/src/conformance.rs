//! Does an answer fit the schema: its status, content type, headers and body?
//!
//! Bodies are validated as JSON Schema draft 4, which is what OpenAPI 3.0 means once `nullable` and discriminators are
//! said in its words; documents of OpenAPI 3.1 as draft 2020-12. Formats are asserted: `uuid` and `date-time` to the letter;
//! a `uri` has a scheme or is an absolute path, without blanks, whatever its letters (there may be places to be filled in,
//! `https://%(user)s.test`); an `email` has something on either side of its `@`. A text that may also be empty says so
//! with `x-blank: true` beside its format.

use crate::{
    check::Check,
    load::{Document, resolve},
    model::is_json,
};
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

/// What an answer is checked against.
#[derive(Debug)]
pub struct Conformance {
    document: Document,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// An answer, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// Names (in any case) and values of its headers.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
}

impl Answer<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check it belongs to.
    pub check: Check,
    /// A line that is the same for the same fault.
    pub title: String,
    /// The details.
    pub message: String,
}

impl Conformance {
    /// Checks against a document.
    pub fn new(document: Document) -> Self {
        Self { document, validators: Mutex::default() }
    }

    /// The document.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The path of the document that a path (without the prefix of the server) belongs to, with its definition. A
    /// literal segment goes before a parameter.
    pub fn path(&self, path: &str) -> Option<(&str, &Value)> {
        let path = path.split('?').next().unwrap_or_default();
        let fits = |template: &str| {
            template.split('/').count() == path.split('/').count()
                && template
                    .split('/')
                    .zip(path.split('/'))
                    .all(|(t, s)| t == s || (t.starts_with('{') && !s.is_empty()))
        };
        let paths = self.document.value["paths"].as_object()?.iter().filter(|(template, _)| fits(template));
        paths
            .min_by_key(|(template, _)| template.matches('{').count())
            .map(|(template, item)| (template.as_str(), item))
    }

    /// The definition of the response for a status: its own, that of its class (`4XX`), or `default`.
    pub fn response(&self, path: &str, method: &str, status: u16) -> Option<&Value> {
        let item = self.document.resolve(self.document.value["paths"].get(path)?);
        let responses = item.get(method.to_lowercase())?["responses"].as_object()?;
        let class = format!("{}XX", status / 100);
        let named = responses.get(&status.to_string()).or_else(|| responses.get(&class));
        let class = named.or_else(|| responses.get(&class.to_lowercase())).or_else(|| responses.get("default"));
        class.map(|response| self.document.resolve(response))
    }

    /// What of an answer does not fit. The path is one of the document.
    pub fn check(&self, path: &str, method: &str, answer: Answer<'_>) -> Vec<Finding> {
        let Some(response) = self.response(path, method, answer.status) else {
            let title = format!("Undocumented status {}", answer.status);
            let item = self.document.resolve(&self.document.value["paths"][path]);
            let known: Vec<&str> = item[method.to_lowercase()]["responses"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(status, _)| status.as_str())
                .collect();
            let message = format!("The schema lists {} for {method} {path}.", known.join(", "));
            return vec![Finding { check: Check::StatusCodeConformance, title, message }];
        };
        let mut findings = self.headers(response, &answer);
        findings.extend(self.content(path, method, response, &answer));
        findings
    }

    fn headers(&self, response: &Value, answer: &Answer<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut add = |title: String, message: String| {
            findings.push(Finding { check: Check::ResponseHeadersConformance, title, message });
        };
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            let header = self.document.resolve(header);
            let Some(value) = answer.header(name) else {
                if header["required"] == true {
                    add(format!("Missing header {name}"), format!("The schema says that {name} is always there."));
                }
                continue;
            };
            let schema = self.document.resolve(&header["schema"]);
            let value = match schema["type"].as_str() {
                Some("integer" | "number" | "boolean" | "array" | "object") => {
                    serde_json::from_str(value).unwrap_or_else(|_| json!(value))
                }
                _ => json!(value),
            };
            if let Err(errors) = self.validate(&header["schema"], &value) {
                add(format!("Header {name} does not fit its schema"), errors.join("\n"));
            }
        }
        findings
    }

    fn content(&self, path: &str, method: &str, response: &Value, answer: &Answer<'_>) -> Vec<Finding> {
        let finding = |check: Check, title: String, message: String| vec![Finding { check, title, message }];
        let described = response["content"].as_object().filter(|content| !content.is_empty());
        if matches!(answer.status, 204 | 205 | 304) || method == "HEAD" {
            return if answer.body.is_empty() {
                Vec::new()
            } else {
                let title = format!("{} with a body", if method == "HEAD" { "HEAD" } else { "204" });
                finding(Check::ResponseSchemaConformance, title, "There may be none.".into())
            };
        }
        // Nothing described: whether there is a body, and what it is, is free.
        let Some(described) = described else { return Vec::new() };
        let known = || described.keys().cloned().collect::<Vec<_>>().join(", ");
        let Some(media) = answer.header("content-type") else {
            let title = "Missing content type".to_owned();
            return finding(Check::ContentTypeConformance, title, format!("The schema lists {}.", known()));
        };
        let plain = media.split(';').next().unwrap_or_default().trim().to_lowercase();
        let fits = |pattern: &str| {
            let pattern = pattern.split(';').next().unwrap_or_default().trim().to_lowercase();
            pattern == plain
                || pattern == "*/*"
                || pattern.strip_suffix("/*").is_some_and(|main| plain.split('/').next() == Some(main))
        };
        let Some((_, content)) = described.iter().find(|(media, _)| fits(media)) else {
            let title = format!("Undocumented content type {plain}");
            return finding(Check::ContentTypeConformance, title, format!("The schema lists {}.", known()));
        };
        let Some(schema) = content.get("schema").filter(|_| is_json(&plain)) else { return Vec::new() };
        if self.document.resolve(schema)["format"] == "binary" {
            return Vec::new();
        }
        let value: Value = match serde_json::from_slice(answer.body) {
            Ok(value) => value,
            Err(error) => {
                let title = "The body is not JSON".to_owned();
                return finding(Check::ResponseSchemaConformance, title, error.to_string());
            }
        };
        match self.validate(schema, &value) {
            Ok(()) => Vec::new(),
            Err(errors) => {
                let first = errors.first().map(String::as_str).unwrap_or_default();
                let title = format!("{} does not fit its schema at {}", answer.status, generalize(first));
                let _ = path;
                finding(Check::ResponseSchemaConformance, title, errors.join("\n"))
            }
        }
    }

    /// Validates a value against a schema of the document. Errors are `/pointer: reason`.
    pub fn validate(&self, schema: &Value, value: &Value) -> Result<(), Vec<String>> {
        let validator = self.validator(schema).map_err(|error| vec![format!(": {error}")])?;
        let errors: Vec<String> =
            validator.iter_errors(value).take(10).map(|e| format!("{}: {}", e.instance_path(), explain(&e))).collect();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn validator(&self, schema: &Value) -> Result<Arc<Validator>, String> {
        let key = schema.to_string();
        let mut known = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = known.get(&key) {
            return Ok(validator.clone());
        }
        let made = Arc::new(compile(&self.document.value, schema)?);
        known.insert(key, made.clone());
        Ok(made)
    }
}

/// The pointer of an error without the positions in lists, so that the same fault has the same title.
fn generalize(error: &str) -> String {
    let pointer = error.split(": ").next().unwrap_or_default();
    let parts = pointer
        .split('/')
        .map(|part| if part.bytes().all(|b| b.is_ascii_digit()) && !part.is_empty() { "*" } else { part });
    let pointer = parts.collect::<Vec<_>>().join("/");
    if pointer.is_empty() { "the top".into() } else { pointer }
}

/// An error, with what is wrong rather than with the whole value.
fn explain(error: &jsonschema::ValidationError<'_>) -> String {
    let text = error.masked().to_string();
    let shown = error.instance().to_string();
    shorten(&if shown.len() <= 120 { error.to_string() } else { text })
}

fn shorten(text: &str) -> String {
    const MOST: usize = 600;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{} …", &text[..at]),
        None => text.into(),
    }
}

/// A schema of a document with the components it needs, as JSON Schema.
pub fn compile(document: &Value, schema: &Value) -> Result<Validator, String> {
    let modern = document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1"));
    let (mut components, mut seen) = (BTreeMap::new(), BTreeSet::new());
    let root = rewrite(document, schema, &mut seen);
    while let Some(reference) = seen.iter().find(|r| !components.contains_key(*r)).cloned() {
        let target = document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
        components.insert(reference, rewrite(document, target, &mut seen));
    }
    let mut whole = json!({ "allOf": [root] });
    for (reference, component) in components {
        insert(&mut whole, reference.trim_start_matches("#/"), component);
    }
    jsonschema::options()
        .with_draft(if modern { Draft::Draft202012 } else { Draft::Draft4 })
        .should_validate_formats(true)
        .with_format("uri", is_address)
        .with_format("email", is_email)
        .with_format("uuid", |text: &str| uuid::Uuid::parse_str(text).is_ok())
        .with_format("date-time", |text: &str| chrono::DateTime::parse_from_rfc3339(text).is_ok())
        .build(&whole)
        .map_err(|e| format!("the schema cannot be read: {e}"))
}

/// Puts a value at a pointer, making the objects on the way.
fn insert(whole: &mut Value, pointer: &str, value: Value) {
    let mut place = whole;
    for part in pointer.split('/') {
        let part = part.replace("~1", "/").replace("~0", "~");
        let Value::Object(object) = place else { return };
        place = object.entry(part).or_insert_with(|| Value::Object(Map::new()));
    }
    *place = value;
}

fn is_address(text: &str) -> bool {
    let scheme = text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    let solid = !text.contains(char::is_whitespace);
    solid && (scheme || text.starts_with('/'))
}

fn is_email(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !text.contains(' '))
}

/// `nullable` (`x-nullable`, where a document has to keep to the words of another) and discriminators in the words of JSON
/// Schema; notes the components referred to.
fn rewrite(document: &Value, schema: &Value, seen: &mut BTreeSet<String>) -> Value {
    let object = match schema {
        Value::Array(list) => return list.iter().map(|item| rewrite(document, item, seen)).collect(),
        Value::Object(object) => object,
        other => return other.clone(),
    };
    if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
        seen.insert(reference.to_owned());
        return json!({ "$ref": reference });
    }
    if let Some((tag, mapping)) =
        object.get("discriminator").and_then(|d| Some((d["propertyName"].as_str()?, &d["mapping"])))
        && mapping.is_object()
    {
        return union(document, tag, mapping, seen);
    }
    let mut rewritten = Map::new();
    for (key, value) in object {
        let value = match (key.as_str(), value) {
            (
                "nullable" | "readOnly" | "writeOnly" | "description" | "default" | "example" | "examples" | "title",
                _,
            ) => continue,
            // Names of properties are not words of the schema.
            ("properties", Value::Object(properties)) => {
                properties.iter().map(|(name, schema)| (name.clone(), rewrite(document, schema, seen))).collect()
            }
            // What is only written need not be answered.
            ("required", Value::Array(required)) => {
                let answered = |name: &&Value| {
                    let property = &object.get("properties").unwrap_or(&Value::Null)[name.as_str().unwrap_or_default()];
                    resolve(document, property)["writeOnly"] != true
                };
                let required: Vec<Value> = required.iter().filter(answered).cloned().collect();
                if required.is_empty() {
                    continue;
                }
                Value::Array(required)
            }
            ("enum" | "const", value) => value.clone(),
            (_, value) => rewrite(document, value, seen),
        };
        rewritten.insert(key.clone(), value);
    }
    if object.get("x-blank") == Some(&Value::Bool(true))
        && let Some(format) = rewritten.remove("format")
    {
        rewritten.insert("anyOf".into(), json!([{ "format": format }, { "maxLength": 0 }]));
    }
    let rewritten = Value::Object(rewritten);
    let nullable = ["nullable", "x-nullable"].iter().any(|word| object.get(*word) == Some(&Value::Bool(true)));
    if nullable { or_null(rewritten) } else { rewritten }
}

/// The same schema, or null. Where it can, it stays one schema, whose errors say more than those of a choice of two.
fn or_null(mut schema: Value) -> Value {
    if let Value::Object(object) = &mut schema
        && let Some(Value::String(kind)) = object.get("type").cloned()
        && !object.contains_key("allOf")
    {
        object.insert("type".into(), json!([kind, "null"]));
        if let Some(Value::Array(values)) = object.get_mut("enum") {
            values.push(Value::Null);
        }
        return schema;
    }
    json!({ "anyOf": [{ "enum": [null] }, schema] })
}

/// A tagged union: the tag decides which one of the schemas must fit.
fn union(document: &Value, tag: &str, mapping: &Value, seen: &mut BTreeSet<String>) -> Value {
    let variants = mapping.as_object().into_iter().flatten().map(|(value, reference)| {
        let variant = rewrite(document, &json!({ "$ref": reference }), seen);
        let tagged = json!({ "required": [tag], "properties": { tag: { "enum": [value] } } });
        json!({ "allOf": [tagged, variant] })
    });
    json!({ "anyOf": variants.collect::<Vec<_>>() })
}
