//! `/providers/{scim,google_workspace,microsoft_entra}_{users,groups}/`.

use crate::support::{TestApp, for_each_database};
use serde_json::{Value, json};

/// A kind of provider, the field with the name over there, and whether twins can be changed.
const KINDS: [(&str, &str, bool); 3] =
    [("scim", "scim_id", false), ("google_workspace", "google_id", true), ("microsoft_entra", "microsoft_id", true)];

async fn provider(app: &TestApp, kind: &str) -> Value {
    let body = json!({
        "name": kind, "url": "http://s.test/scim", "token": "t", "delegated_subject": "a@b.test", "credentials": {},
        "default_group_email_domain": "b.test", "client_id": "c", "client_secret": "s", "tenant_id": "t",
    });
    app.admin().post(&format!("/providers/{kind}/"), body).await.expect(201)["pk"].clone()
}

/// A new user or group: its key, the path of it, and the filters that find its twins.
async fn ours(app: &TestApp, what: &str, name: &str) -> (Value, String, [String; 2]) {
    if what == "user" {
        let body = json!({ "username": name, "name": name });
        let user = app.admin().post("/core/users/", body).await.expect(201)["pk"].clone();
        let filters = [format!("user__id={user}"), format!("user__username={name}")];
        (user.clone(), format!("/core/users/{user}/"), filters)
    } else {
        let group = app.admin().post("/core/groups/", json!({ "name": name })).await.expect(201)["pk"].clone();
        let key = group.as_str().unwrap().to_owned();
        let filters = [format!("group__group_uuid={key}"), format!("group__name={name}")];
        (group, format!("/core/groups/{key}/"), filters)
    }
}

#[test]
fn every_kind_is_made_found_used_and_deleted() {
    for_each_database(async |app| {
        let admin = app.admin();
        for (kind, field, changes) in KINDS {
            let provider = provider(&app, kind).await;
            for what in ["user", "group"] {
                let list = format!("/providers/{kind}_{what}s/");
                let (one, path, filters) = ours(&app, what, &format!("{kind}-1")).await;
                let (two, ..) = ours(&app, what, &format!("{kind}-2")).await;
                let body = |ours: &Value, id: &str| json!({ "provider": provider, what: ours, field: id });
                let made = admin.post(&list, body(&one, "there 1")).await.expect(201);
                assert_eq!((&made["provider"], &made[what], &made[field]), (&provider, &one, &json!("there 1")));
                assert_eq!(made[format!("{what}_obj")]["pk"], one);
                let at = format!("{list}{}/", made["id"].as_str().unwrap());
                assert_eq!(admin.get(&at).await.expect(200), made);
                assert_eq!(admin.get(&format!("{at}used_by/")).await.expect(200), json!([]));

                let single = admin.get(&list).await.statements();
                let other = admin.post(&list, body(&two, "there 2")).await.expect(201);
                let both = admin.get(&list).await;
                assert_eq!(both.statements(), single, "{list}");
                assert_eq!(both.results(), [made.clone(), other.clone()], "ordered by name");
                for filter in filters.into_iter().chain(["search=-1".to_owned()]) {
                    assert_eq!(admin.get(&format!("{list}?{filter}")).await.results(), std::slice::from_ref(&made));
                }
                assert_eq!(admin.get(&format!("{list}?provider__id={provider}")).await.results().len(), 2);
                assert_eq!(admin.get(&format!("{list}?provider__id=0")).await.results().len(), 0);
                assert_eq!(admin.get(&format!("{list}?search={kind}")).await.results().len(), 2);
                let order = if what == "user" { "user__username" } else { "group__name" };
                let down = admin.get(&format!("{list}?ordering=-{order}")).await.results();
                assert_eq!(down, [other, made.clone()]);

                if changes {
                    let changed = admin.patch(&at, json!({ field: "elsewhere" })).await.expect(200);
                    assert_eq!((&changed[field], &changed[what]), (&json!("elsewhere"), &one));
                    assert_eq!(admin.put(&at, body(&one, "there 1")).await.expect(200), made);
                    let taken = admin.put(&at, body(&two, "there 2")).await.expect(400);
                    assert!(taken["non_field_errors"][0].as_str().unwrap().ends_with("must make a unique set."));
                }
                for path in [format!("/providers/{kind}/{provider}/"), path.clone()] {
                    let users = admin.get(&format!("{path}used_by/")).await.expect(200);
                    let named = users.as_array().unwrap().iter().any(|user| user["pk"] == made["id"]);
                    assert!(named, "{path} {users}");
                }
                admin.delete(&path).await.expect(204);
                admin.get(&at).await.expect(404);
                assert_eq!(admin.get(&list).await.results().len(), 1, "a twin goes with what it is a twin of");
            }
            admin.delete(&format!("/providers/{kind}/{provider}/")).await.expect(204);
            assert_eq!(admin.get(&format!("/providers/{kind}_users/")).await.results().len(), 0);
        }
    });
}

