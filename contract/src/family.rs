//! Families of operations around one kind of object, and who refers to whom: learned from paths, names, types and
//! descriptions, not from a list.

use crate::{
    hints::Hints,
    model::{Api, Operation, Place},
    shape::{KeyClass, Node, Shape},
};
use serde_json::Value;
use std::{collections::BTreeSet, sync::Arc};

/// The operations around one kind of object.
#[derive(Debug)]
pub(crate) struct Family {
    /// Path of the collection.
    pub(crate) path: String,
    /// Name of the path parameter that holds the key.
    pub(crate) parameter: String,
    /// Name of the property that holds the key.
    pub(crate) key: String,
    pub(crate) list: Option<Arc<Operation>>,
    pub(crate) create: Option<Arc<Operation>>,
    pub(crate) retrieve: Option<Arc<Operation>>,
    pub(crate) update: Option<Arc<Operation>>,
    pub(crate) patch: Option<Arc<Operation>>,
    pub(crate) destroy: Option<Arc<Operation>>,
    /// Other operations that make such an object.
    pub(crate) makers: Vec<Arc<Operation>>,
    /// Operations that read below an object, such as `used_by`.
    pub(crate) below: Vec<Arc<Operation>>,
    /// An object, as it is answered.
    pub(crate) item: Option<Node>,
    /// Words that name it.
    words: BTreeSet<String>,
    /// Words of the tags and the path before the name.
    surroundings: BTreeSet<String>,
}

/// All families of an API.
#[derive(Debug)]
pub(crate) struct Families {
    pub(crate) all: Vec<Family>,
}

/// A property of objects of a family that others may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Position of the family.
    pub(crate) family: usize,
    /// The property.
    pub(crate) property: String,
}

impl Families {
    /// Finds the families among the selected operations.
    pub(crate) fn find(api: &Api, selected: &[Arc<Operation>]) -> Self {
        let mut paths: Vec<(String, String)> = Vec::new();
        for operation in selected {
            for (collection, parameter) in items(&operation.info.path) {
                if !paths.iter().any(|(known, _)| *known == collection) {
                    paths.push((collection, parameter));
                }
            }
        }
        let root = &*api.document.value;
        let mut all: Vec<Family> =
            paths.into_iter().map(|(path, parameter)| Family::new(root, path, parameter, selected)).collect();
        // An operation that answers an object of a family has made it, wherever its path is.
        for family in &mut all {
            let Some(component) = family.item.as_ref().and_then(|item| item.component.clone()) else { continue };
            let makes = |operation: &&Arc<Operation>| {
                operation.info.method == "POST"
                    && Some(operation.info.path.as_str()) != family.create.as_ref().map(|c| c.info.path.as_str())
                    && operation.path_parameters().next().is_none()
                    && operation.success(root).is_some_and(|(_, node)| node.component.as_ref() == Some(&component))
            };
            family.makers = selected.iter().filter(makes).cloned().collect();
        }
        Self { all }
    }

    /// The family whose key a path parameter of a path is.
    pub(crate) fn of_parameter(&self, path: &str, parameter: &str) -> Option<usize> {
        let (collection, _) = items(path).into_iter().find(|(_, name)| name == parameter)?;
        self.all.iter().position(|family| family.path == collection)
    }

    /// The family whose objects an operation works on: that of its last path parameter.
    pub(crate) fn of_item(&self, operation: &Operation) -> Option<usize> {
        let (collection, _) = items(&operation.info.path).into_iter().next_back()?;
        self.all.iter().position(|family| family.path == collection)
    }

    /// Families whose objects are also objects of this one, such as those of a kind for those of all kinds.
    pub(crate) fn kinds_of(&self, family: usize) -> Vec<usize> {
        let wanted = &self.all[family];
        let parent = |path: &str| path.trim_end_matches('/').rsplit_once('/').map(|(parent, _)| parent.to_owned());
        let same = |other: &Family| {
            other.parameter == wanted.parameter
                && other.create.is_some()
                && parent(&wanted.path).is_some_and(|parent| other.path.starts_with(&parent))
        };
        (0..self.all.len()).filter(|at| *at != family && same(&self.all[*at])).collect()
    }

