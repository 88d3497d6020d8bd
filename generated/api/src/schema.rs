//! Request bodies as static tables, and the check that reads them.
//!
//! The tables are generated from `schema.yml`. [`Schema::check`] walks a body once: it coerces what the reference API
//! coerces (trims text, takes `"5"` for an integer and `5` for text) and collects what is wrong with *all* fields, in
//! the reference's words. What it returns decodes into the generated model without further errors.
//!
//! The reference is a Django REST framework 3.15 server; [`Schema`] names the field class behind each shape. What a
//! table cannot say is read from the shape, as that server uses it:
//!
//! * a UUID points at another object, unless its field is called `pk`; so does an integer without limits that is called
//!   `user`, `provider` or a plural of them. `""` then means null, and the errors are those of
//!   `PrimaryKeyRelatedField`;
//! * a URL of limited length is a `URLField`; one without limit may name a host without a domain;
//! * a map of anything is a `JSONField` that takes dictionaries, another map is a `DictField`.
//!
//! Whatever has no limit of its own, a text, a list or JSON, has one of [`limits`](crate::limits).
//!
//! `check` holds the walk, the other modules one kind of value each.

mod check;
mod email;
mod free_form;
mod python;
mod scalar;
#[cfg(test)]
mod tests;
pub(crate) mod text;
pub(crate) mod time;
mod url;

use crate::Errors;
use serde_json::{Map, Value};

/// The shape of one value.
#[derive(Debug)]
pub enum Schema {
    /// Anything without null characters, null included (`JSONField`).
    Any,
    /// Text: length limits in characters (`max` 0 = the usual one, [`limits::TEXT_LENGTH`](crate::limits)), an optional regular expression (`CharField`, `SlugField`,
    /// `URLField`, `EmailField`, `UUIDField`, `DateTimeField`, `DateField`). Empty text is allowed when `min` is 0.
    String {
        /// Fewest characters.
        min: u32,
        /// Most characters, 0 for the usual limit.
        max: u32,
        /// A regular expression the text must match.
        pattern: Option<&'static str>,
        /// What the text holds.
        format: Format,
    },
    /// One of these strings (`ChoiceField`).
    Enum(&'static [&'static str]),
    /// One of these integers (`ChoiceField`).
    IntegerEnum(&'static [i64]),
    /// An integer within limits (`IntegerField`); without limits it may be a key, see the module.
    Integer {
        /// The least value.
        min: i64,
        /// The greatest value.
        max: i64,
    },
    /// A number (`FloatField`).
    Number {
        /// The least value.
        min: f64,
        /// The greatest value.
        max: f64,
    },
    /// True or false (`BooleanField`).
    Boolean,
    /// A list (`ListField`; of objects `ListSerializer`; of keys `ManyRelatedField`).
    Array(&'static Schema),
    /// An object with any keys, whose values are all of one shape (`DictField`).
    Map(&'static Schema),
    /// An object with these fields; unknown keys are dropped (`Serializer`).
    Object(&'static [Field]),
    /// An object whose `tag` property says which of the variants it is.
    Tagged {
        /// The discriminating property inside the object.
        tag: &'static str,
        /// Tag value and shape.
        variants: &'static [(&'static str, &'static Schema)],
    },
    /// An object whose shape is decided by a property that stands beside it in the parent.
    Sibling {
        /// The discriminating property of the parent.
        tag: &'static str,
        /// Tag value and shape.
        variants: &'static [(&'static str, &'static Schema)],
    },
    /// Text without limits, for which a client may also send a list or an object of this shape (`x-also`). To the
    /// model it is text, as the contract says: the other value becomes its JSON text, and who reads the field takes both.
    TextOr(&'static Schema),
    /// Null, or what is inside.
    Nullable(&'static Schema),
    /// An uploaded file (multipart only, `FileField`); it travels beside the value, see [`Schema::check_form`].
    File,
}

/// A field of an object.
#[derive(Debug)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// The `description`, empty where the name says it all.
    pub help: &'static str,
    /// Whether it must be present.
    pub required: bool,
    /// Its shape.
    pub schema: &'static Schema,
}

/// What a text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Nothing particular.
    Text,
    /// A UUID.
    Uuid,
    /// An RFC 3339 timestamp.
    DateTime,
    /// A calendar date.
    Date,
    /// An absolute URL.
    Uri,
    /// An e-mail address.
    Email,
    /// Bytes.
    Binary,
}

impl Schema {
    /// The value as the model wants it, or everything that is wrong with it.
    ///
    /// What was accepted once is accepted again unchanged. Fields of [`Schema::File`] may be missing here, because
    /// uploads are not part of the value.
    ///
    /// # Errors
    /// One entry per field that does not fit; a body that is not an object is reported under `non_field_errors`.
    pub fn check(&self, value: Value) -> Result<Value, Errors> {
        check::body(self, value, None)
    }

    /// As [`Schema::check`], for a multipart form: `files` names the uploads that came with the `fields`. An empty text
    /// field stands for null or for no value, where the field allows that and does not allow empty text.
    ///
    /// # Errors
    /// As [`Schema::check`]; a required file that is not among `files` is reported as well.
    pub fn check_form(&self, mut fields: Map<String, Value>, files: &[&str]) -> Result<Value, Errors> {
        if let Self::Object(known) = self {
            check::empty_inputs(known, &mut fields);
        }
        check::body(self, Value::Object(fields), Some(files))
    }
}
