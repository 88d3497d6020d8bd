//! What the server answers beside the admin API. Every answer is compared with `/-/openapi.json` without asking for it.

use crate::support::{Principal, TestApp, on_postgres, on_sqlite};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

async fn get(caller: &Principal, path: &str) -> u16 {
    caller.beside(Method::GET, path).await.status.as_u16()
}

/// Paths as the specification has them, with values for their parameters where there are some.
async fn paths(app: &TestApp) -> Vec<String> {
    let specification = app.anonymous().beside(Method::GET, "/-/openapi.json").await.expect(200);
    let paths = specification["paths"].as_object().unwrap().keys();
    paths.map(|path| path.replace("docs/{file}", "docs/page.js").replace("{area}/{file}", "icons/a.png")).collect()
}

#[test]
fn every_path_of_the_specification_answers_and_says_what_it_allows() {
    on_sqlite(async |app| {
        let (admin, paths) = (app.admin(), paths(&app).await);
        for path in &paths {
            assert!(!path.contains('{'), "what may stand for the parameter of {path}?");
            let got = admin.beside(Method::GET, path).await;
            assert!(matches!(got.status.as_u16(), 200 | 204) || path.starts_with("/media/"), "{path}: {}", got.status);
            let head = admin.beside(Method::HEAD, path).await;
            assert_eq!((head.status, head.header("content-type")), (got.status, got.header("content-type")), "{path}");
            assert!(head.bytes.is_empty(), "{path}");
            for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE] {
                let refused = admin.beside(method.clone(), path).await;
                assert_eq!(refused.header("allow"), "GET, HEAD", "{method} {path}");
                assert_eq!(refused.expect(405), json!({ "detail": format!("Method \"{method}\" not allowed.") }));
            }
        }
    });
}

#[test]
fn supervisors_may_leave_out_the_slash_at_the_end() {
    on_sqlite(async |app| {
        let admin = app.admin();
        for (path, status) in [
            ("/-/health/live", 204),
            ("/-/health/ready", 204),
            ("/-/metrics", 200),
            ("/api/v3", 404),
            ("/api/v3/schema", 404),
            ("/-/openapi.json/", 404),
        ] {
            assert_eq!(get(&admin, path).await, status, "{path}");
        }
    });
}

#[test]
fn unknown_paths_are_404_in_json() {
    on_sqlite(async |app| {
        for path in
            ["/", "/-", "/-/", "/-/health/", "/-/health/live/x/", "/-/other/", "/favicon.ico", "/media/", "/api/"]
        {
            let answer = app.anonymous().beside(Method::GET, path).await;
            assert_eq!(answer.expect(404), json!({ "detail": "Not found." }), "{path}");
            assert_eq!(app.anonymous().beside(Method::POST, path).await.status, 404, "{path}");
        }
    });
}

#[test]
fn a_server_without_its_database_is_alive_but_not_ready() {
    on_postgres(async |app| {
        let anybody = app.anonymous();
        assert_eq!((get(&anybody, "/-/health/live/").await, get(&anybody, "/-/health/ready/").await), (204, 204));
        app.app.db.close().await;
        assert_eq!((get(&anybody, "/-/health/live/").await, get(&anybody, "/-/health/ready/").await), (204, 503));
    });
}

#[test]
fn metrics_are_for_superusers_where_no_token_is_set() {
    on_sqlite(async |app| {
        app.admin().get("/core/brands/").await.expect(200);
        for caller in [app.anonymous(), app.bearer(""), app.bearer("wrong"), app.user("plain").await] {
            let refused = caller.beside(Method::GET, "/-/metrics/").await;
            assert_eq!((refused.status.as_u16(), refused.bytes.len()), (401, 0));
            assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"metrics\"");
        }
        for caller in [app.admin(), app.user("other").superuser().await] {
            let metrics = caller.beside(Method::GET, "/-/metrics/").await;
            assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4");
            let text = metrics.text();
            assert!(text.contains("vestibule_request_seconds_count{operation=\"core_brands_list\""), "{text}");
        }
    });
}

#[test]
fn a_token_for_metrics_is_the_only_one() {
    on_sqlite(async |app| {
        let app = app.with_settings(|config| config.metrics_token = Some("of-prometheus".into()));
        assert_eq!(get(&app.bearer("of-prometheus"), "/-/metrics/").await, 200);
        for caller in [app.admin(), app.bearer("of-prometheu"), app.bearer("of-prometheus-"), app.anonymous()] {
            assert_eq!(get(&caller, "/-/metrics/").await, 401);
        }
    });
}

#[test]
fn uploaded_pictures_are_served_by_the_name_they_were_given() {
    on_sqlite(async |app| {
        let admin = app.admin();
        admin.post("/core/applications/", json!({ "name": "a", "slug": "a" })).await.expect(201);
        for (content_type, served_as) in [("image/png", "image/png"), ("image/vnd.microsoft.icon", "image/x-icon")] {
            let part = Part::bytes(b"picture".to_vec()).file_name("a").mime_str(content_type).unwrap();
            admin.upload("/core/applications/a/set_icon/", Form::new().part("file", part)).await.expect(200);
            let application = admin.get("/core/applications/a/").await.expect(200);
            let Value::String(icon) = &application["meta_icon"] else { panic!("no icon: {application}") };
            let picture = app.anonymous().beside(Method::GET, icon).await;
            assert_eq!((picture.status.as_u16(), picture.header("content-type")), (200, served_as));
            assert_eq!(picture.bytes, b"picture");
            assert_eq!(picture.header("cache-control"), "public, max-age=31536000, immutable");
        }
        for path in ["/media/application-icons/a.html", "/media/..%2Fvestibule/db.png", "/media/%ff/a.png"] {
            assert_eq!(get(&admin, path).await, 404, "{path}");
        }
    });
}

#[test]
fn parameters_outside_their_choices_are_404() {
    on_sqlite(async |app| {
        let anybody = app.anonymous();
        for path in
            ["/api/v3/schema/?format=xml", "/api/v3/schema/?format=", "/api/v3/docs/page.html", "/api/v3/docs/%00"]
        {
            assert_eq!(get(&anybody, path).await, 404, "{path}");
        }
        for format in ["json", "yaml"] {
            assert_eq!(get(&anybody, &format!("/api/v3/schema/?format={format}")).await, 200);
        }
    });
}
