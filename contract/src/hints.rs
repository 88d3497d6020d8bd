//! What no schema tells, in a small file.

use crate::{
    check::Check,
    shape::{Node, Shape},
};
use regex::Regex;
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};

/// What no schema tells. Everything is optional.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hints {
    /// Rules of single fields.
    pub fields: Vec<FieldHint>,
    /// Refusals of valid data that no schema can foresee: `field: message` as regular expressions.
    pub refusals: Vec<KnownRefusal>,
    /// Findings that are known, with the reason why they are accepted.
    pub tolerate: Vec<Tolerated>,
    /// How callers with few permissions are made, for the authorisation matrix.
    pub principals: Option<Principals>,
}

/// A rule of a field that the schema does not state.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldHint {
    /// Name of the property or parameter, as a regular expression.
    pub field: Pattern,
    /// `operationId`s it is for, as a regular expression; all if left out.
    #[serde(default)]
    pub operation: Option<Pattern>,
    /// The only values to send.
    #[serde(default)]
    pub values: Vec<Value>,
    /// Lower limit of a number.
    #[serde(default)]
    pub minimum: Option<i64>,
    /// Upper limit of a number.
    #[serde(default)]
    pub maximum: Option<i64>,
    /// What a text must match.
    #[serde(default)]
    pub pattern: Option<String>,
    /// `format` of a text.
    #[serde(default)]
    pub format: Option<String>,
    /// Content type of a file.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Longest text.
    #[serde(default)]
    pub max_length: Option<usize>,
    /// Path of the collection whose keys it holds.
    #[serde(default)]
    pub refers_to: Option<String>,
    /// Never send it.
    #[serde(default)]
    pub omit: bool,
    /// What is written is not what is read, by design.
    #[serde(default)]
    pub not_read_back: bool,
    /// Why, for those who read the file.
    pub reason: String,
}

/// A refusal that no schema can foresee.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownRefusal {
    /// `field: message`, as a regular expression.
    pub message: Pattern,
    /// Why, for those who read the file.
    pub reason: String,
}

/// A finding that is known and accepted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tolerated {
    /// The check.
    pub check: String,
    /// `operationId`s, as a regular expression; all if left out.
    #[serde(default)]
    pub operation: Option<Pattern>,
    /// Description of the case or title of the finding, as a regular expression; all if left out.
    #[serde(default)]
    pub case: Option<Pattern>,
    /// Status of the answer; any if left out.
    #[serde(default)]
    pub status: Option<u16>,
    /// Why it is no fault.
    pub reason: String,
}

/// How callers with few permissions are made. In all values, `{name}` is a fresh name, `{permission}` the permission,
/// and `{/pointer}` a value of the answer to `create`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Principals {
    /// Makes a user without any permission.
    pub create: Call,
    /// JSON pointer to the token, in the last answer of `login`, or in that of `create`.
    pub token: String,
    /// Makes and asks for the token, if `create` does not answer it.
    #[serde(default)]
    pub login: Vec<Call>,
    /// Gives one permission to the user.
    #[serde(default)]
    pub grant: Option<Call>,
}

/// A request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The method.
    pub method: String,
    /// The path, below the base address.
    pub path: String,
    /// The JSON body.
    #[serde(default)]
    pub body: Option<Value>,
}

/// A regular expression in a file.
#[derive(Debug, Clone)]
pub struct Pattern(pub Regex);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Regex::new(&format!("^(?s:{text})$")).map(Self).map_err(serde::de::Error::custom)
    }
}

impl Pattern {
    fn fits(this: Option<&Self>, text: &str) -> bool {
        this.is_none_or(|pattern| pattern.0.is_match(text))
    }
}

impl Hints {
    /// Reads hints from a YAML file.
    pub fn load(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        Self::parse(&text).map_err(|e| format!("{}: {e}", path.display()))
    }

    /// Reads hints from YAML.
    pub fn parse(text: &str) -> Result<Self, String> {
        let hints: Self = yaml_serde::from_str(text).map_err(|e| e.to_string())?;
        for tolerated in &hints.tolerate {
            tolerated.check.parse::<Check>()?;
        }
        Ok(hints)
    }

