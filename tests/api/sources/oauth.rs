//! `/sources/oauth/`.

use super::{oauth_body, oauth_source};
use crate::support::{Other, for_each_database, on_sqlite};
use serde_json::{Value, json};

#[test]
fn a_source_is_made_found_changed_and_deleted() {
    for_each_database(async |app| {
        let admin = app.admin();
        let made = oauth_source(&app, "one").await;
        assert_eq!(made["icon"], "/static/authentik/sources/github.svg");
        assert_eq!(made["type"]["verbose_name"], "GitHub");
        assert_eq!((&made["oidc_jwks"], &made["authorization_url"]), (&json!({}), &Value::Null));
        assert!(made["callback_url"].as_str().unwrap().ends_with("/source/oauth/callback/one/"));
        assert!(!made.to_string().contains("the secret"));
        let path = "/sources/oauth/one/";
        assert_eq!(admin.get(path).await.expect(200), made);
        assert_eq!(admin.put(path, oauth_body("one")).await.expect(200), made);
        let taken = admin.post("/sources/oauth/", oauth_body("one")).await.expect(400);
        assert_eq!(taken, json!({ "slug": ["source with this slug already exists."] }));

        let single = admin.get("/sources/oauth/").await.statements();
        let keys = json!({ "keys": [] });
        let mut two = oauth_body("two");
        two["oidc_jwks"] = keys.clone();
        admin.post("/sources/oauth/", two).await.expect(201);
        let both = admin.get("/sources/oauth/").await;
        assert_eq!((both.statements(), both.results().len()), (single, 2));
        for (filter, found) in [
            ("has_jwks=true", "two"),
            ("has_jwks=false", "one"),
            ("slug=two", "two"),
            ("search=two", "two"),
            ("provider_type=github&name=one", "one"),
        ] {
            let rows = admin.get(&format!("/sources/oauth/?{filter}")).await.results();
            assert_eq!(rows.iter().map(|row| &row["slug"]).collect::<Vec<_>>(), [found], "{filter}");
        }
        let changed = admin.patch(path, json!({ "name": "other", "provider_type": "twitch" })).await.expect(200);
        assert_eq!((&changed["name"], &changed["type"]["name"]), (&json!("other"), &json!("twitch")));
        admin.delete(path).await.expect(204);
        admin.get(path).await.expect(404);
    });
}

#[test]
fn addresses_are_asked_for_where_there_is_no_preset() {
    for_each_database(async |app| {
        let admin = app.admin();
        let with = |more: Value| {
            let mut body = oauth_body("oidc");
            body["provider_type"] = json!("openidconnect");
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let errors = admin.post("/sources/oauth/", with(json!({}))).await.expect(400);
        let missing = "authorization_url is required for provider OpenID Connect";
        assert_eq!(errors, json!({ "non_field_errors": [missing] }));
        let three = json!({
            "authorization_url": "http://a.test/a", "access_token_url": "http://a.test/t", "profile_url": "javascript:x",
        });
        let errors = admin.post("/sources/oauth/", with(three.clone())).await.expect(400);
        assert_eq!(errors, json!({ "profile_url": ["Enter a valid URL."] }));
        let mut three = three;
        three["profile_url"] = json!("http://a.test/p");
        admin.post("/sources/oauth/", with(three)).await.expect(201);
        let path = "/sources/oauth/oidc/";
        admin.patch(path, json!({ "profile_url": null })).await.expect(400);
        admin.patch(path, json!({ "authentication_flow": uuid::Uuid::nil() })).await.expect(400);
    });
}

#[test]
fn a_provider_says_what_its_addresses_and_keys_are() {
    for_each_database(async |app| {
        let admin = app.admin();
        let other = Other::start(|head| {
            let host = head.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned();
            let path = head.split(' ').nth(1).unwrap();
            let at = |path: &str| format!("http://{host}/{path}");
            let ok = "200 OK".to_owned();
            match path {
                "/good" => {
                    let endpoints = json!({
                        "authorization_endpoint": at("a"), "token_endpoint": at("t"), "userinfo_endpoint": at("u"),
                        "jwks_uri": at("keys"),
                    });
                    (ok, endpoints)
                }
                "/moved" => ("302 Found\r\nlocation: /good".to_owned(), json!(null)),
                "/partly" => (ok, json!({ "authorization_endpoint": at("a") })),
                "/keys" => (ok, json!({ "keys": [{ "kid": "1" }] })),
                "/large" => (ok, json!("x".repeat(2 * 1024 * 1024))),
                _ => ("404 Not Found".to_owned(), json!("secret of the internal network")),
            }
        })
        .await;
        let at = |path: &str| format!("{}{path}", other.url);
        let mut body = oauth_body("oidc");
        body["provider_type"] = json!("openidconnect");
        for (field, path, part) in [
            ("oidc_well_known_url", at("/none"), "status 404"),
            ("oidc_well_known_url", at("/partly"), "'token_endpoint'"),
            ("oidc_well_known_url", at("/moved"), "status 302"),
            ("oidc_well_known_url", at("/large"), "JSON"),
            ("oidc_well_known_url", "http://127.0.0.1:1/".to_owned(), "refused"),
            ("oidc_well_known_url", "file:///etc/passwd".to_owned(), "no address"),
            ("oidc_jwks_url", at("/good"), "key set"),
        ] {
            let mut wrong = body.clone();
            wrong[field] = json!(path);
            let errors = admin.post("/sources/oauth/", wrong).await.expect(400);
            assert!(errors[field][0].as_str().unwrap().contains(part), "{path} {errors}");
        }
        body["oidc_well_known_url"] = json!(at("/good"));
        let made = admin.post("/sources/oauth/", body.clone()).await.expect(201);
        for (field, path) in
            [("authorization_url", "/a"), ("access_token_url", "/t"), ("profile_url", "/u"), ("oidc_jwks_url", "/keys")]
        {
            assert_eq!(made[field], at(path));
        }
        assert_eq!(made["oidc_jwks"]["keys"][0]["kid"], "1");
        let asked = other.asked().len();
        admin.patch("/sources/oauth/oidc/", json!({ "name": "other" })).await.expect(200);
        assert_eq!(other.asked().len(), asked, "what a body does not name is not asked");

        let plain = app.user("jane").with_permission("authentik_sources_oauth.view_oauthsource").await;
        plain.post("/sources/oauth/", body.clone()).await.expect(403);
        plain.put("/sources/oauth/oidc/", body).await.expect(403);
        assert_eq!(other.asked().len(), asked, "nothing is asked for somebody who may not");
    });
}

#[test]
fn types_are_listed() {
    on_sqlite(async |app| {
        let user = app.user("jane").await;
        let types = user.get("/sources/oauth/source_types/").await.expect(200);
        assert_eq!(types.as_array().unwrap().len(), 14);
        let one = user.get("/sources/oauth/source_types/?name=gitlab").await.expect(200);
        assert_eq!((one.as_array().unwrap().len(), &one[0]["urls_customizable"]), (1, &json!(true)));
        assert_eq!(user.get("/sources/oauth/source_types/?name=nothing").await.expect(200), json!([]));
    });
}
