//! `/policies/bindings/`.

use crate::support::for_each_database;
use serde_json::{Value, json};
use uuid::Uuid;
use vestibule::store::tables::Source;

const BINDINGS: &str = "/policies/bindings/";

#[test]
fn exactly_one_is_bound_to_something_that_can_be_guarded() {
    for_each_database(async |app| {
        let admin = app.admin();
        let key = |made: &Value| made["pk"].clone();
        let policy = key(&admin.post("/policies/dummy/", json!({ "name": "p" })).await.expect(201));
        let group = key(&admin.post("/core/groups/", json!({ "name": "g" })).await.expect(201));
        let jane = app.user("jane").await;
        let application = admin.post("/core/applications/", json!({ "name": "A", "slug": "a" })).await.expect(201);
        let flow = json!({ "name": "F", "slug": "f", "title": "F", "designation": "enrollment" });
        let flow = admin.post("/flows/instances/", flow).await.expect(201);
        let stage = key(&admin.post("/stages/dummy/", json!({ "name": "s" })).await.expect(201));
        let place = json!({ "target": flow["pk"], "stage": stage, "order": 0 });
        let place = admin.post("/flows/bindings/", place).await.expect(201);
        let source = Source {
            id: Uuid::new_v4(),
            slug: "s".into(),
            name: "S".into(),
            kind: "oauth".into(),
            ..Source::default()
        };
        let source = app.insert(source).await;

        let targets = [
            application["pk"].clone(),
            flow["policybindingmodel_ptr_id"].clone(),
            place["policybindingmodel_ptr_id"].clone(),
            json!(source.id),
        ];
        let mut made = vec![];
        for target in &targets {
            made.push(
                admin.post(BINDINGS, json!({ "policy": policy, "target": target, "order": 5 })).await.expect(201),
            );
        }
        assert_eq!(made[0]["policy_obj"]["bound_to"], 1);
        assert_eq!(
            (&made[0]["timeout"], &made[0]["enabled"], &made[0]["negate"]),
            (&json!(30), &json!(true), &json!(false))
        );
        let target = &targets[0];
        let twice = json!({ "policy": policy, "target": target, "order": 5 });
        let unique = json!({ "non_field_errors": ["The fields policy, target, order must make a unique set."] });
        assert_eq!(admin.post(BINDINGS, twice).await.expect(400), unique);
        let none = json!({ "non_field_errors": ["One of 'policy', 'group' or 'user' must be set."] });
        assert_eq!(admin.post(BINDINGS, json!({ "target": target, "order": 0 })).await.expect(400), none);
        let both = json!({ "target": target, "order": 0, "policy": policy, "group": group });
        let one = json!({ "non_field_errors": ["Only one of 'policy', 'group' or 'user' can be set."] });
        assert_eq!(admin.post(BINDINGS, both).await.expect(400), one);
        let missing = |id: &Value| json!({ "target": [format!("Invalid pk \"{}\" - object does not exist.", id.as_str().unwrap())] });
        for wrong in [&flow["pk"], &stage, &policy, &json!(Uuid::nil())] {
            let body = json!({ "target": wrong, "order": 0, "policy": policy });
            assert_eq!(admin.post(BINDINGS, body).await.expect(400), missing(wrong));
        }
        let user = json!({ "target": target, "order": 1, "user": jane.id() });
        assert_eq!(admin.post(BINDINGS, user).await.expect(201)["user_obj"]["username"], "jane");
        // Of those without a policy, there may be two alike.
        for _ in 0..2 {
            let body = json!({ "target": target, "order": 2, "group": group });
            assert_eq!(admin.post(BINDINGS, body).await.expect(201)["group_obj"]["name"], "g");
        }

        let path = format!("{BINDINGS}{}/", made[0]["pk"].as_str().unwrap());
        let changed = admin.patch(&path, json!({ "order": 9 })).await.expect(200);
        assert_eq!((&changed["order"], &changed["policy"]), (&json!(9), &policy), "the rest stays");
        let moved = json!({ "policy": null, "group": group });
        assert_eq!(admin.patch(&path, moved).await.expect(200)["policy_obj"], Value::Null);
        assert_eq!(admin.patch(&path, json!({ "group": null })).await.expect(400), none);

        let orders = |found: Vec<Value>| found.iter().map(|b| b["order"].as_i64().unwrap()).collect::<Vec<_>>();
        let of_target = format!("{BINDINGS}?target={}", target.as_str().unwrap());
        assert_eq!(orders(admin.get(&of_target).await.results()), [1, 2, 2, 9]);
        assert_eq!(admin.get(&format!("{of_target}&policy__isnull=false")).await.results(), [] as [Value; 0]);
        let ids: Vec<String> = targets[1..].iter().map(|t| format!("target_in={}", t.as_str().unwrap())).collect();
        assert_eq!(admin.get(&format!("{BINDINGS}?{}", ids.join("&"))).await.results().len(), 3);
        assert_eq!(
            admin.get(&format!("{BINDINGS}?target={}", Uuid::nil())).await.expect(400),
            json!({ "target": ["Select a valid choice. That choice is not one of the available choices."] })
        );
        let unknown = format!("Select a valid choice. {} is not one of the available choices.", Uuid::nil());
        assert_eq!(
            admin.get(&format!("{BINDINGS}?target_in={}", Uuid::nil())).await.expect(400),
            json!({ "target_in": [unknown] })
        );
        let two = admin.get(&format!("{of_target}&page_size=2")).await.statements();
        assert_eq!(admin.get(&format!("{of_target}&page_size=100")).await.statements(), two);

        jane.get(&path).await.expect(403);
        jane.get(BINDINGS).await.expect(403);
        let seer = app.user("seer");
        let seer =
            seer.with_object_permission("authentik_policies.view_policybinding", made[1]["pk"].as_str().unwrap());
        let seer = seer.await;
        assert_eq!(seer.get(BINDINGS).await.results().len(), 1);
        seer.delete(&format!("{BINDINGS}{}/", made[1]["pk"].as_str().unwrap())).await.expect(403);

        // What is guarded takes its bindings along, and what is bound as well.
        admin.delete("/core/applications/a/").await.expect(204);
        admin.get(&path).await.expect(404);
        admin.delete(&format!("/policies/all/{}/", policy.as_str().unwrap())).await.expect(204);
        for binding in &made[1..] {
            admin.get(&format!("{BINDINGS}{}/", binding["pk"].as_str().unwrap())).await.expect(404);
        }
    });
}
