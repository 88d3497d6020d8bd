//! Schemas, the way swagger-parser reads them: three kinds, of which each is compared in its own way.

use super::tree::Tree;
use indexmap::IndexMap;
use serde_json::{Map, Value};
use std::{cell::RefCell, rc::Rc};

/// A schema in the arena of a [`Tree`].
pub(super) type Id = usize;

/// Schemas can share their list of required properties, and one then changes the other's.
pub(super) type Shared = Rc<RefCell<Vec<String>>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Plain,
    Array,
    Composed,
}

#[derive(Clone, Debug)]
pub(super) enum Additional {
    Any(bool),
    Schema(Id),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Discriminator {
    pub(super) property: Option<String>,
    /// Value to reference.
    pub(super) mapping: IndexMap<String, String>,
}

/// A schema object.
#[derive(Clone, Debug)]
pub(super) struct Schema {
    pub(super) kind: Kind,
    pub(super) reference: Option<String>,
    pub(super) data_type: Option<String>,
    pub(super) values: Option<Vec<Value>>,
    pub(super) required: Option<Shared>,
    pub(super) properties: Option<IndexMap<String, Id>>,
    pub(super) additional: Option<Additional>,
    pub(super) items: Option<Id>,
    pub(super) all_of: Option<Vec<Id>>,
    pub(super) any_of: Option<Vec<Id>>,
    pub(super) one_of: Option<Vec<Id>>,
    pub(super) discriminator: Option<Discriminator>,
    /// Keywords with plain values.
    pub(super) keywords: Map<String, Value>,
}

impl Schema {
    fn empty() -> Self {
        Self {
            kind: Kind::Plain,
            reference: None,
            data_type: None,
            values: None,
            required: None,
            properties: None,
            additional: None,
            items: None,
            all_of: None,
            any_of: None,
            one_of: None,
            discriminator: None,
            keywords: Map::new(),
        }
    }

    /// A schema that stands for another one.
    pub(super) fn referring(reference: Option<&str>) -> Self {
        Self { reference: reference.map(str::to_owned), ..Self::empty() }
    }

    pub(super) fn text(&self, keyword: &str) -> Option<&str> {
        self.keywords.get(keyword)?.as_str()
    }

    pub(super) fn flag(&self, keyword: &str) -> bool {
        self.keywords.get(keyword).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The type as it is printed.
    pub(super) fn printed_type(&self) -> &str {
        match (self.kind, &self.data_type) {
            (Kind::Array, _) => "array",
            (_, Some(data_type)) => data_type,
            (_, None) => "object",
        }
    }
}

impl Tree {
    /// Reads a schema, and those inside it, into the arena.
    pub(super) fn read_schema(&mut self, value: &Value) -> Id {
        let schema = match value.as_object() {
            Some(object) => self.read_object(object),
            // `true` and `false` of OpenAPI 3.1.
            None => Schema::empty(),
        };
        self.add(schema)
    }

    fn read_object(&mut self, object: &Map<String, Value>) -> Schema {
        if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
            return Schema::referring(Some(reference));
        }
        let mut schema = Schema::empty();
        schema.all_of = self.read_list(object.get("allOf"));
        schema.any_of = self.read_list(object.get("anyOf"));
        schema.one_of = self.read_list(object.get("oneOf"));
        schema.items = object.get("items").map(|items| self.read_schema(items));
        schema.additional = match object.get("additionalProperties") {
            Some(Value::Bool(any)) => Some(Additional::Any(*any)),
            Some(value @ Value::Object(_)) => Some(Additional::Schema(self.read_schema(value))),
            _ => None,
        };
        schema.properties = object
            .get("properties")
            .and_then(Value::as_object)
            .filter(|map| !map.is_empty())
            .map(|map| map.iter().map(|(name, property)| (name.clone(), self.read_schema(property))).collect());
        if schema.all_of.is_some() || schema.any_of.is_some() || schema.one_of.is_some() {
            schema.kind = Kind::Composed;
        } else if schema.items.is_some() {
            schema.kind = Kind::Array;
        }
        schema.values = object.get("enum").and_then(Value::as_array).filter(|values| !values.is_empty()).cloned();
        schema.data_type = data_type(object, &schema);
        schema.required = object
            .get("required")
            .and_then(Value::as_array)
            .filter(|list| !list.is_empty())
            .map(|list| Rc::new(RefCell::new(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())));
        schema.discriminator =
            object.get("discriminator").and_then(Value::as_object).map(|discriminator| Discriminator {
                property: discriminator.get("propertyName").and_then(Value::as_str).map(str::to_owned),
                mapping: discriminator.get("mapping").and_then(Value::as_object).map_or_else(
                    IndexMap::new,
                    |mapping| {
                        mapping
                            .iter()
                            .filter_map(|(value, to)| Some((value.clone(), to.as_str()?.to_owned())))
                            .collect()
                    },
                ),
            });
        for (keyword, value) in object {
            let structural = matches!(
                keyword.as_str(),
                "allOf"
                    | "anyOf"
                    | "oneOf"
                    | "items"
                    | "additionalProperties"
                    | "properties"
                    | "enum"
                    | "type"
                    | "required"
                    | "discriminator"
            );
            if !structural && !value.is_null() {
                schema.keywords.insert(keyword.clone(), value.clone());
            }
        }
        schema
    }

    fn read_list(&mut self, list: Option<&Value>) -> Option<Vec<Id>> {
        let list = list?.as_array()?;
        Some(list.iter().map(|value| self.read_schema(value)).collect())
    }
}

/// The type, which some keywords imply.
fn data_type(object: &Map<String, Value>, schema: &Schema) -> Option<String> {
    let stated = match object.get("type") {
        Some(Value::String(stated)) => Some(stated.as_str()),
        // OpenAPI 3.1: a list of types, of which null is one.
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).find(|stated| *stated != "null"),
        _ => None,
    };
    if schema.kind == Kind::Array {
        return Some(String::from("array"));
    }
    if schema.kind == Kind::Plain && schema.additional.is_some() {
        return Some(String::from("object"));
    }
    if let Some(stated) = stated {
        return Some(stated.to_owned());
    }
    let values = schema.values.as_ref()?;
    let implied = match values.first()? {
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        _ => "string",
    };
    Some(implied.to_owned())
}
