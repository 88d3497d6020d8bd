//! `/providers/`.

use crate::support::{TestApp, for_each_database};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use vestibule::store::{
    table,
    tables::{Flow, OAuth2Provider},
};

/// A flow for authorization.
pub(crate) async fn flow(app: &TestApp) -> String {
    let slug = "default-provider-authorization-implicit-consent";
    let flow: Option<Flow> = table::find(&mut app.db(), "slug", slug).await.unwrap();
    flow.unwrap().id.to_string()
}

/// A body for every kind, with nothing that may be left out.
pub(crate) async fn bodies(app: &TestApp) -> Vec<(&'static str, Value)> {
    let flow = flow(app).await;
    vec![
        ("oauth2", json!({ "authorization_flow": flow })),
        ("saml", json!({ "authorization_flow": flow, "acs_url": "http://sp.test/acs" })),
        ("ldap", json!({ "authorization_flow": flow })),
        ("radius", json!({ "authorization_flow": flow })),
        ("rac", json!({ "authorization_flow": flow })),
        (
            "proxy",
            json!({ "authorization_flow": flow, "external_host": "http://a.test", "internal_host": "http://b.test" }),
        ),
        ("scim", json!({ "url": "http://s.test/scim", "token": "t" })),
        (
            "google_workspace",
            json!({
                "delegated_subject": "a@b.test", "credentials": {}, "default_group_email_domain": "b.test",
            }),
        ),
        ("microsoft_entra", json!({ "client_id": "c", "client_secret": "s", "tenant_id": "t" })),
    ]
}

#[test]
fn every_kind_is_made_read_changed_listed_and_deleted() {
    for_each_database(async |app| {
        let admin = app.admin();
        for (kind, mut body) in bodies(&app).await {
            let list = format!("/providers/{kind}/");
            body["name"] = json!(kind);
            let made = admin.post(&list, body.clone()).await.expect(201);
            let path = format!("{list}{}/", made["pk"]);
            assert_eq!(admin.get(&path).await.expect(200), made, "{kind}");
            assert_eq!(admin.put(&path, body.clone()).await.expect(200), made, "{kind}");
            let patched = admin.patch(&path, json!({ "name": format!("{kind} 2") })).await.expect(200);
            assert_eq!(patched["name"], format!("{kind} 2"));
            body["name"] = patched["name"].clone();
            let errors = admin.post(&list, body.clone()).await.expect(400);
            assert_eq!(errors["name"], json!(["provider with this name already exists."]), "{kind}");
            body["name"] = json!(format!("{kind} 3"));
            let one = admin.get(&list).await.statements();
            admin.post(&list, body).await.expect(201);
            let two = admin.get(&list).await;
            assert_eq!(two.statements(), one, "{kind}");
            assert!(two.results().len() >= 2, "{kind}");
            let general = admin.get(&format!("/providers/all/{}/", made["pk"])).await.expect(200);
            assert_eq!(general["component"], made["component"]);
            admin.delete(&path).await.expect(204);
            admin.get(&path).await.expect(404);
        }
    });
}

#[test]
fn what_no_type_can_say_is_checked() {
    for_each_database(async |app| {
        let admin = app.admin();
        let wrong = [
            ("oauth2", json!({ "access_token_validity": "nope" }), "access_token_validity"),
            ("oauth2", json!({ "redirect_uris": [{ "matching_mode": "regex", "url": "(" }] }), "redirect_uris"),
            ("oauth2", json!({ "redirect_uris": [{ "url": "https://a.test" }] }), "redirect_uris"),
            ("oauth2", json!({ "redirect_uris": { "wrong": "type" } }), "redirect_uris"),
            ("oauth2", json!({ "redirect_uris": "https://a.test\nJavaScript:x" }), "redirect_uris"),
            ("proxy", json!({ "internal_host": "" }), "internal_host"),
            ("proxy", json!({ "basic_auth_enabled": true }), "basic_auth_enabled"),
            ("radius", json!({ "client_networks": "10.0.0.0/8, x" }), "client_networks"),
            ("scim", json!({ "url": "file:///etc/passwd" }), "url"),
            ("ldap", json!({ "search_group": uuid::Uuid::nil() }), "search_group"),
            ("rac", json!({ "property_mappings": [uuid::Uuid::nil()] }), "property_mappings"),
            ("rac", json!({ "settings": "x" }), "settings"),
            ("rac", json!({ "settings": null }), "settings"),
            ("google_workspace", json!({ "credentials": ["x"] }), "credentials"),
        ];
        let bodies = bodies(&app).await;
        for (kind, change, field) in wrong {
            let mut body = bodies.iter().find(|(k, _)| *k == kind).unwrap().1.clone();
            body["name"] = json!("p");
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let errors = admin.post(&format!("/providers/{kind}/"), body).await.expect(400);
            assert_eq!(errors.as_object().unwrap().keys().collect::<Vec<_>>(), [field], "{kind} {change}");
        }
    });
}

#[test]
fn a_proxy_provider_is_an_oauth2_provider_too_and_client_ids_are_unique_among_both() {
    for_each_database(async |app| {
        let admin = app.admin();
        let flow = flow(&app).await;
        let proxy = json!({ "name": "p", "authorization_flow": flow, "external_host": "http://a.test", "internal_host": "http://b.test", "mode": "forward_single" });
        let proxy = admin.post("/providers/proxy/", proxy).await.expect(201);
        assert_eq!(proxy["property_mappings"].as_array().map(Vec::len), Some(4));
        let seen = admin.get(&format!("/providers/oauth2/{}/", proxy["pk"])).await.expect(200);
        assert_eq!(seen["component"], "ak-provider-oauth2-form");
        assert_eq!(seen["redirect_uris"], proxy["redirect_uris"]);

        let other = json!({ "name": "p", "authorization_flow": flow, "client_id": proxy["client_id"] });
        let errors = admin.post("/providers/oauth2/", other).await.expect(400);
        assert_eq!(errors.as_object().unwrap().len(), 2, "{errors}");
        // Mode and host are those stored: a new name alone is enough.
        admin.patch(&format!("/providers/proxy/{}/", proxy["pk"]), json!({ "name": "q" })).await.expect(200);
    });
}

