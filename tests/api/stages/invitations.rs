//! `/stages/invitation/invitations/`.

use crate::support::for_each_database;
use serde_json::{Value, json};
use vestibule::store::{table, tables::Flow};

const LIST: &str = "/stages/invitation/invitations/";

fn path(made: &Value) -> String {
    format!("{LIST}{}/", made["pk"].as_str().unwrap())
}

#[test]
fn invitations_live_and_are_found() {
    for_each_database(async |app| {
        let admin = app.admin();
        let flow: Option<Flow> = table::find(&mut app.db(), "slug", "initial-setup").await.unwrap();
        let flow = flow.unwrap().id;
        let body = json!({ "name": "one", "flow": flow, "fixed_data": { "email": "x@y.z" }, "single_use": true });
        let one = admin.post(LIST, body.clone()).await.expect(201);
        assert_eq!(
            (&one["created_by"]["username"], &one["flow_obj"]["slug"]),
            (&json!("akadmin"), &json!("initial-setup"))
        );
        let expires = one["expires"].as_str().unwrap();
        assert!(expires.starts_with("2026-01-01T00:31"), "as long as tokens: {expires}");
        assert_eq!(admin.put(&path(&one), body).await.expect(200), one);

        let many = app.user("jane").with_permission("authentik_stages_invitation.add_invitation").await;
        let other = json!({ "name": "two", "expires": null, "created_by": 1 });
        let two = many.post(LIST, other).await.expect(201);
        assert_eq!(
            (&two["created_by"]["username"], &two["expires"], &two["flow_obj"]),
            (&json!("jane"), &json!(null), &json!(null))
        );
        many.get(&path(&two)).await.expect(403);

        let single = admin.get(&format!("{LIST}?search=initial")).await;
        let statements = single.statements();
        assert_eq!(single.results(), std::slice::from_ref(&one));
        for filter in ["created_by__username=jane", "search=jane", "name=two"] {
            assert_eq!(admin.get(&format!("{LIST}?{filter}")).await.results(), std::slice::from_ref(&two), "{filter}");
        }
        assert_eq!(admin.get(&format!("{LIST}?flow__slug=initial-setup")).await.results(), std::slice::from_ref(&one));
        let both = admin.get(LIST).await;
        assert_eq!(both.statements(), statements);
        assert_eq!(both.results().len(), 2);

        for (field, value) in [
            ("name", json!("no slug")),
            ("fixed_data", json!([1])),
            ("flow", json!("00000000-0000-4000-8000-000000000000")),
        ] {
            let errors = admin.patch(&path(&one), json!({ field: value })).await.expect(400);
            assert!(errors[field].is_array(), "{errors}");
        }
        let used = admin.get("/flows/instances/initial-setup/used_by/").await.expect(200);
        assert!(used.as_array().unwrap().iter().any(|by| by["pk"] == one["pk"]), "{used}");
        admin.delete("/flows/instances/initial-setup/").await.expect(204);
        assert_eq!(admin.get(&path(&one)).await.expect(200)["flow"], json!(null));
        admin.delete(&format!("/core/users/{}/", many.id())).await.expect(204);
        admin.get(&path(&two)).await.expect(404);
        admin.delete(&path(&one)).await.expect(204);
    });
}

#[test]
fn stages_in_no_flow_are_found() {
    for_each_database(async |app| {
        let admin = app.admin();
        let list = "/stages/invitation/stages/";
        let mut made = vec![];
        for name in ["in", "out"] {
            made.push(admin.post(list, json!({ "name": name })).await.expect(201)["pk"].clone());
        }
        let flow: Option<Flow> = table::find(&mut app.db(), "slug", "initial-setup").await.unwrap();
        let body = json!({ "target": flow.unwrap().id, "stage": made[0], "order": 99 });
        admin.post("/flows/bindings/", body).await.expect(201);
        for (none, pk) in [("true", &made[1]), ("false", &made[0])] {
            let found = admin.get(&format!("{list}?no_flows={none}")).await.results();
            assert_eq!(found.iter().map(|stage| &stage["pk"]).collect::<Vec<_>>(), [pk]);
        }
    });
}
