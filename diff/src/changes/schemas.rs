//! Changes of schemas.

use super::{
    Direction, Found, Place, constraints,
    documents::{Documents, reference},
    rules,
    view::view,
};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};

/// How deep schemas are compared; readers of documents refuse what is nested deeper, but references may be, too.
const DEPTH: usize = 300;

/// A comparison of two schemas, and of what they refer to.
pub(super) struct Schemas<'a, 'f> {
    documents: &'a Documents<'a>,
    found: &'f mut Found,
    /// How often pairs of schemas were compared already for this body or parameter.
    seen: HashMap<(String, String), usize>,
    depth: usize,
}

/// Compares the schemas of a parameter, header or media type.
pub(super) fn compare(
    documents: &Documents<'_>,
    found: &mut Found,
    place: &Place,
    old: Option<&Value>,
    new: Option<&Value>,
) {
    match (old, new) {
        (Some(old), Some(new)) => Schemas { documents, found, seen: HashMap::new(), depth: 0 }.pair(place, old, new),
        (None, Some(new)) => found.add(&rules::SCHEMA_ADDED, place, String::from("schema added"), None, Some(new)),
        (Some(old), None) => found.add(&rules::SCHEMA_REMOVED, place, String::from("schema removed"), Some(old), None),
        (None, None) => {}
    }
}

fn properties(schema: &Map<String, Value>) -> Option<&Map<String, Value>> {
    schema.get("properties")?.as_object()
}

fn required(schema: &Map<String, Value>) -> HashSet<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn flag(schema: &Map<String, Value>, name: &str) -> bool {
    schema.get(name).and_then(Value::as_bool).unwrap_or(false)
}

impl Schemas<'_, '_> {
    fn pair(&mut self, place: &Place, old: &Value, new: &Value) {
        if self.documents.are_same(old, new) || self.depth > DEPTH {
            return;
        }
        if !self.may_enter(old, new) {
            return;
        }
        self.depth += 1;
        let documents = self.documents;
        let (before, after) = (view(documents.old, old), view(documents.new, new));
        constraints::compare(self.found, place, &before, &after);
        self.properties(place, &before, &after);
        self.members(place, &before, &after);
        self.variants(place, &before, &after);
        self.depth -= 1;
    }

    /// Named schemas are compared once for each body or parameter, and those that only refer to others by `allOf` a few
    /// times: there is no end to what is a part of itself, and no use in telling the same a hundred times.
    fn may_enter(&mut self, old: &Value, new: &Value) -> bool {
        let (key, times) = match (reference(old), reference(new)) {
            (Some(old), Some(new)) => ((old.to_owned(), new.to_owned()), 1),
            _ if old.get("allOf").is_some() || new.get("allOf").is_some() => ((old.to_string(), new.to_string()), 16),
            _ => return true,
        };
        let entered = self.seen.entry(key).or_default();
        *entered += 1;
        *entered <= times
    }

    /// What stands behind `name`, if both have it.
    fn child(&mut self, place: &Place, part: &str, old: Option<&Value>, new: Option<&Value>) {
        match (old, new) {
            (Some(old), Some(new)) => self.pair(&place.inside(part), old, new),
            (None, Some(new)) => {
                self.found.add(
                    &rules::SCHEMA_ADDED,
                    &place.inside(part),
                    String::from("schema added"),
                    None,
                    Some(new),
                );
            }
            (Some(old), None) => {
                self.found.add(
                    &rules::SCHEMA_REMOVED,
                    &place.inside(part),
                    String::from("schema removed"),
                    Some(old),
                    None,
                );
            }
            (None, None) => {}
        }
    }

    fn properties(&mut self, place: &Place, old: &Map<String, Value>, new: &Map<String, Value>) {
        let nothing = Map::new();
        let (before, after) = (properties(old).unwrap_or(&nothing), properties(new).unwrap_or(&nothing));
        let (needed_before, needed) = (required(old), required(new));
        for (name, schema) in before {
            let there = self.applies(place.direction, self.documents.old, schema);
            let Some(other) = after.get(name) else {
                if there {
                    let message = format!("property `{name}` removed");
                    self.found.add(&rules::PROPERTY_REMOVED, place, message, Some(schema), None);
                }
                continue;
            };
            let still = self.applies(place.direction, self.documents.new, other);
            match (there, still) {
                (true, true) => {
                    self.need(place, name, needed_before.contains(name.as_str()), needed.contains(name.as_str()));
                    self.pair(&place.inside(name), schema, other);
                }
                (true, false) => {
                    let message = format!("property `{name}` became {}", one_way(place.direction));
                    self.found.add(&rules::PROPERTY_REMOVED, place, message, Some(schema), Some(other));
                }
                (false, true) => {
                    let message = format!("property `{name}` is not {} any more", one_way(place.direction));
                    self.added(place, needed.contains(name.as_str()), message, other);
                }
                (false, false) => {}
            }
        }
        for (name, schema) in after {
            if !before.contains_key(name) && self.applies(place.direction, self.documents.new, schema) {
                self.added(place, needed.contains(name.as_str()), format!("property `{name}` added"), schema);
            }
        }
        // What is required need not be described.
        for name in needed.difference(&needed_before).filter(|name| !after.contains_key(**name)) {
            self.need(place, name, false, true);
        }
        for name in needed_before.difference(&needed).filter(|name| !before.contains_key(**name)) {
            self.need(place, name, true, false);
        }
    }

