//! The walk through a body. Errors travel as JSON, in the form in which they are sent: a list of messages for a value, an
//! object for the fields of an object or the positions of a list.

use super::{
    Field, Format, Schema,
    free_form::{self, Fault},
    python::{self, Integer, kind, quoted},
    scalar::{boolean, choice, integer, integer_choice, is_long, no_choice, number, whole},
    text::{self, NUL, Text},
};
use crate::{
    Errors,
    limits::{JSON_BYTES, JSON_DEPTH, LIST_ITEMS, REFERENCE_ITEMS},
};
use serde_json::{Map, Value, json};

pub(super) const REQUIRED: &str = "This field is required.";
pub(super) const NULL: &str = "This field may not be null.";
pub(super) const NO_DATA: &str = "No data provided";
pub(super) const NO_FILE: &str = "No file was submitted.";
pub(super) const NOT_JSON_OBJECT: &str = "Value must be a dictionary, and not have any duplicate keys.";

/// Most items of a list or map that are reported; a body of a million bad items would have an answer many times its size.
pub(super) const REPORTED: usize = 100;

/// What any text fits.
const FREE_TEXT: Text = Text { min: 0, max: 0, pattern: None, format: Format::Text };

/// Names of integers that are keys of other objects: in the reference, only users and providers have integer keys.
const INTEGER_KEYS: &[&str] = &["user", "users", "provider", "providers", "backchannel_providers"];

/// One message.
pub(super) fn says(message: &str) -> Value {
    json!([message])
}

/// Checks a body. `files` are the uploads that came with it, `None` where that is not known.
pub(super) fn body(schema: &Schema, value: Value, files: Option<&[&str]>) -> Result<Value, Errors> {
    let checked = match schema {
        Schema::Object(fields) if !value.is_null() => object(fields, value, files),
        Schema::Any | Schema::Nullable(_) => walk(schema, value, ""),
        _ if value.is_null() => Err(says(NO_DATA)),
        _ => walk(schema, value, ""),
    };
    checked.map_err(|wrong| {
        let mut errors = Errors::default();
        match wrong {
            Value::Object(fields) => fields.into_iter().for_each(|(field, wrong)| errors.nest(field, wrong)),
            wrong => errors.nest(Errors::NON_FIELD, wrong),
        }
        errors
    })
}

/// Checks a value. `name` is the key of the field that holds it, also for the items of its lists.
fn walk(schema: &Schema, value: Value, name: &str) -> Result<Value, Value> {
    if value.is_null() && !matches!(schema, Schema::Any | Schema::Nullable(_)) {
        return Err(says(NULL));
    }
    if let Some(key) = Key::of(schema, name) {
        // DRF's related fields take empty text for null.
        return if is_empty_text(&value) { Err(says(NULL)) } else { key.check(&value) };
    }
    match schema {
        Schema::Any => free(value),
        Schema::Nullable(inner) if value.is_null() || stands_for_null(inner, &value, name) => Ok(Value::Null),
        Schema::Nullable(inner) => walk(inner, value, name),
        &Schema::String { min, max, pattern, format } => Text { min, max, pattern, format }.check(value, name),
        Schema::TextOr(other) if is_compound(&value, other) => {
            let text = walk(other, value, name)?.to_string();
            if text.len() > JSON_BYTES { Err(says(&too_long())) } else { Ok(Value::String(text)) }
        }
        Schema::TextOr(_) => FREE_TEXT.check(value, name),
        Schema::Enum(choices) => choice(&value, choices),
        Schema::IntegerEnum(choices) => integer_choice(&value, choices),
        &Schema::Integer { min, max } => integer(&value, min, max),
        &Schema::Number { min, max } => number(&value, min, max),
        Schema::Boolean => boolean(&value),
        Schema::Array(item) => list(item, value, name),
        Schema::Map(item) => map(item, value, name),
        Schema::Object(fields) => object(fields, value, None),
        Schema::Tagged { tag, variants } => tagged(tag, variants, value),
        // Without its parent nothing is known of the shape.
        Schema::Sibling { .. } => {
            if value.is_object() {
                free(value)
            } else {
                Err(not_a_dictionary(&value))
            }
        }
        Schema::File => Err(says(text::NOT_FILE)),
    }
}

