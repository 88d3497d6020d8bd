//! A blueprint as it is written: YAML with tags.

use crate::domain::yaml;
use vestibule_api::models::Metadata;
use yaml_serde::{Mapping, Value};

/// The version that is understood.
const VERSION: u64 = 1;

/// Most entries. Each takes some statements in the transaction of the import.
const MAX_ENTRIES: usize = 2_000;

/// What is to become of an entry's object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Created, or changed.
    Present,
    /// Created, or left as it is.
    Created,
    /// Created; there must be none.
    MustCreated,
    /// Deleted.
    Absent,
}

/// One object of a blueprint, its values not resolved yet.
#[derive(Debug)]
pub(super) struct Entry {
    /// What `!KeyOf` calls it.
    pub(super) id: Option<String>,
    /// Its kind: `authentik_flows.flow`.
    pub(super) model: String,
    /// What is to become of it.
    pub(super) state: Value,
    /// All of them must hold, or the entry is skipped.
    pub(super) conditions: Vec<Value>,
    /// By what it is found.
    pub(super) identifiers: Mapping,
    /// Its fields.
    pub(super) attributes: Mapping,
}

/// A blueprint.
#[derive(Debug)]
pub(super) struct Document {
    /// What it says of itself, if it says anything: name and labels.
    pub(super) metadata: Option<Metadata>,
    /// What `!Context` reads.
    pub(super) context: Mapping,
    /// The objects, in the order in which they are written.
    pub(super) entries: Vec<Entry>,
}

impl Document {
    /// Reads a blueprint, in time and space that grow no faster than it does.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(text).map_err(|_| "The file is not text in UTF-8.".to_owned())?;
        let Value::Mapping(document) = yaml::read(text)? else { return Err("The file is not a blueprint.".to_owned()) };
        if document.get("version").and_then(Value::as_u64) != Some(VERSION) {
            return Err("Invalid blueprint version".to_owned());
        }
        let context = mapping(&document, "context").map_err(|e| format!("The blueprint: {e}"))?;
        // One that refers to itself would never end.
        if context.iter().any(|(_, value)| tagged(value)) {
            return Err("The context of the blueprint must be plain values, without tags.".to_owned());
        }
        let entries = match document.get("entries") {
            Some(Value::Sequence(entries)) if entries.len() > MAX_ENTRIES => {
                return Err(format!("The blueprint has more than {MAX_ENTRIES} entries."));
            }
            Some(Value::Sequence(entries)) => entries.iter().enumerate(),
            None | Some(Value::Null) => [].iter().enumerate(),
            Some(_) => return Err("The entries of the blueprint are not a list.".to_owned()),
        };
        let read = |(index, entry): (usize, &Value)| {
            Entry::read(entry).map_err(|reason| format!("Entry {} of the blueprint: {reason}", index + 1))
        };
        let metadata = mapping(&document, "metadata").map_err(|e| format!("The blueprint: {e}"))?;
        let metadata = (!metadata.is_empty()).then(|| described(&metadata));
        Ok(Self { metadata, context, entries: entries.map(read).collect::<Result<_, _>>()? })
    }
}

/// What a blueprint says of itself; nothing where it is none.
pub fn metadata(text: &[u8]) -> Metadata {
    Document::read(text).ok().and_then(|document| document.metadata).unwrap_or_default()
}

fn described(metadata: &Mapping) -> Metadata {
    let labels = metadata.get("labels").and_then(|labels| serde_json::to_value(labels).ok());
    Metadata {
        name: metadata.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        labels: if let Some(serde_json::Value::Object(labels)) = labels { labels } else { serde_json::Map::new() },
    }
}

impl Entry {
    fn read(value: &Value) -> Result<Self, String> {
        let Value::Mapping(entry) = value else { return Err("it is not a map.".to_owned()) };
        let text = |key: &str| match entry.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("{key:?} is not text.")),
        };
        let conditions = match entry.get("conditions") {
            None | Some(Value::Null) => vec![],
            Some(Value::Sequence(all)) => all.clone(),
            Some(_) => return Err("\"conditions\" is not a list.".to_owned()),
        };
        Ok(Self {
            id: text("id")?,
            model: text("model")?.ok_or("it names no model.")?.to_lowercase(),
            state: entry.get("state").cloned().unwrap_or(Value::Null),
            conditions,
            identifiers: mapping(entry, "identifiers")?,
            attributes: mapping(entry, "attrs")?,
        })
    }
}

impl State {
    /// The state of this name; absent means present.
    pub(super) fn read(value: &serde_json::Value) -> Result<Self, String> {
        match value.as_str() {
            None if value.is_null() => Ok(Self::Present),
            Some("present") => Ok(Self::Present),
            Some("created") => Ok(Self::Created),
            Some("must_created") => Ok(Self::MustCreated),
            Some("absent") => Ok(Self::Absent),
            _ => Err(format!("{value} is no state.")),
        }
    }
}

fn mapping(parent: &Mapping, key: &str) -> Result<Mapping, String> {
    match parent.get(key) {
        None | Some(Value::Null) => Ok(Mapping::new()),
        Some(Value::Mapping(map)) => Ok(map.clone()),
        Some(_) => Err(format!("{key:?} is not a map.")),
    }
}

/// Whether there is a tag anywhere in a value.
fn tagged(value: &Value) -> bool {
    match value {
        Value::Tagged(_) => true,
        Value::Sequence(list) => list.iter().any(tagged),
        Value::Mapping(map) => map.iter().any(|(_, value)| tagged(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_blueprint_is_refused_with_a_reason() {
        let error = |text: &str| Document::read(text.as_bytes()).unwrap_err();
        assert!(error("a: [").starts_with("The file is not YAML: "));
        assert_eq!(error("x"), "The file is not a blueprint.");
        assert_eq!(error("version: 2"), "Invalid blueprint version");
        assert_eq!(error("version: 1\nentries: 3"), "The entries of the blueprint are not a list.");
        assert_eq!(error("version: 1\nentries: [{}]"), "Entry 1 of the blueprint: it names no model.");
        assert_eq!(error("version: 1\nentries: [{model: a.b, attrs: 3}]"), {
            "Entry 1 of the blueprint: \"attrs\" is not a map."
        });
        assert_eq!(Document::read(&[0xff]).unwrap_err(), "The file is not text in UTF-8.");
        assert_eq!(error("version: 1\ncontext: {a: [!Context a]}"), {
            "The context of the blueprint must be plain values, without tags."
        });
        let deep = format!("version: 1\ncontext: {{a: {}{}}}", "[".repeat(100), "]".repeat(100));
        assert_eq!(error(&deep), "The file is nested too deeply.");
    }

    #[test]
    fn tags_are_kept_for_later() {
        let text = "version: 1\nentries:\n- model: Authentik_Flows.Flow\n  id: a\n  attrs: {x: !KeyOf b}\n";
        let document = Document::read(text.as_bytes()).unwrap();
        let entry = &document.entries[0];
        assert_eq!((entry.model.as_str(), entry.id.as_deref()), ("authentik_flows.flow", Some("a")));
        assert!(matches!(entry.attributes.get("x"), Some(Value::Tagged(_))));
    }
}
