//! `/tenants/`.

use crate::{api::core::recovery::with_recovery_flow, support::for_each_database};
use serde_json::json;

const TENANTS: &str = "/tenants/tenants/";
const DOMAINS: &str = "/tenants/domains/";

#[test]
fn tenants_are_there_for_whoever_has_the_key() {
    for_each_database(async |app| {
        let closed = app.with_settings(|config| config.tenants_key = None);
        for who in [closed.admin(), closed.anonymous()] {
            who.send_unchecked(reqwest::Method::GET, TENANTS, |request| request).await.expect(404);
        }
        let app = app.with_settings(|config| config.tenants_key = Some("the-key".into()));
        let operator = app.bearer("the-key");
        assert_eq!(operator.get(TENANTS).await.results()[0]["schema_name"], "public");
        assert_eq!(app.admin().get(TENANTS).await.results().len(), 1, "a superuser may as well");
        app.user("nobody").await.get(TENANTS).await.expect(403);
        app.bearer("another-key").get(TENANTS).await.expect(403);
        app.anonymous().get(TENANTS).await.expect(403);
        operator.get("/core/users/").await.expect(403);
    });
}

#[test]
fn a_tenant_is_made_with_domains_and_deleted_with_them() {
    for_each_database(async |app| {
        let operator = app.admin();
        for name in ["public", "acme", "t_", "t_A"] {
            let errors = operator.post(TENANTS, json!({ "name": "n", "schema_name": name })).await.expect(400);
            assert_eq!(errors.as_object().unwrap().keys().collect::<Vec<_>>(), ["schema_name"], "{name}");
        }
        let made = operator.post(TENANTS, json!({ "name": "Acme", "schema_name": "t_acme" })).await.expect(201);
        let errors = operator.post(TENANTS, json!({ "name": "B", "schema_name": "t_acme" })).await.expect(400);
        assert_eq!(errors, json!({ "schema_name": ["This field must be unique."] }));
        let id = made["tenant_uuid"].as_str().unwrap();
        let path = format!("{TENANTS}{id}/");
        operator.patch(&path, json!({ "name": "Acme 2" })).await.expect(200);

        let domain = async |domain: &str| {
            operator.post(DOMAINS, json!({ "domain": domain, "tenant": id, "is_primary": true })).await.expect(201)
        };
        let (first, second) = (domain("a.test").await, domain("b.test").await);
        let first = format!("{DOMAINS}{}/", first["id"]);
        assert_eq!(
            (&operator.get(&first).await.expect(200)["is_primary"], &second["is_primary"]),
            (&json!(false), &json!(true))
        );
        let errors = operator.post(DOMAINS, json!({ "domain": "a.test", "tenant": id })).await.expect(400);
        assert_eq!(errors, json!({ "domain": ["domain with this domain already exists."] }));

        operator.post(&format!("{path}create_admin_group/"), json!({ "user": "akadmin" })).await.expect(404);
        operator.delete(&path).await.expect(204);
        operator.get(&first).await.expect(404);
    });
}

#[test]
fn somebody_of_the_default_tenant_is_let_in() {
    for_each_database(async |app| {
        let operator = app.admin();
        let id = operator.get(TENANTS).await.results()[0]["tenant_uuid"].as_str().unwrap().to_owned();
        let path = format!("{TENANTS}{id}/");
        let ann = app.user("ann").await;
        ann.get("/core/users/").await.expect(403);
        operator.post(&format!("{path}create_admin_group/"), json!({ "user": "nobody" })).await.expect(404);
        operator.post(&format!("{path}create_admin_group/"), json!({ "user": "ann" })).await.expect(204);
        ann.get("/core/users/").await.expect(200);

        let key = format!("{path}create_recovery_key/");
        operator.post(&key, json!({ "user": "ann", "duration_days": 0 })).await.expect(400);
        operator.post(&key, json!({ "user": "ann", "duration_days": 1 })).await.expect(400);
        with_recovery_flow(&app).await;
        let link = operator.post(&key, json!({ "user": "ann", "duration_days": 2 })).await.expect(200);
        assert!(link["url"].as_str().unwrap().contains("flow_token="), "{link}");
        operator.delete(&path).await.expect(400);
    });
}
