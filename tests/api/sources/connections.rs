//! `/sources/user_connections/`.

use super::oauth_source;
use crate::support::for_each_database;
use serde_json::json;

#[test]
fn a_connection_is_made_seen_and_ended() {
    for_each_database(async |app| {
        let admin = app.admin();
        let (jane, john) = (app.user("jane").await, app.user("john").await);
        let list = "/sources/user_connections/oauth/";
        let body =
            |user: i64, identifier: &str| json!({ "user": user, "identifier": identifier, "access_token": "secret" });
        let errors = admin.post(list, body(jane.id(), "1")).await.expect(400);
        assert!(errors["source"].is_array(), "{errors}");
        let source = oauth_source(&app, "one").await;
        let errors = john.post(list, body(jane.id(), "1")).await.expect(400);
        assert!(errors["user"].is_array(), "{errors}");
        let made = jane.post(list, body(jane.id(), "1")).await.expect(201);
        assert_eq!((&made["source"]["pk"], &made["user"]), (&source["pk"], &json!(jane.id())));
        assert!(!made.to_string().contains("secret"));
        let errors = admin.post(list, body(john.id(), "1")).await.expect(400);
        assert_eq!(errors, json!({ "identifier": ["This account is connected already."] }));
        let errors = admin.post(list, body(jane.id(), "2")).await.expect(400);
        assert_eq!(errors, json!({ "non_field_errors": ["The fields user, source must make a unique set."] }));

        let path = format!("{list}{}/", made["pk"]);
        assert_eq!(jane.get(&path).await.expect(200), made);
        john.get(&path).await.expect(404);
        john.delete(&path).await.expect(404);
        assert_eq!(john.get(list).await.results().len(), 0);
        let errors = admin.patch(&path, json!({ "user": john.id() })).await.expect(400);
        assert_eq!(errors, json!({ "user": ["User cannot be changed"] }));
        assert_eq!(jane.put(&path, body(jane.id(), "1")).await.expect(200), made);
        assert_eq!(admin.patch(&path, json!({ "identifier": "2" })).await.expect(200)["identifier"], "2");

        let all = "/sources/user_connections/all/";
        let general = format!("{all}{}/", made["pk"]);
        let seen = jane.get(&general).await.expect(200);
        assert_eq!((&seen["pk"], &seen["source"]["slug"]), (&made["pk"], &json!("one")));
        assert_eq!(jane.call(reqwest::Method::PUT, &general, None).await.expect(200), seen);
        assert_eq!(jane.call(reqwest::Method::PATCH, &general, None).await.expect(200), seen);
        let single = admin.get(all).await.statements();
        admin.post(list, body(john.id(), "3")).await.expect(201);
        let both = admin.get(all).await;
        assert_eq!((both.statements(), both.results().len()), (single, 2));
        for filter in [format!("user={}", jane.id()), "search=nothing&user=0".to_owned()] {
            let expected = usize::from(!filter.contains("nothing"));
            assert_eq!(admin.get(&format!("{all}?{filter}")).await.results().len(), expected, "{filter}");
        }
        assert_eq!(admin.get(&format!("{list}?source__slug=one")).await.results().len(), 2);
        assert_eq!(admin.get("/sources/user_connections/saml/").await.results().len(), 0);
        let used = admin.get(&format!("/core/users/{}/used_by/", jane.id())).await.expect(200);
        assert!(used.as_array().unwrap().iter().any(|user| user["model_name"] == "usersourceconnection"), "{used}");
        jane.delete(&general).await.expect(204);
        jane.get(&path).await.expect(404);
        admin.delete("/sources/oauth/one/").await.expect(204);
        assert_eq!(admin.get(all).await.results().len(), 0);
    });
}

#[test]
fn accounts_that_can_do_more_are_not_connected() {
    for_each_database(async |app| {
        oauth_source(&app, "one").await;
        let root = app.user("root").superuser().await.id();
        let add = "authentik_sources_oauth.add_useroauthsourceconnection";
        let caller = app.user("jane").with_permission(add).await;
        let list = "/sources/user_connections/oauth/";
        caller.post(list, json!({ "user": root, "identifier": "mine" })).await.expect(403);
        caller.post(list, json!({ "user": caller.id(), "identifier": "mine" })).await.expect(201);
    });
}
