//! `/rbac/permissions/`.

use crate::support::for_each_database;
use serde_json::{Value, json};
use uuid::Uuid;

const PERMISSIONS: &str = "/rbac/permissions/";

#[test]
fn permissions_are_those_that_operations_ask_for() {
    for_each_database(async |app| {
        let (admin, plain) = (app.admin(), app.user("plain").await);
        let found = plain.get(&format!("{PERMISSIONS}?codename=view_user")).await.results();
        let one = &found[0];
        assert_eq!((found.len(), &one["name"], &one["model"]), (1, &json!("Can view User"), &json!("user")));
        assert_eq!((&one["app_label_verbose"], &one["model_verbose"]), (&json!("authentik Core"), &json!("User")));
        assert_eq!(plain.get(&format!("{PERMISSIONS}{}/", one["id"])).await.expect(200), *one);
        plain.get(&format!("{PERMISSIONS}0/")).await.expect(404);
        app.anonymous().get(PERMISSIONS).await.expect(403);
        let of_flows = format!("{PERMISSIONS}?content_type__app_label=authentik_flows&content_type__model=flow");
        let of_flows = plain.get(&format!("{of_flows}&ordering=codename&search=flow")).await.results();
        let names: Vec<_> = of_flows.iter().map(|one| one["codename"].as_str().unwrap()).collect();
        assert!(names.starts_with(&["add_flow", "change_flow", "clear_flow_cache", "delete_flow"]), "{names:?}");
        for operation in &vestibule_api::OPERATIONS {
            let vestibule_api::Permission::Model(needed) = operation.permission else { continue };
            for permission in needed {
                let (app, codename) = permission.split_once('.').unwrap();
                let path = format!("{PERMISSIONS}?codename={codename}&content_type__app_label={app}");
                if operation.action == "list" {
                    assert_eq!(admin.get(&path).await.results().len(), 1, "{permission}");
                }
            }
        }

        let jane = app.user("jane").with_permission("authentik_core.view_group").await;
        let of_jane = format!("{PERMISSIONS}?user={}", jane.id());
        assert_eq!(admin.get(&of_jane).await.results()[0]["codename"], "view_group");
        assert_eq!(jane.get(&of_jane).await.results().len(), 1);
        assert_eq!(plain.get(&of_jane).await.results(), [] as [Value; 0], "nobody else needs to know");
        admin.get(&format!("{PERMISSIONS}?role=x")).await.expect(400);
    });
}

#[test]
fn permissions_on_objects_are_listed_by_holder() {
    for_each_database(async |app| {
        let admin = app.admin();
        let group = admin.post("/core/groups/", json!({ "name": "g" })).await.expect(201)["pk"].clone();
        let role = admin.post("/rbac/roles/", json!({ "name": "r" })).await.expect(201)["pk"].clone();
        let jane = app.user("jane").with_permission("authentik_core.view_user").await;
        let give = async |path: String, permission: &str| {
            let body = json!({ "permissions": [permission], "model": "authentik_core.group", "object_pk": group });
            admin.post(&format!("{PERMISSIONS}{path}/assign/"), body).await.expect(204);
        };
        let role = role.as_str().unwrap();
        give(format!("assigned_by_users/{}", jane.id()), "authentik_core.change_group").await;
        give(format!("assigned_by_roles/{role}"), "authentik_core.view_group").await;
        let of_user = format!("{PERMISSIONS}users/?user_id={}", jane.id());
        let found = admin.get(&of_user).await.results();
        assert_eq!((found.len(), &found[0]["name"]), (1, &json!("Can change Group")));
        // Who may not see the object is not shown by what it is called.
        assert_eq!((&found[0]["object_pk"], &found[0]["object_description"]), (&group, &Value::Null));
        let of_role = format!("{PERMISSIONS}roles/?uuid={role}");
        assert_eq!(admin.get(&of_role).await.results()[0]["object_description"], "Group g");
        let auditor = app.user("auditor").with_permission("authentik_rbac.view_role").await;
        assert_eq!(auditor.get(&of_role).await.results()[0]["object_description"], Value::Null);
        auditor.get(&of_user).await.expect(403);
        let required = json!({ "uuid": ["This field is required."] });
        assert_eq!(admin.get(&format!("{PERMISSIONS}roles/")).await.expect(400), required);
        assert_eq!(admin.get(&format!("{PERMISSIONS}roles/?uuid={}", Uuid::nil())).await.results(), [] as [Value; 0]);
        assert_eq!(admin.get(&format!("{PERMISSIONS}?role={role}")).await.results(), [] as [Value; 0]);
    });
}
