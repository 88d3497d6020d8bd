//! Schemas in the notes.

use super::{
    changed::{ChangedSchema, ChangedUnion},
    render::{put, quote},
    tree::{Side, Tree},
    tree_schema::{Additional, Id, Kind},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Write as _,
};

/// Prints schemas. What a new schema consists of is printed once: where it, or one that says the same, is met again,
/// there is only its name.
pub(super) struct Schemas<'a> {
    tree: &'a Tree,
    printed: HashSet<usize>,
    /// What each schema says, as a number.
    keys: HashMap<Id, usize>,
    numbers: HashMap<String, usize>,
}

/// How deep new schemas are printed.
const DEPTH: usize = 50;

fn indent(depth: usize) -> String {
    "    ".repeat(depth)
}

impl<'a> Schemas<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        Self { tree, printed: HashSet::new(), keys: HashMap::new(), numbers: HashMap::new() }
    }

    /// A schema that differs.
    pub(super) fn changed(&mut self, out: &mut String, depth: usize, schema: &ChangedSchema) {
        if let Some(union) = &schema.union {
            let discriminator = schema.new.and_then(|new| self.tree.get(new).discriminator.as_ref());
            let property = discriminator.map(|discriminator| discriminator.property.clone().unwrap_or_default());
            self.union(out, depth, union, &property.unwrap_or_default());
        }
        required(out, depth, "New required properties", &schema.required.added);
        required(out, depth, "New optional properties", &schema.required.removed);
        if let Some(items) = &schema.items {
            let items = items.borrow();
            let (types, description) = self.types(&items);
            heading_of_items(out, depth, "Changed items", &types, description.as_deref());
            self.changed(out, depth, &items);
        }
        values(out, depth, "Added enum", &schema.values.added);
        values(out, depth, "Removed enum", &schema.values.removed);
        self.properties(out, depth, "Added property", &schema.added, true);
        self.properties(out, depth, "Deleted property", &schema.removed, false);
        for (name, property) in &schema.changed {
            let property = property.borrow();
            let (types, description) = self.types(&property);
            heading_of_property(out, depth, "Changed property", name, &types, description.as_deref());
            self.changed(out, depth + 1, &property);
        }
    }

    /// The type, old and new if it differs, and the description.
    fn types(&self, schema: &ChangedSchema) -> (String, Option<String>) {
        let name = |id: Option<Id>| id.map_or("object", |id| self.tree.get(id).printed_type()).to_owned();
        let types =
            if schema.data_type { format!("{} -> {}", name(schema.old), name(schema.new)) } else { name(schema.new) };
        (types, schema.new.and_then(|new| self.tree.get(new).text("description").map(str::to_owned)))
    }

    fn union(&mut self, out: &mut String, depth: usize, union: &ChangedUnion, property: &str) {
        let before = indent(depth);
        for name in &union.removed {
            put!(out, "{before}Deleted '{name}' {property}\n");
        }
        for (name, schema) in &union.added {
            put!(out, "{before}Added '{name}' {property}:\n");
            self.new_schema(out, depth, *schema);
        }
        for (name, schema) in union.changed.borrow().iter() {
            put!(out, "{before}Updated `{name}` {property}:\n");
            self.changed(out, depth, &schema.borrow());
        }
    }

    fn properties(&mut self, out: &mut String, depth: usize, title: &str, properties: &[(String, Id)], content: bool) {
        for (name, id) in properties {
            // Always the components of the new document; what it does not have any more is an object without words.
            let schema = self.tree.get(self.tree.resolve(Side::New, *id));
            heading_of_property(out, depth, title, name, schema.printed_type(), schema.text("description"));
            if content {
                self.new_schema(out, depth + 1, *id);
            }
        }
    }

    /// A schema that only the new document has.
    fn new_schema(&mut self, out: &mut String, depth: usize, id: Id) {
        let id = self.tree.resolve(Side::New, id);
        let key = self.key(id, &mut Vec::new());
        if depth > DEPTH || !self.printed.insert(key) {
            return;
        }
        let schema = self.tree.get(id);
        values(out, depth, "Enum", schema.values.as_deref().unwrap_or_default());
        let properties: Vec<(String, Id)> =
            schema.properties.iter().flatten().map(|(name, id)| (name.clone(), *id)).collect();
        self.properties(out, depth, "Property", &properties, true);
        match schema.kind {
            Kind::Composed => {
                for part in schema.all_of.iter().flatten() {
                    self.new_schema(out, depth, *part);
                }
                if let Some(variants) = &schema.one_of {
                    put!(out, "{}One of:\n\n", indent(depth));
                    for variant in variants {
                        self.new_schema(out, depth + 1, *variant);
                    }
                }
            }
            Kind::Array => {
                if let Some(items) = schema.items {
                    let resolved = self.tree.get(self.tree.resolve(Side::New, items));
                    heading_of_items(out, depth, "Items", resolved.printed_type(), resolved.text("description"));
                    self.new_schema(out, depth, items);
                }
            }
            Kind::Plain => {}
        }
    }

    /// Two schemas that say the same have the same key.
    fn key(&mut self, id: Id, above: &mut Vec<Id>) -> usize {
        if let Some(key) = self.keys.get(&id) {
            return *key;
        }
        if above.contains(&id) || above.len() > 2 * DEPTH {
            return usize::MAX;
        }
        above.push(id);
        let schema = self.tree.get(id);
        let mut key = format!("{:?}{:?}{:?}", schema.kind, schema.reference, schema.data_type);
        let keywords: BTreeMap<&String, String> =
            schema.keywords.iter().map(|(name, value)| (name, value.to_string())).collect();
        put!(key, "{keywords:?}{:?}", schema.values);
        put!(key, "{:?}", schema.required.as_ref().map(|list| list.borrow().clone()));
        if let Some(discriminator) = &schema.discriminator {
            let mapping: BTreeMap<_, _> = discriminator.mapping.iter().collect();
            put!(key, "{:?}{mapping:?}", discriminator.property);
        }
        let properties: BTreeMap<&String, Id> =
            schema.properties.iter().flatten().map(|(name, id)| (name, *id)).collect();
        for (name, id) in properties {
            put!(key, "{name:?}:{}", self.key(id, above));
        }
        for (name, list) in [("all", &schema.all_of), ("any", &schema.any_of), ("one", &schema.one_of)] {
            for id in list.iter().flatten() {
                put!(key, "{name}:{}", self.key(*id, above));
            }
        }
        match &schema.additional {
            Some(Additional::Any(any)) => put!(key, "{any}"),
            Some(Additional::Schema(id)) => put!(key, "additional:{}", self.key(*id, above)),
            None => {}
        }
        if let Some(items) = schema.items {
            put!(key, "items:{}", self.key(items, above));
        }
        above.pop();
        let next = self.numbers.len();
        let number = *self.numbers.entry(key).or_insert(next);
        self.keys.insert(id, number);
        number
    }
}

