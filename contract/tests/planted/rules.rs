//! What the server checks: its own copy of the contract, which a fault may have amended.

use super::faults::Fault;
use hyper::{Method, body::Bytes};
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

/// What is wrong with a request, by field.
pub(crate) type Errors = Map<String, Value>;

/// The contract as the server understands it.
pub(crate) struct Rules {
    document: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// An operation that a request is for.
pub(crate) struct Matched<'a> {
    /// Its `operationId`.
    pub(crate) id: &'a str,
    /// What the contract says about it.
    pub(crate) description: &'a Value,
    /// The value of its path parameter, decoded.
    pub(crate) key: String,
    /// Whether it can be called without a token.
    pub(crate) open: bool,
}

/// No operation: there is no such path, or it has other methods.
pub(crate) enum Unmatched {
    Path,
    Method(String),
}

impl Rules {
    pub(crate) fn new(fault: Fault) -> Self {
        let mut document: Value = yaml_serde::from_str(super::DOCUMENT).unwrap();
        for (pointer, value) in fault.amendments() {
            amend(&mut document, &pointer, value);
        }
        widen_nullable(&mut document);
        Self { document, validators: Mutex::default() }
    }

    /// The operation that a method and path are for. A literal segment goes before a parameter.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Result<Matched<'_>, Unmatched> {
        let paths = self.document["paths"].as_object().unwrap();
        let fits = |template: &&String| {
            template.split('/').count() == path.split('/').count()
                && template
                    .split('/')
                    .zip(path.split('/'))
                    .all(|(t, s)| t == s || (t.starts_with('{') && !s.is_empty()))
        };
        let template = paths.keys().filter(fits).min_by_key(|t| t.matches('{').count()).ok_or(Unmatched::Path)?;
        let item = paths[template].as_object().unwrap();
        let method = if method == Method::HEAD { "get".to_owned() } else { method.as_str().to_lowercase() };
        let Some(description) = item.get(&method).filter(|_| method != "parameters") else {
            let methods: Vec<String> = item.keys().filter(|k| *k != "parameters").map(|m| m.to_uppercase()).collect();
            return Err(Unmatched::Method(format!("{}, HEAD, OPTIONS", methods.join(", "))));
        };
        let key = template.split('/').zip(path.split('/')).find(|(t, _)| t.starts_with('{')).map(|(_, s)| decode(s));
        Ok(Matched {
            id: description["operationId"].as_str().unwrap(),
            description,
            key: key.unwrap_or_default(),
            open: description["security"] == json!([]),
        })
    }

    /// Checks the query and headers; the answer has the values in their types.
    pub(crate) fn parameters(
        &self,
        operation: &Matched<'_>,
        query: &str,
        header: impl Fn(&str) -> Option<String>,
    ) -> Result<Map<String, Value>, Errors> {
        let pairs: Vec<(String, String)> = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decode(&name.replace('+', " ")), decode(&value.replace('+', " "))))
            .collect();
        let (mut values, mut errors) = (Map::new(), Map::new());
        for (index, parameter) in operation.description["parameters"].as_array().into_iter().flatten().enumerate() {
            let parameter = self.resolve(parameter);
            let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
            let sent: Vec<String> = match parameter["in"].as_str() {
                Some("query") => pairs.iter().filter(|(n, _)| n == name).map(|(_, value)| value.clone()).collect(),
                _ => header(name).into_iter().collect(),
            };
            if sent.is_empty() {
                if parameter["required"] == json!(true) {
                    errors.insert(name.into(), json!(["This is required."]));
                }
                continue;
            }
            let value = match schema["type"].as_str() {
                Some("array") => sent.iter().map(|text| json!(text)).collect(),
                _ => typed(schema, sent.last().unwrap()),
            };
            let place = format!("{}/parameters/{index}", operation.id);
            match self.check(&place, schema, &value) {
                Ok(()) => drop(values.insert(name.into(), value)),
                Err(_) => drop(errors.insert(name.into(), json!(["This is not a valid value."]))),
            }
        }
        if errors.is_empty() { Ok(values) } else { Err(errors) }
    }

    /// Checks a JSON body.
    pub(crate) fn json(&self, operation: &Matched<'_>, body: &[u8]) -> Result<Map<String, Value>, Errors> {
        let request = &operation.description["requestBody"];
        let value = if body.is_empty() && request["required"] != json!(true) {
            json!({})
        } else {
            serde_json::from_slice(body).map_err(|e| general(&format!("This is not JSON: {e}")))?
        };
        self.check(operation.id, &request["content"]["application/json"]["schema"], &value)?;
        match value {
            Value::Object(object) => Ok(object),
            _ => Err(general("This is not an object.")),
        }
    }

    /// Checks a form: files count as text, the other fields have the types of the contract.
    pub(crate) fn form(
        &self,
        operation: &Matched<'_>,
        fields: &[(String, Bytes)],
    ) -> Result<Map<String, Value>, Errors> {
        let schema = &operation.description["requestBody"]["content"]["multipart/form-data"]["schema"];
        let value: Map<String, Value> = fields
            .iter()
            .map(|(name, content)| {
                (name.clone(), typed(&schema["properties"][name], &String::from_utf8_lossy(content)))
            })
            .collect();
        self.check(operation.id, schema, &Value::Object(value.clone())).map(|()| value)
    }

    /// Checks a value by a schema; `place` names the schema.
    fn check(&self, place: &str, schema: &Value, value: &Value) -> Result<(), Errors> {
        let mut validators = self.validators.lock().unwrap();
        let validator = validators.entry(place.to_owned()).or_insert_with(|| Arc::new(self.compile(schema)));
        let mut errors = Map::new();
        for error in validator.iter_errors(value) {
            let place = error.instance_path().to_string();
            let missing = match error.kind() {
                jsonschema::error::ValidationErrorKind::Required { property } => property.as_str(),
                _ => None,
            };
            let field = place.split('/').nth(1).or(missing).unwrap_or("non_field_errors").to_owned();
            let message = json!(error.to_string());
            match errors.entry(field).or_insert_with(|| json!([])) {
                Value::Array(messages) => messages.push(message),
                _ => unreachable!("every entry is a list"),
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn compile(&self, schema: &Value) -> Validator {
        jsonschema::options()
            .with_draft(Draft::Draft4)
            .should_validate_formats(true)
            .with_format("uuid", |text: &str| uuid::Uuid::parse_str(text).is_ok())
            .with_format("date", |text: &str| text.len() == 10 && text.parse::<chrono::NaiveDate>().is_ok())
            .build(&json!({ "allOf": [schema], "components": self.document["components"] }))
            .unwrap()
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self.document.pointer(reference.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }
}

/// An error of the request as a whole.
pub(crate) fn general(message: &str) -> Errors {
    Map::from_iter([("non_field_errors".to_owned(), json!([message]))])
}

/// The text of a query or form in the type of its schema; text that does not fit stays text, and is refused for that.
fn typed(schema: &Value, text: &str) -> Value {
    let plain = !text.starts_with('+');
    match schema["type"].as_str() {
        Some("integer") if plain && schema["format"] == "int32" => {
            text.parse::<i32>().map_or(json!(text), |n| json!(n))
        }
        Some("integer") if plain => text.parse::<i64>().map_or(json!(text), |n| json!(n)),
        Some("boolean") => text.parse::<bool>().map_or(json!(text), |b| json!(b)),
        _ => json!(text),
    }
}

/// Percent-decoded text.
fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Puts a value at a place of a document, or removes what is there.
fn amend(document: &mut Value, pointer: &str, value: Option<Value>) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} is not in the contract"));
    match (parent, value) {
        (Value::Object(object), Some(value)) => drop(object.insert(last.to_owned(), value)),
        (Value::Object(object), None) => drop(object.remove(last).expect("something to remove")),
        (Value::Array(array), Some(value)) => array[last.parse::<usize>().unwrap()] = value,
        (parent, _) => panic!("{pointer} is in {parent}"),
    }
}

/// `nullable` in the words of JSON Schema.
fn widen_nullable(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(widen_nullable),
        Value::Object(object) => {
            object.values_mut().for_each(widen_nullable);
            if object.get("nullable") == Some(&json!(true)) {
                let kind = object["type"].clone();
                object.insert("type".into(), json!([kind, "null"]));
            }
        }
        _ => {}
    }
}
