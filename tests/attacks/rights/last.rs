//! The last superuser.

use super::manager;
use crate::support::{Principal, TestApp, for_each_database};
use reqwest::Method;
use serde_json::{Value, json};

/// The group of the administrators, and the administrator.
async fn administrators(app: &TestApp) -> (String, Value) {
    let found = app.admin().get("/core/groups/?is_superuser=true").await.results();
    let user = app.admin().get("/core/users/?username=akadmin").await.results()[0].clone();
    (format!("/core/groups/{}/", found[0]["pk"].as_str().unwrap()), user)
}

/// What would leave nobody.
fn ends(group: &str, user: &Value) -> Vec<(Method, String, Value)> {
    let (pk, account) = (&user["pk"], format!("/core/users/{}/", user["pk"]));
    vec![
        (Method::PATCH, account.clone(), json!({ "is_active": false })),
        (Method::PATCH, account.clone(), json!({ "groups": [] })),
        (Method::PATCH, account.clone(), json!({ "type": "internal_service_account" })),
        (Method::DELETE, account, Value::Null),
        (Method::POST, format!("{group}remove_user/"), json!({ "pk": pk })),
        (Method::PATCH, group.to_owned(), json!({ "users": [] })),
        (Method::PATCH, group.to_owned(), json!({ "is_superuser": false })),
        (Method::DELETE, group.to_owned(), Value::Null),
    ]
}

async fn try_all(who: &Principal, group: &str, user: &Value, status: u16) {
    for (method, path, body) in ends(group, user) {
        let answer = who.call(method.clone(), &path, Some(body.clone()).filter(|body| !body.is_null())).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path} {body}: {}", answer.text());
    }
}

/// M2: one call could leave an installation without superusers, for ever.
#[test]
fn the_last_superuser_stays() {
    for_each_database(async |app| {
        let (admin, caller) = (app.admin(), manager(&app, "caller").await);
        let (path, user) = administrators(&app).await;
        try_all(&caller, &path, &user, 403).await;
        try_all(&admin, &path, &user, 400).await;
        let errors = admin.patch(&path, json!({ "is_superuser": false })).await.expect(400);
        let message = "The last active superuser must stay one. Make somebody else a superuser first.";
        assert_eq!(errors, json!({ "non_field_errors": [message] }));
        // One that cannot log in is none.
        let gone = app.user("gone").superuser().await;
        admin.patch(&format!("/core/users/{}/", gone.id()), json!({ "is_active": false })).await.expect(200);
        try_all(&admin, &path, &user, 400).await;
        assert_eq!(administrators(&app).await.1["is_superuser"], true);
        admin.get("/core/users/").await.expect(200);
    });
}

/// M2: with another one, everything is allowed again, but for the type that nobody can change back.
#[test]
fn one_of_two_superusers_may_go() {
    for_each_database(async |app| {
        let other = app.user("other").superuser().await;
        let (path, user) = administrators(&app).await;
        let account = format!("/core/users/{}/", user["pk"]);
        let errors = other.patch(&account, json!({ "type": "internal_service_account" })).await.expect(400);
        assert!(errors["type"].is_array(), "{errors}");
        let plain = app.user("plain").await;
        other
            .patch(&format!("/core/users/{}/", plain.id()), json!({ "type": "internal_service_account" }))
            .await
            .expect(200);
        other.patch(&format!("/core/users/{}/", plain.id()), json!({ "name": "a" })).await.expect(400);
        other.post(&format!("{path}remove_user/"), json!({ "pk": user["pk"] })).await.expect(204);
        other.patch(&path, json!({ "is_superuser": false })).await.expect(200);
        other.delete(&path).await.expect(204);
        other.delete(&account).await.expect(204);
        // Groups that make no superusers are nobody's concern.
        let plain = other.post("/core/groups/", json!({ "name": "plain", "users": [other.id()] })).await.expect(201);
        other.delete(&format!("/core/groups/{}/", plain["pk"].as_str().unwrap())).await.expect(204);
    });
}
