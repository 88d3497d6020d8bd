//! The forms of release notes, one by one.

use crate::support::{document, parse, request, response};
use serde_json::{Value, json};
use vestibule_diff::notes::markdown;
use vestibule_spec::Document;

fn notes(old: &Document, new: &Document) -> String {
    markdown(old, new).unwrap()
}

/// The notes of the only operation, without its headings.
fn body(old: &Document, new: &Document) -> String {
    let notes = notes(old, new);
    let at = ["###### Parameters:\n\n", "###### Request:\n\n", "###### Return Type:\n\n"]
        .iter()
        .filter_map(|title| notes.find(title))
        .min();
    notes[at.unwrap_or_else(|| panic!("{notes}"))..].to_owned()
}

fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

#[test]
fn operations_are_new_deleted_deprecated_and_changed() {
    let operation =
        |summary: &str, deprecated: bool| json!({"summary": summary, "deprecated": deprecated, "responses": {}});
    let old = document(
        json!({
            "/gone/": {"get": operation("", false)},
            "/kept/{id}/": {"get": operation("One", false), "post": operation("", false)},
        }),
        json!({}),
    );
    let new = document(
        json!({
            "/kept/{id}/": {"get": operation("Two", true), "delete": operation("", false)},
            "/new/": {"put": operation("Put it", false), "get": operation("", false)},
        }),
        json!({}),
    );
    assert_eq!(
        notes(&old, &new),
        "#### What's New\n\n---\n\n##### `GET` /new/\n\n##### `PUT` /new/\n\n> Put it\n\n##### `DELETE` /kept/{id}/\n\n\
         #### What's Deleted\n\n---\n\n##### `GET` /gone/\n\n##### `POST` /kept/{id}/\n\n\
         #### What's Deprecated\n\n---\n\n##### `GET` /kept/{id}/\n\n> Two\n\n\
         #### What's Changed\n\n---\n\n##### `GET` /kept/{id}/\n\n> Two\n"
    );
    assert_eq!(notes(&old, &old), "");
    let reverse = notes(&new, &old);
    assert!(reverse.starts_with(
        "#### What's New\n\n---\n\n##### `GET` /gone/\n\n##### `POST` /kept/{id}/\n\n#### What's Deleted"
    ));
}

#[test]
fn operations_with_other_words_or_credentials_are_changed_without_details() {
    let document = |description: &str, scheme: &str| {
        let operation = json!({"description": description, "security": [{scheme: []}], "responses": {}});
        parse(&json!({
            "openapi": "3.0.3", "paths": {"/a/": {"get": operation}},
            "components": {"securitySchemes": {"a": {"type": "http", "scheme": "bearer"}, "b": {"type": "apiKey", "in": "header", "name": "x"}}},
        }))
    };
    let expected = "#### What's Changed\n\n---\n\n##### `GET` /a/\n";
    assert_eq!(notes(&document("", "a"), &document("x", "a")), expected);
    assert_eq!(notes(&document("", "a"), &document("", "b")), expected);
}

#[test]
fn parameters_of_the_path_may_be_renamed() {
    let document = |name: &str, schema: Value| {
        let parameter = json!({"in": "path", "name": name, "required": true, "schema": schema});
        document(json!({format!("/a/{{{name}}}/"): {"parameters": [parameter], "get": {"responses": {}}}}), json!({}))
    };
    assert_eq!(notes(&document("x", json!({"type": "string"})), &document("y", json!({"type": "string"}))), "");
    assert_eq!(
        body(&document("x", json!({"type": "string"})), &document("x", json!({"type": "integer"}))),
        "###### Parameters:\n\nChanged: `x` in `path`\n"
    );
}

