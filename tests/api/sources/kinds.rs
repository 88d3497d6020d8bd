//! What the kinds of sources have in common, and LDAP and SAML.

use super::oauth_body;
use crate::support::{TestApp, for_each_database};
use serde_json::{Value, json};
use vestibule::store::{table, tables::Flow};

async fn flow(app: &TestApp) -> Value {
    let flow: Option<Flow> = table::find(&mut app.db(), "slug", "default-source-pre-authentication").await.unwrap();
    json!(flow.unwrap().id)
}

/// A body for every kind, with nothing that may be left out.
async fn bodies(app: &TestApp) -> Vec<(&'static str, Value)> {
    let flow = flow(app).await;
    vec![
        ("oauth", oauth_body("x")),
        ("ldap", json!({ "server_uri": "ldap://127.0.0.1:1", "base_dn": "dc=a", "sync_users_password": false })),
        ("plex", json!({ "plex_token": "t" })),
        ("saml", json!({ "sso_url": "https://idp.test/sso", "pre_authentication_flow": flow })),
        ("scim", json!({})),
    ]
}

#[test]
fn every_kind_is_made_read_changed_listed_and_deleted() {
    for_each_database(async |app| {
        let admin = app.admin();
        for (kind, mut body) in bodies(&app).await {
            let list = format!("/sources/{kind}/");
            (body["name"], body["slug"]) = (json!(kind), json!(kind));
            let made = admin.post(&list, body.clone()).await.expect(201);
            let path = format!("{list}{kind}/");
            assert_eq!(admin.get(&path).await.expect(200), made, "{kind}");
            assert_eq!(admin.put(&path, body.clone()).await.expect(200), made, "{kind}");
            assert_eq!(admin.patch(&path, json!({ "name": "other" })).await.expect(200)["name"], "other");
            let errors = admin.post(&list, body.clone()).await.expect(400);
            assert_eq!(errors, json!({ "slug": ["source with this slug already exists."] }), "{kind}");
            let one = admin.get(&list).await.statements();
            body["slug"] = json!("two");
            admin.post(&list, body).await.expect(201);
            let two = admin.get(&list).await;
            assert_eq!((two.statements(), two.results().len()), (one, 2), "{kind}");
            let general = admin.get(&format!("/sources/all/{kind}/")).await.expect(200);
            assert_eq!((&general["component"], &general["pk"]), (&made["component"], &made["pk"]));
            assert_eq!(admin.get(&format!("{path}used_by/")).await.expect(200), json!([]), "{kind}");
            admin.delete(&path).await.expect(204);
            admin.delete("/sources/all/two/").await.expect(204);
            admin.get(&path).await.expect(404);
        }
        assert_eq!(admin.get("/sources/all/").await.results().len(), 0);
        assert_eq!(admin.get("/core/users/?search=ak-source-scim").await.results().len(), 0);
    });
}

#[test]
fn what_no_type_can_say_is_checked() {
    for_each_database(async |app| {
        let admin = app.admin();
        let nil = json!(uuid::Uuid::nil());
        let wrong = [
            ("saml", json!({ "temporary_user_delete_after": "soon" }), "temporary_user_delete_after"),
            ("saml", json!({ "pre_authentication_flow": nil }), "pre_authentication_flow"),
            ("saml", json!({ "signing_kp": nil }), "signing_kp"),
            ("saml", json!({ "sso_url": "x y z" }), "sso_url"),
            ("ldap", json!({ "sync_parent_group": nil }), "sync_parent_group"),
            ("ldap", json!({ "property_mappings": [nil] }), "property_mappings"),
            ("ldap", json!({ "server_uri": "x y z" }), "server_uri"),
            ("ldap", json!({ "server_uri": "https://a.test" }), "server_uri"),
            ("ldap", json!({ "server_uri": "ldap://a.test,file:///etc/passwd" }), "server_uri"),
            ("plex", json!({ "allowed_servers": ["a", {}] }), "allowed_servers"),
        ];
        let bodies = bodies(&app).await;
        for (kind, change, field) in wrong {
            let mut body = bodies.iter().find(|(k, _)| *k == kind).unwrap().1.clone();
            (body["name"], body["slug"]) = (json!("x"), json!("x"));
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let errors = admin.post(&format!("/sources/{kind}/"), body).await.expect(400);
            assert!(errors.as_object().unwrap().keys().eq([field]), "{kind} {change} {errors}");
        }
    });
}

