//! The two documents, and which named schemas can be skipped because nothing about them has changed.

use serde_json::Value;
use std::collections::{HashMap, HashSet};
use vestibule_spec::Document;

pub(super) struct Documents<'a> {
    pub(super) old: &'a Document,
    pub(super) new: &'a Document,
    /// References to schemas that say the same in both documents, and so do all schemas that they refer to.
    same: HashSet<String>,
}

impl<'a> Documents<'a> {
    pub(super) fn new(old: &'a Document, new: &'a Document) -> Self {
        Self { old, new, same: same(old, new) }
    }

    /// Whether two schemas are the same by their names.
    pub(super) fn are_same(&self, old: &Value, new: &Value) -> bool {
        match (reference(old), reference(new)) {
            (Some(old), Some(new)) => old == new && self.same.contains(old),
            _ => false,
        }
    }
}

/// What a value refers to.
pub(super) fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}

fn same(old: &Document, new: &Document) -> HashSet<String> {
    const AT: &str = "/components/schemas";
    fn schemas(document: &Document) -> Option<&serde_json::Map<String, Value>> {
        document.value.pointer(AT).and_then(Value::as_object)
    }
    let mut same = HashSet::new();
    let mut users: HashMap<&str, Vec<String>> = HashMap::new();
    let mut changed: Vec<String> = Vec::new();
    let (Some(before), Some(after)) = (schemas(old), schemas(new)) else { return same };
    for (name, schema) in before {
        let own = format!("#{AT}/{}", name.replace('~', "~0").replace('/', "~1"));
        if after.get(name) == Some(schema) {
            let mut used = Vec::new();
            references(schema, &mut used);
            for used in used {
                users.entry(used).or_default().push(own.clone());
            }
            same.insert(own);
        } else {
            changed.push(own);
        }
    }
    // What refers to something changed is changed as well, and so on. What is referred to by a name that both documents
    // do not have is changed, too.
    changed.extend(users.keys().filter(|used| !same.contains(**used)).map(|used| (*used).to_owned()));
    while let Some(name) = changed.pop() {
        for user in users.get(name.as_str()).into_iter().flatten() {
            if same.remove(user) {
                changed.push(user.clone());
            }
        }
    }
    same
}

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(object) => {
            found.extend(reference(value));
            object.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
