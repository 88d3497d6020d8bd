//! Two documents in one arena of schemas, with what their paths say made plain: parameters of a path belong to each of
//! its operations, references to parameters and responses are followed, and security of the document is that of each
//! operation which has none.

use super::tree_schema::{Id, Schema};
use indexmap::IndexMap;
use serde_json::{Map, Value};
use vestibule_spec::Document;

/// Methods in the order in which the tool lists them.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "patch", "head", "options", "trace"];

/// Which of the two documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Old,
    New,
}

/// The schemas of both documents. Comparing changes them: what `allOf` says moves into the schema itself.
#[derive(Debug, Default)]
pub(super) struct Tree {
    schemas: Vec<Schema>,
    components: [IndexMap<String, Id>; 2],
}

/// A parameter or header.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) place: String,
    pub(super) description: Option<String>,
    pub(super) required: bool,
    pub(super) deprecated: bool,
    pub(super) allow_empty: bool,
    pub(super) style: String,
    pub(super) explode: bool,
    pub(super) schema: Option<Id>,
    pub(super) content: Option<Content>,
}

/// Media types and their schemas.
pub(super) type Content = IndexMap<String, Option<Id>>;

/// A request body, or a response.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub(super) description: Option<String>,
    pub(super) required: bool,
    pub(super) headers: Option<IndexMap<String, Parameter>>,
    pub(super) content: Option<Content>,
}

/// An operation.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) summary: Option<String>,
    pub(super) description: Option<String>,
    pub(super) operation_id: Option<String>,
    pub(super) deprecated: bool,
    pub(super) parameters: Vec<Parameter>,
    pub(super) request: Option<Body>,
    pub(super) responses: Option<IndexMap<String, Body>>,
    pub(super) security: Option<Vec<Map<String, Value>>>,
}

/// The operations of a path, by method, in the order of [`METHODS`].
pub(super) type PathItem = IndexMap<&'static str, Operation>;

/// The paths of a document and its security schemes.
pub(super) struct Paths {
    pub(super) paths: IndexMap<String, PathItem>,
    pub(super) schemes: Map<String, Value>,
}

impl Tree {
    pub(super) fn add(&mut self, schema: Schema) -> Id {
        self.schemas.push(schema);
        self.schemas.len() - 1
    }

    pub(super) fn get(&self, id: Id) -> &Schema {
        &self.schemas[id]
    }

    pub(super) fn get_mut(&mut self, id: Id) -> &mut Schema {
        &mut self.schemas[id]
    }

    /// The schema of a name, or of a reference to it.
    pub(super) fn component(&self, side: Side, reference: &str) -> Option<Id> {
        let name = reference.strip_prefix("#/components/schemas/").unwrap_or(reference);
        self.components[side as usize].get(name).copied()
    }

    /// The schema itself, or the one that it refers to.
    pub(super) fn resolve(&self, side: Side, id: Id) -> Id {
        match &self.get(id).reference {
            Some(reference) => self.component(side, reference).unwrap_or(id),
            None => id,
        }
    }

    /// Reads the components and paths of a document.
    pub(super) fn read(&mut self, side: Side, document: &Document) -> Paths {
        let schemas = document.value.pointer("/components/schemas").and_then(Value::as_object);
        for (name, schema) in schemas.into_iter().flatten() {
            let id = self.read_schema(schema);
            self.components[side as usize].insert(name.replace('~', "~0").replace('/', "~1"), id);
        }
        let mut reader = Reader { tree: self, document };
        let mut paths = IndexMap::new();
        for (path, item) in document.value.get("paths").and_then(Value::as_object).into_iter().flatten() {
            if !path.starts_with("x-") {
                paths.insert(path.clone(), reader.path_item(document.resolve(item)));
            }
        }
        let schemes = document.value.pointer("/components/securitySchemes").and_then(Value::as_object);
        let resolve = |(name, scheme): (&String, &Value)| (name.clone(), document.resolve(scheme).clone());
        Paths { paths, schemes: schemes.into_iter().flatten().map(resolve).collect() }
    }
}

