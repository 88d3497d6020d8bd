//! Text: what DRF's `CharField` and the fields derived from it take, and the formats that a string may have.

use super::{Format, check::says, python, time, url::Rules};
use crate::limits;
use chrono::SecondsFormat;
use regex::Regex;
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
};
use uuid::Uuid;

pub(super) const NOT_STRING: &str = "Not a valid string.";
pub(super) const BLANK: &str = "This field may not be blank.";
pub(super) const NUL: &str = "Null characters are not allowed.";
pub(super) const BAD_SLUG: &str = "Enter a valid \"slug\" consisting of letters, numbers, underscores or hyphens.";
pub(super) const BAD_URL: &str = "Enter a valid URL.";
pub(super) const BAD_EMAIL: &str = "Enter a valid email address.";
pub(super) const BAD_PATTERN: &str = "Enter a valid value.";
pub(super) const BAD_UUID: &str = "Must be a valid UUID.";
pub(super) const BAD_DATE_TIME: &str = "Datetime has wrong format. Use one of these formats instead: \
                                        YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";
pub(super) const TIME_RANGE: &str = "Datetime value out of range.";
pub(super) const BAD_DATE: &str = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.";
pub(super) const NOT_FILE: &str = "The submitted data was not a file. Check the encoding type on the form.";

/// The pattern of a `SlugField`.
const SLUG: &str = "^[-a-zA-Z0-9_]+$";

/// What `Schema::String` says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text {
    pub(super) min: u32,
    pub(super) max: u32,
    pub(super) pattern: Option<&'static str>,
    pub(super) format: Format,
}

impl Text {
    /// Whether the field takes empty text.
    pub(super) fn allows_blank(self) -> bool {
        self.min == 0 && matches!(self.format, Format::Text | Format::Uri | Format::Email | Format::Binary)
    }

    /// The value as this text. `name` is the key of the field.
    pub(super) fn check(self, value: Value, name: &str) -> Result<Value, Value> {
        match self.format {
            Format::Uuid => plain_uuid(&value).map(uuid).ok_or_else(|| says(BAD_UUID)),
            Format::DateTime => match value.as_str().map_or(Err(time::Fault::Format), time::date_time) {
                Ok(time) => Ok(Value::String(time.to_rfc3339_opts(SecondsFormat::AutoSi, true))),
                Err(time::Fault::Format) => Err(says(BAD_DATE_TIME)),
                Err(time::Fault::Range) => Err(says(TIME_RANGE)),
            },
            Format::Date => {
                let date = value.as_str().and_then(time::date).ok_or_else(|| says(BAD_DATE))?;
                Ok(Value::String(date.to_string()))
            }
            Format::Binary => {
                if value.is_string() {
                    Ok(value)
                } else {
                    Err(says(NOT_FILE))
                }
            }
            Format::Text | Format::Uri | Format::Email => self.characters(value, name),
        }
    }

    /// `CharField.run_validation`. The order of several messages is the reference's: validators of the model, the
    /// lengths, null characters, and what the field class itself demands.
    fn characters(self, value: Value, name: &str) -> Result<Value, Value> {
        let rules = (self.format == Format::Uri).then(|| Rules::of(name, self.max));
        let own_words = match self.format {
            Format::Email => Some(BAD_EMAIL),
            Format::Uri if rules.is_some_and(Rules::is_strict) => Some(BAD_URL),
            _ if self.pattern == Some(SLUG) => Some(BAD_SLUG),
            _ => None,
        };
        let text = match value {
            Value::String(text) => python::strip(text),
            Value::Number(number) => python::number(&number),
            _ => return Err(says(own_words.unwrap_or(NOT_STRING))),
        };
        if text.is_empty() {
            return if self.min == 0 { Ok(Value::String(text)) } else { Err(says(BLANK)) };
        }
        let pattern_fits = self.pattern.is_none_or(|pattern| matches(pattern, &text));
        let format_fits = match self.format {
            Format::Email => super::email::is_email(&text),
            _ => rules.is_none_or(|rules| rules.accept(&text)),
        };
        let mut wrong = Vec::new();
        if own_words.is_none() {
            wrong.extend((!format_fits).then(|| BAD_URL.to_owned()));
            wrong.extend((!pattern_fits).then(|| BAD_PATTERN.to_owned()));
        }
        // Characters are counted only where bytes leave a doubt.
        let min = self.min as usize;
        let max = if self.max == 0 { limits::TEXT_LENGTH } else { self.max as usize };
        if text.len() > max && text.chars().count() > max {
            wrong.push(format!("Ensure this field has no more than {max} characters."));
        }
        if min > 1 && text.chars().take(min).count() < min {
            wrong.push(format!("Ensure this field has at least {min} characters."));
        }
        if text.contains('\0') {
            wrong.push(NUL.to_owned());
        }
        if let Some(words) = own_words.filter(|_| !(pattern_fits && format_fits)) {
            wrong.push(words.to_owned());
        }
        if wrong.is_empty() { Ok(Value::String(text)) } else { Err(wrong.into()) }
    }
}

/// A UUID as the model reads it.
fn uuid(uuid: Uuid) -> Value {
    Value::String(uuid.hyphenated().to_string())
}

/// `UUIDField.to_internal_value`: text, or an integer.
fn plain_uuid(value: &Value) -> Option<Uuid> {
    match value {
        Value::String(text) => read_uuid(text),
        Value::Number(number) => number.as_u64().map(|number| Uuid::from_u128(u128::from(number))),
        _ => None,
    }
}

/// A UUID as Python's `UUID` reads it: the hexadecimal digits with hyphens anywhere, in braces, as URN.
pub(crate) fn read_uuid(text: &str) -> Option<Uuid> {
    let text = text.strip_prefix("urn:").unwrap_or(text);
    let text = text.strip_prefix("uuid:").unwrap_or(text).trim_matches(['{', '}']);
    let mut digits = text.bytes().filter(|b| *b != b'-').map(|b| char::from(b).to_digit(16));
    let mut number = 0u128;
    for _ in 0..32 {
        number = number << 4 | u128::from(digits.next()??);
    }
    digits.next().is_none().then(|| Uuid::from_u128(number))
}

/// The UUID of another object (`PrimaryKeyRelatedField` on a model whose key is a UUID).
pub(super) fn uuid_key(value: &Value) -> Result<Value, Value> {
    if value.is_boolean() {
        return Err(says("Incorrect type. Expected pk value, received bool."));
    }
    plain_uuid(value).map(uuid).ok_or_else(|| says(&format!("“{}” is not a valid UUID.", python::quoted(value))))
}

/// Whether the text matches; every pattern is compiled once. A pattern that does not compile matches nothing, which is
/// noticed sooner than one that matches everything.
fn matches(pattern: &'static str, text: &str) -> bool {
    static CACHE: LazyLock<RwLock<HashMap<&'static str, Option<Regex>>>> = LazyLock::new(Default::default);
    if pattern == SLUG {
        return !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    }
    if let Some(known) = CACHE.read().unwrap_or_else(PoisonError::into_inner).get(pattern) {
        return known.as_ref().is_some_and(|regex| regex.is_match(text));
    }
    let regex = Regex::new(pattern).ok();
    let fits = regex.as_ref().is_some_and(|regex| regex.is_match(text));
    CACHE.write().unwrap_or_else(PoisonError::into_inner).insert(pattern, regex);
    fits
}
