//! Documents that want to keep the comparison busy.

use crate::support::response;
use serde_json::{Map, Value, json};
use std::time::{Duration, Instant};
use vestibule_diff::{changes, notes::markdown};
use vestibule_spec::Document;

/// Both comparisons, in time.
fn compared(old: &Document, new: &Document) -> Result<String, String> {
    let start = Instant::now();
    let found = changes::compare(old, new);
    let notes = markdown(old, new);
    assert!(start.elapsed() < Duration::from_secs(60), "it took {:?}", start.elapsed());
    assert!(changes::compare(old, old).is_empty());
    notes.map(|notes| format!("{} {notes}", found.len()))
}

fn reference(name: usize) -> Value {
    json!({"$ref": format!("#/components/schemas/S{name}")})
}

#[test]
fn schemas_that_all_refer_to_one_another() {
    let schemas = |words: &str| -> Value {
        let schema = |name: usize| {
            let properties: Map<String, Value> = (0..80).map(|other| (format!("p{other}"), reference(other))).collect();
            (format!("S{name}"), json!({"type": "object", "description": words, "properties": properties}))
        };
        Value::Object((0..80).map(schema).collect())
    };
    let (old, new) = (response(reference(0), schemas("a")), response(reference(0), schemas("b")));
    assert!(compared(&old, &new).unwrap().contains("Changed property `p1` (object)"));
    let (old, new) = (
        response(json!({"type": "object"}), schemas("a")),
        response(json!({"type": "object", "properties": {"s": reference(0)}}), schemas("a")),
    );
    assert!(compared(&old, &new).unwrap().len() < 10_000_000);
}

#[test]
fn a_chain_of_schemas_that_does_not_end_soon() {
    let schemas = |words: &str| -> Value {
        let schema = |name: usize| {
            (
                format!("S{name}"),
                json!({"type": "object", "description": words, "properties": {"next": reference(name + 1)}}),
            )
        };
        let mut schemas: Map<String, Value> = (0..20_000).map(schema).collect();
        schemas.insert(String::from("S20000"), json!({"type": "string"}));
        Value::Object(schemas)
    };
    let (old, new) = (response(reference(0), schemas("a")), response(reference(0), schemas("b")));
    assert_eq!(compared(&old, &new).unwrap_err(), "more than 400 schemas in one another");
}

#[test]
fn all_of_that_doubles_with_every_step() {
    let schemas = |words: &str| -> Value {
        let schema = |name: usize| {
            let own = json!({"type": "object", "description": words});
            (format!("S{name}"), json!({"allOf": [reference(name + 1), reference(name + 1), own]}))
        };
        let mut schemas: Map<String, Value> = (0..20).map(schema).collect();
        schemas.insert(String::from("S20"), json!({"type": "object", "properties": {"a": {"type": "string"}}}));
        Value::Object(schemas)
    };
    let (old, new) = (response(reference(0), schemas("a")), response(reference(0), schemas("b")));
    compared(&old, &new).unwrap();
}

#[test]
fn all_of_that_contains_itself() {
    let schemas = |words: &str| {
        json!({
            "S0": {"allOf": [reference(0), reference(1)], "description": words},
            "S1": {"type": "object", "properties": {"x": {"allOf": [reference(0)]}, "y": {"items": {"allOf": [reference(1)]}}}},
        })
    };
    let (old, new) = (response(reference(0), schemas("a")), response(reference(0), schemas("b")));
    assert!(compared(&old, &new).unwrap().contains("Changed content type"));
    let nothing = response(json!({"type": "object"}), schemas("a"));
    let something = response(json!({"type": "object", "properties": {"s": reference(0)}}), schemas("a"));
    assert!(compared(&nothing, &something).unwrap().contains("Added property `s`"));
}