    /// What a field may refer to, the likeliest first.
    pub(crate) fn targets(&self, operation: &Operation, field: &str, node: &Node, hints: &Hints) -> Vec<Target> {
        let id = operation.info.id.as_deref();
        if let Some(path) = hints.refers_to(id, field) {
            let family = self.all.iter().position(|family| family.path == path);
            return family.and_then(|family| self.target(family, node)).into_iter().collect();
        }
        let Some(class) = node.key_class() else { return Vec::new() };
        let limited = matches!(&node.shape, Shape::Integer { minimum: Some(m), .. } if *m < 0)
            || matches!(&node.shape, Shape::Text { pattern: Some(_), .. });
        if limited || class == KeyClass::Name {
            return Vec::new();
        }
        let (names, said) = (words(field), words(&node.description));
        let generic = names.iter().all(|name| GENERIC.contains(&name.as_str()));
        let mut scored: Vec<(f64, Target)> = Vec::new();
        for (at, family) in self.all.iter().enumerate() {
            let Some(target) = self.target(at, node) else { continue };
            let matches = |text: &BTreeSet<String>| text.iter().filter(|word| family.is_called(word)).count();
            let (by_name, by_description) = (matches(&names), matches(&said));
            // A number may be anything; only what its name says counts. A UUID is always the key of something.
            let enough = match class {
                KeyClass::Number => by_name > 0 || (generic && by_description > 0),
                _ => by_name + by_description > 0,
            };
            if !enough {
                continue;
            }
            let called = |word: &&String| names.iter().chain(&said).any(|other| alike(word, other));
            let unsaid = family.words.iter().filter(|word| !called(word)).count();
            let near = operation.info.path.starts_with(&family.path)
                || family.surroundings.iter().any(|word| words(&operation.info.path).contains(word));
            #[allow(clippy::cast_precision_loss, reason = "a few words")]
            let score =
                4.0 * by_name as f64 + 1.5 * by_description as f64 - 0.4 * unsaid as f64 + if near { 0.5 } else { 0.0 };
            scored.push((score, target));
        }
        scored.sort_by(|(left, _), (right, _)| right.total_cmp(left));
        scored.into_iter().map(|(_, target)| target).take(5).collect()
    }

    /// Another family whose objects the paths of a family are about, by its name: `/permissions/assigned_by_users/{id}/`.
    pub(crate) fn borrowed(&self, family: usize, operations: &[Arc<Operation>], hints: &Hints) -> Option<Target> {
        let this = &self.all[family];
        let of_family = |operation: &&Arc<Operation>| self.of_item(operation) == Some(family);
        let operation = operations.iter().find(of_family)?;
        let parameter = operation.path_parameters().find(|parameter| parameter.name == this.parameter)?;
        let name = this.path.trim_end_matches('/').rsplit('/').next()?;
        let targets = self.targets(operation, name, &parameter.node, hints);
        targets.into_iter().find(|target| target.family != family)
    }

    /// The property of a family that a field of this class holds.
    fn target(&self, family: usize, node: &Node) -> Option<Target> {
        let this = &self.all[family];
        let class = node.key_class()?;
        let item = this.item.as_ref()?;
        let fits = |name: &str| item.property(name).is_some_and(|property| property.node.key_class() == Some(class));
        let candidates = [this.key.as_str(), "pk", "id", "uuid", this.parameter.as_str()];
        let property = candidates.into_iter().find(|name| fits(name))?;
        Some(Target { family, property: property.to_owned() })
    }
}

/// Names that say nothing about what is named.
const GENERIC: [&str; 12] =
    ["pk", "id", "uuid", "key", "parent", "target", "owner", "child", "member", "object", "number", "item"];

impl Family {
    fn new(root: &Value, path: String, parameter: String, selected: &[Arc<Operation>]) -> Self {
        let at = |method: &str, path: &str| {
            let same = |o: &&Arc<Operation>| o.info.method == method && o.info.path.trim_end_matches('/') == path;
            selected.iter().find(same).cloned()
        };
        let collection = path.trim_end_matches('/').to_owned();
        let object = format!("{collection}/{{{parameter}}}");
        let below = selected.iter().filter(|operation| {
            let inside = operation.info.path.strip_prefix(&object).unwrap_or_default().trim_matches('/');
            operation.reads() && !inside.is_empty() && !inside.contains('{')
        });
        let retrieve = at("GET", &object);
        let create = at("POST", &collection);
        let list = at("GET", &collection);
        let answered = [&retrieve, &create].into_iter().flatten().find_map(|o| o.success(root)).map(|(_, node)| node);
        let item =
            answered.or_else(|| list.as_ref().and_then(|o| o.success(root)).and_then(|(_, n)| listed(&n).cloned()));
        let key =
            item.as_ref().map_or_else(|| parameter.clone(), |item| key_property(item, &parameter, retrieve.as_deref()));
        let segments: Vec<&str> = collection.split('/').filter(|s| !s.is_empty() && !s.starts_with('{')).collect();
        let mut named = words(item.as_ref().and_then(|item| item.component.as_deref()).unwrap_or_default());
        let last = segments.iter().rev().find(|segment| !["all", "instances", "items"].contains(segment));
        named.extend(last.into_iter().flat_map(|segment| words(segment)));
        let tags = retrieve.iter().chain(&list).flat_map(|o| o.info.tags.clone()).collect::<Vec<_>>();
        let around = segments.iter().map(ToString::to_string).chain(tags).flat_map(|word| words(&word)).collect();
        Self {
            update: at("PUT", &object),
            patch: at("PATCH", &object),
            destroy: at("DELETE", &object),
            makers: Vec::new(),
            below: below.cloned().collect(),
            words: named,
            surroundings: around,
            path,
            parameter,
            key,
            list,
            create,
            retrieve,
            item,
        }
    }

