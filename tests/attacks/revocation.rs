//! Rights that are taken away end at once, also in other processes on the same PostgreSQL.

use crate::support::{Principal, TestApp, on_postgres};
use reqwest::Method;
use sea_query::{Expr, Query};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const ME: &str = "/core/users/me/";
const USERS: &str = "/core/users/";

/// Changes something by one process while another remembers the caller, and calls the other as soon as it knows that
/// something has changed.
async fn revoke(
    one: &TestApp,
    caller: &Principal,
    path: &str,
    method: Method,
    change: &str,
    body: Option<Value>,
) -> u16 {
    for _ in 0..2 {
        caller.get(path).await.expect(200);
    }
    let before = caller.app().app.db.changes().count();
    assert!(before.is_some(), "it does not listen");
    let changed = one.admin().call(method, change, body).await;
    assert!(changed.status.is_success(), "{}", changed.text());
    told(caller.app(), before).await;
    caller.get(path).await.status.as_u16()
}

/// Waits until a server has been told of a change.
async fn told(app: &TestApp, before: Option<u64>) {
    let begun = Instant::now();
    while app.app.db.changes().count() == before {
        assert!(begun.elapsed() < Duration::from_secs(10), "nobody tells it");
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_second_process_learns_what_the_first_has_taken_away() {
    on_postgres(async |one| {
        let two = one.beside().await;
        let jane = one.user("jane").await;
        let (path, at_two) = (format!("/core/users/{}/", jane.id()), jane.at(&two));
        let active = |active: bool| Some(json!({ "is_active": active }));
        assert_eq!(revoke(&one, &at_two, ME, Method::PATCH, &path, active(false)).await, 403);
        one.admin().patch(&path, json!({ "is_active": true })).await.expect(200);

        let group = json!({ "name": "boss", "is_superuser": true, "users": [jane.id()] });
        let group = one.admin().post("/core/groups/", group).await.expect(201);
        let group = format!("/core/groups/{}/", group["pk"].as_str().unwrap());
        let members = Some(json!({ "users": [] }));
        assert_eq!(revoke(&one, &at_two, USERS, Method::PATCH, &group, members).await, 403);

        let token = format!("/core/tokens/token-of-{}/", jane.account().username);
        assert_eq!(revoke(&one, &at_two, ME, Method::DELETE, &token, None).await, 403);

        let helper = one.user("helper").with_permission("authentik_core.view_user").await;
        let taken = json!({ "permissions": ["authentik_core.view_user"] });
        let path = format!("/rbac/permissions/assigned_by_users/{}/unassign/", helper.id());
        assert_eq!(revoke(&one, &helper.at(&two), USERS, Method::PATCH, &path, Some(taken)).await, 403);
        two.app.db.close().await;
    });
}

#[test]
fn what_does_not_touch_rights_is_told_to_nobody() {
    on_postgres(async |one| {
        let two = one.beside().await;
        let counts = || [&one, &two].map(|app| app.app.db.changes().count().unwrap());
        let before = counts();
        let body = json!({ "name": "A", "slug": "a" });
        one.admin().post("/core/applications/", body).await.expect(201);
        let user = one.admin().post("/core/users/", json!({ "username": "new", "name": "new" })).await.expect(201);
        one.admin().post("/core/groups/", json!({ "name": "g" })).await.expect(201);
        // News come in the order of the changes.
        let path = format!("/core/users/{}/", user["pk"]);
        one.admin().patch(&path, json!({ "name": "other" })).await.expect(200);
        told(&two, Some(before[1])).await;
        assert_eq!(counts(), before.map(|count| count + 1));
        two.app.db.close().await;
    });
}

/// What happened while a process could not hear of it is not taken for unchanged.
#[test]
fn a_lost_connection_makes_a_process_forget() {
    on_postgres(async |app| {
        let jane = app.user("jane").await;
        jane.get(ME).await.expect(200);
        let before = app.app.db.changes().count();
        let listening = "pg_terminate_backend(pid) from pg_stat_activity \
                         where datname = current_database() and query like 'LISTEN%'";
        let ended = app.db().all::<(bool,)>(Query::select().expr(Expr::cust(listening))).await.unwrap();
        assert_eq!(ended, [(true,)]);
        told(&app, before).await;
        // It comes back by itself, and hears of others again.
        let begun = Instant::now();
        while app.app.db.changes().count().is_none() {
            assert!(begun.elapsed() < Duration::from_secs(10), "it does not come back");
            jane.get(ME).await.expect(200);
        }
        let two = app.beside().await;
        let path = format!("/core/users/{}/", jane.id());
        let inactive = Some(json!({ "is_active": false }));
        assert_eq!(revoke(&two, &jane, ME, Method::PATCH, &path, inactive).await, 403);
        two.app.db.close().await;
    });
}
