//! Changes of operations, parameters, bodies and responses.

use super::{Direction, Found, Place, documents::Documents, rules, schemas, security};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use vestibule_spec::Document;

const METHODS: [&str; 8] = ["delete", "get", "head", "options", "patch", "post", "put", "trace"];

/// An operation with what its path says.
struct Operation<'a> {
    path: &'a str,
    item: &'a Value,
    value: &'a Value,
}

/// Compares two documents.
pub(super) fn document(documents: &Documents<'_>, found: &mut Found) {
    let place = Place::new(Direction::Request, "document");
    let (old, new) = (&documents.old.value, &documents.new.value);
    for name in ["info", "servers", "tags", "externalDocs"] {
        found.documentation(&rules::INFO, &place, name, old.get(name), new.get(name));
    }
    extensions(found, &place, old, new);
    security::schemes(documents, found);

    let (before, after) = (operations(documents.old), operations(documents.new));
    for (key, old) in &before {
        let name = format!("{} {}", key.1.to_uppercase(), old.path);
        found.operation = Some(name.clone());
        let place = Place::new(Direction::Request, "operation");
        match after.get(key) {
            None => found.add(&rules::OPERATION_REMOVED, &place, String::from("operation removed"), None, None),
            Some(new) => {
                if old.path != new.path {
                    let message = format!("path changed from `{}` to `{}`", old.path, new.path);
                    found.add(&rules::PATH_PARAMETER_RENAMED, &place, message, None, None);
                }
                operation(documents, found, old, new);
            }
        }
    }
    for (key, new) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
        found.operation = Some(format!("{} {}", key.1.to_uppercase(), new.path));
        let place = Place::new(Direction::Request, "operation");
        found.add(&rules::OPERATION_ADDED, &place, String::from("operation added"), None, None);
    }
    found.operation = None;
}

/// All operations by path, without the names of parameters, and method.
fn operations(document: &Document) -> BTreeMap<(String, &'static str), Operation<'_>> {
    let mut operations = BTreeMap::new();
    for (path, item) in document.value.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let item = document.resolve(item);
        for method in METHODS {
            if let Some(value) = item.get(method).filter(|value| value.is_object()) {
                // Two paths that differ in names only are told apart by them.
                let key = (template(path), method);
                let key = if operations.contains_key(&key) { (path.clone(), method) } else { key };
                operations.insert(key, Operation { path, item, value });
            }
        }
    }
    operations
}

fn template(path: &str) -> String {
    let parts = path.split('{').map(|part| part.split_once('}').map_or(part, |(_, after)| after));
    parts.collect::<Vec<_>>().join("{}")
}

