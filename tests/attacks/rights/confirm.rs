//! Rights that end while a request is under way.

use super::{EVERYTHING, MORE};
use crate::support::{Principal, TestApp, for_each_database};
use serde_json::json;
use std::sync::Arc;
use vestibule::api::{
    auth::{authenticate, confirm},
    context::{Caller, Context, RequestInfo},
};
use vestibule_api::OPERATIONS;

async fn let_in(app: &TestApp, key: &str) -> Caller {
    authenticate(&app.app, Some(&format!("Bearer {key}")), &RequestInfo::default()).await.unwrap()
}

/// A request of a user that has been let in, its transaction begun.
async fn begun(app: &TestApp, key: &str, operation: &str) -> Context {
    let caller = let_in(app, key).await;
    let operation = OPERATIONS.iter().find(|o| o.id == operation).unwrap();
    let db = app.app.db.begin().await.unwrap();
    Context::new(app.app.clone(), operation, caller, db, Arc::new(RequestInfo::default()))
}

async fn holder(app: &TestApp, name: &str) -> Principal {
    let user = app.user(name).with_token(&format!("key of {name}"));
    EVERYTHING.iter().fold(user, |user, permission| user.with_permission(permission)).await
}

/// M5: what the caller may do is asked in the transaction; a request that was let in before may be refused there.
#[test]
fn what_has_ended_meanwhile_does_not_hold_in_the_transaction() {
    for_each_database(async |app| {
        let admin = app.admin();
        for (n, end) in ["token", "key", "owner", "inactive", "permission", "nothing"].into_iter().enumerate() {
            let name = format!("user{n}");
            let (user, key) = (holder(&app, &name).await, format!("key of {name}"));
            // Let in before its rights end; SQLite has one writer, so its transaction begins after that.
            let caller = let_in(&app, &key).await;
            let (account, token) = (format!("/core/users/{}/", user.id()), format!("/core/tokens/token-of-{name}/"));
            match end {
                "token" => drop(admin.delete(&token).await.expect(204)),
                "key" => drop(admin.post(&format!("{token}set_key/"), json!({ "key": "other" })).await.expect(204)),
                "owner" => drop(admin.delete(&account).await.expect(204)),
                "inactive" => drop(admin.patch(&account, json!({ "is_active": false })).await.expect(200)),
                "permission" => {
                    let rights = format!("/rbac/permissions/assigned_by_users/{}/unassign/", user.id());
                    admin.patch(&rights, json!({ "permissions": ["authentik_core.add_group"] })).await.expect(204);
                }
                _ => drop(admin.patch(&account, json!({ "name": "still here" })).await.expect(200)),
            }
            let operation = OPERATIONS.iter().find(|o| o.id == "core_groups_create").unwrap();
            let db = app.app.db.begin().await.unwrap();
            let mut ctx = Context::new(app.app.clone(), operation, caller, db, Arc::new(RequestInfo::default()));
            let confirmed = confirm(&mut ctx).await;
            assert_eq!(
                confirmed.as_ref().err().map(vestibule_api::ApiError::status),
                (end != "nothing").then_some(403),
                "{end}"
            );
            ctx.db.rollback().await.unwrap();
            if end == "nothing" {
                let Caller::User(principal) = &ctx.caller else { panic!("{:?}", ctx.caller) };
                assert_eq!(principal.user.name, "still here");
            }
        }
    });
}

/// M5: a token that expires during the wait does not hold after it, and new rights count at once.
#[test]
fn the_caller_is_the_one_of_now() {
    for_each_database(async |app| {
        let (admin, user) = (app.admin(), holder(&app, "user").await);
        user.post("/core/tokens/", json!({ "identifier": "short" })).await.expect(201);
        let key = user.get("/core/tokens/short/view_key/").await.expect(200)["key"].as_str().unwrap().to_owned();
        let mut ctx = begun(&app, &key, "core_groups_create").await;
        confirm(&mut ctx).await.unwrap();
        app.advance(chrono::TimeDelta::hours(1));
        ctx.now = app.now();
        assert_eq!(confirm(&mut ctx).await.unwrap_err().status(), 403);
        ctx.db.rollback().await.unwrap();

        let caller = let_in(&app, "key of user").await;
        let rights = format!("/rbac/permissions/assigned_by_users/{}/assign/", user.id());
        admin.post(&rights, json!({ "permissions": [MORE] })).await.expect(204);
        let operation = OPERATIONS.iter().find(|o| o.id == "core_brands_list").unwrap();
        let db = app.app.db.begin().await.unwrap();
        let mut ctx = Context::new(app.app.clone(), operation, caller, db, Arc::new(RequestInfo::default()));
        confirm(&mut ctx).await.unwrap();
        assert!(ctx.principal().unwrap().may(MORE));
        ctx.db.rollback().await.unwrap();
    });
}
