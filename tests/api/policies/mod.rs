//! `/policies/`.

mod bindings;

use crate::support::for_each_database;
use serde_json::{Value, json};
use uuid::Uuid;
use vestibule::store::tables::ReputationScore;

/// The kinds, with what is needed for one beside a name, a field that can be changed, and its other value.
fn kinds() -> [(&'static str, Value, &'static str, Value); 5] {
    [
        ("event_matcher", json!({ "action": "login" }), "app", json!("authentik.core")),
        ("expression", json!({ "expression": "return True" }), "expression", json!("return False")),
        ("password", json!({ "length_min": 3 }), "error_message", json!("no")),
        ("password_expiry", json!({ "days": 3 }), "deny_only", json!(true)),
        ("reputation", json!({}), "threshold", json!(-9)),
    ]
}

#[test]
fn policies_of_every_kind_live() {
    for_each_database(async |app| {
        let admin = app.admin();
        for (kind, body, field, value) in kinds() {
            let list = format!("/policies/{kind}/");
            let with = |name: &str| {
                let mut body = body.clone();
                body["name"] = json!(name);
                body
            };
            let made = admin.post(&list, with("p")).await.expect(201);
            assert_eq!(made["bound_to"], 0, "{kind}");
            let taken = json!({ "name": ["Policy with this name already exists."] });
            assert_eq!(admin.post(&list, with("p")).await.expect(400), taken);
            let path = format!("{list}{}/", made["pk"].as_str().unwrap());
            let changed = admin.patch(&path, json!({ field: value })).await.expect(200);
            assert_eq!(changed[field], value);
            assert_eq!(admin.get(&format!("{list}?name=p&search=p")).await.results(), [changed]);
            let other = admin.post(&list, with(&format!("other {kind}"))).await.expect(201);
            let seer = app
                .user(kind)
                .with_object_permission(
                    &format!("authentik_policies_{}", permission(kind)),
                    other["pk"].as_str().unwrap(),
                )
                .await;
            assert_eq!(seer.get(&list).await.results(), [other]);
            seer.get(&path).await.expect(404);
            seer.patch(&path, json!({})).await.expect(403);
            assert_eq!(admin.get(&format!("{path}used_by/")).await.expect(200), json!([]));
            admin.delete(&path).await.expect(204);
            admin.get(&path).await.expect(404);
        }
    });
}

fn permission(kind: &str) -> &'static str {
    match kind {
        "event_matcher" => "event_matcher.view_eventmatcherpolicy",
        "expression" => "expression.view_expressionpolicy",
        "password" => "password.view_passwordpolicy",
        "password_expiry" => "expiry.view_passwordexpirypolicy",
        _ => "reputation.view_reputationpolicy",
    }
}

#[test]
fn policies_that_decide_nothing_are_refused() {
    for_each_database(async |app| {
        let admin = app.admin();
        let none = json!({ "non_field_errors": ["At least one criteria must be set."] });
        assert_eq!(admin.post("/policies/event_matcher/", json!({ "name": "m" })).await.expect(400), none);
        let body = json!({ "name": "m", "model": "authentik_core.user" });
        let made = admin.post("/policies/event_matcher/", body).await.expect(201);
        let path = format!("/policies/event_matcher/{}/", made["pk"].as_str().unwrap());
        assert_eq!(admin.patch(&path, json!({ "name": "n" })).await.expect(200)["model"], "authentik_core.user");
        assert_eq!(admin.patch(&path, json!({ "model": null })).await.expect(400), none);

        let off = json!({ "name": "r", "check_ip": false, "check_username": false });
        let neither = json!({ "non_field_errors": ["Either IP or Username must be checked"] });
        assert_eq!(admin.post("/policies/reputation/", off).await.expect(400), neither);

        let broken = json!({ "name": "x", "expression": "return (" });
        let errors = admin.post("/policies/expression/", broken).await.expect(400);
        assert!(errors["expression"][0].as_str().unwrap().starts_with("Expression Syntax Error: "), "{errors}");
    });
}

#[test]
fn reputation_is_what_an_address_and_a_name_have_together() {
    for_each_database(async |app| {
        let admin = app.admin();
        let jane = app.user("jane").await;
        let score = |identifier: &str, ip: &str, score: i64| ReputationScore {
            id: Uuid::new_v4(),
            identifier: identifier.to_owned(),
            ip: ip.to_owned(),
            score,
            updated: app.now(),
            ..ReputationScore::default()
        };
        let mut ids = vec![];
        for row in [score("jane", "192.0.2.1", -3), score("jane", "192.0.2.2", -1), score("joe", "127.0.0.1", -2)] {
            ids.push(app.insert(row).await.id);
        }
        let passes = async |body: Value| {
            let made = admin.post("/policies/reputation/", body).await.expect(201);
            let path = format!("/policies/all/{}/test/", made["pk"].as_str().unwrap());
            admin.post(&path, json!({ "user": jane.id() })).await.expect(200)["passing"].clone()
        };
        assert_eq!(passes(json!({ "name": "a", "check_ip": false, "threshold": -4 })).await, true);
        assert_eq!(passes(json!({ "name": "b", "check_ip": false, "threshold": -5 })).await, false);
        assert_eq!(passes(json!({ "name": "c", "check_username": false, "threshold": -2 })).await, true);
        assert_eq!(passes(json!({ "name": "d", "threshold": -6 })).await, true);
        assert_eq!(passes(json!({ "name": "e", "threshold": -7 })).await, false);

        let scores = "/policies/reputation/scores/";
        assert_eq!(admin.get(&format!("{scores}?identifier=jane")).await.results().len(), 2);
        assert_eq!(admin.get(&format!("{scores}?search=192.0&score=-3")).await.results()[0]["ip"], "192.0.2.1");
        jane.get(scores).await.expect(403);
        let seer = app.user("seer");
        let seer = seer.with_object_permission("authentik_policies_reputation.view_reputation", ids[0].simple()).await;
        assert_eq!(seer.get(scores).await.results().len(), 1);
        let path = format!("{scores}{}/", ids[0]);
        seer.delete(&path).await.expect(403);
        assert_eq!(admin.get(&format!("{path}used_by/")).await.expect(200), json!([]));
        admin.delete(&path).await.expect(204);
        seer.get(&path).await.expect(403);
    });
}
