//! HTTP itself: methods, media types, bodies that nobody should send.

use crate::support::{Answer, TestApp, on_sqlite};
use reqwest::Method;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const BRANDS: &str = "/core/brands/";

async fn post(app: &TestApp, content_type: &'static str, body: impl Into<reqwest::Body>) -> Answer {
    app.admin().send(Method::POST, BRANDS, |request| request.header("content-type", content_type).body(body)).await
}

#[test]
fn bodies_in_other_formats_are_refused() {
    on_sqlite(async |app| {
        for media in ["application/x-www-form-urlencoded", "text/plain", "application/xml", "multipart/form-data"] {
            let answer = post(&app, media, "domain=x").await;
            assert_eq!(
                answer.expect(415),
                json!({ "detail": format!("Unsupported media type \"{media}\" in request.") })
            );
        }
        post(&app, "application/json; charset=utf-8", r#"{"domain": "charset.test"}"#).await.expect(201);
    });
}

#[test]
fn unreadable_json_is_a_bad_request_with_a_reason() {
    on_sqlite(async |app| {
        let deep = format!("{{\"domain\": {}{}}}", "[".repeat(50_000), "]".repeat(50_000));
        for (body, reason) in [
            (&b"{\"domain\":"[..], "EOF"),
            (b"{\"domain\": NaN}", "expected"),
            (b"{\"domain\": \"\xff\"}", "UTF-8"),
            (b"{\"domain\": \"a\", \"domain\": \"b\"}", "duplicate key"),
            (b"{} {}", "trailing"),
            (deep.as_bytes(), "recursion limit"),
        ] {
            let answer = post(&app, "application/json", body.to_vec()).await.expect(400);
            let detail = answer["detail"].as_str().unwrap_or_default();
            assert!(detail.starts_with("JSON parse error - ") && detail.contains(reason), "{answer}");
        }
        for body in ["\"text\"", "null", "1", "[]"] {
            let answer = post(&app, "application/json", body).await.expect(400);
            assert!(answer["non_field_errors"][0].is_string(), "{body}: {answer}");
        }
    });
}

#[test]
fn too_large_a_body_is_not_read() {
    on_sqlite(async |app| {
        let body = "x".repeat(app.app.config.body_limit + 1);
        post(&app, "application/json", body.clone()).await.expect(413);
        // Without a length in the headers the limit counts while reading.
        let chunks = futures::stream::iter([Ok::<_, std::io::Error>(body)]);
        post(&app, "application/json", reqwest::Body::wrap_stream(chunks)).await.expect(413);
        let fits = format!("{{\"domain\": \"{}\"}}", "x".repeat(app.app.config.body_limit / 2));
        post(&app, "application/json", fits).await;
    });
}

#[test]
fn other_methods_are_refused_with_those_that_are_allowed() {
    on_sqlite(async |app| {
        for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            let answer = app.admin().call(method.clone(), BRANDS, None).await;
            assert_eq!(answer.header("allow"), "GET, POST, HEAD, OPTIONS");
            assert_eq!(answer.expect(405), json!({ "detail": format!("Method \"{method}\" not allowed.") }));
        }
    });
}

#[test]
fn head_is_get_without_the_body() {
    on_sqlite(async |app| {
        let head = app.admin().call(Method::HEAD, BRANDS, None).await;
        assert_eq!((head.status.as_u16(), head.header("content-type")), (200, "application/json"));
        assert!(head.bytes.is_empty());
        assert_eq!(app.anonymous().call(Method::HEAD, BRANDS, None).await.status, 403);
    });
}

#[test]
fn options_tells_the_fields_to_those_who_may_send_them() {
    on_sqlite(async |app| {
        let options = app.admin().call(Method::OPTIONS, BRANDS, None).await.expect(200);
        let fields = &options["actions"]["POST"];
        assert_eq!((&fields["domain"]["required"], &fields["domain"]["read_only"]), (&json!(true), &json!(false)));
        assert!(fields["domain"]["help_text"].as_str().is_some_and(|help| !help.is_empty()), "{fields}");
        assert_eq!(
            (&fields["brand_uuid"]["required"], &fields["brand_uuid"]["read_only"]),
            (&json!(false), &json!(true))
        );
        let options = app.user("plain").await.call(Method::OPTIONS, BRANDS, None).await.expect(200);
        assert_eq!(options.get("actions"), None);
        app.anonymous().call(Method::OPTIONS, BRANDS, None).await.expect(403);
    });
}

#[test]
fn only_json_can_be_had() {
    on_sqlite(async |app| {
        let accept = async |value: &'static str| {
            app.admin().send(Method::GET, BRANDS, |request| request.header("accept", value)).await.status.as_u16()
        };
        for (value, status) in [
            ("application/json", 200),
            ("*/*", 200),
            ("application/*;q=0.8", 200),
            ("text/html, application/json", 200),
            ("text/html", 406),
            ("application/xml", 406),
        ] {
            assert_eq!(accept(value).await, status, "{value}");
        }
        app.admin().get("/core/brands/?format=xml").await.expect(404);
        app.admin().get("/core/brands/?format=json").await.expect(200);
    });
}

#[test]
fn unknown_paths_are_404_in_json_for_everybody() {
    on_sqlite(async |app| {
        for path in ["/no/such/", "/core/brands", "//core/brands/", "/core/brands/x/y/z/", "/core/brands/%00/", "/%ff/"]
        {
            for caller in [app.admin(), app.anonymous()] {
                let answer = caller.get(path).await;
                assert_eq!(answer.header("content-type"), "application/json", "{path}");
                assert!(matches!(answer.status.as_u16(), 403 | 404), "{path}: {}", answer.text());
            }
        }
    });
}

#[test]
fn credentials_that_do_not_hold_are_refused_even_where_none_are_needed() {
    on_sqlite(async |app| {
        let current = "/core/brands/current/";
        app.anonymous().get(current).await.expect(200);
        let answer = app.bearer("wrong").get(current).await.expect(403);
        assert_eq!(answer, json!({ "detail": "Token invalid/expired" }));
        for (header, detail) in [
            ("Basic Zm9vOmJhcg==", "Unsupported authentication type"),
            ("Token x", "Unsupported authentication type"),
            ("Bearer ", "Authentication credentials were not provided."),
        ] {
            let answer =
                app.anonymous().send(Method::GET, BRANDS, |request| request.header("authorization", header)).await;
            assert_eq!(answer.expect(403), json!({ "detail": detail }), "{header:?}");
        }
    });
}

/// A refusal leaves a body unread; the next request on the connection must not suffer from it.
#[test]
fn a_connection_survives_a_refused_body() {
    on_sqlite(async |app| {
        let host = app.url().trim_start_matches("http://").split('/').next().unwrap_or_default().to_owned();
        let body = format!("{{\"domain\": \"{}\"}}", "x".repeat(100_000));
        let length = body.len();
        let post = format!(
            "POST /api/v3{BRANDS} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let live = "GET /-/health/live/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        let mut connection = TcpStream::connect(host).await.unwrap();
        connection.write_all(post.as_bytes()).await.unwrap();
        connection.write_all(live.as_bytes()).await.unwrap();
        let mut answers = String::new();
        connection.read_to_string(&mut answers).await.unwrap();
        assert!(answers.starts_with("HTTP/1.1 403") && answers.contains("HTTP/1.1 204"), "{answers}");
    });
}
