//! Changes of what a schema says about a value itself: type, format, values, limits, words.

use super::{
    Direction, Found, Place,
    rules::{self, Rule},
};
use serde_json::{Map, Value};

type Schema = Map<String, Value>;

/// Keywords that are words.
const WORDS: [&str; 7] = ["$comment", "description", "example", "examples", "externalDocs", "title", "xml"];

/// Upper and lower limits.
const MAXIMA: [&str; 5] = ["maxItems", "maxLength", "maxProperties", "maximum", "maxContains"];
const MINIMA: [&str; 5] = ["minItems", "minLength", "minProperties", "minimum", "minContains"];

/// Keywords that other parts of the comparison look at.
const ELSEWHERE: [&str; 21] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "default",
    "deprecated",
    "discriminator",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "readOnly",
    "required",
    "type",
    "writeOnly",
];

/// Compares the keywords of two schemas.
pub(super) fn compare(found: &mut Found, place: &Place, old: &Schema, new: &Schema) {
    types(found, place, old, new);
    presence(
        found,
        place,
        "format",
        (old, new),
        [&rules::FORMAT_ADDED, &rules::FORMAT_REMOVED, &rules::FORMAT_CHANGED],
    );
    presence(
        found,
        place,
        "pattern",
        (old, new),
        [&rules::PATTERN_ADDED, &rules::PATTERN_REMOVED, &rules::PATTERN_CHANGED],
    );
    values(found, place, old, new);
    for keyword in MAXIMA {
        limit(found, place, keyword, old.get(keyword), new.get(keyword), true);
    }
    for keyword in MINIMA {
        limit(found, place, keyword, old.get(keyword), new.get(keyword), false);
    }
    exclusive(found, place, "exclusiveMaximum", old, new, true);
    exclusive(found, place, "exclusiveMinimum", old, new, false);
    unique(found, place, old, new);
    default(found, place, old, new);
    words(found, place, old, new);
    others(found, place, old, new);
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => String::from("none"),
        Some(Value::String(text)) => format!("`{text}`"),
        Some(value) => format!("`{value}`"),
    }
}

/// The types of a schema, null apart.
fn data_types(schema: &Schema) -> (Vec<&str>, bool) {
    let mut types: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let listed = types.contains(&"null");
    types.retain(|one| *one != "null");
    types.sort_unstable();
    let nullable = schema.get("nullable").and_then(Value::as_bool).unwrap_or(false);
    (types, listed || nullable)
}

fn types(found: &mut Found, place: &Place, old: &Schema, new: &Schema) {
    let ((before, null_before), (after, null_after)) = (data_types(old), data_types(new));
    if before != after {
        // No type at all means any type.
        let within = |small: &[&str], big: &[&str]| {
            big.is_empty()
                || !small.is_empty()
                    && small.iter().all(|one| big.contains(one) || (*one == "integer" && big.contains(&"number")))
        };
        let rule = match (within(&before, &after), within(&after, &before)) {
            (true, false) => &rules::TYPE_WIDENED,
            (false, true) => &rules::TYPE_NARROWED,
            _ => &rules::TYPE_CHANGED,
        };
        let message = format!("type changed from {} to {}", shown(old.get("type")), shown(new.get("type")));
        found.add(rule, place, message, old.get("type"), new.get("type"));
    }
    if null_before != null_after {
        let (rule, message) = if null_after {
            (&rules::NULL_ADDED, "null allowed")
        } else {
            (&rules::NULL_REMOVED, "null not allowed any more")
        };
        found.add(rule, place, message.to_owned(), Some(&null_before.into()), Some(&null_after.into()));
    }
}

