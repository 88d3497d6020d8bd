//! Honest documents are read as they are; hostile ones end in an error that says where, and soon.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests say what they expect by failing")]

use serde_json::json;
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use vestibule_spec::{Document, Position, limits};

const SMALL: &str = "\
openapi: 3.0.3
paths:
  /users/{id}/:
    get:
      responses:
        200:
          $ref: '#/components/responses/a~1b%20c'
components:
  responses:
    a/b c:
      description: fine
";

fn parse(text: &str) -> Result<Document, String> {
    Document::parse("test.yml", text.as_bytes().to_vec()).map_err(|error| error.to_string())
}

/// The error of a document that must be refused at once.
fn refused(text: impl Into<Vec<u8>>) -> String {
    let start = Instant::now();
    let error = Document::parse("test.yml", text.into()).unwrap_err().to_string();
    assert!(start.elapsed() < Duration::from_secs(20), "it took {:?}", start.elapsed());
    assert!(error.len() < 300 && !error.contains('\n'), "{error}");
    error
}

#[test]
fn yaml_and_json_are_the_same_document() {
    let yaml = parse(SMALL).unwrap();
    let json = parse(&serde_json::to_string_pretty(&yaml.value).unwrap()).unwrap();
    assert_eq!(yaml.value, json.value);
    let order: Vec<_> = json.value.as_object().unwrap().keys().collect();
    assert_eq!(order, ["openapi", "paths", "components"]);
}

#[test]
fn yaml_in_braces_is_yaml() {
    let document = parse("{openapi: 3.1.0, paths: {}}").unwrap();
    assert_eq!(document.value, json!({"openapi": "3.1.0", "paths": {}}));
}

#[test]
fn references_are_followed() {
    let document = parse(SMALL).unwrap();
    let response = document.value.pointer("/paths/~1users~1{id}~1/get/responses/200").unwrap();
    assert_eq!(document.resolve(response), &json!({"description": "fine"}));
    let other = json!({"$ref": "#/nowhere"});
    assert_eq!(document.resolve(&other), &other);
}

#[test]
fn values_are_found_in_the_text() {
    let document = parse(SMALL).unwrap();
    assert_eq!(document.locate("/paths/~1users~1{id}~1/get"), Some(Position { line: 5, column: 7 }));
    assert_eq!(document.locate("/components/responses/a~1b c/description"), Some(Position { line: 11, column: 20 }));
    assert_eq!(document.locate("/info"), None);
    let json = parse("{\n  \"openapi\": \"3.0.0\",\n  \"paths\": {\"/\": 1}\n}").unwrap();
    assert_eq!(json.locate("/paths/~1").unwrap().line, 3);
}

#[test]
fn a_cycle_of_objects_is_fine_and_a_cycle_of_references_is_not() {
    parse("openapi: 3.0.0\ncomponents:\n  schemas:\n    A:\n      properties:\n        $ref: {type: string}\n        a: {$ref: '#/components/schemas/A'}\n")
        .unwrap();
    assert_eq!(
        refused(
            "openapi: 3.0.0\ncomponents:\n  schemas:\n    A:\n      $ref: '#/components/schemas/B'\n    B:\n      $ref: '#/components/schemas/A'\n"
        ),
        "test.yml:5:13: the reference \"#/components/schemas/B\" leads to references only, in a circle"
    );
}

#[test]
fn references_that_lead_nowhere_are_errors() {
    let with =
        |reference: &str| format!("openapi: 3.0.0\ncomponents:\n  schemas:\n    default:\n      $ref: '{reference}'\n");
    assert_eq!(refused(with("#/b")), "test.yml:5:13: the reference \"#/b\" leads nowhere");
    assert_eq!(
        refused(with("b.yml#/c")),
        "test.yml:5:13: the reference \"b.yml#/c\" leads to another document, which is not supported"
    );
    parse("openapi: 3.0.0\nx-note: {$ref: '#/b'}\npaths:\n  /:\n    get:\n      example: {$ref: '#/b'}\n").unwrap();
}

