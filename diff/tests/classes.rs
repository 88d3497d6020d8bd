//! What changes mean: each rule, in each direction.

use crate::support::{changes, document, parse, request, response};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use vestibule_diff::changes::rules;

fn object(property: Value) -> Value {
    json!({"type": "object", "properties": {"a": property}})
}

/// One change of a property: the class in a request, the class in a response, and the rule.
fn schema(old: Value, new: Value) -> Vec<String> {
    let mut lines = Vec::new();
    for wrap in [request, response] {
        let found = changes(&wrap(object(old.clone()), json!({})), &wrap(object(new.clone()), json!({})));
        lines.extend(found.iter().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")));
    }
    lines
}

#[test]
fn what_is_valid_decides() {
    let string = |more: Value| {
        let mut schema = json!({"type": "string"});
        schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        schema
    };
    // Old, new, rule and back again: in requests less is breaking, in responses more is.
    for (wide, narrow, narrower, wider) in [
        (json!({}), json!({"maxLength": 3}), "limit-tightened", "limit-loosened"),
        (json!({"minLength": 1}), json!({"minLength": 2}), "limit-tightened", "limit-loosened"),
        (json!({"enum": ["x", "y"]}), json!({"enum": ["x"]}), "enum-value-removed", "enum-value-added"),
        (json!({}), json!({"enum": ["x"]}), "enum-added", "enum-removed"),
        (json!({"nullable": true}), json!({}), "nullable-removed", "nullable-added"),
        (json!({}), json!({"pattern": "x"}), "pattern-added", "pattern-removed"),
        (json!({}), json!({"format": "uuid"}), "format-added", "format-removed"),
    ] {
        let (wide, narrow) = (string(wide), string(narrow));
        assert_eq!(schema(wide.clone(), narrow.clone()), [format!("breaking {narrower}"), format!("data {narrower}")]);
        assert_eq!(schema(narrow, wide), [format!("data {wider}"), format!("breaking {wider}")]);
    }
    for (old, new, rule) in [
        (json!({"format": "uuid"}), json!({"format": "date"}), "format-changed"),
        (json!({"pattern": "a"}), json!({"pattern": "b"}), "pattern-changed"),
        (json!({}), json!({"not": {}}), "constraint-changed"),
    ] {
        assert_eq!(schema(string(old), string(new)), [format!("breaking {rule}"), format!("breaking {rule}")]);
    }
    assert_eq!(
        schema(json!({"type": "integer"}), json!({"type": "number"})),
        ["data type-widened", "breaking type-widened"]
    );
    assert_eq!(
        schema(json!({"type": "integer"}), json!({"type": "string"})),
        ["breaking type-changed", "breaking type-changed"]
    );
    let words = ["documentation schema-description-changed"; 2];
    assert_eq!(schema(string(json!({})), string(json!({"description": "x"}))), words);
    assert_eq!(
        schema(string(json!({})), string(json!({"default": "x"}))),
        ["breaking default-changed", "documentation response-default-changed"]
    );
    assert_eq!(schema(string(json!({})), string(json!({"readOnly": true}))), ["breaking property-removed"]);
    assert_eq!(schema(string(json!({"writeOnly": true})), string(json!({}))), ["compatible response-property-added"]);
}

#[test]
fn properties_come_and_go() {
    let with =
        |properties: Value, required: Value| json!({"type": "object", "properties": properties, "required": required});
    let none = with(json!({}), json!([]));
    let optional = with(json!({"a": {}}), json!([]));
    let required = with(json!({"a": {}}), json!(["a"]));
    let both = |old: &Value, new: &Value| {
        let mut lines = changes(&request(old.clone(), json!({})), &request(new.clone(), json!({})));
        lines.extend(changes(&response(old.clone(), json!({})), &response(new.clone(), json!({}))));
        lines
    };
    let (request, response) = ("request application/json", "response 200 application/json");
    assert_eq!(
        both(&none, &optional),
        [
            format!("data property-added {request}: property `a` added"),
            format!("compatible response-property-added {response}: property `a` added")
        ]
    );
    assert_eq!(
        both(&none, &required),
        [
            format!("breaking required-property-added {request}: property `a` added"),
            format!("compatible response-property-added {response}: property `a` added")
        ]
    );
    assert_eq!(
        both(&optional, &none),
        [
            format!("breaking property-removed {request}: property `a` removed"),
            format!("breaking property-removed {response}: property `a` removed")
        ]
    );
    assert_eq!(
        both(&optional, &required),
        [
            format!("breaking property-became-required {request}: property `a` became required"),
            format!("data property-became-required {response}: property `a` became required")
        ]
    );
}

#[test]
fn operations_parameters_and_responses() {
    let with = |operation: Value| document(json!({"/a/{b}/": {"post": operation}}), json!({}));
    let check = |old: Value, new: Value, expected: &[&str]| {
        assert_eq!(changes(&with(old), &with(new)), expected);
    };
    let parameter = |more: Value| {
        let mut parameter = json!({"in": "query", "name": "q"});
        parameter.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"parameters": [parameter]})
    };
    let q = "query parameter q";
    check(json!({}), parameter(json!({})), &[&format!("data parameter-added {q}: parameter added")]);
    check(
        json!({}),
        parameter(json!({"required": true})),
        &[&format!("breaking required-parameter-added {q}: parameter added")],
    );
    check(parameter(json!({})), json!({}), &[&format!("breaking parameter-removed {q}: parameter removed")]);
    check(
        parameter(json!({})),
        parameter(json!({"required": true})),
        &[&format!("breaking parameter-became-required {q}: became required")],
    );
    check(
        parameter(json!({"required": true})),
        parameter(json!({})),
        &[&format!("data parameter-became-optional {q}: became optional")],
    );
    check(
        parameter(json!({})),
        parameter(json!({"explode": false})),
        &[&format!("breaking parameter-style-changed {q}: values are written in another way")],
    );
    check(parameter(json!({})), parameter(json!({"style": "form"})), &[]);
    check(json!({}), json!({"deprecated": true}), &["compatible operation-deprecated operation: operation deprecated"]);
    check(json!({}), json!({"operationId": "x"}), &["compatible operation-id-changed operation: operationId added"]);
    check(json!({}), json!({"x-y": 1}), &["documentation extension-changed operation: x-y added"]);
    let body = |required: bool| json!({"requestBody": {"required": required, "content": {"text/plain": {}}}});
    check(json!({}), body(false), &["data request-body-added request: body added"]);
    check(json!({}), body(true), &["breaking required-request-body-added request: body added"]);
    check(body(true), json!({}), &["breaking request-body-removed request: body removed"]);
    check(body(false), body(true), &["breaking request-body-became-required request: body became required"]);
    let responses = |list: Value| json!({"responses": list});
    check(
        responses(json!({})),
        responses(json!({"201": {}})),
        &["breaking success-response-added response 201: response added"],
    );
    check(
        responses(json!({})),
        responses(json!({"404": {}})),
        &["compatible error-response-added response 404: response added"],
    );
    check(
        responses(json!({"404": {}})),
        responses(json!({})),
        &["data error-response-removed response 404: response removed"],
    );
    check(
        responses(json!({"200": {"headers": {"X": {}}}})),
        responses(json!({"200": {"headers": {"Y": {}}}})),
        &[
            "breaking header-removed response 200 header X: header removed",
            "compatible header-added response 200 header Y: header added",
        ],
    );
    assert_eq!(
        changes(&with(json!({})), &document(json!({"/a/{c}/": {"post": {}, "get": {}}}), json!({}))),
        [
            "documentation path-parameter-renamed operation: path changed from `/a/{b}/` to `/a/{c}/`",
            "compatible operation-added operation: operation added"
        ]
    );
}

