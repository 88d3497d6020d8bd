//! Schemas in a form that data can be made from: references followed, `allOf` merged, versions of OpenAPI levelled.

use crate::load::resolve;
use serde_json::{Map, Value};

/// How deep `allOf` may be nested.
const DEPTH: usize = 12;

/// The components around a schema. One that holds itself is free inside, so that reading ends.
struct Around<'a> {
    component: Option<&'a str>,
    up: Option<&'a Around<'a>>,
    depth: usize,
}

impl<'a> Around<'a> {
    const TOP: Around<'static> = Around { component: None, up: None, depth: 0 };

    fn knows(&self, name: &str) -> bool {
        self.component == Some(name) || self.up.is_some_and(|up| up.knows(name))
    }

    fn inside(&'a self, component: Option<&'a str>) -> Self {
        Self { component, up: Some(self), depth: self.depth + 1 }
    }
}

/// A schema.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// What values look like.
    pub(crate) shape: Shape,
    /// Whether null is a value too.
    pub(crate) nullable: bool,
    /// `description`.
    pub(crate) description: String,
    /// Never sent.
    pub(crate) read_only: bool,
    /// Never answered.
    pub(crate) write_only: bool,
    /// `example` and `examples`.
    pub(crate) examples: Vec<Value>,
    /// A text with a format that may also be empty.
    pub(crate) blank: bool,
    /// What hints say values look like, where the schema says less. Only such values are sent as valid ones; others are
    /// not invalid for it.
    pub(crate) narrow: Option<Shape>,
    /// The content type of a file.
    pub(crate) content_type: Option<String>,
    /// Values that hints give: nothing else is sent.
    pub(crate) samples: Vec<Value>,
    /// The component it is, if it is one.
    pub(crate) component: Option<String>,
}

/// What values look like.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// Anything.
    Any,
    /// True or false.
    Boolean,
    /// A whole number.
    Integer { minimum: Option<i64>, maximum: Option<i64>, multiple: Option<i64> },
    /// A number.
    Number { minimum: Option<f64>, maximum: Option<f64> },
    /// Text.
    Text { minimum: usize, maximum: Option<usize>, pattern: Option<String>, format: Option<String> },
    /// One of these values.
    Choice(Vec<Value>),
    /// A list.
    Array { items: Box<Node>, minimum: usize, maximum: Option<usize>, unique: bool },
    /// An object.
    Object { properties: Vec<Property>, additional: Additional },
    /// One of these schemas; with a tag if there is a discriminator.
    Union { tag: Option<String>, variants: Vec<Variant> },
}

/// A property of an object.
#[derive(Debug, Clone)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) node: Node,
    pub(crate) required: bool,
}

/// Properties that are not listed.
#[derive(Debug, Clone)]
pub(crate) enum Additional {
    /// May be there, and may be anything: nothing is said about them.
    Unsaid,
    /// May be there, like this.
    Of(Box<Node>),
    /// May not be there.
    Forbidden,
}

/// A schema of a union.
#[derive(Debug, Clone)]
pub(crate) struct Variant {
    /// What the discriminator says for it.
    pub(crate) tag: Option<String>,
    pub(crate) node: Node,
}

impl Node {
    fn new(shape: Shape) -> Self {
        Self {
            shape,
            nullable: false,
            description: String::new(),
            read_only: false,
            write_only: false,
            examples: Vec::new(),
            blank: false,
            narrow: None,
            content_type: None,
            samples: Vec::new(),
            component: None,
        }
    }

    /// An object of these properties.
    pub(crate) fn object(properties: Vec<Property>) -> Self {
        Self::new(Shape::Object { properties, additional: Additional::Unsaid })
    }

    /// Reads a schema of a document.
    pub(crate) fn read(document: &Value, schema: &Value) -> Self {
        read(document, schema, &Around::TOP)
    }

    /// The properties of an object.
    pub(crate) fn properties(&self) -> &[Property] {
        match &self.shape {
            Shape::Object { properties, .. } => properties,
            _ => &[],
        }
    }

    /// A property of an object.
    pub(crate) fn property(&self, name: &str) -> Option<&Property> {
        self.properties().iter().find(|property| property.name == name)
    }

    /// The format of a text.
    pub(crate) fn format(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text { format, .. } => format.as_deref(),
            _ => None,
        }
    }

    /// The class of values that keys of objects have: two nodes of the same class may hold the same key.
    pub(crate) fn key_class(&self) -> Option<KeyClass> {
        match &self.shape {
            Shape::Integer { .. } => Some(KeyClass::Number),
            Shape::Text { format: Some(format), .. } if format == "uuid" => Some(KeyClass::Uuid),
            Shape::Text { format: None, .. } => Some(KeyClass::Name),
            _ => None,
        }
    }
}