    fn is_called(&self, word: &str) -> bool {
        self.words.iter().any(|own| alike(own, word))
    }
}

/// The collections in a path and the parameters that hold their keys: `/a/{x}/b/{y}/` has `/a/` with `x` and
/// `/a/{x}/b/` with `y`.
pub(crate) fn items(path: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut before = String::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        if let Some(parameter) = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
            found.push((format!("{before}/"), parameter.to_owned()));
        }
        before.push('/');
        before.push_str(segment);
    }
    found
}

/// The item of a list, or of a page of a list.
pub(crate) fn listed(node: &Node) -> Option<&Node> {
    match &node.shape {
        Shape::Array { items, .. } => Some(items),
        Shape::Object { properties, .. } => properties.iter().find_map(|property| match &property.node.shape {
            Shape::Array { items, .. } if matches!(items.shape, Shape::Object { .. } | Shape::Union { .. }) => {
                Some(&**items)
            }
            _ => None,
        }),
        _ => None,
    }
}

/// The entries of an answered list, or page of a list.
pub(crate) fn entries(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        Value::Object(object) => {
            let lists = object.values().filter_map(Value::as_array);
            lists.max_by_key(|list| list.iter().filter(|item| item.is_object()).count()).map_or(&[], Vec::as_slice)
        }
        _ => &[],
    }
}

fn key_property(item: &Node, parameter: &str, retrieve: Option<&Operation>) -> String {
    let class = retrieve
        .and_then(|o| o.parameters.iter().find(|p| p.place == Place::Path && p.name == parameter))
        .and_then(|p| p.node.key_class());
    let fits = |name: &str| {
        let property = item.property(name)?;
        let same = class.is_none() || property.node.key_class() == class || class == Some(KeyClass::Name);
        same.then(|| name.to_owned())
    };
    // `book_id` is the `id` of a book.
    let end = parameter.rsplit_once(['_', '-']).map_or(parameter, |(_, end)| end);
    [parameter, end, "pk", "id", "uuid", "slug", "key", "name"].into_iter().find_map(fits).unwrap_or_else(|| {
        let first = item.properties().iter().find(|p| p.node.read_only && p.node.key_class() == class);
        first.map_or_else(|| parameter.to_owned(), |property| property.name.clone())
    })
}

/// The words of a name or a sentence, in lower case and singular.
fn words(text: &str) -> BTreeSet<String> {
    const EMPTY: [&str; 24] = [
        "the", "a", "an", "of", "to", "by", "and", "or", "for", "in", "is", "that", "which", "whose", "with", "null",
        "not", "only", "this", "it", "are", "from", "on", "all",
    ];
    let mut words = BTreeSet::new();
    let mut word = String::new();
    let mut previous_small = false;
    for letter in text.chars().chain(std::iter::once(' ')) {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && previous_small) {
            let small = singular(&word.to_lowercase());
            if small.len() > 1 && !EMPTY.contains(&small.as_str()) {
                words.insert(small);
            }
            word.clear();
        }
        if letter.is_alphanumeric() {
            word.push(letter);
        }
        previous_small = letter.is_lowercase();
    }
    words
}

fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    match word.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with(['s', 'u'])) {
        Some(stem) => stem.to_owned(),
        None => word.to_owned(),
    }
}

/// Whether two words are the same, or one begins with the other.
fn alike(left: &str, right: &str) -> bool {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    left == right || (short.len() >= 4 && long.starts_with(short))
}
