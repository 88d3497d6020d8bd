//! `/sources/scim/`, `/sources/scim_users/` and `/sources/scim_groups/`.

use super::oauth_source;
use crate::support::{TestApp, for_each_database};
use serde_json::{Value, json};

async fn source(app: &TestApp, slug: &str) -> Value {
    app.admin().post("/sources/scim/", json!({ "name": slug, "slug": slug })).await.expect(201)
}

#[test]
fn a_source_has_an_account_that_goes_with_it() {
    for_each_database(async |app| {
        let admin = app.admin();
        let made = source(&app, "one").await;
        let pk = made["pk"].as_str().unwrap();
        let token = &made["token_obj"];
        assert_eq!(token["identifier"], format!("ak-source-scim-{pk}"));
        assert_eq!(token["managed"], format!("goauthentik.io/sources/scim/{pk}"));
        assert_eq!(
            (&token["expiring"], &token["expires"], &token["intent"]),
            (&json!(false), &json!(null), &json!("api"))
        );
        let account = &token["user_obj"];
        assert_eq!(account["name"], "SCIM Source one Service-Account");
        assert_eq!(
            (&account["type"], &account["path"]),
            (&json!("internal_service_account"), &json!("goauthentik.io/sources/scim"))
        );
        assert!(made["root_url"].as_str().unwrap().ends_with("/source/scim/one/v2"));
        let changed = admin.patch("/sources/scim/one/", json!({ "name": "other" })).await.expect(200);
        assert_eq!(changed["token_obj"], *token, "saved again, a source keeps its account");

        let used =
            admin.get(&format!("/core/tokens/{}/used_by/", token["identifier"].as_str().unwrap())).await.expect(200);
        assert_eq!((&used[0]["model_name"], &used[0]["action"]), (&json!("scimsource"), &json!("cascade")));
        admin.delete("/sources/scim/one/").await.expect(204);
        admin.get(&format!("/core/users/{}/", account["pk"])).await.expect(404);
        let two = source(&app, "two").await;
        let identifier = two["token_obj"]["identifier"].as_str().unwrap().to_owned();
        admin.delete(&format!("/core/tokens/{identifier}/")).await.expect(204);
        admin.get("/sources/all/two/").await.expect(404);

        let names = json!({ "username": "ak-source-scim-x", "name": "x" });
        let errors = admin.post("/core/users/", names).await.expect(400);
        assert!(errors["username"].is_array(), "{errors}");
    });
}

#[test]
fn what_was_pushed_is_found_by_what_the_source_calls_it() {
    for_each_database(async |app| {
        let admin = app.admin();
        let (one, two) = (source(&app, "one").await["pk"].clone(), source(&app, "two").await["pk"].clone());
        let user = admin.post("/core/users/", json!({ "username": "jane", "name": "Jane" })).await.expect(201);
        let group = admin.post("/core/groups/", json!({ "name": "staff" })).await.expect(201);
        for (what, ours, taken, filters) in [
            (
                "user",
                &user["pk"],
                "scim source user with this id already exists.",
                ["user__username=jane", "search=jane"],
            ),
            (
                "group",
                &group["pk"],
                "scim source group with this id already exists.",
                ["group__name=staff", "search=staff"],
            ),
        ] {
            let list = format!("/sources/scim_{what}s/");
            let body = |id: &str, source: &Value| json!({ "id": id, "source": source, what: ours, "attributes": {} });
            let made = admin.post(&list, body("ext-1", &one)).await.expect(201);
            assert_eq!((&made["id"], &made[format!("{what}_obj")]["pk"]), (&json!("ext-1"), ours));
            let path = format!("{list}ext-1/");
            assert_eq!(admin.get(&path).await.expect(200), made);
            assert_eq!(admin.put(&path, body("ext-1", &one)).await.expect(200), made);
            for source in [&one, &two] {
                let errors = admin.post(&list, body("ext-1", source)).await.expect(400);
                assert_eq!(errors, json!({ "id": [taken] }));
            }
            let single = admin.get(&list).await.statements();
            admin.post(&list, body("ext-2", &two)).await.expect(201);
            let both = admin.get(&list).await;
            assert_eq!((both.statements(), both.results().len()), (single, 2));
            for filter in filters {
                assert_eq!(admin.get(&format!("{list}?{filter}")).await.results().len(), 2, "{filter}");
            }
            assert_eq!(admin.get(&format!("{list}?source__slug=two")).await.results()[0]["id"], "ext-2");
            assert_eq!(admin.get(&format!("{list}?ordering=-id")).await.results()[0]["id"], "ext-2");
            let moved = admin.patch(&path, json!({ "id": "ext-3", "attributes": { "a": 1 } })).await.expect(200);
            assert_eq!((&moved["id"], &moved["attributes"]), (&json!("ext-3"), &json!({ "a": 1 })));
            admin.get(&path).await.expect(404);
            assert_eq!(admin.get(&format!("{list}ext-3/used_by/")).await.expect(200), json!([]));
            admin.delete(&format!("{list}ext-3/")).await.expect(204);
        }
        admin.delete("/sources/scim/two/").await.expect(204);
        assert_eq!(admin.get("/sources/scim_users/").await.results().len(), 0);
        let other = oauth_source(&app, "oauth").await["pk"].clone();
        let body = json!({ "id": "x", "source": other, "user": user["pk"] });
        let errors = admin.post("/sources/scim_users/", body).await.expect(400);
        assert!(errors["source"].is_array(), "{errors}");
    });
}

#[test]
fn accounts_that_can_do_more_are_not_handed_over() {
    for_each_database(async |app| {
        let one = source(&app, "one").await["pk"].clone();
        let admins = app.admin().get("/core/groups/?is_superuser=true").await.results()[0]["pk"].clone();
        let root = app.user("root").superuser().await.id();
        let caller = app.user("jane").with_permission("authentik_sources_scim.add_scimsourceuser");
        let caller = caller.with_permission("authentik_sources_scim.add_scimsourcegroup").await;
        let body = json!({ "id": "x", "source": one, "user": root });
        caller.post("/sources/scim_users/", body).await.expect(403);
        caller.post("/sources/scim_groups/", json!({ "id": "x", "source": one, "group": admins })).await.expect(403);
        let body = json!({ "id": "x", "source": one, "user": caller.id() });
        caller.post("/sources/scim_users/", body).await.expect(201);
        caller.get("/sources/scim_users/x/").await.expect(403);
    });
}
