//! Operations: what can be called, with which parameters, by whom, and what comes back.

use super::{Error, Result, spec, spec::Spec, types::Type};
use heck::ToSnakeCase;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The HTTP methods in the order of the operation table.
pub const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// An operation of the document.
#[derive(Debug, Clone)]
pub struct Operation<'a> {
    /// `operationId`.
    pub id: &'a str,
    /// Lower case.
    pub method: &'static str,
    /// With parameters in braces.
    pub path: &'a str,
    /// The node itself, for its description.
    pub node: &'a Value,
    /// The first tag.
    pub tag: &'a str,
    /// The resource family: what stands before the first parameter of its collection.
    pub resource: String,
    /// What is left of the id after the family.
    pub action: &'a str,
    /// Who may call it.
    pub permission: Permission<'a>,
    /// Path parameters in the order of the path.
    pub path_params: Vec<Parameter<'a>>,
    /// Query parameters in the order of the document.
    pub query: Vec<Parameter<'a>>,
    /// The request body.
    pub body: Option<Body<'a>>,
    /// The status of a success.
    pub success: u16,
    /// What a success returns.
    pub answer: Answer,
    /// The component that a success returns, if it is one.
    pub answer_schema: Option<&'a str>,
}

/// Who may call an operation (`x-permission`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission<'a> {
    /// Everyone.
    Anonymous,
    /// Every authenticated caller.
    Authenticated,
    /// Superusers.
    Superuser,
    /// Holders of all of these.
    Model(Vec<&'a str>),
}

/// A parameter of an operation.
#[derive(Debug, Clone)]
pub struct Parameter<'a> {
    /// Its name.
    pub name: &'a str,
    /// The parameter object.
    pub node: &'a Value,
    /// Its schema.
    pub schema: &'a Value,
    /// Whether it must be sent.
    pub required: bool,
    /// Whether the items of a list are sent as one text with commas.
    pub commas: bool,
}

/// A request body.
#[derive(Debug, Clone, Copy)]
pub struct Body<'a> {
    /// The name of its component schema.
    pub schema: &'a str,
    /// Whether it is a multipart form rather than JSON.
    pub multipart: bool,
}

/// What a success returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// No content.
    Nothing,
    /// JSON of this type, or a file.
    Model(Type),
    /// Several media types: served by hand, not through a trait.
    Special,
}

/// See [`Spec::operations`].
pub(super) fn read(spec: &Spec) -> Result<Vec<Operation<'_>>> {
    let collections: BTreeSet<&str> = spec.paths().flat_map(|(path, _)| collections_of(path)).collect();
    let mut paths: Vec<_> = spec.paths().collect();
    paths.sort_by_key(|(path, _)| *path);
    let mut operations = vec![];
    let mut ids = BTreeSet::new();
    for (path, item) in paths {
        for method in METHODS {
            let Some(node) = item.get(method) else { continue };
            let operation = read_one(spec, &collections, path, item, method, node)
                .map_err(|e| Error::new(format!("{method} {path}: {e}")))?;
            if !ids.insert(operation.id) {
                return Err(Error::new(format!("two operations are called {}", operation.id)));
            }
            operations.push(operation);
        }
    }
    Ok(operations)
}

fn read_one<'a>(
    spec: &'a Spec,
    collections: &BTreeSet<&str>,
    path: &'a str,
    item: &'a Map<String, Value>,
    method: &'static str,
    node: &'a Value,
) -> Result<Operation<'a>> {
    let id = spec::text(node, "operationId").ok_or_else(|| Error::new("no operationId"))?;
    let resource = family(collections, path);
    let action = id.strip_prefix(resource.as_str()).and_then(|rest| rest.strip_prefix('_')).unwrap_or(id);
    let (path_params, query) = parameters(spec, path, item, node)?;
    let (success, answer, answer_schema) = success(spec, id, node)?;
    Ok(Operation {
        id,
        method,
        path,
        node,
        tag: spec::strings(node, "tags").first().copied().ok_or_else(|| Error::new("no tag"))?,
        action,
        resource,
        permission: permission(node)?,
        path_params,
        query,
        body: body(spec, node)?,
        success,
        answer,
        answer_schema,
    })
}

/// The parts of a path that end just before a parameter.
fn collections_of(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices("{").map(|(at, _)| &path[..at]).filter(|prefix| !prefix.contains('{'))
}

/// The longest collection that the path is in, or its own static segments, as a name.
fn family(collections: &BTreeSet<&str>, path: &str) -> String {
    let collection = collections.iter().filter(|c| path.starts_with(**c)).max_by_key(|c| c.len());
    let segments = collection.copied().unwrap_or(path).split('/');
    let words: Vec<&str> = segments.filter(|s| !s.is_empty() && !s.starts_with('{')).collect();
    words.join("_").to_snake_case()
}

