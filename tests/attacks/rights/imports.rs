//! Rights by way of blueprints and flows.

use super::{group, made, role};
use crate::support::{Answer, Principal, TestApp, for_each_database};
use reqwest::multipart::{Form, Part};
use serde_json::json;

async fn import(who: &Principal, entries: &[String]) -> Answer {
    let yaml = format!("version: 1\nentries:\n- {}\n", entries.join("\n- "));
    let file = Part::text(yaml).file_name("flow.yaml").mime_str("text/yaml").unwrap();
    who.upload("/flows/instances/import/", Form::new().part("file", file)).await
}

async fn importer(app: &TestApp, name: &str, permissions: &[&str]) -> Principal {
    let user =
        app.user(name).with_permission("authentik_flows.add_flow").with_permission("authentik_flows.change_flow");
    permissions.iter().fold(user, |user, permission| user.with_permission(permission)).await
}

fn told(answer: &Answer) -> String {
    answer.body["logs"].as_array().unwrap().last().unwrap()["event"].as_str().unwrap().to_owned()
}

fn stage(name: &str, group: &str) -> String {
    let group = group.split('/').nth(3).unwrap_or(group);
    format!(
        "{{model: authentik_stages_user_write.userwritestage, identifiers: {{name: {name}}}, attrs: {{create_users_group: \"{group}\"}}}}"
    )
}

/// M3, 1.25: a flow that makes its users superusers could be made by whoever may make flows.
#[test]
fn stages_put_users_into_no_group_beyond_the_callers() {
    for_each_database(async |app| {
        let rights = [
            "authentik_stages_user_write.add_userwritestage",
            "authentik_stages_user_write.change_userwritestage",
            "authentik_flows.add_flowstagebinding",
        ];
        let jane = importer(&app, "jane", &rights).await;
        let mighty = group(&app, json!({ "name": "mighty", "is_superuser": true })).await;
        let below = group(&app, json!({ "name": "below", "parent": mighty.split('/').nth(3) })).await;
        let more = role(&app, "more", &["authentik_brands.view_brand"]).await;
        let roles = group(&app, json!({ "name": "roles", "roles": [more] })).await;
        let plain = group(&app, json!({ "name": "plain" })).await;
        for path in [&mighty, &below, &roles] {
            let answer = import(&jane, &[stage("new", path)]).await;
            answer.clone().expect(400);
            assert!(told(&answer).contains("create_users_group"), "{}", told(&answer));
        }
        import(&jane, &[stage("plain", &plain)]).await.expect(200);
        import(&app.admin(), &[stage("mighty", &mighty)]).await.expect(200);
        // Nor by changing such a stage, or by leading a flow of one's own through it.
        import(&jane, &[stage("plain", &mighty)]).await.expect(400);
        let changed = "{model: authentik_stages_user_write.userwritestage, identifiers: {name: mighty}, attrs: {create_users_as_inactive: false}}";
        import(&jane, &[changed.to_owned()]).await.expect(400);
        let flow = made(
            &app,
            "/flows/instances/",
            json!({ "name": "F", "slug": "f", "title": "F", "designation": "enrollment" }),
        )
        .await;
        let stages = app.admin().get("/stages/all/?search=mighty").await.results();
        let bound = json!({ "target": flow["pk"], "stage": stages[0]["pk"], "order": 1 });
        let errors = jane.post("/flows/bindings/", bound.clone()).await.expect(400);
        assert!(errors["stage"].is_array(), "{errors}");
        app.admin().post("/flows/bindings/", bound).await.expect(201);
    });
}

/// L3, 1.27: a blueprint tells of objects that the caller may not see neither that they exist nor their keys.
#[test]
fn blueprints_find_what_the_caller_may_see() {
    for_each_database(async |app| {
        let admin = app.admin();
        let dummy = made(&app, "/stages/dummy/", json!({ "name": "hidden" })).await["pk"].as_str().unwrap().to_owned();
        let (blind, adder) = (
            importer(&app, "blind", &[]).await,
            importer(&app, "adder", &["authentik_stages_dummy.add_dummystage"]).await,
        );
        let seer = app.user("seer").with_permission("authentik_flows.add_flow");
        let seer = seer.with_permission("authentik_flows.change_flow");
        let seer = seer.with_object_permission("authentik_stages_dummy.view_dummystage", &dummy).await;
        let find = |name: &str| {
            format!(
                "{{model: authentik_flows.flow, identifiers: {{slug: f}}, attrs: {{name: !Format [\"%s\", !Find [authentik_stages_dummy.dummystage, [name, {name}]]], title: T, designation: enrollment}}}}"
            )
        };
        for (who, found) in [(&blind, false), (&adder, false), (&seer, true), (&admin, true)] {
            import(who, &[find("hidden")]).await.expect(200);
            let flow = admin.get("/flows/instances/f/").await.expect(200);
            assert_eq!(flow["name"] == json!(dummy), found, "{flow}");
            admin.delete("/flows/instances/f/").await.expect(204);
        }
        for state in ["created", "must_created", "present", "absent"] {
            let entry = |name: &str| {
                format!("{{model: authentik_stages_dummy.dummystage, state: {state}, identifiers: {{name: {name}}}}}")
            };
            let (there, not_there) = (import(&blind, &[entry("hidden")]).await, import(&blind, &[entry("none")]).await);
            assert_eq!((there.status, told(&there)), (not_there.status, told(&not_there)), "{state}");
            assert_eq!(there.status, 400);
        }
        let created = "{model: authentik_stages_dummy.dummystage, state: created, identifiers: {name: hidden}}";
        let answer = import(&adder, &[created.to_owned()]).await;
        answer.clone().expect(400);
        assert!(!answer.text().contains(&dummy), "the key stays hidden: {}", answer.text());
    });
}
