//! `/rbac/permissions/assigned_by_users/` and `…_by_roles/`.

use crate::support::{Principal, for_each_database};
use serde_json::{Value, json};

const BY_USERS: &str = "/rbac/permissions/assigned_by_users/";
const BY_ROLES: &str = "/rbac/permissions/assigned_by_roles/";
const BRANDS: &str = "/core/brands/";
const VIEW: &str = "authentik_brands.view_brand";

/// Gives a user permissions, as another one.
async fn give(by: &Principal, user: &Principal, body: Value, status: u16) -> Value {
    by.post(&format!("{BY_USERS}{}/assign/", user.id()), body).await.expect(status)
}

#[test]
fn a_permission_given_holds_at_once_until_it_is_taken() {
    for_each_database(async |app| {
        let (admin, plain) = (app.admin(), app.user("plain").await);
        plain.get(BRANDS).await.expect(403);
        give(&admin, &plain, json!({ "permissions": [VIEW] }), 204).await;
        give(&admin, &plain, json!({ "permissions": [VIEW], "model": "authentik_brands.brand" }), 204).await;
        plain.get(BRANDS).await.expect(200);
        plain.post(BRANDS, json!({ "domain": "x.test" })).await.expect(403);
        let holders = admin.get(&format!("{BY_USERS}?model=authentik_brands.brand")).await.results();
        assert_eq!((&holders[0]["username"], &holders[0]["permissions"]), (&json!("plain"), &json!([])));
        assert_eq!(admin.get(&format!("{BY_USERS}?model=authentik_core.user")).await.results().len(), 0);
        admin.patch(&format!("{BY_USERS}{}/unassign/", plain.id()), json!({ "permissions": [VIEW] })).await.expect(204);
        plain.get(BRANDS).await.expect(403);
    });
}

#[test]
fn a_permission_on_one_object_is_for_that_object() {
    for_each_database(async |app| {
        let (admin, plain) = (app.admin(), app.user("plain").await);
        let brand = admin.post(BRANDS, json!({ "domain": "one.test" })).await.expect(201)["brand_uuid"].clone();
        let body = json!({ "permissions": ["view_brand"], "model": "authentik_brands.brand", "object_pk": brand });
        give(&admin, &plain, body.clone(), 204).await;
        assert_eq!(plain.get(BRANDS).await.results().len(), 1);
        let list = format!("{BY_USERS}?model=authentik_brands.brand&object_pk=");
        let holders = admin.get(&format!("{list}{}", brand.as_str().unwrap())).await.results();
        let held = &holders[0]["permissions"][0];
        assert_eq!(
            (&held["codename"], &held["model"], &held["object_pk"]),
            (&json!("view_brand"), &json!("brand"), &brand)
        );
        assert_eq!(admin.get(&format!("{list}nonsense")).await.results().len(), 0);
        admin.patch(&format!("{BY_USERS}{}/unassign/", plain.id()), body).await.expect(204);
        plain.get(BRANDS).await.expect(403);
    });
}

#[test]
fn a_role_gives_its_permissions_to_members_of_its_group() {
    for_each_database(async |app| {
        let (admin, plain) = (app.admin(), app.user("plain").await);
        let role = admin.post("/rbac/roles/", json!({ "name": "viewers" })).await.expect(201)["pk"].clone();
        let group = json!({ "name": "viewers", "roles": [role], "users": [plain.id()] });
        admin.post("/core/groups/", group).await.expect(201);
        let path = format!("{BY_ROLES}{}/", role.as_str().unwrap());
        let outpost = admin.get("/core/users/?type=internal_service_account").await.results()[0]["pk"].clone();
        let pk = outpost.to_string();
        let body = json!({ "permissions": ["change_user"], "model": "authentik_core.user", "object_pk": pk });
        admin.post(&format!("{path}assign/"), json!({ "permissions": [VIEW] })).await.expect(204);
        admin.post(&format!("{path}assign/"), body).await.expect(204);
        plain.get(BRANDS).await.expect(200);
        let holders = admin.get(&format!("{BY_ROLES}?model=authentik_core.user&object_pk={outpost}")).await.results();
        assert_eq!((&holders[0]["role_pk"], &holders[0]["permissions"][0]["object_pk"]), (&role, &json!(pk)));
        admin.patch(&format!("{path}unassign/"), json!({ "permissions": [VIEW] })).await.expect(204);
        plain.get(BRANDS).await.expect(403);
    });
}

#[test]
fn what_cannot_be_meant_is_refused_and_changes_nothing() {
    for_each_database(async |app| {
        let (admin, plain) = (app.admin(), app.user("plain").await);
        let brand = json!("authentik_brands.brand");
        let nothing = json!("00000000-0000-0000-0000-000000000001");
        for (body, field) in [
            (json!({ "permissions": [VIEW, "authentik_brands.paint_brand"] }), "permissions"),
            (json!({ "permissions": ["view_brand"] }), "permissions"),
            (json!({ "permissions": [VIEW], "model": brand, "object_pk": nothing }), "object_pk"),
            (json!({ "permissions": [VIEW], "model": brand, "object_pk": "nonsense" }), "object_pk"),
            (json!({ "permissions": [VIEW], "model": "authentik_core.user", "object_pk": "1" }), "permissions"),
            (json!({ "permissions": [VIEW], "object_pk": nothing }), "model"),
        ] {
            let errors = give(&admin, &plain, body, 400).await;
            assert!(errors[field].is_array(), "{field}: {errors}");
        }
        plain.get(BRANDS).await.expect(403);
        let outpost = admin.get("/core/users/?type=internal_service_account").await.results()[0]["pk"].clone();
        admin.post(&format!("{BY_USERS}{outpost}/assign/"), json!({ "permissions": [VIEW] })).await.expect(400);
    });
}

#[test]
fn nobody_gives_away_what_they_do_not_have() {
    for_each_database(async |app| {
        let plain = app.user("plain").await;
        let manager = app.user("manager").with_permission("authentik_core.assign_user_permissions").await;
        give(&manager, &plain, json!({ "permissions": [VIEW] }), 400).await;
        give(&manager, &manager, json!({ "permissions": ["authentik_core.change_group"] }), 400).await;
        let both =
            app.user("both").with_permission("authentik_core.assign_user_permissions").with_permission(VIEW).await;
        give(&both, &plain, json!({ "permissions": [VIEW] }), 204).await;
        plain.get(BRANDS).await.expect(200);
        give(&plain, &plain, json!({ "permissions": [VIEW] }), 403).await;
    });
}