#[test]
fn parameters_are_added_deleted_changed_and_deprecated() {
    let parameters = |list: Value| document(json!({"/a/": {"get": {"parameters": list, "responses": {}}}}), json!({}));
    let old = parameters(json!([
        {"in": "query", "name": "gone", "description": "Was here"},
        {"in": "query", "name": "kind", "schema": {"type": "string", "enum": ["a"]}},
        {"in": "query", "name": "old"},
        {"in": "query", "name": "same", "style": "form", "explode": true},
    ]));
    let new = parameters(json!([
        {"in": "query", "name": "same"},
        {"in": "query", "name": "old", "deprecated": true},
        {"in": "query", "name": "kind", "schema": {"type": "string", "enum": ["a", "b"]}},
        {"in": "header", "name": "more"},
    ]));
    assert_eq!(
        body(&old, &new),
        "###### Parameters:\n\nAdded: `more` in `header`\n\nDeleted: `gone` in `query`\n\n> Was here\n\n\
         Changed: `kind` in `query`\n\nDeprecated: `old` in `query`\n"
    );
}

#[test]
fn properties_are_added_deleted_and_changed() {
    let old = object(
        json!({"a": {"type": "string"}, "b": {"type": "string", "description": "Bee"}, "c": {"type": "string"}}),
    );
    let mut new = object(
        json!({"a": {"type": "integer"}, "c": {"type": "string", "maxLength": 3}, "d": {"type": "array", "items": {"type": "string"}}}),
    );
    new["required"] = json!(["d"]);
    assert_eq!(
        body(&request(old.clone(), json!({})), &request(new.clone(), json!({}))),
        "###### Request:\n\nChanged content type : `application/json`\n\nNew required properties:\n\n-   `d`\n\n\
         *   Added property `d` (array)\n\n    Items (string):\n\n*   Deleted property `b` (string)\n\n    > Bee\n\n\
         *   Changed property `a` (string -> integer)\n\n*   Changed property `c` (string)\n"
    );
    assert_eq!(
        body(&response(new, json!({})), &response(old, json!({}))),
        "###### Return Type:\n\nChanged response : **200 OK**\n\n-   Changed content type : `application/json`\n\n    \
         New optional properties:\n\n    -   `d`\n\n    *   Added property `b` (string)\n\n        > Bee\n\n    \
         *   Deleted property `d` (array)\n\n    *   Changed property `a` (integer -> string)\n\n    \
         *   Changed property `c` (string)\n"
    );
}

#[test]
fn the_last_property_keeps_its_description_close() {
    let new = object(
        json!({"a": {"type": "string", "description": "A"}, "b": {"type": "string", "description": "B\n\nmore"}, "c": {"type": "string", "description": "C"}}),
    );
    assert_eq!(
        body(&request(object(json!({})), json!({})), &request(new, json!({}))),
        "###### Request:\n\nChanged content type : `application/json`\n\n-   Added property `a` (string)\n\n    > A\n\n\
         -   Added property `b` (string)\n\n    > B\n    >\n    > more\n\n-   Added property `c` (string)\n    > C\n"
    );
}

#[test]
fn what_openapi_diff_does_not_notice_is_not_told() {
    let old = object(json!({"a": {"type": "string"}}));
    for more in [
        json!({"nullable": true}),
        json!({"default": "x"}),
        json!({"pattern": "x"}),
        json!({"minLength": 1}),
        json!({"title": "x"}),
        json!({"example": "x"}),
    ] {
        let mut property = json!({"type": "string"});
        property.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let new = object(json!({"a": property}));
        assert_eq!(notes(&response(old.clone(), json!({})), &response(new, json!({}))), "", "{more}");
    }
    for more in [
        json!({"maximum": 1}),
        json!({"maxLength": 1}),
        json!({"readOnly": true}),
        json!({"description": "x"}),
        json!({"deprecated": true}),
    ] {
        let mut property = json!({"type": "string"});
        property.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let new = object(json!({"a": property}));
        assert!(
            body(&response(old.clone(), json!({})), &response(new, json!({})))
                .contains("Changed property `a` (string)"),
            "{more}"
        );
    }
}