#[test]
fn security_and_the_document() {
    let with = |security: Value, scheme: &str, title: &str| {
        parse(&json!({
            "openapi": "3.0.3", "info": {"title": title}, "security": security, "paths": {"/a/": {"get": {}}},
            "components": {"securitySchemes": {"a": {"type": "http", "scheme": scheme}, "b": {"type": "http", "scheme": "basic"}}},
        }))
    };
    let old = with(json!([{"a": []}]), "bearer", "x");
    assert_eq!(
        changes(&old, &with(json!([{"a": []}]), "bearer", "y")),
        ["documentation info-changed document: info changed"]
    );
    assert_eq!(
        changes(&old, &with(json!([{"a": []}, {"b": []}]), "bearer", "x")),
        ["compatible security-alternative-added security: authentication by `b` added"]
    );
    assert_eq!(
        changes(&old, &with(json!([{"b": []}]), "basic", "x")),
        [
            "breaking security-scheme-changed security scheme a: scheme changed",
            "compatible security-alternative-added security: authentication by `b` added",
            "breaking security-alternative-removed security: authentication by `a` removed"
        ]
    );
}

#[test]
fn rules_have_names_of_their_own_and_reasons() {
    let names: BTreeSet<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
    assert_eq!(names.len(), rules::ALL.len());
    assert!(rules::ALL.iter().all(|rule| rule.why.ends_with('.') && rule.why.len() > 15));
}