#[test]
fn what_it_names_must_exist_and_be_new() {
    for_each_database(async |app| {
        let admin = app.admin();
        let (scim, google) = (provider(&app, "scim").await, provider(&app, "google_workspace").await);
        let (user, ..) = ours(&app, "user", "jane").await;
        let list = "/providers/scim_users/";
        let errors = admin.post(list, json!({ "provider": google, "user": 0, "scim_id": "x" })).await.expect(400);
        assert_eq!(errors["provider"], json!([format!("Invalid pk \"{google}\" - object does not exist.")]));
        assert_eq!(errors["user"], json!(["Invalid pk \"0\" - object does not exist."]));
        let body = json!({ "provider": scim, "user": user, "scim_id": "x" });
        admin.post(list, body.clone()).await.expect(201);
        let errors = admin.post(list, body).await.expect(400);
        assert_eq!(
            errors,
            json!({ "non_field_errors": ["The fields scim_id, user, provider must make a unique set."] })
        );
    });
}

#[test]
fn callers_see_what_they_hold_permissions_on() {
    for_each_database(async |app| {
        let scim = provider(&app, "scim").await;
        let mut made = vec![];
        for name in ["mine", "other"] {
            let (group, ..) = ours(&app, "group", name).await;
            let body = json!({ "provider": scim, "group": group, "scim_id": name });
            made.push(app.admin().post("/providers/scim_groups/", body).await.expect(201)["id"].clone());
        }
        let [mine, other] = [&made[0], &made[1]].map(|id| id.as_str().unwrap().to_owned());
        let view = "authentik_providers_scim.view_scimprovidergroup";
        let caller = app.user("jane").with_object_permission(view, mine.replace('-', "")).await;
        assert_eq!(caller.get("/providers/scim_groups/").await.results().len(), 1);
        caller.get(&format!("/providers/scim_groups/{mine}/")).await.expect(200);
        caller.get(&format!("/providers/scim_groups/{other}/")).await.expect(404);
        caller.delete(&format!("/providers/scim_groups/{mine}/")).await.expect(403);
        caller.get("/providers/scim_users/").await.expect(403);
    });
}

#[test]
fn lists_do_not_fail_over_what_is_deleted_meanwhile() {
    for_each_database(async |app| {
        let (admin, scim) = (app.admin(), provider(&app, "scim").await);
        let mut paths = vec![];
        for n in 0..40 {
            let (user, path, _) = ours(&app, "user", &format!("user {n}")).await;
            let twin = json!({ "provider": scim, "user": user, "scim_id": "x" });
            admin.post("/providers/scim_users/", twin).await.expect(201);
            let token = json!({ "identifier": format!("token-{n}"), "user": user, "intent": "api" });
            admin.post("/core/tokens/", token).await.expect(201);
            paths.push(path);
        }
        let deletions = paths.iter().map(|path| async { admin.delete(path).await.expect(204) });
        let lists = (0..60).map(|_| async {
            admin.get("/providers/scim_users/").await.expect(200);
            admin.get("/core/tokens/?intent=api").await.expect(200);
        });
        futures::join!(futures::future::join_all(deletions), futures::future::join_all(lists));
        assert_eq!(admin.get("/providers/scim_users/").await.results().len(), 0);
    });
}