#[test]
fn one_directory_gets_changed_passwords_and_none_is_asked_unseen() {
    for_each_database(async |app| {
        let admin = app.admin();
        let body = |slug: &str| {
            json!({
                "name": slug, "slug": slug, "server_uri": "ldap://127.0.0.1:1", "base_dn": "dc=a",
                "bind_password": "the secret",
            })
        };
        let made = admin.post("/sources/ldap/", body("one")).await.expect(201);
        assert_eq!((&made["sync_users_password"], &made["connectivity"]), (&json!(true), &json!(null)));
        assert!(!made.to_string().contains("the secret"));
        let errors = admin.post("/sources/ldap/", body("two")).await.expect(400);
        let only = "Only a single LDAP Source with password synchronization is allowed";
        assert_eq!(errors, json!({ "sync_users_password": [only] }));
        let mut two = body("two");
        two["sync_users_password"] = json!(false);
        admin.post("/sources/ldap/", two).await.expect(201);
        admin.patch("/sources/ldap/two/", json!({ "sync_users_password": true })).await.expect(400);
        admin.patch("/sources/ldap/one/", json!({ "sync_users_password": true })).await.expect(200);

        let status = admin.get("/sources/ldap/one/sync/status/").await.expect(200);
        assert_eq!(status, json!({ "is_running": false, "tasks": [] }));
        let errors = admin.get("/sources/ldap/one/debug/").await.expect(400);
        assert!(errors["non_field_errors"][0].as_str().unwrap().contains("cannot be reached"), "{errors}");
        let plain = app.user("jane").await;
        plain.get("/sources/ldap/one/debug/").await.expect(403);
        app.anonymous().get("/sources/ldap/one/debug/").await.expect(403);
    });
}

#[test]
fn members_of_a_synced_group_are_given_no_more_than_the_caller_has() {
    for_each_database(async |app| {
        let admins = app.admin().get("/core/groups/?is_superuser=true").await.results()[0]["pk"].clone();
        let body = json!({
            "name": "x", "slug": "x", "server_uri": "ldap://127.0.0.1:1", "base_dn": "dc=a", "sync_parent_group": admins,
        });
        let caller = app.user("jane").with_permission("authentik_sources_ldap.add_ldapsource").await;
        let errors = caller.post("/sources/ldap/", body.clone()).await.expect(400);
        assert!(errors["sync_parent_group"].is_array(), "{errors}");
        app.admin().post("/sources/ldap/", body).await.expect(201);
    });
}

#[test]
fn the_other_side_is_told_where_answers_go() {
    for_each_database(async |app| {
        let admin = app.admin();
        let body = json!({
            "name": "s", "slug": "s", "sso_url": "https://idp.test/sso", "pre_authentication_flow": flow(&app).await,
        });
        admin.post("/sources/saml/", body).await.expect(201);
        let answer = admin.get("/sources/saml/s/metadata/").await.expect(200);
        assert_eq!(answer["download_url"], "/source/saml/s/metadata/");
        let text = answer["metadata"].as_str().unwrap();
        let document = roxmltree::Document::parse(text).unwrap();
        let entity = document.root_element();
        assert!(entity.attribute("entityID").unwrap().ends_with("/source/saml/s/metadata/"));
        let acs = document
            .descendants()
            .find(|node| node.has_tag_name(("urn:oasis:names:tc:SAML:2.0:metadata", "AssertionConsumerService")));
        assert!(acs.unwrap().attribute("Location").unwrap().ends_with("/source/saml/s/acs/"));
        admin.patch("/sources/saml/s/", json!({ "issuer": "<me> & \"you\"" })).await.expect(200);
        let answer = admin.get("/sources/saml/s/metadata/").await.expect(200);
        let document = roxmltree::Document::parse(answer["metadata"].as_str().unwrap()).unwrap();
        assert_eq!(document.root_element().attribute("entityID"), Some("<me> & \"you\""));

        let flows = admin.get("/flows/instances/?slug=default-source-pre-authentication").await.results();
        assert_eq!(flows.len(), 1);
        let used = admin.get("/flows/instances/default-source-pre-authentication/used_by/").await.expect(200);
        let of_source = used.as_array().unwrap().iter().find(|user| user["model_name"] == "samlsource").unwrap();
        assert_eq!(of_source["action"], "cascade");
        admin.delete("/flows/instances/default-source-pre-authentication/").await.expect(204);
        admin.get("/sources/saml/s/").await.expect(404);
        admin.get("/sources/all/s/").await.expect(404);
    });
}
