//! The operations of a document.

use crate::{
    event::OperationInfo,
    hints::Hints,
    load::{Document, resolve},
    shape::{Node, Property, Shape},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// An API: its document and its operations.
#[derive(Debug, Clone)]
pub struct Api {
    /// The document.
    pub document: Document,
    /// All operations, in the order of the document.
    pub operations: Vec<Arc<Operation>>,
}

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// How reports name it.
    pub info: Arc<OperationInfo>,
    /// Path, query, header and cookie parameters; `Authorization` and the like are not among them.
    pub(crate) parameters: Vec<Parameter>,
    /// The parameters of each place as the properties of an object.
    pub(crate) places: BTreeMap<Place, Node>,
    /// What it takes.
    pub(crate) body: Option<Body>,
    /// Statuses (`200`, `4XX`, `default`) and their responses, resolved.
    pub(crate) responses: Vec<(String, Value)>,
    /// Whether callers without credentials are let in.
    pub(crate) anonymous: bool,
    /// Whether credentials mean anything.
    pub(crate) secured: bool,
    /// `x-permission`: what a caller needs; empty when nothing is said.
    pub(crate) permission: Vec<String>,
}

/// A parameter.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) node: Node,
    /// Lists become `a=1&a=2` rather than `a=1,2`.
    pub(crate) explode: bool,
    pub(crate) examples: Vec<Value>,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

impl Place {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// A body: the same thing in one or several media types.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) required: bool,
    pub(crate) media: Vec<Media>,
}

/// A body in one media type.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    pub(crate) name: String,
    pub(crate) node: Node,
    pub(crate) examples: Vec<Value>,
}

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl Api {
    /// Reads the operations of a document. Hints add to the schemas of single fields.
    pub fn new(document: Document, hints: &Hints) -> Self {
        let root = document.value.clone();
        let mut operations = Vec::new();
        for (path, item) in root["paths"].as_object().into_iter().flatten() {
            let item = resolve(&root, item);
            for (method, definition) in item.as_object().into_iter().flatten() {
                if METHODS.contains(&method.as_str()) {
                    operations.push(Arc::new(operation(&root, path, method, item, definition, hints)));
                }
            }
        }
        Self { document, operations }
    }

    /// The methods that a path has, in capitals.
    pub fn methods(&self, path: &str) -> Vec<&str> {
        self.operations.iter().filter(|o| o.info.path == path).map(|o| o.info.method.as_str()).collect()
    }

    /// What stands before every path: that of the first server.
    pub fn prefix(&self) -> String {
        let url = self.document.value["servers"][0]["url"].as_str().unwrap_or_default();
        let path = match url.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
            None => url,
        };
        path.trim_end_matches('/').to_owned()
    }
}

fn operation(root: &Value, path: &str, method: &str, item: &Value, definition: &Value, hints: &Hints) -> Operation {
    let id = definition["operationId"].as_str();
    // What the operation says about a parameter replaces what its path says.
    let mut parameters: BTreeMap<(Place, String), (usize, Parameter)> = BTreeMap::new();
    let lists = [&item["parameters"], &definition["parameters"]];
    for (at, raw) in lists.into_iter().filter_map(Value::as_array).flatten().enumerate() {
        if let Some(parameter) = parameter(root, raw, hints, id) {
            parameters.insert((parameter.place, parameter.name.clone()), (at, parameter));
        }
    }
    let mut parameters: Vec<(usize, Parameter)> = parameters.into_values().collect();
    parameters.sort_by_key(|(at, _)| *at);
    let body = Some(resolve(root, &definition["requestBody"])).filter(|body| body["content"].is_object());
    let body = body.map(|body| Body {
        required: body["required"].as_bool().unwrap_or(false),
        media: body["content"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, content)| {
                let mut node = Node::read(root, &content["schema"]);
                hints.refine(id, &mut node);
                Media { name: name.clone(), node, examples: examples(root, content) }
            })
            .collect(),
    });
    let security = definition.get("security").or_else(|| root.get("security")).and_then(Value::as_array);
    let responses = definition["responses"].as_object().into_iter().flatten();
    let permission = match &definition["x-permission"] {
        Value::String(one) => vec![one.clone()],
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        _ => Vec::new(),
    };
    let method = method.to_uppercase();
    let parameters: Vec<Parameter> = parameters.into_iter().map(|(_, parameter)| parameter).collect();
    let places = [Place::Path, Place::Query, Place::Header, Place::Cookie].map(|place| {
        let of_place = parameters.iter().filter(|parameter| parameter.place == place);
        let property = |p: &Parameter| Property { name: p.name.clone(), node: p.node.clone(), required: p.required };
        (place, Node::object(of_place.map(property).collect()))
    });
    Operation {
        info: Arc::new(OperationInfo {
            label: format!("{method} {path}"),
            id: id.map(ToOwned::to_owned),
            method,
            path: path.to_owned(),
            tags: definition["tags"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(Into::into)
                .collect(),
        }),
        parameters,
        places: places.into(),
        body,
        responses: responses.map(|(status, response)| (status.clone(), resolve(root, response).clone())).collect(),
        anonymous: security.is_none_or(|all| all.is_empty() || all.contains(&json!({}))),
        secured: security.is_some_and(|all| !all.is_empty() && all.iter().any(|one| *one != json!({}))),
        permission,
    }
}

