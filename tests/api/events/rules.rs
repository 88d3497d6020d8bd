//! `/events/rules/`.

use crate::support::for_each_database;
use serde_json::{Value, json};

const RULES: &str = "/events/rules/";

#[test]
fn a_rule_lives_with_its_transports_and_bindings() {
    for_each_database(async |app| {
        let admin = app.admin();
        let group = admin.post("/core/groups/", json!({ "name": "g" })).await.expect(201)["pk"].clone();
        let transport = admin.post("/events/transports/", json!({ "name": "t" })).await.expect(201)["pk"].clone();
        let body = json!({ "name": "r", "group": group, "transports": [transport] });
        let made = admin.post(RULES, body).await.expect(201);
        assert_eq!((&made["severity"], &made["group_obj"]["name"]), (&json!("notice"), &json!("g")));
        let taken = json!({ "name": ["Notification Rule with this name already exists."] });
        assert_eq!(admin.post(RULES, json!({ "name": "r" })).await.expect(400), taken);
        let off = admin.post(RULES, json!({ "name": "off", "severity": "alert" })).await.expect(201);
        assert_eq!((&off["group"], &off["group_obj"]), (&Value::Null, &Value::Null));
        let rule = made["pk"].as_str().unwrap();
        let path = format!("{RULES}{rule}/");
        admin.patch(&path, json!({ "transports": [rule] })).await.expect(400);
        assert_eq!(
            admin.patch(&path, json!({ "severity": "warning" })).await.expect(200)["transports"],
            json!([transport])
        );
        assert_eq!(admin.get(&format!("{RULES}?group__name=g&severity=warning")).await.results().len(), 1);
        let one = admin.get(&format!("{RULES}?group__name=g&page_size=1")).await.statements();
        admin.patch(&format!("{RULES}{}/", off["pk"].as_str().unwrap()), json!({ "group": group })).await.expect(200);
        assert_eq!(admin.get(&format!("{RULES}?group__name=g&page_size=9")).await.statements(), one);

        let policy = json!({ "name": "p", "action": "login" });
        let policy = admin.post("/policies/event_matcher/", policy).await.expect(201)["pk"].clone();
        let binding = json!({ "target": rule, "policy": policy, "order": 0 });
        let binding = admin.post("/policies/bindings/", binding).await.expect(201)["pk"].clone();
        let names = |used: Value| {
            let used = used.as_array().unwrap().iter().map(|used| used["name"].as_str().unwrap().to_owned());
            used.collect::<Vec<_>>()
        };
        assert_eq!(names(admin.get(&format!("{path}used_by/")).await.expect(200)), ["t", "p"]);
        let of_group =
            names(admin.get(&format!("/core/groups/{}/used_by/", group.as_str().unwrap())).await.expect(200));
        assert_eq!(of_group, ["off", "r"]);

        let plain = app.user("plain").await;
        plain.get(RULES).await.expect(403);
        let seer = app.user("seer").with_object_permission("authentik_events.view_notificationrule", rule).await;
        assert_eq!(seer.get(RULES).await.results().len(), 1);
        seer.delete(&path).await.expect(403);
        admin.delete(&format!("/core/groups/{}/", group.as_str().unwrap())).await.expect(204);
        assert_eq!(admin.get(&path).await.expect(200)["group"], Value::Null);
        admin.delete(&path).await.expect(204);
        admin.get(&format!("/policies/bindings/{}/", binding.as_str().unwrap())).await.expect(404);
        assert_eq!(seer.get(&path).await.status, 403, "the permission went with it");
    });
}
