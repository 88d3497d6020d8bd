//! A schema with what its `allOf` says put together.

use serde_json::{Map, Value};
use std::{borrow::Cow, collections::HashSet};
use vestibule_spec::{Document, limits};

/// The object of a schema; one without `allOf` is the schema itself. `true` and `false` are empty.
pub(super) fn view<'a>(document: &'a Document, schema: &'a Value) -> Cow<'a, Map<String, Value>> {
    static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    let object = document.resolve(schema).as_object().unwrap_or(&EMPTY);
    if object.contains_key("allOf") {
        let mut merged = Map::new();
        merge(document, object, &mut merged, &mut HashSet::new(), 0);
        Cow::Owned(merged)
    } else {
        Cow::Borrowed(object)
    }
}

/// Adds what a schema says. What stands beside `allOf` says more than what is in it, so it comes last.
fn merge(
    document: &Document,
    object: &Map<String, Value>,
    into: &mut Map<String, Value>,
    merged: &mut HashSet<*const Value>,
    depth: usize,
) {
    for part in object.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        let part = document.resolve(part);
        // What was said already adds nothing; that a schema is a part of itself is a special case of that.
        if depth < limits::DEPTH
            && merged.insert(std::ptr::from_ref(part))
            && let Some(part) = part.as_object()
        {
            merge(document, part, into, merged, depth + 1);
        }
    }
    for (keyword, value) in object {
        match (keyword.as_str(), into.get_mut(keyword), value) {
            ("allOf", ..) => {}
            ("properties", Some(Value::Object(all)), Value::Object(more)) => {
                all.extend(more.iter().map(|(name, schema)| (name.clone(), schema.clone())));
            }
            ("required", Some(Value::Array(all)), Value::Array(more)) => {
                for name in more {
                    if !all.contains(name) {
                        all.push(name.clone());
                    }
                }
            }
            _ => {
                into.insert(keyword.clone(), value.clone());
            }
        }
    }
}
