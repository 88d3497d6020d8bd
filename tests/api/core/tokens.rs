//! `/core/tokens/`.

use crate::support::for_each_database;
use serde_json::{Value, json};

const TOKENS: &str = "/core/tokens/";

#[test]
fn the_life_of_a_token_is_limited() {
    for_each_database(async |app| {
        let admin = app.admin();
        let jane = app.user("jane").await;
        // M4c: the expiry of an API token is the default, whatever is asked for.
        let body = json!({ "identifier": "api", "expires": "2099-01-01T00:00:00Z" });
        let api = jane.post(TOKENS, body).await.expect(201);
        assert!(api["expires"].as_str().unwrap().starts_with("2026-01-01T00:3"), "{api}");
        // M4b, M4d: app passwords are limited by the default, or by an attribute of the user or a group.
        let body = json!({ "identifier": "app", "intent": "app_password", "expires": "2026-01-03T00:00:00Z" });
        let errors = jane.post(TOKENS, body.clone()).await.expect(400);
        assert!(
            errors["expires"][0]
                .as_str()
                .unwrap()
                .starts_with("Token expires exceeds maximum lifetime (2026-01-01 00:3")
        );
        let attributes = json!({ "goauthentik.io/user/token-maximum-lifetime": "days=3" });
        let group = json!({ "name": "long", "attributes": attributes, "users": [jane.id()] });
        admin.post("/core/groups/", group).await.expect(201);
        let made = jane.post(TOKENS, body).await.expect(201);
        assert_eq!(made["expires"], "2026-01-03T00:00:00Z");
        // A filter takes what bodies take, the form of the published client for Python among it.
        for text in ["2026-01-03T00:00:00.000000%2B0000", "2026-01-03%2000:00", "2026-01-03"] {
            assert_eq!(jane.get(&format!("{TOKENS}?expires={text}")).await.results().len(), 1, "{text}");
        }
        // M4j: a default is filled in; the intent stays.
        let made = jane.post(TOKENS, json!({ "identifier": "none", "intent": "app_password" })).await.expect(201);
        assert!(made["expires"].is_string());
        jane.patch(&format!("{TOKENS}none/"), json!({ "intent": "api" })).await.expect(400);
        // M4i
        let errors = jane.post(TOKENS, json!({ "identifier": "r", "intent": "recovery" })).await.expect(400);
        assert_eq!(errors, json!({ "intent": ["Invalid intent recovery"] }));
        // Who is no superuser cannot make a token that lives for ever.
        let made = jane.post(TOKENS, json!({ "identifier": "ever", "expiring": false })).await.expect(201);
        assert_eq!(made["expiring"], true);
        let made = jane.patch(&format!("{TOKENS}ever/"), json!({ "expiring": false })).await.expect(200);
        assert_eq!(made["expiring"], true);
        let made = admin.post(TOKENS, json!({ "identifier": "root", "expiring": false, "user": jane.id() })).await;
        assert_eq!(made.expect(201)["expiring"], false);
    });
}

#[test]
fn a_token_stays_with_its_owner() {
    for_each_database(async |app| {
        let admin = app.admin();
        let (jane, joe) = (app.user("jane").await, app.user("joe").await);
        let made = jane.post(TOKENS, json!({ "identifier": "hers", "user": joe.id() })).await.expect(201);
        assert_eq!(made["user"], jane.id(), "only superusers name somebody else");
        let path = format!("{TOKENS}hers/");
        assert_eq!(admin.patch(&path, json!({ "description": "x" })).await.expect(200)["user"], jane.id());
        let errors = jane.patch(&path, json!({ "user": joe.id() })).await.expect(400);
        assert_eq!(errors, json!({ "user": ["User cannot be changed"] }));
        let errors = jane.post(TOKENS, json!({ "identifier": "hers" })).await.expect(400);
        assert_eq!(errors, json!({ "identifier": ["Token with this identifier already exists."] }));

        joe.get(&path).await.expect(404);
        joe.patch(&path, json!({})).await.expect(404);
        joe.delete(&path).await.expect(404);
        joe.get(&format!("{path}view_key/")).await.expect(403);
        joe.post(&format!("{path}set_key/"), json!({ "key": "x" })).await.expect(403);
        assert_eq!(joe.get(TOKENS).await.results().len(), 1);
        let viewer = app.user("viewer").with_permission("authentik_core.view_token").await;
        viewer.get(&path).await.expect(200);
        viewer.delete(&path).await.expect(404);
        viewer.get(&format!("{path}view_key/")).await.expect(403);
        let found = admin.get(&format!("{TOKENS}?user__username=jane&search=hers")).await.results();
        assert_eq!(found.len(), 1);
    });
}

#[test]
fn keys_are_seen_and_changed_with_a_trace() {
    for_each_database(async |app| {
        let admin = app.admin();
        let jane = app.user("jane").await;
        jane.post(TOKENS, json!({ "identifier": "hers" })).await.expect(201);
        let key = jane.get(&format!("{TOKENS}hers/view_key/")).await.expect(200);
        let with_key = app.bearer(key["key"].as_str().unwrap());
        with_key.get("/core/users/me/").await.expect(200);
        admin.post(&format!("{TOKENS}hers/set_key/"), json!({ "key": "other" })).await.expect(204);
        with_key.get("/core/users/me/").await.expect(403);
        app.bearer("other").get("/core/users/me/").await.expect(200);
        admin.post(&format!("{TOKENS}hers/set_key/"), json!({})).await.expect(400);
        let events: Vec<(String, Value)> = app
            .db()
            .all(
                sea_query::Query::select()
                    .columns(["action", "context"])
                    .from("events")
                    .order_by("created", sea_query::Order::Asc),
            )
            .await
            .unwrap();
        let of =
            |action: &str| events.iter().find(|(a, _)| a == action).map(|(_, c)| c["secret"]["model_name"].clone());
        assert_eq!((of("secret_view"), of("secret_rotate")), (Some(json!("token")), Some(json!("token"))));
        app.advance(chrono::TimeDelta::minutes(31));
        app.bearer("other").get("/core/users/me/").await.expect(403);
        admin.get(&format!("{TOKENS}hers/")).await.expect(200);
    });
}