    /// The hints for a field of an operation.
    pub(crate) fn of<'a>(&'a self, operation: Option<&'a str>, field: &'a str) -> impl Iterator<Item = &'a FieldHint> {
        let id = operation.unwrap_or_default();
        self.fields
            .iter()
            .filter(move |hint| hint.field.0.is_match(field) && Pattern::fits(hint.operation.as_ref(), id))
    }

    /// The collection that a field refers to.
    pub(crate) fn refers_to<'a>(&'a self, operation: Option<&'a str>, field: &'a str) -> Option<&'a str> {
        self.of(operation, field).find_map(|hint| hint.refers_to.as_deref())
    }

    /// The reason why a valid value may be refused with a message.
    pub(crate) fn explains(&self, field: &str, message: &str) -> Option<&str> {
        let text = format!("{field}: {message}");
        self.refusals.iter().find(|known| known.message.0.is_match(&text)).map(|known| known.reason.as_str())
    }

    /// Whether what is written need not be what is read.
    pub(crate) fn not_read_back(&self, operation: Option<&str>, field: &str) -> bool {
        self.of(operation, field).any(|hint| hint.not_read_back)
    }

    /// The reason why a finding is accepted.
    pub(crate) fn tolerates(
        &self,
        check: Check,
        operation: Option<&str>,
        texts: [&str; 2],
        status: Option<u16>,
    ) -> Option<&str> {
        let fits = |tolerated: &&Tolerated| {
            tolerated.check == check.name()
                && Pattern::fits(tolerated.operation.as_ref(), operation.unwrap_or_default())
                && texts.iter().any(|text| Pattern::fits(tolerated.case.as_ref(), text))
                && tolerated.status.is_none_or(|wanted| Some(wanted) == status)
        };
        self.tolerate.iter().find(fits).map(|tolerated| tolerated.reason.as_str())
    }

    /// Adds to all fields of a body what hints say about them.
    pub(crate) fn refine(&self, operation: Option<&str>, node: &mut Node) {
        if self.fields.is_empty() {
            return;
        }
        match &mut node.shape {
            Shape::Object { properties, .. } => {
                properties
                    .retain(|property| property.required || !self.of(operation, &property.name).any(|hint| hint.omit));
                for property in properties {
                    self.refine_field(operation, &property.name, &mut property.node);
                    self.refine(operation, &mut property.node);
                }
            }
            Shape::Array { items, .. } => self.refine(operation, items),
            Shape::Union { variants, .. } => variants.iter_mut().for_each(|v| self.refine(operation, &mut v.node)),
            _ => {}
        }
    }

    /// Adds to a field what hints say about it.
    pub(crate) fn refine_field(&self, operation: Option<&str>, field: &str, node: &mut Node) {
        for hint in self.of(operation, field) {
            node.samples.extend(hint.values.iter().cloned());
            node.content_type = hint.content_type.clone().or(node.content_type.take());
            let mut shape = node.narrow.take().unwrap_or_else(|| node.shape.clone());
            match &mut shape {
                Shape::Integer { minimum, maximum, .. } => {
                    *minimum = hint.minimum.or(*minimum);
                    *maximum = hint.maximum.or(*maximum);
                }
                Shape::Text { maximum, pattern, format, .. } => {
                    *maximum = hint.max_length.or(*maximum);
                    *pattern = hint.pattern.clone().or(pattern.take());
                    *format = hint.format.clone().or(format.take());
                }
                _ => continue,
            }
            node.narrow = Some(shape);
        }
    }
}

/// Puts values into the places of a text: `{name}` and `{/pointer}`.
pub(crate) fn fill(text: &str, places: &BTreeMap<&str, String>, answer: &Value) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((place, end)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        match (places.get(place), answer.pointer(place)) {
            (Some(value), _) => filled.push_str(value),
            (None, Some(Value::String(value))) => filled.push_str(value),
            (None, Some(value)) => filled.push_str(&value.to_string()),
            (None, None) => filled.push_str(&format!("{{{place}}}")),
        }
        rest = end;
    }
    filled + rest
}

/// The same in all texts of a value. A text that is one place only takes the type of its value.
pub(crate) fn fill_value(value: &Value, places: &BTreeMap<&str, String>, answer: &Value) -> Value {
    match value {
        Value::String(text) => {
            let whole = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).filter(|t| t.starts_with('/'));
            whole
                .and_then(|pointer| answer.pointer(pointer).cloned())
                .unwrap_or_else(|| fill(text, places, answer).into())
        }
        Value::Array(items) => items.iter().map(|item| fill_value(item, places, answer)).collect(),
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.clone(), fill_value(value, places, answer))).collect()
        }
        other => other.clone(),
    }
}
