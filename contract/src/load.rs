//! Reading the document.

use crate::extensions;
use serde_json::Value;
use std::{collections::BTreeSet, sync::Arc};

/// An OpenAPI document and the place it came from.
#[derive(Debug, Clone)]
pub struct Document {
    /// File or URL.
    pub source: String,
    /// The document; references are still in it, extensions are applied.
    pub value: Arc<Value>,
}

impl Document {
    /// Reads a document from a file or an address.
    pub async fn load(source: &str) -> Result<Self, String> {
        let document = vestibule_spec::Document::load(source).await.map_err(|e| e.to_string())?;
        Self::of(document)
    }

    /// Reads a document from its text, YAML or JSON.
    pub fn parse(source: &str, text: &str) -> Result<Self, String> {
        Self::of(vestibule_spec::Document::parse(source, text.as_bytes().to_vec()).map_err(|e| e.to_string())?)
    }

    fn of(document: vestibule_spec::Document) -> Result<Self, String> {
        let vestibule_spec::Document { source, mut value, .. } = document;
        if !value["paths"].is_object() {
            return Err(format!("{source}: not an OpenAPI document: it has no `paths`"));
        }
        extensions::apply(&mut value);
        Ok(Self { source, value: Arc::new(value) })
    }

    /// Follows `$ref` as far as it goes; what cannot be found is null.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        resolve(&self.value, value)
    }
}

/// Follows `$ref` as far as it goes; what cannot be found, or leads back to itself, is null.
pub(crate) fn resolve<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    let mut seen = BTreeSet::new();
    while let Some(reference) = value.get("$ref").and_then(Value::as_str) {
        if !seen.insert(reference) {
            return &Value::Null;
        }
        value = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer)).unwrap_or(&Value::Null);
    }
    value
}