fn permission(node: &Value) -> Result<Permission<'_>> {
    let models = match node.get("x-permission") {
        Some(Value::String(name)) => match name.as_str() {
            "anonymous" => return Ok(Permission::Anonymous),
            "authenticated" => return Ok(Permission::Authenticated),
            "superuser" => return Ok(Permission::Superuser),
            name => vec![name],
        },
        Some(Value::Array(_)) => spec::strings(node, "x-permission"),
        _ => return Err(Error::new("no x-permission")),
    };
    match models.iter().find(|name| name.split('.').count() != 2) {
        _ if models.is_empty() => Err(Error::new("x-permission is empty")),
        Some(odd) => Err(Error::new(format!("{odd} is no permission"))),
        None => Ok(Permission::Model(models)),
    }
}

fn parameters<'a>(
    spec: &'a Spec,
    path: &str,
    item: &'a Map<String, Value>,
    node: &'a Value,
) -> Result<(Vec<Parameter<'a>>, Vec<Parameter<'a>>)> {
    let of = |node: &'a Value| node.as_array().into_iter().flatten();
    let shared = item.get("parameters").into_iter().flat_map(of);
    let own = node.get("parameters").into_iter().flat_map(of);
    let (mut in_path, mut query): (Vec<Parameter<'_>>, Vec<Parameter<'_>>) = (vec![], vec![]);
    for raw in shared.chain(own) {
        let node = spec.resolve(raw)?;
        let name = spec::text(node, "name").ok_or_else(|| Error::new("a parameter without a name"))?;
        let schema = node.get("schema").ok_or_else(|| Error::new(format!("parameter {name} without a schema")))?;
        let commas = node.get("explode").and_then(Value::as_bool) == Some(false);
        let parameter = Parameter { name, node, schema, required: spec::flag(node, "required"), commas };
        let list = match spec::text(node, "in") {
            Some("path") => &mut in_path,
            Some("query") => &mut query,
            other => return Err(Error::new(format!("parameter {name} is in {other:?}"))),
        };
        list.retain(|p| p.name != name);
        list.push(parameter);
    }
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let ordered: Vec<_> = names
        .map(|name| {
            let found = in_path.iter().find(|p| p.name == name).cloned();
            found.ok_or_else(|| Error::new(format!("path parameter {name} is not described")))
        })
        .collect::<Result<_>>()?;
    if ordered.len() != in_path.len() {
        return Err(Error::new("a path parameter is not in the path"));
    }
    Ok((ordered, query))
}

fn body<'a>(spec: &'a Spec, node: &'a Value) -> Result<Option<Body<'a>>> {
    let Some(body) = node.get("requestBody") else { return Ok(None) };
    let content = spec.resolve(body)?.get("content").and_then(Value::as_object);
    let (media, node) = match content.map(|c| c.iter().collect::<Vec<_>>()).as_deref() {
        Some([only]) => *only,
        _ => return Err(Error::new("a request body needs exactly one media type")),
    };
    let schema = node
        .get("schema")
        .and_then(spec::schema_reference)
        .ok_or_else(|| Error::new("a request body must refer to a component"))?;
    match media.as_str() {
        "application/json" => Ok(Some(Body { schema, multipart: false })),
        "multipart/form-data" => Ok(Some(Body { schema, multipart: true })),
        other => Err(Error::new(format!("request bodies cannot be {other}"))),
    }
}

/// The lowest success that has content, or else the lowest.
fn success<'a>(spec: &'a Spec, id: &str, node: &'a Value) -> Result<(u16, Answer, Option<&'a str>)> {
    let mut found: Vec<(u16, Option<&Map<String, Value>>)> = vec![];
    for (status, response) in node.get("responses").and_then(Value::as_object).into_iter().flatten() {
        if let Some(status) = status.parse().ok().filter(|s| (200..300).contains(s)) {
            found.push((status, spec.resolve(response)?.get("content").and_then(Value::as_object)));
        }
    }
    let best = found.iter().min_by_key(|(status, content)| (content.is_none(), *status));
    let (status, content) = best.ok_or_else(|| Error::new("no success response"))?;
    let mut component = None;
    let answer = match content.map(|c| c.iter().collect::<Vec<_>>()).as_deref() {
        None | Some([]) => Answer::Nothing,
        Some([(_, media)]) => {
            let schema = media.get("schema").ok_or_else(|| Error::new("an answer without a schema"))?;
            component = spec::schema_reference(schema);
            Answer::Model(Type::of(schema, &format!("{id}_answer"))?)
        }
        Some(_) => Answer::Special,
    };
    Ok((*status, answer, component))
}