/// What keys look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum KeyClass {
    Number,
    Uuid,
    Name,
}

fn read(document: &Value, schema: &Value, around: &Around<'_>) -> Node {
    let component =
        schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/schemas/")).map(ToOwned::to_owned);
    let schema = resolve(document, schema);
    if around.depth > 4 * DEPTH || component.as_deref().is_some_and(|name| around.knows(name)) {
        return Node::new(Shape::Any);
    }
    let merged;
    let (schema, component) = match schema["allOf"].as_array() {
        Some(parts) => {
            let only = parts.first().filter(|_| parts.len() == 1).and_then(|p| p["$ref"].as_str());
            let component =
                component.or_else(|| only.and_then(|r| r.strip_prefix("#/components/schemas/")).map(ToOwned::to_owned));
            merged = merge(document, schema, 0);
            (&merged, component)
        }
        None => (schema, component),
    };
    let around = &around.inside(component.as_deref());
    let (kind, null_in_type) = kind(schema);
    let choice = choices(schema);
    let mut nullable = null_in_type
        || schema["nullable"].as_bool().unwrap_or(false)
        || choice.as_ref().is_some_and(|values| values.contains(&Value::Null));
    let shape = if let Some(values) = choice {
        Shape::Choice(values.into_iter().filter(|value| !value.is_null()).collect())
    } else if let Some(list) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let (shape, null) = union(document, schema, list, around);
        nullable |= null;
        shape
    } else {
        simple(document, schema, kind, around)
    };
    let flag = |name: &str| schema[name].as_bool().unwrap_or(false);
    let examples = schema["examples"].as_array().cloned().unwrap_or_default();
    Node {
        shape,
        nullable,
        description: schema["description"].as_str().unwrap_or_default().to_owned(),
        read_only: flag("readOnly"),
        write_only: flag("writeOnly"),
        examples: schema.get("example").into_iter().cloned().chain(examples).collect(),
        blank: flag("x-blank"),
        narrow: None,
        content_type: None,
        samples: Vec::new(),
        component,
    }
}

/// `type`, which may be a list with null since OpenAPI 3.1.
fn kind(schema: &Value) -> (&str, bool) {
    match &schema["type"] {
        Value::String(kind) => (kind, false),
        Value::Array(kinds) => {
            let null = kinds.iter().any(|kind| kind == "null");
            (kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default(), null)
        }
        // Left out, but what else is said tells.
        _ if schema["properties"].is_object() => ("object", false),
        _ if schema["items"].is_object() => ("array", false),
        _ if schema["pattern"].is_string() || schema["maxLength"].is_u64() => ("string", false),
        _ => ("", false),
    }
}

fn choices(schema: &Value) -> Option<Vec<Value>> {
    schema.get("const").map(|value| vec![value.clone()]).or_else(|| schema["enum"].as_array().cloned())
}

