//! OpenAPI documents as they are found in the world: YAML or JSON, in a file or behind a URL, written by anybody.
//!
//! [`Document::load`] reads one and refuses whatever would keep a program busy for ever or eat its memory: size, nesting,
//! length of strings and what aliases repeat are limited ([`limits`]). Every [`Error`] says where: source, line, column.
//!
//! A [`Document`] is the plain JSON value of the text, in the order of the text, whose local references are known to
//! lead somewhere: [`Document::resolve`] never fails and never runs in circles.

pub mod brackets;
mod error;
pub mod limits;
mod load;
mod parse;
mod references;

pub use error::{Error, Position};

use serde_json::Value;
use std::path::Path;

/// An OpenAPI document, 3.0 or 3.1.
#[derive(Clone, Debug)]
pub struct Document {
    /// Where it came from, as the user wrote it.
    pub source: String,
    /// The document, its objects in the order of the text.
    pub value: Value,
    text: String,
}

/// Where in a YAML or JSON text the value of a JSON pointer stands.
#[must_use]
pub fn locate(text: &str, pointer: &str) -> Option<Position> {
    parse::locate(text, pointer)
}

impl Document {
    /// Reads a document from a file, or from a URL that starts with `http://` or `https://`.
    pub async fn load(location: &str) -> Result<Self, Error> {
        let bytes = if location.starts_with("http://") || location.starts_with("https://") {
            load::url(location).await?
        } else {
            load::file(location, Path::new(location))?
        };
        Self::parse(location, bytes)
    }

    /// Reads a document that is already in memory; `source` is what errors call it.
    pub fn parse(source: &str, bytes: Vec<u8>) -> Result<Self, Error> {
        let text = parse::text(source, bytes)?;
        let value = parse::value(source, &text)?;
        let document = Self { source: source.to_owned(), value, text };
        document.check_version()?;
        references::check(&document)?;
        Ok(document)
    }

    /// What `value` stands for: itself, or what its `$ref` leads to at last.
    ///
    /// [`Document::parse`] has seen to it that references lead somewhere. One that was not checked (in an example, which
    /// may hold anything) stands for itself.
    #[must_use]
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut current = value;
        for _ in 0..limits::REFERENCES {
            match references::target(current).and_then(|reference| self.follow(reference)) {
                Some(next) => current = next,
                None => return current,
            }
        }
        current
    }

    /// What a local reference (`#/components/schemas/User`) points at, which may be a reference again.
    #[must_use]
    pub fn follow(&self, reference: &str) -> Option<&Value> {
        let pointer = reference.strip_prefix('#')?;
        self.value.pointer(pointer).or_else(|| self.value.pointer(&references::decode_percent(pointer)?))
    }

    /// Where in the text the value of a JSON pointer (`/paths/~1users~1`) stands. Reads the text again: for messages only.
    #[must_use]
    pub fn locate(&self, pointer: &str) -> Option<Position> {
        parse::locate(&self.text, pointer)
    }

    /// An error about the value of a JSON pointer.
    #[must_use]
    pub fn error(&self, pointer: &str, reason: impl Into<String>) -> Error {
        Error { source: self.source.clone(), position: self.locate(pointer), reason: reason.into() }
    }

    /// OpenAPI 3 only; without `paths` there is nothing to say about it.
    fn check_version(&self) -> Result<(), Error> {
        let Value::Object(root) = &self.value else {
            return Err(self.error("", "not an OpenAPI document: it is not an object"));
        };
        match root.get("openapi") {
            Some(Value::String(version)) if version.starts_with("3.") => {}
            Some(Value::Number(version)) if version.to_string().starts_with("3.") => {}
            Some(other) => {
                return Err(self.error("/openapi", format!("OpenAPI version {other} is not supported, only 3")));
            }
            None if root.contains_key("swagger") => {
                return Err(self.error("/swagger", "Swagger 2 is not supported, only OpenAPI 3"));
            }
            None => return Err(self.error("", "not an OpenAPI document: the field `openapi` is missing")),
        }
        match root.get("paths") {
            None | Some(Value::Object(_)) => Ok(()),
            Some(_) => Err(self.error("/paths", "`paths` is not an object")),
        }
    }
}