/// What a nullable field takes for null beside null itself (`RelatedField.run_validation`, `BooleanField.NULL_VALUES`).
fn stands_for_null(inner: &Schema, value: &Value, name: &str) -> bool {
    match inner {
        Schema::Nullable(inner) => stands_for_null(inner, value, name),
        Schema::Boolean => value.as_str().is_some_and(|text| text.is_empty() || text.eq_ignore_ascii_case("null")),
        _ => is_empty_text(value) && Key::of(inner, name).is_some(),
    }
}

/// Whether a value is a list or an object, as the schema wants it, whatever is inside.
fn is_compound(value: &Value, schema: &Schema) -> bool {
    match schema {
        Schema::Array(_) => value.is_array(),
        Schema::Object(_) | Schema::Map(_) | Schema::Tagged { .. } => value.is_object(),
        _ => false,
    }
}

fn is_empty_text(value: &Value) -> bool {
    value.as_str().is_some_and(str::is_empty)
}

/// A value that names another object (`PrimaryKeyRelatedField`).
#[derive(Clone, Copy)]
enum Key {
    Uuid,
    Integer,
}

impl Key {
    /// The kind of key that a field holds, if it holds one.
    fn of(schema: &Schema, name: &str) -> Option<Self> {
        match schema {
            Schema::String { format: Format::Uuid, .. } if name != "pk" => Some(Self::Uuid),
            Schema::Integer { min: i64::MIN, max: i64::MAX } if INTEGER_KEYS.contains(&name) => Some(Self::Integer),
            _ => None,
        }
    }

    fn check(self, value: &Value) -> Result<Value, Value> {
        let missing = || says(&format!("Invalid pk \"{}\" - object does not exist.", quoted(value)));
        if value.is_null() {
            return Err(missing());
        }
        let number = match (self, value) {
            (Self::Uuid, value) => return text::uuid_key(value),
            (Self::Integer, Value::Number(number)) if number.is_f64() => whole(&python::number(number)),
            (Self::Integer, Value::Number(number)) => python::integer(&number.to_string()),
            (Self::Integer, Value::String(text)) if !is_long(text) => python::integer(text),
            _ => None,
        };
        match number {
            Some(Integer::Fits(number)) => Ok(number.into()),
            Some(_) => Err(missing()),
            None => Err(says(&format!("Incorrect type. Expected pk value, received {}.", kind(value)))),
        }
    }
}

/// `ManyRelatedField` for keys, which stops at the first error; `ListSerializer` for objects, whose errors are a list;
/// `ListField` for everything else, whose errors are keyed by position.
fn list(item: &Schema, value: Value, name: &str) -> Result<Value, Value> {
    let objects = matches!(item, Schema::Object(_) | Schema::Tagged { .. });
    let Value::Array(items) = value else {
        let wrong = says(&format!("Expected a list of items but got type \"{}\".", kind(&value)));
        return Err(if objects { json!({ Errors::NON_FIELD: wrong }) } else { wrong });
    };
    let key = Key::of(item, name);
    let most = if key.is_some() { REFERENCE_ITEMS } else { LIST_ITEMS };
    if items.len() > most {
        let wrong = says(&too_many(most));
        return Err(if objects { json!({ Errors::NON_FIELD: wrong }) } else { wrong });
    }
    if let Some(key) = key {
        return items.iter().map(|item| key.check(item)).collect();
    }
    let mut accepted = Vec::with_capacity(items.len());
    let mut wrong = Vec::new();
    for (index, value) in items.into_iter().enumerate() {
        match walk(item, value, name) {
            Ok(value) => accepted.push(value),
            Err(error) => wrong.push((index, error)),
        }
        if wrong.len() == REPORTED {
            break;
        }
    }
    let Some((last, _)) = wrong.last() else { return Ok(Value::Array(accepted)) };
    if !objects {
        return Err(Value::Object(wrong.into_iter().map(|(index, error)| (index.to_string(), error)).collect()));
    }
    let mut errors = vec![json!({}); last + 1];
    for (index, error) in wrong {
        if let Some(place) = errors.get_mut(index) {
            *place = error;
        }
    }
    Err(Value::Array(errors))
}