#[test]
fn read_only_properties_are_not_in_requests_and_not_required() {
    let mut new =
        object(json!({"id": {"type": "string", "readOnly": true}, "secret": {"type": "string", "writeOnly": true}}));
    new["required"] = json!(["id", "secret"]);
    let old = object(json!({}));
    assert!(
        body(&request(old.clone(), json!({})), &request(new.clone(), json!({})))
            .ends_with("New required properties:\n\n-   `secret`\n\n*   Added property `secret` (string)\n")
    );
    assert!(
        body(&response(old, json!({})), &response(new, json!({})))
            .ends_with("New required properties:\n\n    -   `id`\n\n    *   Added property `id` (string)\n")
    );
}

#[test]
fn values_are_added_and_removed() {
    let schema = |values: Value| object(json!({"a": {"type": "string", "enum": values}, "b": {"type": "string"}}));
    let mut new = schema(json!(["y", "z"]));
    new["properties"]["b"]["description"] = json!("B");
    assert_eq!(
        body(&response(schema(json!(["x", "y"])), json!({})), &response(new, json!({}))),
        "###### Return Type:\n\nChanged response : **200 OK**\n\n-   Changed content type : `application/json`\n\n    \
         -   Changed property `a` (string)\n\n        Added enum value:\n\n        -   `z`\n            Removed enum value:\n\n        \
         -   `x`\n\n    -   Changed property `b` (string)\n        > B\n"
    );
}

#[test]
fn named_schemas_are_told_once_for_a_body() {
    let schemas = |values: Value| json!({"Kind": {"type": "string", "enum": values}});
    let schema = object(
        json!({"a": {"$ref": "#/components/schemas/Kind"}, "b": {"$ref": "#/components/schemas/Kind"}, "c": {"allOf": [{"$ref": "#/components/schemas/Kind"}]}}),
    );
    let notes = body(&response(schema.clone(), schemas(json!(["x"]))), &response(schema, schemas(json!(["x", "y"]))));
    let told: Vec<&str> = notes.lines().filter(|line| line.contains("Changed property")).map(str::trim).collect();
    assert_eq!(
        told,
        ["-   Changed property `c` (string)", "-   Changed property `a` (string)"],
        "those without a name come first"
    );
}

#[test]
fn new_schemas_are_described_once() {
    let kind = json!({"Kind": {"type": "string", "enum": ["x"], "description": "A kind"}});
    let new = object(json!({"a": {"$ref": "#/components/schemas/Kind"}, "b": {"$ref": "#/components/schemas/Kind"}}));
    assert_eq!(
        body(&request(object(json!({})), kind.clone()), &request(new, kind)),
        "###### Request:\n\nChanged content type : `application/json`\n\n-   Added property `a` (string)\n\n    > A kind\n\n    \
         Enum value:\n\n    -   `x`\n\n-   Added property `b` (string)\n    > A kind\n"
    );
}

#[test]
fn an_object_that_contains_itself_ends() {
    let node = |more: Value| {
        let mut properties = json!({"children": {"type": "array", "items": {"allOf": [{"$ref": "#/components/schemas/Node"}]}}, "next": {"$ref": "#/components/schemas/Node"}});
        properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"Node": {"type": "object", "description": "A node", "properties": properties}})
    };
    let schema = json!({"$ref": "#/components/schemas/Node"});
    let (old, new) = (
        response(schema.clone(), node(json!({}))),
        response(schema.clone(), node(json!({"name": {"type": "string"}}))),
    );
    let changed = body(&old, &new);
    assert!(changed.contains("-   Added property `name` (string)"), "{changed}");
    // One that is new as a whole.
    let (old, new) =
        (response(object(json!({})), node(json!({}))), response(object(json!({"n": schema})), node(json!({}))));
    let added = body(&old, &new);
    assert!(added.contains("Property `next` (object)") && added.lines().count() < 40, "{added}");
}

