//! `/core/brands/`.

use crate::support::{TestApp, for_each_database};
use reqwest::Method;
use serde_json::{Value, json};

const BRANDS: &str = "/core/brands/";

async fn brand(app: &TestApp, domain: &str) -> Value {
    app.admin().post(BRANDS, json!({ "domain": domain, "branding_title": domain })).await.expect(201)
}

fn path(brand: &Value) -> String {
    format!("{BRANDS}{}/", brand["brand_uuid"].as_str().unwrap())
}

fn domains(brands: &[Value]) -> Vec<&str> {
    brands.iter().filter_map(|brand| brand["domain"].as_str()).collect()
}

#[test]
fn a_brand_is_made_read_changed_and_deleted() {
    for_each_database(async |app| {
        let admin = app.admin();
        let made = brand(&app, "a.test").await;
        assert_eq!(admin.get(&path(&made)).await.expect(200), made);

        let patched = admin.patch(&path(&made), json!({ "branding_title": "New" })).await.expect(200);
        assert_eq!((&patched["branding_title"], &patched["domain"]), (&json!("New"), &json!("a.test")));
        let put = admin.put(&path(&made), json!({ "domain": "b.test" })).await.expect(200);
        assert_eq!((&put["branding_title"], &put["domain"]), (&json!("New"), &json!("b.test")));

        admin.delete(&path(&made)).await.expect(204);
        admin.get(&path(&made)).await.expect(404);
    });
}

#[test]
fn everything_wrong_with_a_brand_is_reported_at_once() {
    for_each_database(async |app| {
        let nil = uuid::Uuid::nil();
        let body = json!({ "domain": "", "default": "maybe", "web_certificate": "seven" });
        let errors = app.admin().post(BRANDS, body).await.expect(400);
        assert_eq!(errors.as_object().unwrap().keys().collect::<Vec<_>>(), ["default", "domain", "web_certificate"]);

        let body = json!({ "domain": "a.test", "web_certificate": nil, "flow_recovery": nil });
        let errors = app.admin().post(BRANDS, body).await.expect(400);
        let missing = json!([format!("Invalid pk \"{nil}\" - object does not exist.")]);
        assert_eq!(errors, json!({ "flow_recovery": missing, "web_certificate": missing }));

        let made = brand(&app, "a.test").await;
        assert_eq!(made["attributes"], json!({}));
        for attributes in [json!(null), json!(5), json!("x"), json!([])] {
            let body = json!({ "attributes": attributes });
            let errors = app.admin().patch(&path(&made), body).await.expect(400);
            assert_eq!(errors.as_object().unwrap().keys().collect::<Vec<_>>(), ["attributes"], "{attributes}");
        }
        let errors = app.admin().post(BRANDS, json!({ "domain": "a.test" })).await.expect(400);
        assert_eq!(errors, json!({ "domain": ["This field must be unique."] }));
    });
}

#[test]
fn lists_filter_search_order_and_page_with_a_constant_number_of_statements() {
    for_each_database(async |app| {
        let admin = app.admin();
        for domain in ["c.test", "a.test", "b.test"] {
            brand(&app, domain).await;
        }
        let found = admin.get("/core/brands/?domain=b.test").await.results();
        assert_eq!(domains(&found), ["b.test"]);
        let found = admin.get("/core/brands/?search=.test&ordering=-domain").await.results();
        assert_eq!(domains(&found), ["c.test", "b.test", "a.test"]);

        let page = admin.get("/core/brands/?search=.test&page_size=2&page=2").await.expect(200);
        assert_eq!(page["pagination"]["count"], 3);
        assert_eq!(domains(page["results"].as_array().unwrap()), ["c.test"]);

        let one = admin.get("/core/brands/?page_size=1").await.statements();
        assert_eq!(admin.get("/core/brands/?page_size=100").await.statements(), one);
    });
}

#[test]
fn callers_see_and_change_what_they_hold_permissions_on() {
    for_each_database(async |app| {
        let (mine, other) = (brand(&app, "mine.test").await, brand(&app, "other.test").await);

        app.anonymous().get(BRANDS).await.expect(403);
        let nobody = app.user("nobody").await;
        nobody.get(BRANDS).await.expect(403);
        nobody.get(&path(&mine)).await.expect(403);
        nobody.post(BRANDS, json!({ "domain": "x.test" })).await.expect(403);

        let viewer = app.user("viewer").with_permission("authentik_brands.view_brand").await;
        assert!(viewer.get(BRANDS).await.results().len() >= 2);
        viewer.delete(&path(&mine)).await.expect(403);

        let owner = app
            .user("owner")
            .with_object_permission("authentik_brands.view_brand", mine["brand_uuid"].as_str().unwrap())
            .with_object_permission("authentik_brands.change_brand", mine["brand_uuid"].as_str().unwrap())
            .await;
        assert_eq!(domains(&owner.get(BRANDS).await.results()), ["mine.test"]);
        owner.get(&path(&mine)).await.expect(200);
        owner.get(&path(&other)).await.expect(404);
        owner.patch(&path(&mine), json!({ "branding_title": "Changed" })).await.expect(200);
        owner.patch(&path(&other), json!({ "branding_title": "Changed" })).await.expect(404);
        owner.delete(&path(&mine)).await.expect(403);
    });
}

#[test]
fn a_brand_is_found_by_any_spelling_of_its_host() {
    for_each_database(async |app| {
        for domain in ["Login.Example.TEST", "::1", "müller.test"] {
            brand(&app, domain).await;
        }
        let anonymous = app.anonymous();
        let of = async |header: &str, host: &str| {
            let current = "/core/brands/current/";
            let answer = anonymous.send(Method::GET, current, |request| request.header(header, host)).await;
            answer.expect(200)["matched_domain"].clone()
        };
        for (host, domain) in [
            ("login.example.test", "Login.Example.TEST"),
            ("LOGIN.example.test:9000", "Login.Example.TEST"),
            ("a.login.example.test.", "Login.Example.TEST"),
            ("example.test", "authentik-default"),
            ("[::1]:9000", "::1"),
            ("[0:0:0::1]", "::1"),
            ("xn--mller-kva.test", "müller.test"),
        ] {
            assert_eq!(of("host", host).await, domain, "{host}");
            assert_eq!(of("x-forwarded-host", host).await, domain, "{host}");
        }
        assert_eq!(of("x-forwarded-host", "login.example.test, proxy.test").await, "Login.Example.TEST");
    });
}
