//! `/events/events/`.

use crate::support::for_each_database;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;
use vestibule::store::tables::Event;

const EVENTS: &str = "/events/events/";

#[test]
fn what_happens_is_found() {
    for_each_database(async |app| {
        let admin = app.admin();
        let group = admin.post("/core/groups/", json!({ "name": "watched" })).await.expect(201);
        let key = group["pk"].as_str().unwrap();
        admin.patch(&format!("/core/groups/{key}/"), json!({ "attributes": { "a": 1 } })).await.expect(200);
        let user = admin.post("/core/users/", json!({ "username": "u", "name": "U" })).await.expect(201);
        let find = async |query: String| {
            let found = admin.get(&format!("{EVENTS}?{query}")).await.results();
            found.iter().map(|event| event["action"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let both = ["model_updated", "model_created"];
        assert_eq!(find(format!("context_model_pk={key}")).await, both, "the latest first");
        assert_eq!(find(format!("context_model_pk={}", key.replace('-', ""))).await, both);
        assert_eq!(find(format!("context_model_pk={}&action=model_created", user["pk"])).await, ["model_created"]);
        assert_eq!(
            find("context_model_name=group&context_model_app=authentik_core&ordering=created".into()).await[0],
            both[1]
        );
        assert_eq!(find("search=watched+model_updated".into()).await, ["model_updated"]);
        assert_eq!(find("username=akadmin&client_ip=127.0.0.1".into()).await.len(), 3);
        assert_eq!(find("username=nobody".into()).await, [] as [&str; 0]);
        assert_eq!(find("brand_name=x".into()).await, [] as [&str; 0]);
        let one = admin.get(&format!("{EVENTS}?page_size=1")).await.statements();
        assert_eq!(admin.get(&format!("{EVENTS}?page_size=100")).await.statements(), one);

        let volume = admin.get(&format!("{EVENTS}volume/?username=akadmin")).await.expect(200);
        assert_eq!((volume.as_array().unwrap().len(), &volume[0]["y_cord"]), (21, &json!(3)));
        let month = |query: Value| format!("{EVENTS}per_month/?action=model_created&query={query}");
        let days = admin.get(&month(json!({ "context__model__model_name": "group" }))).await.expect(200);
        assert_eq!((days.as_array().unwrap().len(), &days[0]["y_cord"]), (30, &json!(1)));
        for wrong in ["x", "{\"password\": 1}", "{\"app\": 1}", "[]"] {
            let path = format!("{EVENTS}per_month/?query={wrong}");
            assert!(admin.get(&path).await.expect(400)["query"].is_array(), "{wrong}");
        }

        let seen = admin.get(&format!("{EVENTS}?action=model_updated")).await.results()[0]["pk"].clone();
        let seer = app.user("seer");
        let seer = seer.with_object_permission("authentik_events.view_event", seen.as_str().unwrap()).await;
        assert_eq!(seer.get(EVENTS).await.results().len(), 1);
        seer.get(&format!("{EVENTS}volume/")).await.expect(403);
        let plain = app.user("plain").await;
        plain.get(EVENTS).await.expect(403);
        plain.get(&format!("{EVENTS}volume/")).await.expect(403);
        let actions = plain.get(&format!("{EVENTS}actions/")).await.expect(200);
        assert_eq!((&actions[0]["name"], &actions[8]["name"]), (&json!("Login"), &json!("Invite Used")));
        assert_eq!(actions.as_array().unwrap().len(), 27);
    });
}

#[test]
fn applications_are_counted_with_their_users() {
    for_each_database(async |app| {
        let authorized = |name: &str, user: i64| Event {
            id: Uuid::new_v4(),
            action: "authorize_application".into(),
            user: json!({ "pk": user }),
            context: json!({ "authorized_application": { "pk": name, "name": name } }),
            created: app.now(),
            ..Event::default()
        };
        for event in [authorized("a", 1), authorized("b", 1), authorized("b", 2), authorized("b", 2)] {
            app.insert(event).await;
        }
        let path = format!("{EVENTS}top_per_user/?action=authorize_application");
        let top = app.admin().get(&path).await.expect(200);
        let b = json!({ "application": { "pk": "b", "name": "b" }, "counted_events": 3, "unique_users": 2 });
        assert_eq!((&top[0], top.as_array().unwrap().len()), (&b, 2));
        assert_eq!(app.admin().get(&format!("{path}&top_n=1")).await.expect(200), json!([b]));
        app.admin().get(&format!("{path}&top_n=-1")).await.expect(400);
        let found = app.admin().get(&format!("{EVENTS}?context_authorized_app=b")).await.results();
        assert_eq!(found.len(), 3);
    });
}

#[test]
fn what_is_done_to_the_log_stays_in_it() {
    for_each_database(async |app| {
        let admin = app.admin();
        let body = json!({ "action": "system_task_exception", "app": "mine", "context": { "a": [1] } });
        let made = admin.post(EVENTS, body).await.expect(201);
        assert_eq!((&made["context"], &made["client_ip"]), (&json!({ "a": [1] }), &Value::Null));
        assert!(made["expires"].as_str().unwrap() > made["created"].as_str().unwrap());
        let count = async || admin.get(&format!("{EVENTS}?context_model_name=event&ordering=created")).await.results();
        assert_eq!(count().await.len(), 0, "one entry, not two");
        let wrong = json!({ "action": "nosuch", "app": "x" });
        assert_eq!(admin.post(EVENTS, wrong).await.expect(400)["action"], json!(["\"nosuch\" is not a valid choice."]));
        let path = format!("{EVENTS}{}/", made["pk"].as_str().unwrap());
        let later = app.now() + TimeDelta::days(1);
        let changed = admin.patch(&path, json!({ "app": "other", "expires": later })).await.expect(200);
        assert_eq!((&changed["app"], &changed["created"]), (&json!("other"), &made["created"]));
        app.user("plain").await.delete(&path).await.expect(403);
        admin.delete(&path).await.expect(204);
        admin.get(&path).await.expect(404);
        let left: Vec<_> = count().await.iter().map(|event| event["action"].clone()).collect();
        assert_eq!(left, ["model_updated", "model_deleted"]);

        let named = Event { id: Uuid::new_v4(), action: "custom_thing".into(), created: app.now(), ..Event::default() };
        let named = app.insert(named).await;
        assert_eq!(admin.get(&format!("{EVENTS}{}/", named.id)).await.expect(200)["action"], "custom_");
    });
}