#[test]
fn variants_are_told_by_their_discriminator() {
    let schemas = |dog: Value| {
        json!({
            "Cat": object(json!({"kind": {"type": "string"}})), "Dog": object(dog), "Eel": object(json!({"length": {"type": "integer"}})),
        })
    };
    let union = |names: &[&str]| {
        let reference = |name: &str| format!("#/components/schemas/{name}");
        let variants: Vec<Value> = names.iter().map(|name| json!({"$ref": reference(name)})).collect();
        let mapping: serde_json::Map<String, Value> =
            names.iter().map(|name| (name.to_lowercase(), reference(name).into())).collect();
        json!({"oneOf": variants, "discriminator": {"propertyName": "kind", "mapping": mapping}})
    };
    let old = request(union(&["Cat", "Dog"]), schemas(json!({})));
    let new = request(union(&["Dog", "Eel"]), schemas(json!({"name": {"type": "string"}})));
    assert_eq!(
        body(&old, &new),
        "###### Request:\n\nChanged content type : `application/json`\n\nDeleted 'cat' kind\nAdded 'eel' kind:\n\n\
         -   Property `length` (integer)\n\nUpdated `dog` kind:\n\n-   Added property `name` (string)\n"
    );
}

#[test]
fn bodies_and_media_types_come_and_go() {
    let content = |media: &str| json!({"content": {media: {"schema": {"type": "string"}}}});
    let old = document(json!({"/a/": {"post": {"requestBody": content("text/plain"), "responses": {}}}}), json!({}));
    let new = document(json!({"/a/": {"post": {"requestBody": content("text/csv"), "responses": {}}}}), json!({}));
    assert_eq!(
        body(&old, &new),
        "###### Request:\n\nNew content type : `text/csv`\n\nDeleted content type : `text/plain`\n"
    );
    let none = document(json!({"/a/": {"post": {"responses": {}}}}), json!({}));
    assert_eq!(body(&none, &new), "###### Request:\n\nNew content type : `text/csv`\n");
}

#[test]
fn responses_and_headers_come_and_go() {
    let responses = |responses: Value| document(json!({"/a/": {"get": {"responses": responses}}}), json!({}));
    let old = responses(
        json!({"200": {"description": "fine", "headers": {"X-Old": {}}}, "204": {"description": ""}, "404": {"description": "not there"}}),
    );
    let new = responses(
        json!({"200": {"description": "fine", "headers": {"X-New": {"description": "It is new"}}}, "429": {"description": "slow"}, "default": {"description": ""}}),
    );
    assert_eq!(
        body(&old, &new),
        "###### Return Type:\n\nNew response : **429 null**\n\n> slow\n\nNew response : **default **\nDeleted response : **204 No Content**\n\
         Deleted response : **404 Not Found**\n\n> not there\n\nChanged response : **200 OK**\n\n> fine\n\nNew header : `X-New`\n\n\
         > It is new\n\nDeleted header : `X-Old`\n"
    );
}

#[test]
fn items_are_described_in_their_line() {
    let array = |properties: Value| json!({"type": "array", "items": {"$ref": "#/components/schemas/One"}, "description": properties});
    let schemas =
        |properties: Value| json!({"One": {"type": "object", "description": "One\nof them", "properties": properties}});
    let schema = array(json!("All"));
    assert_eq!(
        body(
            &response(schema.clone(), schemas(json!({}))),
            &response(schema, schemas(json!({"a": {"type": "string"}})))
        ),
        "###### Return Type:\n\nChanged response : **200 OK**\n\n-   Changed content type : `application/json`\n\n    \
         Changed items (object): > One > of them\n\n    -   Added property `a` (string)\n"
    );
}

/// `VESTIBULE_REFERENCE_PAIR` names a folder with two documents, which sort by name, and the notes in `expected.md`.
#[test]
fn the_reference_pair_gives_its_release_notes() {
    let Some(folder) = std::env::var_os("VESTIBULE_REFERENCE_PAIR").map(std::path::PathBuf::from) else { return };
    let Ok(expected) = std::fs::read_to_string(folder.join("expected.md")) else { return };
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yml"));
    files.sort();
    let [old, new] = [0, 1].map(|index| Document::parse("pair", std::fs::read(&files[index]).unwrap()).unwrap());
    assert!(notes(&old, &new) == expected, "the notes differ");
}