/// The redirect URIs of a provider as they are stored.
async fn stored(app: &TestApp, pk: &Value) -> Value {
    let row: Option<OAuth2Provider> = table::find(&mut app.db(), "id", pk.as_i64().unwrap()).await.unwrap();
    row.unwrap().redirect_uris.0
}

#[test]
fn redirect_uris_are_read_as_text_and_written_as_text_or_list() {
    for_each_database(async |app| {
        let admin = app.admin();
        let flow = flow(&app).await;
        let strict = |url: &str| json!({ "matching_mode": "strict", "url": url });
        let regex = |url: &str| json!({ "matching_mode": "regex", "url": url });
        let body = |name: &str, uris: Value| json!({ "name": name, "authorization_flow": flow, "redirect_uris": uris });
        let cases = [
            (json!(""), "", json!([])),
            (json!([]), "", json!([])),
            (json!("*"), "*", json!([regex("*")])),
            (
                json!("https://a.x/cb?b=1\r\nhttps://a.x/.*\n"),
                "https://a.x/cb?b=1\nhttps://a.x/.*",
                json!([strict("https://a.x/cb?b=1"), regex("https://a.x/.*")]),
            ),
            (
                json!([regex("https://a.x/cb"), strict("app:/.*"), regex("https://[^ ]+/cb")]),
                "https://a.x/cb\napp:/.*\nhttps://[^ ]+/cb",
                json!([regex("https://a.x/cb"), strict("app:/.*"), regex("https://[^ ]+/cb")]),
            ),
        ];
        for (index, (sent, text, kept)) in cases.into_iter().enumerate() {
            let made = admin.post("/providers/oauth2/", body(&index.to_string(), sent.clone())).await.expect(201);
            assert_eq!(made["redirect_uris"], text, "{sent}");
            assert_eq!(stored(&app, &made["pk"]).await, kept, "{sent}");
            // Who writes what was read changes nothing.
            let path = format!("/providers/oauth2/{}/", made["pk"]);
            assert_eq!(admin.put(&path, made.clone()).await.expect(200), made, "{sent}");
            assert_eq!(stored(&app, &made["pk"]).await, kept, "{sent}");
            let query =
                url::form_urlencoded::Serializer::new(String::new()).append_pair("redirect_uris", text).finish();
            let found = admin.get(&format!("/providers/oauth2/?{query}")).await.results();
            // Empty filters are none.
            assert_eq!(found.len(), if text.is_empty() { index + 1 } else { 1 }, "{sent}");
        }
        assert_eq!(admin.get("/providers/oauth2/?redirect_uris=https://a.x/cb").await.results().len(), 0);
        let errors = admin.post("/providers/oauth2/", body("p", json!([strict("a:/b"), {}]))).await.expect(400);
        let required = json!(["This field is required."]);
        assert_eq!(errors["redirect_uris"], json!([{}, { "matching_mode": required, "url": required }]));
    });
}

#[test]
fn callers_see_what_they_hold_permissions_on() {
    for_each_database(async |app| {
        let body = |name: &str| json!({ "name": name, "url": "http://s.test/scim", "token": "t" });
        let mine = app.admin().post("/providers/scim/", body("mine")).await.expect(201)["pk"].clone();
        let other = app.admin().post("/providers/scim/", body("other")).await.expect(201)["pk"].clone();
        let view = "authentik_providers_scim.view_scimprovider";
        let caller = app.user("jane").with_object_permission(view, &mine).await;
        assert_eq!(caller.get("/providers/scim/").await.results().len(), 1);
        caller.get(&format!("/providers/scim/{mine}/sync/status/")).await.expect(200);
        caller.get(&format!("/providers/scim/{other}/")).await.expect(404);
        caller.patch(&format!("/providers/scim/{mine}/"), body("x")).await.expect(403);
        caller.get("/providers/all/").await.expect(403);
        caller.get("/providers/all/types/").await.expect(200);
    });
}

#[test]
fn imported_metadata_keeps_to_the_contract() {
    for_each_database(async |app| {
        let admin = app.admin();
        let flow = flow(&app).await;
        let metadata = |issuer: &str, acs: &str| {
            format!(
                r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{issuer}"><md:SPSSODescriptor
                protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:AssertionConsumerService index="0"
                Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{acs}"/></md:SPSSODescriptor></md:EntityDescriptor>"#
            )
        };
        let import = async |name: &str, issuer: &str, acs: &str| {
            let form = Form::new().part("file", Part::text(metadata(issuer, acs)).file_name("m.xml"));
            let form = form.text("name", name.to_owned()).text("authorization_flow", flow.clone());
            admin.upload("/providers/saml/import_metadata/", form).await
        };
        import("a", "https://sp.test", "https://sp.test/acs").await.expect(204);
        let long = format!("https://sp.test/{}", "x".repeat(200));
        for (issuer, acs, message) in [
            ("https://sp.test", "acs", "Enter a valid URL."),
            ("https://sp.test", long.as_str(), "Ensure this field has no more than 200 characters."),
            ("", "https://sp.test/acs", "This field may not be blank."),
        ] {
            let errors = import("b", issuer, acs).await.expect(400);
            assert_eq!(errors, json!({ "file": [message] }), "{issuer} {acs}");
        }
        assert_eq!(admin.get("/providers/saml/").await.results().len(), 1);
    });
}