/// `JSONField` with a dictionary inside for a map of anything, else `DictField`.
fn map(item: &Schema, value: Value, name: &str) -> Result<Value, Value> {
    if matches!(item, Schema::Any) {
        return if value.is_object() { free(value) } else { Err(says(NOT_JSON_OBJECT)) };
    }
    let Value::Object(entries) = value else { return Err(not_a_dictionary(&value)) };
    if entries.len() > LIST_ITEMS {
        return Err(says(&too_many(LIST_ITEMS)));
    }
    let mut accepted = Map::new();
    let mut wrong = Map::new();
    for (key, value) in entries {
        let checked = if key.contains('\0') { Err(says(NUL)) } else { walk(item, value, name) };
        match checked {
            Ok(value) => accepted.insert(key, value),
            Err(error) => wrong.insert(key, error),
        };
        if wrong.len() == REPORTED {
            break;
        }
    }
    if wrong.is_empty() { Ok(Value::Object(accepted)) } else { Err(Value::Object(wrong)) }
}

fn not_a_dictionary(value: &Value) -> Value {
    says(&format!("Expected a dictionary of items but got type \"{}\".", kind(value)))
}

fn too_many(most: usize) -> String {
    format!("Ensure this field has no more than {most} elements.")
}

fn too_long() -> String {
    format!("Ensure this field has no more than {JSON_BYTES} bytes.")
}

/// Anything goes that is not too large, but not the character that `PostgreSQL`'s JSON cannot hold.
fn free(value: Value) -> Result<Value, Value> {
    match free_form::look(&value) {
        Ok(()) => Ok(value),
        Err(Fault::Nul) => Err(says(NUL)),
        Err(Fault::Deep) => Err(says(&format!("Ensure this field is nested no more than {JSON_DEPTH} levels deep."))),
        Err(Fault::Long) => Err(says(&too_long())),
    }
}

fn not_an_object(value: &Value) -> Value {
    let wrong = says(&format!("Invalid data. Expected a dictionary, but got {}.", kind(value)));
    json!({ Errors::NON_FIELD: wrong })
}

/// `Serializer`: every field is checked, and only known ones are kept.
fn object(fields: &[Field], value: Value, files: Option<&[&str]>) -> Result<Value, Value> {
    let Value::Object(given) = value else { return Err(not_an_object(&value)) };
    let mut walk = Fields { given, accepted: Map::new(), wrong: Map::new() };
    // The shape of a sibling is known once the field that decides it has been checked.
    for field in fields.iter().filter(|field| sibling(field.schema).is_none()) {
        walk.field(field, files);
    }
    for field in fields {
        if let Some((tag, variants)) = sibling(field.schema) {
            walk.sibling(field, tag, variants);
        }
    }
    if walk.wrong.is_empty() { Ok(Value::Object(walk.accepted)) } else { Err(Value::Object(walk.wrong)) }
}

/// The shapes that a union may have, by tag.
type Variants = &'static [(&'static str, &'static Schema)];

/// What a sibling union says, also one that may be null.
fn sibling(schema: &Schema) -> Option<(&'static str, Variants)> {
    match schema {
        Schema::Sibling { tag, variants } => Some((tag, variants)),
        Schema::Nullable(inner) => sibling(inner),
        _ => None,
    }
}

/// An object on its way.
struct Fields {
    given: Map<String, Value>,
    accepted: Map<String, Value>,
    wrong: Map<String, Value>,
}

