//! Rights that somebody does not have, reached by way of accounts, groups, roles, tokens and blueprints.

mod confirm;
mod imports;
mod last;
mod links;
mod rule;
mod secrets;

use crate::support::{Principal, TestApp};
use serde_json::{Value, json};

/// What lets a caller do everything to users, groups, roles and tokens, but for the rule.
const EVERYTHING: &[&str] = &[
    "authentik_core.add_group",
    "authentik_core.add_token",
    "authentik_core.add_user",
    "authentik_core.add_user_to_group",
    "authentik_core.assign_user_permissions",
    "authentik_core.change_group",
    "authentik_core.change_token",
    "authentik_core.change_user",
    "authentik_core.delete_group",
    "authentik_core.delete_token",
    "authentik_core.delete_user",
    "authentik_core.impersonate",
    "authentik_core.remove_user_from_group",
    "authentik_core.reset_user_password",
    "authentik_core.set_token_key",
    "authentik_core.unassign_user_permissions",
    "authentik_core.view_group",
    "authentik_core.view_token",
    "authentik_core.view_token_key",
    "authentik_core.view_user",
    "authentik_rbac.add_role",
    "authentik_rbac.assign_role_permissions",
    "authentik_rbac.change_role",
    "authentik_rbac.delete_role",
    "authentik_rbac.unassign_role_permissions",
    "authentik_rbac.view_role",
];
/// What none of these is.
const MORE: &str = "authentik_brands.view_brand";

/// Somebody who holds [`EVERYTHING`].
async fn manager(app: &TestApp, name: &str) -> Principal {
    EVERYTHING.iter().fold(app.user(name), |user, permission| user.with_permission(permission)).await
}

/// Makes an object as the administrator.
async fn made(app: &TestApp, path: &str, body: Value) -> Value {
    app.admin().post(path, body).await.expect(201)
}

/// A new group, by its path.
async fn group(app: &TestApp, body: Value) -> String {
    format!("/core/groups/{}/", made(app, "/core/groups/", body).await["pk"].as_str().unwrap())
}

/// A new role with a permission, by its key.
async fn role(app: &TestApp, name: &str, permissions: &[&str]) -> String {
    let pk = made(app, "/rbac/roles/", json!({ "name": name })).await["pk"].as_str().unwrap().to_owned();
    let path = format!("/rbac/permissions/assigned_by_roles/{pk}/assign/");
    if !permissions.is_empty() {
        app.admin().post(&path, json!({ "permissions": permissions })).await.expect(204);
    }
    pk
}

/// Lets the brand have a recovery flow.
async fn with_recovery(app: &TestApp) {
    let flow = json!({ "name": "R", "slug": "recover", "title": "R", "designation": "recovery" });
    let flow = made(app, "/flows/instances/", flow).await["pk"].clone();
    let brand = app.admin().get("/core/brands/").await.results()[0]["brand_uuid"].as_str().unwrap().to_owned();
    app.admin().patch(&format!("/core/brands/{brand}/"), json!({ "flow_recovery": flow })).await.expect(200);
}
