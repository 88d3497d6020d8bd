//! Laws, on documents made up at random.

use crate::support::parse;
use proptest::{prelude::*, sample::Index};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use vestibule_diff::changes::{self, Change, rules::Class};

/// A schema of some depth.
fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({"type": "string"})),
        (1_u32..50).prop_map(|length| json!({"type": "string", "maxLength": length})),
        Just(json!({"type": "integer", "minimum": 0})),
        Just(json!({"type": "boolean", "nullable": true})),
        proptest::collection::btree_set("[a-e]", 2..4).prop_map(|values| json!({"type": "string", "enum": values})),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            (proptest::collection::btree_map("[p-t]{2}", inner, 1..4), any::<bool>()).prop_map(
                |(properties, required)| {
                    let names: Vec<&String> = properties.keys().take(usize::from(required)).collect();
                    json!({"type": "object", "properties": properties, "required": names})
                }
            ),
        ]
    })
}

/// A document with some paths, whose bodies are objects with a property to change.
fn document() -> impl Strategy<Value = Value> {
    proptest::collection::btree_map("[a-z]{3}", (schema(), schema()), 1..5).prop_map(|paths| {
        let content = |schema: Value| {
            let properties = json!({"other": schema, "target": {"type": "string", "enum": ["m", "n"], "maxLength": 9}});
            json!({"application/json": {"schema": {"type": "object", "properties": properties}}})
        };
        let path = |(name, (request, response))| {
            let operation = json!({
                "parameters": [{"in": "query", "name": "q", "schema": {"type": "string"}}],
                "requestBody": {"content": content(request)},
                "responses": {"200": {"description": "", "content": content(response)}, "404": {"description": ""}},
            });
            (format!("/{name}/"), json!({"post": operation}))
        };
        let paths: Map<String, Value> = paths.into_iter().map(path).collect();
        json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths})
    })
}

/// What one edit does: where, what is put there, and the change that must be found.
const REQUEST: &str = "requestBody/content/application~1json/schema/properties";
const RESPONSE: &str = "responses/200/content/application~1json/schema/properties";