fn required(out: &mut String, depth: usize, title: &str, names: &[String]) {
    if names.is_empty() {
        return;
    }
    let before = indent(depth);
    put!(out, "{before}{title}:\n");
    for name in names {
        put!(out, "{before}- `{name}`\n");
    }
    out.push('\n');
}

fn values(out: &mut String, depth: usize, title: &str, values: &[Value]) {
    if values.is_empty() {
        return;
    }
    let before = indent(depth);
    put!(out, "{before}{title} value{}:\n\n", if values.len() > 1 { "s" } else { "" });
    for value in values {
        match value {
            Value::String(text) => put!(out, "{before}* `{text}`\n"),
            other => put!(out, "{before}* `{other}`\n"),
        }
    }
}

fn heading_of_items(out: &mut String, depth: usize, title: &str, types: &str, description: Option<&str>) {
    put!(out, "{}{title} ({types}):\n", indent(depth));
    quote(out, &indent(depth + 1), description);
    out.push('\n');
}

fn heading_of_property(
    out: &mut String,
    depth: usize,
    title: &str,
    name: &str,
    types: &str,
    description: Option<&str>,
) {
    put!(out, "{}* {title} `{name}` ({types})\n", indent(depth));
    quote(out, &indent(depth + 1), description);
    out.push('\n');
}