    fn need(&mut self, place: &Place, name: &str, old: bool, new: bool) {
        if !old && new {
            self.found.add(&rules::PROPERTY_REQUIRED, place, format!("property `{name}` became required"), None, None);
        } else if old && !new {
            self.found.add(&rules::PROPERTY_OPTIONAL, place, format!("property `{name}` became optional"), None, None);
        }
    }

    fn added(&mut self, place: &Place, required: bool, message: String, schema: &Value) {
        let rule = match (place.direction, required) {
            (Direction::Response, _) => &rules::RESPONSE_PROPERTY_ADDED,
            (Direction::Request, true) => &rules::REQUIRED_PROPERTY_ADDED,
            (Direction::Request, false) => &rules::PROPERTY_ADDED,
        };
        self.found.add(rule, place, message, None, Some(schema));
    }

    /// Whether a property is there at all: callers do not send what is read-only and do not get what is write-only.
    fn applies(&self, direction: Direction, document: &vestibule_spec::Document, schema: &Value) -> bool {
        let keyword = match direction {
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
        };
        !flag(&view(document, schema), keyword)
    }

    /// Items and additional properties.
    fn members(&mut self, place: &Place, old: &Map<String, Value>, new: &Map<String, Value>) {
        self.child(place, "[]", old.get("items"), new.get("items"));
        let allowed = |schema: &Map<String, Value>| schema.get("additionalProperties") != Some(&Value::Bool(false));
        fn described(schema: &Map<String, Value>) -> Option<&Value> {
            schema.get("additionalProperties").filter(|value| value.is_object())
        }
        match (allowed(old), allowed(new)) {
            (true, false) => {
                let message = String::from("additional properties forbidden");
                self.found.add(&rules::ADDITIONAL_FORBIDDEN, place, message, old.get("additionalProperties"), None);
            }
            (false, true) => {
                let message = String::from("additional properties allowed");
                self.found.add(&rules::ADDITIONAL_ALLOWED, place, message, None, new.get("additionalProperties"));
            }
            _ => self.child(place, "{}", described(old), described(new)),
        }
    }

    /// The alternatives of `oneOf` and `anyOf`.
    fn variants(&mut self, place: &Place, old: &Map<String, Value>, new: &Map<String, Value>) {
        for keyword in ["oneOf", "anyOf"] {
            let list = |schema: &Map<String, Value>| schema.get(keyword).and_then(Value::as_array).cloned();
            let (before, after) = (list(old), list(new));
            if let (Some(before), Some(after)) = (before, after) {
                self.alternatives(place, keyword, &before, &after);
            } else {
                self.child(place, &format!("{{{keyword}}}"), old.get(keyword), new.get(keyword));
            }
        }
        let (before, after) = (old.get("discriminator"), new.get("discriminator"));
        if before != after {
            let message = String::from("discriminator changed");
            // What the new document adds belongs to the alternatives that it adds.
            if !only_more(before, after) && !only_more(after, before) {
                self.found.add(&rules::DISCRIMINATOR, place, message, before, after);
            }
        }
    }

    fn alternatives(&mut self, place: &Place, keyword: &str, before: &[Value], after: &[Value]) {
        // Those with names are compared by name, those that say the same are the same, and the rest in their order.
        let mut rest_before: Vec<(usize, &Value)> = before.iter().enumerate().collect();
        let mut rest_after: Vec<(usize, &Value)> = after.iter().enumerate().collect();
        rest_before.retain(|(_, variant)| {
            let Some(position) = rest_after.iter().position(|(_, other)| other == variant) else { return true };
            rest_after.remove(position);
            if let Some(name) = reference(variant) {
                self.pair(&place.inside(&format!("{{{}}}", short(name))), variant, variant);
            }
            false
        });
        let (mut left, mut right) = (rest_before.clone(), rest_after.clone());
        left.retain(|(_, variant)| reference(variant).is_none());
        right.retain(|(_, variant)| reference(variant).is_none());
        for ((index, old), (other, new)) in left.iter().zip(&right) {
            self.pair(&place.inside(&format!("{{{keyword}[{index}]}}")), old, new);
            rest_before.retain(|(position, _)| position != index);
            rest_after.retain(|(position, _)| position != other);
        }
        let name = |variant: &Value| {
            reference(variant).map_or_else(|| String::from("without a name"), |name| format!("`{}`", short(name)))
        };
        for (_, variant) in rest_before {
            let message = format!("alternative {} removed", name(variant));
            self.found.add(&rules::VARIANT_REMOVED, place, message, Some(variant), None);
        }
        for (_, variant) in rest_after {
            let message = format!("alternative {} added", name(variant));
            self.found.add(&rules::VARIANT_ADDED, place, message, None, Some(variant));
        }
    }
}

fn one_way(direction: Direction) -> &'static str {
    match direction {
        Direction::Request => "read-only",
        Direction::Response => "write-only",
    }
}

/// The name at the end of a reference.
fn short(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

/// Whether the second discriminator says all that the first does.
fn only_more(less: Option<&Value>, more: Option<&Value>) -> bool {
    let (Some(less), Some(more)) = (less, more) else { return false };
    let mapping = |value: &Value| value.get("mapping").and_then(Value::as_object).cloned().unwrap_or_default();
    let (small, big) = (mapping(less), mapping(more));
    less.get("propertyName") == more.get("propertyName") && small.iter().all(|(name, to)| big.get(name) == Some(to))
}