fn flag(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn extensions(found: &mut Found, place: &Place, old: &Value, new: &Value) {
    let names = |value: &Value| -> Vec<String> {
        value.as_object().into_iter().flat_map(Map::keys).filter(|name| name.starts_with("x-")).cloned().collect()
    };
    let mut all = [names(old), names(new)].concat();
    all.sort_unstable();
    all.dedup();
    for name in all {
        found.documentation(&rules::EXTENSION, place, &name, old.get(&name), new.get(&name));
    }
}

fn operation(documents: &Documents<'_>, found: &mut Found, old: &Operation<'_>, new: &Operation<'_>) {
    let place = Place::new(Direction::Request, "operation");
    for name in ["summary", "description", "tags", "externalDocs", "callbacks", "servers"] {
        found.documentation(&rules::OPERATION_WORDS, &place, name, old.value.get(name), new.value.get(name));
    }
    found.documentation(
        &rules::OPERATION_ID,
        &place,
        "operationId",
        old.value.get("operationId"),
        new.value.get("operationId"),
    );
    extensions(found, &place, old.value, new.value);
    match (flag(old.value, "deprecated"), flag(new.value, "deprecated")) {
        (false, true) => {
            found.add(&rules::OPERATION_DEPRECATED, &place, String::from("operation deprecated"), None, None)
        }
        (true, false) => {
            let message = String::from("operation not deprecated any more");
            found.add(&rules::OPERATION_UNDEPRECATED, &place, message, None, None);
        }
        _ => {}
    }
    security::compare(documents, found, old.value, new.value);
    parameters(documents, found, old, new);
    request(documents, found, old.value.get("requestBody"), new.value.get("requestBody"));
    responses(documents, found, old.value.get("responses"), new.value.get("responses"));
}

/// The parameters of an operation by place and name; those in the path by position.
fn collect<'a>(document: &'a Document, operation: &Operation<'a>) -> BTreeMap<(String, String), &'a Value> {
    let names: Vec<&str> = operation.path.split('{').skip(1).filter_map(|part| part.split('}').next()).collect();
    let lists = [operation.item.get("parameters"), operation.value.get("parameters")];
    let mut parameters = BTreeMap::new();
    for parameter in lists.into_iter().flatten().filter_map(Value::as_array).flatten() {
        let parameter = document.resolve(parameter);
        let text = |name: &str| parameter.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (place, mut name) = (text("in"), text("name"));
        if place == "path"
            && let Some(position) = names.iter().position(|other| *other == name)
        {
            name = position.to_string();
        }
        parameters.insert((place, name), parameter);
    }
    parameters
}

fn parameters(documents: &Documents<'_>, found: &mut Found, old: &Operation<'_>, new: &Operation<'_>) {
    let (before, after) = (collect(documents.old, old), collect(documents.new, new));
    let name = |value: &Value| value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    for ((kind, _), parameter) in before.iter().filter(|(key, _)| !after.contains_key(*key)) {
        let place = Place::new(Direction::Request, format!("{kind} parameter {}", name(parameter)));
        found.add(&rules::PARAMETER_REMOVED, &place, String::from("parameter removed"), Some(parameter), None);
    }
    for (key, parameter) in &after {
        let place = Place::new(Direction::Request, format!("{} parameter {}", key.0, name(parameter)));
        if let Some(old) = before.get(key) {
            self::parameter(documents, found, &place, old, parameter);
        } else {
            let required = flag(parameter, "required");
            let rule = if required { &rules::REQUIRED_PARAMETER_ADDED } else { &rules::PARAMETER_ADDED };
            found.add(rule, &place, String::from("parameter added"), None, Some(parameter));
        }
    }
}

/// How values of a parameter are written.
fn style(parameter: &Value) -> (String, bool, bool, bool) {
    let place = parameter.get("in").and_then(Value::as_str).unwrap_or("header");
    let usual = if matches!(place, "query" | "cookie") { "form" } else { "simple" };
    let style = parameter.get("style").and_then(Value::as_str).unwrap_or(usual);
    let explode = parameter.get("explode").and_then(Value::as_bool).unwrap_or(style == "form");
    (style.to_owned(), explode, flag(parameter, "allowReserved"), flag(parameter, "allowEmptyValue"))
}

fn parameter(documents: &Documents<'_>, found: &mut Found, place: &Place, old: &Value, new: &Value) {
    match (flag(old, "required"), flag(new, "required")) {
        (false, true) => found.add(&rules::PARAMETER_REQUIRED, place, String::from("became required"), None, None),
        (true, false) => found.add(&rules::PARAMETER_OPTIONAL, place, String::from("became optional"), None, None),
        _ => {}
    }
    value(documents, found, place, old, new);
}

/// What parameters and headers have in common.
fn value(documents: &Documents<'_>, found: &mut Found, place: &Place, old: &Value, new: &Value) {
    if style(old) != style(new) {
        found.add(
            &rules::PARAMETER_STYLE,
            place,
            String::from("values are written in another way"),
            Some(old),
            Some(new),
        );
    }
    if flag(old, "deprecated") != flag(new, "deprecated") {
        let message = if flag(new, "deprecated") { "deprecated" } else { "not deprecated any more" };
        found.add(&rules::PARAMETER_DEPRECATED, place, message.to_owned(), None, None);
    }
    for name in ["description", "example", "examples"] {
        found.documentation(&rules::PARAMETER_WORDS, place, name, old.get(name), new.get(name));
    }
    extensions(found, place, old, new);
    schemas::compare(documents, found, place, old.get("schema"), new.get("schema"));
    content(documents, found, place, old.get("content"), new.get("content"));
}

fn request(documents: &Documents<'_>, found: &mut Found, old: Option<&Value>, new: Option<&Value>) {
    let place = Place::new(Direction::Request, "request");
    match (old.map(|old| documents.old.resolve(old)), new.map(|new| documents.new.resolve(new))) {
        (Some(old), Some(new)) => {
            match (flag(old, "required"), flag(new, "required")) {
                (false, true) => {
                    found.add(&rules::BODY_REQUIRED, &place, String::from("body became required"), None, None)
                }
                (true, false) => {
                    found.add(&rules::BODY_OPTIONAL, &place, String::from("body became optional"), None, None)
                }
                _ => {}
            }
            found.documentation(
                &rules::BODY_WORDS,
                &place,
                "description",
                old.get("description"),
                new.get("description"),
            );
            extensions(found, &place, old, new);
            content(documents, found, &place, old.get("content"), new.get("content"));
        }
        (None, Some(new)) => {
            let rule = if flag(new, "required") { &rules::REQUIRED_BODY_ADDED } else { &rules::BODY_ADDED };
            found.add(rule, &place, String::from("body added"), None, Some(new));
        }
        (Some(old), None) => found.add(&rules::BODY_REMOVED, &place, String::from("body removed"), Some(old), None),
        (None, None) => {}
    }
}

fn content(documents: &Documents<'_>, found: &mut Found, place: &Place, old: Option<&Value>, new: Option<&Value>) {
    let nothing = Map::new();
    let before = old.and_then(Value::as_object).unwrap_or(&nothing);
    let after = new.and_then(Value::as_object).unwrap_or(&nothing);
    let (added, removed) = match place.direction {
        Direction::Request => (&rules::MEDIA_ADDED_REQUEST, &rules::MEDIA_REMOVED_REQUEST),
        Direction::Response => (&rules::MEDIA_ADDED_RESPONSE, &rules::MEDIA_REMOVED_RESPONSE),
    };
    for (media, old) in before {
        let Some(new) = after.get(media) else {
            found.add(removed, place, format!("media type `{media}` removed"), Some(old), None);
            continue;
        };
        let place = Place::new(place.direction, format!("{} {media}", place.location));
        for name in ["example", "examples", "encoding"] {
            found.documentation(&rules::MEDIA_WORDS, &place, name, old.get(name), new.get(name));
        }
        extensions(found, &place, old, new);
        schemas::compare(documents, found, &place, old.get("schema"), new.get("schema"));
    }
    for (media, new) in after.iter().filter(|(media, _)| !before.contains_key(*media)) {
        found.add(added, place, format!("media type `{media}` added"), None, Some(new));
    }
}

fn responses(documents: &Documents<'_>, found: &mut Found, old: Option<&Value>, new: Option<&Value>) {
    let nothing = Map::new();
    let before = old.and_then(Value::as_object).unwrap_or(&nothing);
    let after = new.and_then(Value::as_object).unwrap_or(&nothing);
    let success = |code: &str| code.starts_with(['1', '2', '3']);
    for (code, old) in before.iter().filter(|(code, _)| !code.starts_with("x-")) {
        let place = Place::new(Direction::Response, format!("response {code}"));
        let old = documents.old.resolve(old);
        let Some(new) = after.get(code) else {
            let rule = if success(code) { &rules::SUCCESS_REMOVED } else { &rules::ERROR_REMOVED };
            found.add(rule, &place, String::from("response removed"), Some(old), None);
            continue;
        };
        let new = documents.new.resolve(new);
        for name in ["description", "links", "summary"] {
            found.documentation(&rules::RESPONSE_WORDS, &place, name, old.get(name), new.get(name));
        }
        extensions(found, &place, old, new);
        headers(documents, found, &place, old.get("headers"), new.get("headers"));
        content(documents, found, &place, old.get("content"), new.get("content"));
    }
    for (code, new) in after.iter().filter(|(code, _)| !code.starts_with("x-") && !before.contains_key(*code)) {
        let place = Place::new(Direction::Response, format!("response {code}"));
        let rule = if success(code) { &rules::SUCCESS_ADDED } else { &rules::ERROR_ADDED };
        found.add(rule, &place, String::from("response added"), None, Some(documents.new.resolve(new)));
    }
}

fn headers(documents: &Documents<'_>, found: &mut Found, place: &Place, old: Option<&Value>, new: Option<&Value>) {
    let nothing = Map::new();
    let before = old.and_then(Value::as_object).unwrap_or(&nothing);
    let after = new.and_then(Value::as_object).unwrap_or(&nothing);
    for (name, old) in before {
        let place = Place::new(Direction::Response, format!("{} header {name}", place.location));
        let old = documents.old.resolve(old);
        let Some(new) = after.get(name) else {
            found.add(&rules::HEADER_REMOVED, &place, String::from("header removed"), Some(old), None);
            continue;
        };
        let new = documents.new.resolve(new);
        match (flag(old, "required"), flag(new, "required")) {
            (false, true) => found.add(&rules::HEADER_REQUIRED, &place, String::from("became required"), None, None),
            (true, false) => found.add(&rules::HEADER_OPTIONAL, &place, String::from("became optional"), None, None),
            _ => {}
        }
        value(documents, found, &place, old, new);
    }
    for (name, new) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        let place = Place::new(Direction::Response, format!("{} header {name}", place.location));
        found.add(&rules::HEADER_ADDED, &place, String::from("header added"), None, Some(documents.new.resolve(new)));
    }
}