fn parameter(root: &Value, raw: &Value, hints: &Hints, operation: Option<&str>) -> Option<Parameter> {
    let raw = resolve(root, raw);
    let name = raw["name"].as_str()?.to_owned();
    let place = match raw["in"].as_str()? {
        "path" => Place::Path,
        "query" => Place::Query,
        // These three are said elsewhere in the document, as OpenAPI has it.
        "header" if ["accept", "content-type", "authorization"].contains(&name.to_lowercase().as_str()) => return None,
        "header" => Place::Header,
        "cookie" => Place::Cookie,
        _ => return None,
    };
    let content = raw["content"].as_object().and_then(|content| content.values().next());
    let schema = raw.get("schema").or_else(|| content?.get("schema")).unwrap_or(&Value::Null);
    let mut node = Node::read(root, schema);
    if node.description.is_empty() {
        node.description = raw["description"].as_str().unwrap_or_default().to_owned();
    }
    hints.refine_field(operation, &name, &mut node);
    // In an address everything is text, and there is no null.
    node.nullable = false;
    if let (Place::Path, Shape::Text { minimum, .. }) = (place, &mut node.shape) {
        // An empty segment is another path.
        *minimum = (*minimum).max(1);
    }
    let form = raw["style"].as_str().is_none_or(|style| style == "form");
    Some(Parameter {
        required: raw["required"].as_bool().unwrap_or(false) || place == Place::Path,
        explode: raw["explode"].as_bool().unwrap_or(form && place == Place::Query),
        examples: examples(root, raw),
        name,
        place,
        node,
    })
}

/// `example` and `examples` of a parameter or a body.
fn examples(root: &Value, holder: &Value) -> Vec<Value> {
    let named = holder["examples"].as_object().into_iter().flatten();
    let named = named.filter_map(|(_, example)| resolve(root, example).get("value").cloned());
    holder.get("example").cloned().into_iter().chain(named).collect()
}

impl Operation {
    /// An operation without parameters about which nothing is known; its body is JSON.
    pub(crate) fn plain(info: OperationInfo) -> Self {
        Self {
            info: Arc::new(info),
            parameters: Vec::new(),
            places: BTreeMap::new(),
            body: None,
            responses: Vec::new(),
            anonymous: false,
            secured: true,
            permission: Vec::new(),
        }
    }

    /// The schema of the JSON body of a successful answer.
    pub(crate) fn success(&self, root: &Value) -> Option<(u16, Node)> {
        let (status, response) = self.responses.iter().find(|(status, _)| status.starts_with('2'))?;
        let content = response["content"].as_object()?;
        let json = content.iter().find(|(media, _)| is_json(media))?.1;
        Some((status.parse().unwrap_or(200), Node::read(root, json.get("schema")?)))
    }

    /// The first media type of its body.
    pub(crate) fn media(&self) -> Option<&Media> {
        self.body.as_ref()?.media.first()
    }

    /// Whether it only reads.
    pub(crate) fn reads(&self) -> bool {
        matches!(self.info.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE")
    }

    /// Its path parameters, in the order of the path.
    pub(crate) fn path_parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| parameter.place == Place::Path)
    }
}

/// Whether a media type is JSON.
pub(crate) fn is_json(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or_default().trim().to_lowercase();
    media == "application/json" || media.ends_with("+json")
}
