//! What a handler receives and gives back, without HTTP framework.

use crate::{ApiError, Errors, schema::Schema};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::HashSet;

pub use vestibule_client::types::File;

/// A decoded request: everything of it that a handler may see.
#[derive(Debug, Default)]
pub struct Input {
    /// Path parameters in the order of the path, percent-decoded.
    pub path: Vec<String>,
    /// Query parameters in the order sent, percent-decoded, repeated keys kept.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Body,
}

/// A request body, or why it could not be read. The error waits until the handler asks for the body, because a missing
/// object is reported before an unreadable body.
#[derive(Debug, Default)]
pub enum Body {
    /// No body at all.
    #[default]
    Empty,
    /// A JSON document.
    Json(Value),
    /// A multipart form.
    Form(Form),
    /// Could not be read.
    Unreadable(ApiError),
}

/// A multipart form: text fields and files.
#[derive(Debug, Default)]
pub struct Form {
    /// Text fields as JSON strings, ready for [`Schema::check`].
    pub fields: Map<String, Value>,
    /// Uploaded files by field name.
    pub files: Vec<(String, File)>,
}

impl Form {
    /// The text fields checked, with the files beside them.
    fn check(self, schema: &Schema) -> Result<Value, Errors> {
        let names: Vec<&str> = self.files.iter().map(|(name, _)| name.as_str()).collect();
        let mut value = schema.check_form(self.fields, &names)?;
        for (name, file) in self.files {
            value[name] = serde_json::to_value(file).unwrap_or_default();
        }
        Ok(value)
    }

    /// All fields as one object; a file is an object of its name, type and bytes.
    fn into_json(self) -> Value {
        let mut fields = self.fields;
        for (name, file) in self.files {
            fields.insert(name, serde_json::to_value(file).unwrap_or_default());
        }
        Value::Object(fields)
    }
}

/// A body of type `T` that has not been looked at yet.
#[derive(Debug)]
pub struct Unchecked<T> {
    body: Body,
    schema: &'static Schema,
    /// Decodes a checked body. A pointer, so that the decoder is compiled once in this crate and not in the server's.
    decode: fn(Value) -> serde_json::Result<T>,
}

impl<T: DeserializeOwned> Unchecked<T> {
    /// A body and the shape it must have.
    pub fn new(body: Body, schema: &'static Schema) -> Self {
        Self { body, schema, decode: serde_json::from_value }
    }
}

impl<T> Unchecked<T> {
    /// The body as a model.
    ///
    /// # Errors
    /// [`ApiError::Validation`] with all fields that do not fit, or why the body could not be read.
    pub fn check(self) -> Result<T, ApiError> {
        let value = match self.body {
            Body::Empty => self.schema.check(Value::Object(Map::new())),
            Body::Json(value) => self.schema.check(value),
            Body::Form(form) => form.check(self.schema),
            Body::Unreadable(error) => return Err(error),
        };
        let value = value.map_err(ApiError::Validation)?;
        (self.decode)(value).map_err(|e| ApiError::Internal(format!("a checked body does not decode: {e}")))
    }

    /// The raw JSON body, for operations that report errors by parts.
    ///
    /// # Errors
    /// Why the body could not be read.
    pub fn into_json(self) -> Result<Value, ApiError> {
        match self.body {
            Body::Empty => Ok(Value::Object(Map::new())),
            Body::Json(value) => Ok(value),
            Body::Form(form) => Ok(form.into_json()),
            Body::Unreadable(error) => Err(error),
        }
    }

    /// The shape the body must have.
    pub fn schema(&self) -> &'static Schema {
        self.schema
    }
}

/// The answer of a handler: a JSON document already written, a file, or nothing.
#[derive(Debug)]
pub enum Output {
    /// No content.
    Empty,
    /// A JSON document.
    Json(Vec<u8>),
    /// A file to download.
    File(File),
}

/// The four list parameters, as sent. They are lenient: what cannot be used is ignored.
#[derive(Debug, Default, Clone)]
pub struct PageQuery {
    /// `page`: a number from 1, or `last`.
    pub page: Option<String>,
    /// `page_size`.
    pub page_size: Option<String>,
    /// `ordering`: a field, with `-` for descending.
    pub ordering: Option<String>,
    /// `search`: words that must all occur.
    pub search: Option<String>,
}

impl PageQuery {
    /// The words of the search, each once. Commas and null characters part words as blanks do.
    pub fn words(&self) -> Vec<&str> {
        let parted = |c: char| c.is_whitespace() || matches!(c, ',' | '\0');
        let mut seen = HashSet::new();
        let words = self.search.as_deref().into_iter().flat_map(|text| text.split(parted));
        words.filter(|word| !word.is_empty() && seen.insert(*word)).collect()
    }
}