impl Fields {
    fn keep(&mut self, name: &str, checked: Result<Value, Value>) {
        match checked {
            Ok(value) => self.accepted.insert(name.to_owned(), value),
            Err(error) => self.wrong.insert(name.to_owned(), error),
        };
    }

    fn field(&mut self, field: &Field, files: Option<&[&str]>) {
        let file = is_file(field.schema);
        match self.given.remove(field.name) {
            Some(value) => self.keep(field.name, walk(field.schema, value, field.name)),
            None if file && files.is_none_or(|files| files.contains(&field.name)) => {}
            None if field.required => self.keep(field.name, Err(says(if file { NO_FILE } else { REQUIRED }))),
            None => {}
        }
    }

    /// A field whose shape stands in `tag` beside it: an error of the tag is reported there, and then only the type of
    /// this value.
    fn sibling(&mut self, field: &Field, tag: &str, variants: Variants) {
        let value = match self.given.remove(field.name) {
            Some(Value::Null) => return self.keep(field.name, walk(field.schema, Value::Null, field.name)),
            Some(value) => value,
            None if field.required => return self.keep(field.name, Err(says(REQUIRED))),
            None => return,
        };
        if !value.is_object() {
            self.keep(field.name, Err(not_a_dictionary(&value)));
        }
        if self.wrong.contains_key(tag) {
            return;
        }
        let undeclared = self.given.remove(tag);
        match variant(self.accepted.get(tag).or(undeclared.as_ref()), variants) {
            Ok((known, shape)) => {
                self.accepted.insert(tag.to_owned(), known.into());
                if value.is_object() {
                    self.keep(field.name, walk(shape, value, field.name));
                }
            }
            Err(error) => self.keep(tag, Err(error)),
        }
    }
}

fn is_file(schema: &Schema) -> bool {
    match schema {
        Schema::File => true,
        Schema::Nullable(inner) => is_file(inner),
        _ => false,
    }
}

/// The variant that a tag chooses.
fn variant(tag: Option<&Value>, variants: Variants) -> Result<(&'static str, &'static Schema), Value> {
    match tag {
        None => Err(says(REQUIRED)),
        Some(Value::Null) => Err(says(NULL)),
        Some(tag) => variants
            .iter()
            .find(|(known, _)| tag.as_str() == Some(known))
            .copied()
            .ok_or_else(|| no_choice(&quoted(tag))),
    }
}

/// An object that says itself which variant it is. The tag stays in the object, declared by the variant or not.
fn tagged(tag: &str, variants: Variants, value: Value) -> Result<Value, Value> {
    let Value::Object(mut given) = value else { return Err(not_an_object(&value)) };
    let (known, shape) = variant(given.get(tag), variants).map_err(|error| json!({ tag: error }))?;
    if matches!(shape, Schema::Map(_)) {
        given.remove(tag);
    }
    let mut checked = walk(shape, Value::Object(given), "")?;
    if let Value::Object(fields) = &mut checked {
        fields.insert(tag.to_owned(), known.into());
    }
    Ok(checked)
}

/// What a form sends for "nothing": empty text becomes null or disappears, unless the field takes empty text
/// (`Field.get_value`).
pub(super) fn empty_inputs(fields: &[Field], given: &mut Map<String, Value>) {
    fn allows_blank(schema: &Schema) -> bool {
        match schema {
            &Schema::String { min, max, pattern, format } => Text { min, max, pattern, format }.allows_blank(),
            Schema::TextOr(_) => true,
            Schema::Enum(choices) => choices.contains(&""),
            Schema::Nullable(inner) => allows_blank(inner),
            _ => false,
        }
    }
    for field in fields {
        if !given.get(field.name).is_some_and(is_empty_text) || allows_blank(field.schema) {
            continue;
        }
        if matches!(field.schema, Schema::Nullable(_)) {
            given.insert(field.name.to_owned(), Value::Null);
        } else if !field.required {
            given.remove(field.name);
        }
    }
}