fn simple(document: &Value, schema: &Value, kind: &str, around: &Around<'_>) -> Shape {
    let count = |name: &str| schema[name].as_u64().and_then(|n| usize::try_from(n).ok());
    match kind {
        "boolean" => Shape::Boolean,
        "integer" => {
            let (mut minimum, mut maximum) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
            // A flag in OpenAPI 3.0, a number since 3.1.
            match &schema["exclusiveMinimum"] {
                Value::Bool(true) => minimum = minimum.map(|m| m + 1.0),
                Value::Number(n) => minimum = n.as_f64().map(|m| m.floor() + 1.0),
                _ => {}
            }
            match &schema["exclusiveMaximum"] {
                Value::Bool(true) => maximum = maximum.map(|m| m - 1.0),
                Value::Number(n) => maximum = n.as_f64().map(|m| m.ceil() - 1.0),
                _ => {}
            }
            #[allow(clippy::cast_possible_truncation, reason = "limits of whole numbers; the cast saturates")]
            let whole = |limit: f64| limit as i64;
            let exact = |name: &str, limit: Option<f64>| match schema[name].as_i64() {
                Some(n) if limit == schema[name].as_f64() => Some(n),
                _ => limit.map(whole),
            };
            Shape::Integer {
                minimum: exact("minimum", minimum),
                maximum: exact("maximum", maximum),
                multiple: schema["multipleOf"].as_i64().filter(|n| *n > 1),
            }
        }
        "number" => {
            let edge = |plain: &str, exclusive: &str, step: f64| match (&schema[plain], &schema[exclusive]) {
                (Value::Number(n), Value::Bool(true)) => n.as_f64().map(|n| n + step),
                (_, Value::Number(n)) => n.as_f64().map(|n| n + step),
                (Value::Number(n), _) => n.as_f64(),
                _ => None,
            };
            Shape::Number {
                minimum: edge("minimum", "exclusiveMinimum", 0.5),
                maximum: edge("maximum", "exclusiveMaximum", -0.5),
            }
        }
        "string" => Shape::Text {
            minimum: count("minLength").unwrap_or(0),
            maximum: count("maxLength"),
            pattern: schema["pattern"].as_str().map(ToOwned::to_owned),
            format: schema["format"].as_str().map(ToOwned::to_owned),
        },
        "array" => Shape::Array {
            items: Box::new(read(document, &schema["items"], around)),
            minimum: count("minItems").unwrap_or(0),
            maximum: count("maxItems"),
            unique: schema["uniqueItems"].as_bool().unwrap_or(false),
        },
        "object" => {
            let required: Vec<&str> =
                schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let properties = schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| Property {
                name: name.clone(),
                node: read(document, schema, around),
                required: required.contains(&name.as_str()),
            });
            Shape::Object {
                properties: properties.collect(),
                additional: match &schema["additionalProperties"] {
                    Value::Bool(false) => Additional::Forbidden,
                    of @ Value::Object(_) => Additional::Of(Box::new(read(document, of, around))),
                    _ => Additional::Unsaid,
                },
            }
        }
        _ => Shape::Any,
    }
}

fn union(document: &Value, schema: &Value, list: &[Value], around: &Around<'_>) -> (Shape, bool) {
    let tag = schema["discriminator"]["propertyName"].as_str();
    let mapping = schema["discriminator"]["mapping"].as_object();
    let tagged = mapping.filter(|m| !m.is_empty()).map(|mapping| {
        mapping.iter().map(|(value, target)| {
            let target = target.as_str().unwrap_or_default();
            let target = if target.starts_with('#') { target.into() } else { format!("#/components/schemas/{target}") };
            Variant { tag: Some(value.clone()), node: read(document, &serde_json::json!({ "$ref": target }), around) }
        })
    });
    if let (Some(tag), Some(variants)) = (tag, tagged) {
        return (Shape::Union { tag: Some(tag.to_owned()), variants: variants.collect() }, false);
    }
    let is_null = |schema: &Value| {
        kind(schema).0.is_empty() && schema["type"] == "null" || schema["enum"] == serde_json::json!([null])
    };
    let null = list.iter().any(|part| is_null(resolve(document, part)));
    let mut variants: Vec<Variant> = list
        .iter()
        .filter(|part| !is_null(resolve(document, part)))
        .map(|part| {
            // Without a mapping, the name of the component is the tag.
            let name = part["$ref"].as_str().and_then(|r| r.rsplit('/').next()).map(ToOwned::to_owned);
            Variant { tag: name.filter(|_| tag.is_some()), node: read(document, part, around) }
        })
        .collect();
    match variants.len() {
        1 => (variants.remove(0).node.shape, null),
        _ => (Shape::Union { tag: tag.map(ToOwned::to_owned), variants }, null),
    }
}

/// The parts of `allOf` and what stands beside it, as one schema.
fn merge(document: &Value, schema: &Value, depth: usize) -> Value {
    let mut merged = Map::new();
    let beside = schema.as_object().into_iter().flatten().filter(|(key, _)| *key != "allOf");
    let beside: Value = Value::Object(beside.map(|(key, value)| (key.clone(), value.clone())).collect());
    let parts = schema["allOf"].as_array().into_iter().flatten();
    for part in parts.chain(std::iter::once(&beside)) {
        let part = resolve(document, part);
        let inner;
        let part = if part["allOf"].is_array() && depth < DEPTH {
            inner = merge(document, part, depth + 1);
            &inner
        } else {
            part
        };
        for (key, value) in part.as_object().into_iter().flatten() {
            match (key.as_str(), merged.get_mut(key), value) {
                ("properties", Some(Value::Object(all)), Value::Object(more)) => {
                    all.extend(more.iter().map(|(name, schema)| (name.clone(), schema.clone())));
                }
                ("required", Some(Value::Array(all)), Value::Array(more)) => all.extend(more.iter().cloned()),
                _ => {
                    merged.insert(key.clone(), value.clone());
                }
            }
        }
    }
    Value::Object(merged)
}