fn presence(
    found: &mut Found,
    place: &Place,
    keyword: &str,
    (old, new): (&Schema, &Schema),
    [added, removed, changed]: [&'static Rule; 3],
) {
    let (before, after) = (old.get(keyword), new.get(keyword));
    let (rule, message) = match (before, after) {
        (None, Some(_)) => (added, format!("{keyword} {} added", shown(after))),
        (Some(_), None) => (removed, format!("{keyword} {} removed", shown(before))),
        (Some(old), Some(new)) if old != new => {
            (changed, format!("{keyword} changed from {} to {}", shown(before), shown(after)))
        }
        _ => return,
    };
    found.add(rule, place, message, before, after);
}

fn values(found: &mut Found, place: &Place, old: &Schema, new: &Schema) {
    let list = |schema: &Schema| -> Option<Vec<Value>> {
        match (schema.get("enum"), schema.get("const")) {
            (Some(Value::Array(values)), _) => Some(values.clone()),
            (_, Some(value)) => Some(vec![value.clone()]),
            _ => None,
        }
    };
    match (list(old), list(new)) {
        (Some(before), Some(after)) => {
            for value in before.iter().filter(|value| !after.contains(value)) {
                let message = format!("value {} removed", shown(Some(value)));
                found.add(&rules::ENUM_VALUE_REMOVED, place, message, Some(value), None);
            }
            for value in after.iter().filter(|value| !before.contains(value)) {
                let message = format!("value {} added", shown(Some(value)));
                found.add(&rules::ENUM_VALUE_ADDED, place, message, None, Some(value));
            }
        }
        (None, Some(after)) => {
            found.add(&rules::ENUM_ADDED, place, String::from("values restricted"), None, Some(&Value::Array(after)));
        }
        (Some(before), None) => {
            let message = String::from("values not restricted any more");
            found.add(&rules::ENUM_REMOVED, place, message, Some(&Value::Array(before)), None);
        }
        (None, None) => {}
    }
}

fn limit(found: &mut Found, place: &Place, keyword: &str, old: Option<&Value>, new: Option<&Value>, upper: bool) {
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    let tighter = match (number(old), number(new)) {
        (None, None) => return,
        (None, Some(_)) => true,
        (Some(_), None) => false,
        (Some(before), Some(after)) if before == after => return,
        (Some(before), Some(after)) => (after < before) == upper,
    };
    let rule = if tighter { &rules::LIMIT_TIGHTENED } else { &rules::LIMIT_LOOSENED };
    found.add(rule, place, format!("{keyword} changed from {} to {}", shown(old), shown(new)), old, new);
}

/// A flag in OpenAPI 3.0, a limit in 3.1.
fn exclusive(found: &mut Found, place: &Place, keyword: &str, old: &Schema, new: &Schema, upper: bool) {
    let (before, after) = (old.get(keyword), new.get(keyword));
    let is_flag = |value: Option<&Value>| value.is_none_or(Value::is_boolean);
    if !is_flag(before) || !is_flag(after) {
        return limit(found, place, keyword, before, after, upper);
    }
    let flag = |value: Option<&Value>| value.and_then(Value::as_bool).unwrap_or(false);
    if flag(before) != flag(after) {
        let rule = if flag(after) { &rules::LIMIT_TIGHTENED } else { &rules::LIMIT_LOOSENED };
        found.add(rule, place, format!("{keyword} changed from {} to {}", shown(before), shown(after)), before, after);
    }
}

/// Unique items and multiples.
fn unique(found: &mut Found, place: &Place, old: &Schema, new: &Schema) {
    let flag = |schema: &Schema| schema.get("uniqueItems").and_then(Value::as_bool).unwrap_or(false);
    if flag(old) != flag(new) {
        let rule = if flag(new) { &rules::LIMIT_TIGHTENED } else { &rules::LIMIT_LOOSENED };
        let message = format!("uniqueItems changed from `{}` to `{}`", flag(old), flag(new));
        found.add(rule, place, message, old.get("uniqueItems"), new.get("uniqueItems"));
    }
    presence(
        found,
        place,
        "multipleOf",
        (old, new),
        [&rules::LIMIT_TIGHTENED, &rules::LIMIT_LOOSENED, &rules::CONSTRAINT_CHANGED],
    );
}

fn default(found: &mut Found, place: &Place, old: &Schema, new: &Schema) {
    let (before, after) = (old.get("default"), new.get("default"));
    if before != after {
        let rule = match place.direction {
            Direction::Request => &rules::DEFAULT_CHANGED,
            Direction::Response => &rules::RESPONSE_DEFAULT,
        };
        found.add(rule, place, format!("default changed from {} to {}", shown(before), shown(after)), before, after);
    }
}

fn words(found: &mut Found, place: &Place, old: &Schema, new: &Schema) {
    for keyword in WORDS {
        found.documentation(&rules::SCHEMA_WORDS, place, keyword, old.get(keyword), new.get(keyword));
    }
    let deprecated = |schema: &Schema| schema.get("deprecated").and_then(Value::as_bool).unwrap_or(false);
    if deprecated(old) != deprecated(new) {
        let message = if deprecated(new) { "deprecated" } else { "not deprecated any more" };
        found.add(&rules::SCHEMA_DEPRECATED, place, message.to_owned(), old.get("deprecated"), new.get("deprecated"));
    }
}

/// Extensions, and keywords that nothing above knows.
fn others(found: &mut Found, place: &Place, old: &Schema, new: &Schema) {
    let known = |keyword: &str| {
        WORDS.contains(&keyword)
            || MAXIMA.contains(&keyword)
            || MINIMA.contains(&keyword)
            || ELSEWHERE.contains(&keyword)
            || matches!(keyword, "multipleOf" | "uniqueItems")
    };
    let mut keywords: Vec<&String> = old.keys().chain(new.keys()).filter(|keyword| !known(keyword)).collect();
    keywords.sort_unstable();
    keywords.dedup();
    for keyword in keywords {
        let (before, after) = (old.get(keyword), new.get(keyword));
        if keyword.starts_with("x-") {
            found.documentation(&rules::EXTENSION, place, keyword, before, after);
        } else if before != after {
            found.add(&rules::CONSTRAINT_CHANGED, place, format!("{keyword} changed"), before, after);
        }
    }
}