type Edit = (&'static str, &'static str, fn(&mut Value), Class, &'static str);

const EDITS: [Edit; 16] = [
    (REQUEST, "/target", |v| v["enum"] = json!(["m"]), Class::Breaking, "enum-value-removed"),
    (RESPONSE, "/target", |v| v["enum"] = json!(["m"]), Class::Data, "enum-value-removed"),
    (REQUEST, "/target", |v| v["enum"] = json!(["m", "n", "o"]), Class::Data, "enum-value-added"),
    (RESPONSE, "/target", |v| v["enum"] = json!(["m", "n", "o"]), Class::Breaking, "enum-value-added"),
    (REQUEST, "/target", |v| v["maxLength"] = json!(8), Class::Breaking, "limit-tightened"),
    (RESPONSE, "/target", |v| v["maxLength"] = json!(10), Class::Breaking, "limit-loosened"),
    (REQUEST, "/target", |v| v["type"] = json!("integer"), Class::Breaking, "type-changed"),
    (RESPONSE, "/target", |v| v["nullable"] = json!(true), Class::Breaking, "nullable-added"),
    (RESPONSE, "/target", |v| v["description"] = json!("x"), Class::Documentation, "schema-description-changed"),
    (REQUEST, "/target", |v| v["readOnly"] = json!(true), Class::Breaking, "property-removed"),
    (REQUEST, "", |v| v["more"] = json!({}), Class::Data, "property-added"),
    (RESPONSE, "", |v| v["more"] = json!({}), Class::Compatible, "response-property-added"),
    (RESPONSE, "", |v| drop(v.as_object_mut().unwrap().remove("target")), Class::Breaking, "property-removed"),
    ("parameters", "/0", |v| v["required"] = json!(true), Class::Breaking, "parameter-became-required"),
    ("parameters", "", |v| drop(v.as_array_mut().unwrap().pop()), Class::Breaking, "parameter-removed"),
    ("responses", "", |v| drop(v.as_object_mut().unwrap().remove("404")), Class::Data, "error-response-removed"),
];

/// The same value with all objects, lists of values and required names in another order.
fn shuffled(value: &Value, name: &str) -> Value {
    match value {
        Value::Object(object) => {
            Value::Object(object.iter().rev().map(|(name, member)| (name.clone(), shuffled(member, name))).collect())
        }
        Value::Array(items) if matches!(name, "enum" | "required" | "parameters") => {
            Value::Array(items.iter().rev().cloned().collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| shuffled(item, "")).collect()),
        other => other.clone(),
    }
}

fn compare(old: &Value, new: &Value) -> Vec<Change> {
    changes::compare(&parse(old), &parse(new))
}

/// Changes without what depends on the order in the documents: whole values.
fn essence(changes: &[Change]) -> BTreeSet<String> {
    changes.iter().map(crate::support::line).collect()
}

/// What a change is called when the documents change places.
fn reversed(rule: &str) -> &str {
    for (one, other) in [
        ("operation-added", "operation-removed"),
        ("enum-value-added", "enum-value-removed"),
        ("limit-tightened", "limit-loosened"),
        ("nullable-added", "nullable-removed"),
        ("parameter-became-required", "parameter-became-optional"),
        ("parameter-added", "parameter-removed"),
        ("error-response-added", "error-response-removed"),
    ] {
        if rule == one {
            return other;
        }
        if rule == other {
            return one;
        }
    }
    rule
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_document_does_not_differ_from_itself(document in document()) {
        prop_assert!(compare(&document, &document).is_empty());
        prop_assert!(compare(&document, &shuffled(&document, "")).is_empty());
        let parsed = parse(&document);
        prop_assert_eq!(vestibule_diff::notes::markdown(&parsed, &parsed).unwrap(), "");
    }

    #[test]
    fn one_edit_is_one_change_of_its_class(document in document(), path in any::<Index>(), edit in any::<Index>()) {
        let paths: Vec<String> = document["paths"].as_object().unwrap().keys().cloned().collect();
        let path = path.get(&paths);
        let (place, inside, apply, class, rule) = EDITS[edit.index(EDITS.len())];
        let mut edited = document.clone();
        let pointer = format!("/paths/{}/post/{place}{inside}", path.replace('/', "~1"));
        apply(edited.pointer_mut(&pointer).unwrap());

        let found = compare(&document, &edited);
        prop_assert_eq!(found.len(), 1, "{:?}", found);
        let operation = format!("POST {path}");
        prop_assert_eq!((found[0].class, found[0].rule, found[0].operation.as_deref()), (class, rule, Some(operation.as_str())));

        // Nor does it matter in which order the documents say it.
        let again = compare(&shuffled(&document, ""), &edited);
        prop_assert_eq!(essence(&found), essence(&again));

        let back = compare(&edited, &document);
        prop_assert_eq!(back.len(), 1);
        let property = rule.contains("property");
        prop_assert!(property || reversed(rule) == back[0].rule, "{} {}", rule, back[0].rule);
    }

    #[test]
    fn operations_that_are_new_one_way_are_removed_the_other_way(one in document(), other in document()) {
        let operations = |changes: &[Change], rule: &str| -> BTreeSet<String> {
            changes.iter().filter(|change| change.rule == rule).filter_map(|change| change.operation.clone()).collect()
        };
        let (there, back) = (compare(&one, &other), compare(&other, &one));
        prop_assert_eq!(operations(&there, "operation-added"), operations(&back, "operation-removed"));
        prop_assert_eq!(operations(&there, "operation-removed"), operations(&back, "operation-added"));
        prop_assert_eq!(essence(&there), essence(&compare(&shuffled(&one, ""), &shuffled(&other, ""))));

        let notes = |old: &Value, new: &Value, title: &str| {
            let notes = vestibule_diff::notes::markdown(&parse(old), &parse(new)).unwrap();
            let section = notes.split("#### ").find(|section| section.starts_with(title)).unwrap_or_default();
            let headings = section.split("##### ").skip(1).map(|heading| heading.trim().to_owned());
            headings.collect::<BTreeSet<String>>()
        };
        prop_assert_eq!(notes(&one, &other, "What's New"), notes(&other, &one, "What's Deleted"));
    }
}