#[test]
fn what_is_not_openapi_3_is_refused() {
    assert_eq!(refused(""), "test.yml: empty");
    assert_eq!(refused("[1]"), "test.yml:1:1: not an OpenAPI document: it is not an object");
    assert_eq!(refused("info: {}"), "test.yml:1:1: not an OpenAPI document: the field `openapi` is missing");
    assert_eq!(refused("swagger: '2.0'"), "test.yml:1:10: Swagger 2 is not supported, only OpenAPI 3");
    assert_eq!(refused("openapi: 4.0.0"), "test.yml:1:10: OpenAPI version \"4.0.0\" is not supported, only 3");
    assert_eq!(refused("openapi: 3.0.0\npaths: []"), "test.yml:2:8: `paths` is not an object");
}

#[test]
fn errors_of_the_text_have_a_line() {
    assert!(refused("openapi: 3.0.0\npaths: {\n").starts_with("test.yml:3:1: "));
    assert_eq!(refused("openapi: 3.0.0\na: 1\na: 2\n"), "test.yml:1:1: the key \"a\" is there twice");
    assert!(refused("{\n\"openapi\": \"3.0.0\",\n]").starts_with("test.yml:3:1: key must be a string"));
    assert_eq!(refused(b"openapi: 3.0.0\nx: \xff\n".to_vec()), "test.yml:2:4: not UTF-8 (byte 0xff)");
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
        let text = format!("openapi: 3.0.0\nx-deep:\n  {}1{}\n", open.repeat(100_000), close.repeat(100_000));
        assert!(refused(text).ends_with("more than 128 objects and arrays in one another"), "{open}");
    }
    let json = format!("{{\"openapi\": \"3.0.0\", \"x\": {}1{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert!(refused(json).ends_with("more than 128 objects and arrays in one another"));
    refused("{".repeat(1_000_000));
    refused(format!("x: {}", "[".repeat(1_000_000)));
    refused(format!("x: {}", "[\n".repeat(1_000_000)));
}

#[test]
fn long_strings_are_refused() {
    let long = "x".repeat(1_000_000);
    assert_eq!(refused(format!("openapi: 3.0.0\nx: {long}\n")), "test.yml:2:4: x: a string longer than 512 KiB");
    assert!(refused(format!("openapi: 3.0.0\nx: {{{long}: 1}}\n")).ends_with("a string longer than 512 KiB"));
    let json = format!("{{\"openapi\": \"3.0.0\",\n\"x\": \"{long}\"}}");
    assert!(refused(json).ends_with("a string longer than 512 KiB"));
    parse(&format!("openapi: 3.0.0\nx: {}\n", "x".repeat(limits::STRING))).unwrap();
}

#[test]
fn exploding_aliases_are_refused() {
    let mut text = String::from("openapi: 3.0.0\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let list = vec![format!("*a{}", level - 1); 10].join(", ");
        text += &format!("a{level}: &a{level} [{list}]\n");
    }
    assert!(refused(text).contains("aliases make the document more than 10 times as long as it is"));
    let megabytes = format!("openapi: 3.0.0\na: &a {}\nb: [{}]\n", "x".repeat(200_000), vec!["*a"; 100_000].join(", "));
    assert!(refused(megabytes).contains("aliases make the document more than 10 times as long as it is"));
    refused("openapi: 3.0.0\na: &a [*a]\n");
    parse("openapi: 3.0.0\na: &a {type: string}\nb: *a\n").unwrap();
}

#[tokio::test]
async fn documents_come_from_files_and_servers() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), SMALL).unwrap();
    let from_file = Document::load(file.path().to_str().unwrap()).await.unwrap();

    let (found, missing) = (serve("200 OK").await, serve("404 Not Found").await);
    assert_eq!(Document::load(&found).await.unwrap().value, from_file.value);
    let error = Document::load(&missing).await.unwrap_err().to_string();
    assert_eq!(error, format!("{missing}: cannot be fetched: the server answered 404 Not Found"));

    let error = Document::load("/nowhere/schema.yml").await.unwrap_err().to_string();
    assert!(error.starts_with("/nowhere/schema.yml: cannot be read: No such file"), "{error}");
    let error = Document::load("http://127.0.0.1:1/schema.yml").await.unwrap_err().to_string();
    assert!(error.contains("Connection refused"), "{error}");
}

/// Serves the small document once and tells its URL.
async fn serve(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/schema.yml", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let _ = connection.read(&mut [0; 4096]).await.unwrap();
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", SMALL.len());
        connection.write_all((head + SMALL).as_bytes()).await.unwrap();
    });
    url
}
