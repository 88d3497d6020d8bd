//! Text to value, with limits.
//!
//! YAML and JSON are read by their serde readers into a value of our own making, [`Builder`], which counts while it
//! builds: the readers know no limits for strings and hardly any for aliases.

use crate::{Error, Position, brackets, limits, references};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::{cell::Cell, fmt};

/// The text of a document: UTF-8, without a byte order mark.
pub(crate) fn text(source: &str, bytes: Vec<u8>) -> Result<String, Error> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = &error.as_bytes()[..at];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        Error {
            source: source.to_owned(),
            position: Some(Position {
                line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
                column: 1 + String::from_utf8_lossy(&before[line_start..]).chars().count(),
            }),
            reason: format!("not UTF-8 (byte 0x{:02x})", error.as_bytes()[at]),
        }
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// The value of a text in YAML or JSON.
pub(crate) fn value(source: &str, text: &str) -> Result<Value, Error> {
    if text.trim_start().is_empty() {
        return Err(Error::new(source, "empty"));
    }
    let budget = Budget::new(text);
    read(text, Builder { budget: &budget, looking_for: None }).map_err(|failure| failure.into_error(source))
}

/// Where the value of a JSON pointer starts: the reader is stopped there with an error, and errors have a position.
pub(crate) fn locate(text: &str, pointer: &str) -> Option<Position> {
    let parts: Vec<String> = pointer.split('/').skip(1).map(references::unescape).collect();
    let budget = Budget::new(text);
    read(text, Builder { budget: &budget, looking_for: Some(&parts) }).err()?.position
}

/// Why reading stopped.
struct Failure {
    position: Option<Position>,
    reason: String,
}

impl Failure {
    fn into_error(self, source: &str) -> Error {
        Error { source: source.to_owned(), position: self.position, reason: self.reason }
    }
}

/// JSON is nearly YAML, but its own reader is ten times as fast and its messages speak of JSON.
fn read(text: &str, builder: Builder<'_>) -> Result<Value, Failure> {
    if text.trim_start().starts_with('{') {
        let mut json = serde_json::Deserializer::from_str(text);
        match builder.deserialize(&mut json).and_then(|value| json.end().map(|()| value)) {
            Ok(value) => return Ok(value),
            // Braces start an object of YAML, too. What is one may fail to be JSON, but not the other way round.
            Err(error) => {
                let yaml = if error.is_syntax() && too_deep(text).is_none() {
                    builder.budget.reset();
                    builder.deserialize(yaml_serde::Deserializer::from_str(text)).ok()
                } else {
                    None
                };
                let position = Position { line: error.line(), column: error.column() };
                let reason = without_position(&error.to_string());
                return yaml.ok_or(Failure { position: Some(position), reason });
            }
        }
    }
    if let Some(position) = too_deep(text) {
        return Err(Failure { position: Some(position), reason: depth_reason() });
    }
    builder.deserialize(yaml_serde::Deserializer::from_str(text)).map_err(|error| Failure {
        position: error.location().map(|at| Position { line: at.line(), column: at.column() }),
        reason: without_position(&error.to_string()),
    })
}

fn depth_reason() -> String {
    format!("more than {} objects and arrays in one another", limits::DEPTH)
}

/// Both readers end their messages with the position, which [`Error`] says at the beginning.
fn without_position(message: &str) -> String {
    let message =
        message.strip_prefix("recursion limit exceeded").map_or(message.to_owned(), |rest| depth_reason() + rest);
    match message.rfind(" at line ") {
        Some(at) => message[..at].to_owned(),
        None => message,
    }
}

/// Comparisons of open brackets that a document may cost: a second or two.
const COMPARISONS: usize = 100_000_000;

fn too_deep(text: &str) -> Option<Position> {
    brackets::excess(text, limits::DEPTH, COMPARISONS)
}

/// What may still be built.
struct Budget {
    all: usize,
    left: Cell<usize>,
}

impl Budget {
    /// Without aliases a text cannot have more than a node in two bytes.
    const NODE: usize = 16;

    fn new(text: &str) -> Self {
        let all = text.len().saturating_mul(limits::GROWTH).saturating_add(4096);
        Self { all, left: Cell::new(all) }
    }

    fn reset(&self) {
        self.left.set(self.all);
    }

    fn spend<E: serde::de::Error>(&self, bytes: usize) -> Result<(), E> {
        if bytes > limits::STRING {
            return Err(E::custom(format!("a string longer than {} KiB", limits::STRING / 1024)));
        }
        let left = self.left.get().checked_sub(Self::NODE + bytes);
        self.left.set(left.ok_or_else(|| {
            E::custom(format!("aliases make the document more than {} times as long as it is", limits::GROWTH))
        })?);
        Ok(())
    }
}

/// Builds one value. On the way to `looking_for`, and stops with an error there.
#[derive(Clone, Copy)]
struct Builder<'a> {
    budget: &'a Budget,
    looking_for: Option<&'a [String]>,
}

impl Builder<'_> {
    /// The builder for a member; a member away from the way is not looked into.
    fn member(self, name: &str) -> Self {
        let looking_for = match self.looking_for {
            Some([first, rest @ ..]) if first == name => Some(rest),
            _ => None,
        };
        Self { looking_for, ..self }
    }
}

impl<'de> DeserializeSeed<'de> for Builder<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Builder<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.scalar(Value::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.scalar(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.scalar(value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.scalar(value.into())
    }

    fn visit_i128<E: serde::de::Error>(self, value: i128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u128<E: serde::de::Error>(self, value: u128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        // JSON has no infinity; YAML has, and calls it so.
        self.scalar(
            Number::from_f64(value).map_or_else(|| Value::String(format!(".{value}").to_lowercase()), Value::Number),
        )
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.budget.spend(value.len())?;
        self.found()?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.budget.spend(0)?;
        self.found()?;
        let mut array = Vec::new();
        let mut index = 0;
        while let Some(item) = items.next_element_seed(self.item(index))? {
            array.push(item);
            index += 1;
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.budget.spend(0)?;
        self.found()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key_seed(Name(self.budget))? {
            let value = members.next_value_seed(self.member(&name))?;
            if object.contains_key(&name) {
                return Err(A::Error::custom(format!("the key {name:?} is there twice")));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

impl Builder<'_> {
    fn scalar<E: serde::de::Error>(self, value: Value) -> Result<Value, E> {
        self.budget.spend(0)?;
        self.found()?;
        Ok(value)
    }

    fn item(self, index: usize) -> Self {
        if self.looking_for.is_some() { self.member(&index.to_string()) } else { self }
    }

    /// Stops here if here is what is looked for.
    fn found<E: serde::de::Error>(self) -> Result<(), E> {
        match self.looking_for {
            Some([]) => Err(E::custom("found")),
            _ => Ok(()),
        }
    }
}

/// The name of a member. Numbers and the like are names in YAML, too: `200:` among responses.
struct Name<'a>(&'a Budget);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<String, E> {
        self.0.spend(name.len())?;
        Ok(name.to_owned())
    }
}