struct Reader<'a> {
    tree: &'a mut Tree,
    document: &'a Document,
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

fn flag(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or(false)
}

impl Reader<'_> {
    fn path_item(&mut self, item: &Value) -> PathItem {
        let mut operations = PathItem::new();
        for method in METHODS {
            if let Some(operation) = item.get(method).filter(|operation| operation.is_object()) {
                let operation = self.operation(operation, item.get("parameters"));
                operations.insert(method, operation);
            }
        }
        operations
    }

    fn operation(&mut self, operation: &Value, shared: Option<&Value>) -> Operation {
        let own = self.parameters(operation.get("parameters"));
        let mut parameters = self.parameters(shared);
        // Those of the path come first, unless the operation has its own of that name.
        parameters.retain(|one| !own.iter().any(|other| other.name == one.name && other.place == one.place));
        parameters.extend(own);
        let responses = operation.get("responses").and_then(Value::as_object).map(|responses| {
            let codes = responses.iter().filter(|(code, _)| !code.starts_with("x-"));
            codes.map(|(code, response)| (code.clone(), self.body(response))).collect()
        });
        let security = operation.get("security").or_else(|| self.document.value.get("security"));
        Operation {
            summary: text(operation, "summary"),
            description: text(operation, "description"),
            operation_id: text(operation, "operationId"),
            deprecated: flag(operation, "deprecated"),
            parameters,
            request: operation.get("requestBody").map(|body| self.body(body)),
            responses,
            security: security.and_then(Value::as_array).map(|list| {
                let mut distinct: Vec<Map<String, Value>> = Vec::new();
                for requirement in list.iter().filter_map(Value::as_object) {
                    if !distinct.contains(requirement) {
                        distinct.push(requirement.clone());
                    }
                }
                distinct
            }),
        }
    }

    fn parameters(&mut self, list: Option<&Value>) -> Vec<Parameter> {
        let list = list.and_then(Value::as_array);
        list.into_iter().flatten().map(|parameter| self.parameter(parameter, None)).collect()
    }

    /// A parameter, or a header of that name.
    fn parameter(&mut self, value: &Value, header: Option<&str>) -> Parameter {
        let document = self.document;
        let value = document.resolve(value);
        let place = header.map_or_else(|| text(value, "in").unwrap_or_default(), |_| String::from("header"));
        let usual = if matches!(place.as_str(), "query" | "cookie") { "form" } else { "simple" };
        let style = text(value, "style").unwrap_or_else(|| usual.to_owned());
        Parameter {
            name: header.map_or_else(|| text(value, "name").unwrap_or_default(), str::to_owned),
            description: text(value, "description"),
            required: flag(value, "required"),
            deprecated: flag(value, "deprecated"),
            allow_empty: flag(value, "allowEmptyValue"),
            explode: value.get("explode").and_then(Value::as_bool).unwrap_or(style == "form"),
            schema: value.get("schema").map(|schema| self.tree.read_schema(schema)),
            content: self.content(value.get("content")),
            place,
            style,
        }
    }

    fn body(&mut self, value: &Value) -> Body {
        let document = self.document;
        let value = document.resolve(value);
        let headers = value.get("headers").and_then(Value::as_object).map(|headers| {
            headers.iter().map(|(name, header)| (name.clone(), self.parameter(header, Some(name)))).collect()
        });
        Body {
            description: text(value, "description"),
            required: flag(value, "required"),
            headers,
            content: self.content(value.get("content")),
        }
    }

    fn content(&mut self, value: Option<&Value>) -> Option<Content> {
        let content = value?.as_object()?;
        let schema = |(media, value): (&String, &Value)| {
            (media.clone(), value.get("schema").map(|schema| self.tree.read_schema(schema)))
        };
        Some(content.iter().map(schema).collect())
    }
}
