//! Changes of how callers authenticate.

use super::{Direction, Found, Place, documents::Documents, rules};
use serde_json::Value;
use vestibule_spec::Document;

/// The alternatives of an operation, in an order of their own.
fn alternatives(document: &Document, operation: &Value) -> Vec<Value> {
    let security = operation.get("security").or_else(|| document.value.get("security"));
    let mut list = security.and_then(Value::as_array).cloned().unwrap_or_default();
    list.sort_by_key(Value::to_string);
    list.dedup();
    // No alternatives mean that anybody may call, which is what an empty one says.
    if list.is_empty() {
        list.push(Value::Object(serde_json::Map::new()));
    }
    list
}

fn named(alternative: &Value) -> String {
    let names: Vec<String> = alternative
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, scopes)| match scopes {
            Value::Array(scopes) if !scopes.is_empty() => format!("{name} {}", Value::from(scopes.clone())),
            _ => name.clone(),
        })
        .collect();
    if names.is_empty() { String::from("no credentials") } else { format!("`{}`", names.join(" + ")) }
}

pub(super) fn compare(documents: &Documents<'_>, found: &mut Found, old: &Value, new: &Value) {
    let place = Place::new(Direction::Request, "security");
    let (before, after) = (alternatives(documents.old, old), alternatives(documents.new, new));
    for gone in before.iter().filter(|one| !after.contains(one)) {
        let message = format!("authentication by {} removed", named(gone));
        found.add(&rules::SECURITY_REMOVED, &place, message, Some(gone), None);
    }
    for more in after.iter().filter(|one| !before.contains(one)) {
        let message = format!("authentication by {} added", named(more));
        found.add(&rules::SECURITY_ADDED, &place, message, None, Some(more));
    }
}

/// Schemes that both documents know by the same name.
pub(super) fn schemes(documents: &Documents<'_>, found: &mut Found) {
    let schemes =
        |document: &Document| document.value.pointer("/components/securitySchemes").and_then(Value::as_object).cloned();
    let (before, after) = (schemes(documents.old).unwrap_or_default(), schemes(documents.new).unwrap_or_default());
    for (name, old) in &before {
        let Some(new) = after.get(name) else { continue };
        let place = Place::new(Direction::Request, format!("security scheme {name}"));
        let mut pair = [documents.old.resolve(old).clone(), documents.new.resolve(new).clone()];
        let [before, after] = &mut pair;
        for keyword in ["description", "x-displayName"] {
            let words = |value: &mut Value| value.as_object_mut().and_then(|object| object.shift_remove(keyword));
            let (old, new) = (words(before), words(after));
            found.documentation(&rules::INFO, &place, keyword, old.as_ref(), new.as_ref());
        }
        if before != after {
            found.add(&rules::SECURITY_SCHEME, &place, String::from("scheme changed"), Some(before), Some(after));
        }
    }
}
