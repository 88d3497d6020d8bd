//! What a refusal says: which fields it names, and why.

use serde_json::Value;

/// Names that stand for the request as a whole.
const WHOLE: [&str; 6] = ["non_field_errors", "__all__", "detail", "error", "errors", "message"];

/// Those among them that are not about how the request is written.
const BETWEEN: [&str; 2] = ["non_field_errors", "__all__"];

/// The fields that a refusal names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Fields and what is said about each; nested ones with dots, positions in lists left out.
    pub(crate) fields: Vec<(String, String)>,
    /// What is said about the request as a whole.
    pub(crate) whole: Vec<String>,
    /// Whether that is about several fields together, or about the state of the object.
    pub(crate) between_fields: bool,
}

impl Refusal {
    /// Reads a body: `{"field": ["message"]}`, lists of `{"loc": […], "msg": …}`, and problem documents with a list of
    /// `{"field"|"pointer"|"path"|"name": …, …}` are understood.
    pub(crate) fn read(body: &[u8]) -> Self {
        let mut refusal = Self::default();
        if let Ok(value) = serde_json::from_slice::<Value>(body) {
            refusal.collect("", &value);
        }
        refusal
    }

    /// The first part of the names of all fields.
    pub(crate) fn top_fields(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(field, _)| field.split('.').next().unwrap_or_default())
    }

    /// Whether a message says that a value is taken.
    pub(crate) fn is_taken(message: &str) -> bool {
        let message = message.to_lowercase();
        [
            "unique",
            "already exist",
            "already in use",
            "already taken",
            "duplicate",
            "is taken",
            "same name",
            "must be distinct",
        ]
        .iter()
        .any(|words| message.contains(words))
    }

    /// Whether a message says that a value refers to nothing.
    pub(crate) fn is_unknown(message: &str) -> bool {
        let message = message.to_lowercase();
        ["does not exist", "not found", "no such", "valid choice", "available choices", "unknown"]
            .iter()
            .any(|words| message.contains(words))
    }

    fn collect(&mut self, prefix: &str, value: &Value) {
        match value {
            Value::Object(object) => {
                if let Some(field) = located(value) {
                    let message = ["msg", "message", "detail", "reason", "error"]
                        .iter()
                        .find_map(|key| object.get(*key)?.as_str());
                    self.fields.push((field, message.unwrap_or_default().to_owned()));
                    return;
                }
                for (key, inner) in object {
                    let whole = WHOLE.contains(&key.as_str());
                    self.between_fields |= BETWEEN.contains(&key.as_str());
                    match inner {
                        Value::String(message) if whole => self.whole.push(message.clone()),
                        Value::String(message) => self.fields.push((join(prefix, key), message.clone())),
                        Value::Array(messages) if whole && messages.iter().all(Value::is_string) => {
                            self.whole.extend(messages.iter().filter_map(Value::as_str).map(ToOwned::to_owned));
                        }
                        Value::Array(_) | Value::Object(_) if whole => self.collect(prefix, inner),
                        Value::Array(_) | Value::Object(_) => self.collect(&join(prefix, key), inner),
                        _ => {}
                    }
                }
            }
            Value::Array(items) => {
                let messages: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                if !messages.is_empty() && !prefix.is_empty() {
                    self.fields.push((prefix.to_owned(), messages.join(" ")));
                }
                items.iter().filter(|item| !item.is_string()).for_each(|item| self.collect(prefix, item));
            }
            _ => {}
        }
    }
}

fn join(prefix: &str, key: &str) -> String {
    match (prefix.is_empty(), key.bytes().all(|b| b.is_ascii_digit())) {
        (true, _) => key.to_owned(),
        (false, true) => prefix.to_owned(),
        (false, false) => format!("{prefix}.{key}"),
    }
}

/// The field of an entry that says where it belongs.
fn located(entry: &Value) -> Option<String> {
    if let Some(location) = entry["loc"].as_array() {
        let parts = location
            .iter()
            .filter_map(Value::as_str)
            .filter(|part| !["body", "query", "path", "header"].contains(part));
        return Some(parts.collect::<Vec<_>>().join("."));
    }
    let place = ["pointer", "field", "path", "name"].iter().find_map(|key| entry.get(*key)?.as_str())?;
    let said = ["msg", "message", "detail", "reason", "error"].iter().any(|key| entry[*key].is_string());
    said.then(|| place.trim_start_matches(['#', '/']).replace('/', "."))
}
