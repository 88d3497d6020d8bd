//! Writes a document of a given number of operations: `synthetic 10000 old > old.yml`. The newer one (`new` instead of
//! `old`) differs in every tenth operation.

use serde_json::{Map, Value, json};
use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let operations: usize = arguments.next().and_then(|number| number.parse().ok()).unwrap_or(10_000);
    let new = arguments.next().is_some_and(|which| which == "new");
    let mut out = BufWriter::new(io::stdout().lock());
    serde_json::to_writer(&mut out, &document(operations, new))?;
    out.flush()
}

/// Four operations a path, three schemas a resource, which refer to those of another resource.
fn document(operations: usize, new: bool) -> Value {
    let resources = operations.div_ceil(4);
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for number in 0..resources {
        let changed = new && number % 10 == 0;
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let content = |schema: Value| json!({"application/json": {"schema": schema}});
        let answer =
            |schema: Value| json!({"200": {"description": "", "content": content(schema)}, "404": {"description": ""}});
        let one = || reference(&format!("Resource{number}"));
        let body = || json!({"content": content(reference(&format!("Resource{number}Request"))), "required": true});
        let query: Vec<Value> = ["search", "ordering", "page", "page_size"]
            .iter()
            .map(|name| json!({"in": "query", "name": name, "schema": {"type": "string"}}))
            .collect();
        paths.insert(
            format!("/resources{number}/"),
            json!({
                "get": {"operationId": format!("list{number}"), "parameters": query, "responses": answer(reference(&format!("Page{number}")))},
                "post": {"operationId": format!("create{number}"), "requestBody": body(), "responses": answer(one())},
            }),
        );
        paths.insert(
            format!("/resources{number}/{{id}}/"),
            json!({
                "get": {"operationId": format!("retrieve{number}"), "responses": answer(one())},
                "put": {"operationId": format!("update{number}"), "requestBody": body(), "responses": answer(one())},
            }),
        );
        let mut properties: Map<String, Value> = (0..20)
            .map(|field| {
                (
                    format!("field{field}"),
                    json!({"type": "string", "description": format!("Field {field}"), "maxLength": 200}),
                )
            })
            .collect();
        properties.insert(
            String::from("kind"),
            json!({"type": "string", "enum": if changed { vec!["a", "b", "c"] } else { vec!["a", "b"] }}),
        );
        if changed {
            properties.insert(String::from("more"), json!({"type": "integer"}));
        }
        let request = json!({"type": "object", "properties": properties, "required": ["field0"]});
        properties.insert(String::from("other"), reference(&format!("Resource{}Request", (number + 1) % resources)));
        schemas.insert(
            format!("Resource{number}"),
            json!({"type": "object", "properties": properties, "required": ["field0"]}),
        );
        schemas.insert(format!("Resource{number}Request"), request);
        schemas.insert(
            format!("Page{number}"),
            json!({"type": "object", "properties": {"count": {"type": "integer"}, "results": {"type": "array", "items": one()}}}),
        );
    }
    json!({"openapi": "3.0.3", "info": {"title": "Synthetic", "version": "1"}, "paths": paths, "components": {"schemas": schemas}})
}
