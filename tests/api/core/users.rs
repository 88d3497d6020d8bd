//! `/core/users/`.

use crate::support::{TestApp, for_each_database};
use serde_json::{Value, json};
use vestibule::domain::password;

const USERS: &str = "/core/users/";

async fn user(app: &TestApp, name: &str, more: Value) -> Value {
    let mut body = json!({ "username": name, "name": name });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.admin().post(USERS, body).await.expect(201)
}

async fn group(app: &TestApp, body: Value) -> Value {
    app.admin().post("/core/groups/", body).await.expect(201)
}

fn path(user: &Value) -> String {
    format!("{USERS}{}/", user["pk"])
}

fn names(users: &[Value]) -> Vec<&str> {
    users.iter().filter_map(|user| user["username"].as_str()).collect()
}

async fn found(app: &TestApp, query: &str) -> Vec<String> {
    let users = app.admin().get(&format!("{USERS}?path=t&{query}")).await.results();
    names(&users).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_user_is_made_read_changed_and_deleted() {
    for_each_database(async |app| {
        let admin = app.admin();
        let parent = group(&app, json!({ "name": "parent", "is_superuser": true })).await;
        let child = group(&app, json!({ "name": "child", "parent": parent["pk"] })).await;
        let made = user(&app, "jane", json!({ "groups": [child["pk"]], "attributes": { "a": 1 } })).await;
        assert_eq!(made["is_superuser"], true, "through the parent of the group");
        assert_eq!(made["groups_obj"][0]["parent_name"], "parent");
        assert_eq!(made["type"], "internal");
        assert!(made["avatar"].as_str().unwrap().starts_with("data:image/svg+xml;base64,"));
        assert_eq!(admin.get(&path(&made)).await.expect(200), made);

        let patched = admin.patch(&path(&made), json!({ "name": "Jane", "groups": [] })).await.expect(200);
        assert_eq!((&patched["name"], &patched["is_superuser"]), (&json!("Jane"), &json!(false)));
        assert_eq!(patched["attributes"], json!({ "a": 1 }));

        for (body, field, message) in [
            (json!({ "username": "akadmin" }), "username", "This field must be unique."),
            (json!({ "path": "/bad//path/" }), "path", "No leading or trailing slashes allowed."),
            (json!({ "path": "bad//path" }), "path", "No empty segments in user path allowed."),
        ] {
            assert_eq!(admin.patch(&path(&made), body).await.expect(400), json!({ field: [message] }));
        }
        let body = json!({ "username": "x", "name": "", "type": "internal_service_account" });
        let refused = json!({ "type": ["Setting a user to internal service account is not allowed."] });
        assert_eq!(admin.post(USERS, body).await.expect(400), refused);

        admin.delete(&path(&made)).await.expect(204);
        admin.get(&path(&made)).await.expect(404);
    });
}

#[test]
fn lists_are_filtered() {
    for_each_database(async |app| {
        let boss = group(&app, json!({ "name": "boss", "is_superuser": true })).await;
        let below = group(&app, json!({ "name": "below", "parent": boss["pk"] })).await;
        let attributes = json!({ "a": { "b": 1, "c": "x" }, "l": [1, { "k": null }], "t": true, "n": "5" });
        user(&app, "ann", json!({ "path": "t", "attributes": attributes })).await;
        user(&app, "bob", json!({ "path": "t", "groups": [below["pk"]], "type": "external" })).await;
        user(&app, "cid", json!({ "path": "t/u", "attributes": { "n": 5 } })).await;
        for (filter, expected) in [
            ("is_superuser=true", vec!["bob"]),
            ("is_superuser=false", vec!["ann"]),
            ("groups_by_name=below", vec!["bob"]),
            ("type=external&type=internal", vec!["ann", "bob"]),
            ("search=AN", vec!["ann"]),
            ("ordering=-username", vec!["bob", "ann"]),
            (r#"attributes={"a__b":1}"#, vec!["ann"]),
            (r#"attributes={"a":{"c":"x","b":1}}"#, vec!["ann"]),
            (r#"attributes={"a":{"b":1}}"#, vec![]),
            (r#"attributes={"l":[1,{"k":null}],"t":true}"#, vec!["ann"]),
            (r#"attributes={"t":1}"#, vec![]),
            (r#"attributes={"n":5}"#, vec![]),
            (r#"attributes={"n":"5"}"#, vec!["ann"]),
            (r#"attributes={"a__\"b":1}"#, vec![]),
        ] {
            assert_eq!(found(&app, filter).await, expected, "{filter}");
        }
        let admin = app.admin();
        let below_t = admin.get(&format!("{USERS}?path_startswith=t")).await.results();
        assert_eq!(names(&below_t), ["ann", "bob", "cid"]);
        for (filter, field) in [
            ("attributes=x", "attributes"),
            ("attributes=[1]", "attributes"),
            (r#"attributes={"a":"\u0000"}"#, "attributes"),
            ("groups_by_name=none", "groups_by_name"),
            ("groups_by_pk=00000000-0000-4000-8000-000000000000", "groups_by_pk"),
            ("type=none", "type"),
        ] {
            let errors = admin.get(&format!("{USERS}?{filter}")).await.expect(400);
            assert_eq!(errors.as_object().unwrap().keys().collect::<Vec<_>>(), [field], "{filter}");
        }
        // PostgreSQL refuses what SQLite does not find.
        for url in [format!("{USERS}?email=%00"), "/core/tokens/%00/".to_owned()] {
            let status = admin.get(&url).await.status.as_u16();
            assert!([200, 400, 404].contains(&status), "{url}: {status}");
        }
        let many = format!(r#"attributes={{"a":[{}1]}}"#, "1,".repeat(500));
        admin.get(&format!("{USERS}?{many}")).await.expect(400);
        let paths = admin.get(&format!("{USERS}paths/?search=T")).await.expect(200);
        assert!(paths["paths"].as_array().unwrap().contains(&json!("t/u")), "{paths}");
    });
}

#[test]
fn a_list_survives_any_number_of_terms() {
    for_each_database(async |app| {
        let admin = app.admin();
        user(&app, "ann", json!({})).await;
        let repeated = |text: &str, number: usize| vec![text; number].join(",");
        let ordered = admin.get(&format!("{USERS}?ordering={}", repeated("-username,name,pk", 1500))).await.results();
        assert_eq!(ordered[0]["username"], "ann");
    });
}

#[test]
fn a_longer_list_takes_no_more_statements() {
    for_each_database(async |app| {
        let admin = app.admin();
        let one = group(&app, json!({ "name": "one" })).await;
        user(&app, "first", json!({ "path": "t", "groups": [one["pk"]] })).await;
        let short = admin.get(&format!("{USERS}?path=t")).await.statements();
        for n in 0..4 {
            let own = group(&app, json!({ "name": format!("g{n}") })).await;
            user(&app, &format!("user{n}"), json!({ "path": "t", "groups": [one["pk"], own["pk"]] })).await;
        }
        let long = admin.get(&format!("{USERS}?path=t")).await;
        assert_eq!(long.statements(), short);
        let trimmed = admin.get(&format!("{USERS}?path=t&include_groups=false")).await.results();
        assert!(trimmed.iter().all(|user| user["groups_obj"].is_null()));
    });
}

#[test]
fn callers_see_and_change_what_they_may() {
    for_each_database(async |app| {
        let ann = user(&app, "ann", json!({})).await;
        let bob = user(&app, "bob", json!({})).await;
        let plain = app.user("plain").await;
        plain.get(USERS).await.expect(403);
        plain.get(&path(&ann)).await.expect(403);
        plain.post(&format!("{}set_password/", path(&ann)), json!({ "password": "x" })).await.expect(403);
        let viewer = app.user("viewer").with_object_permission("authentik_core.view_user", &ann["pk"]).await;
        assert_eq!(names(&viewer.get(USERS).await.results()), ["ann"]);
        viewer.get(&path(&bob)).await.expect(404);
        viewer.patch(&path(&ann), json!({ "name": "x" })).await.expect(403);
    });
}

#[test]
fn nobody_becomes_a_superuser_by_permissions_on_users_or_groups() {
    for_each_database(async |app| {
        let boss = group(&app, json!({ "name": "boss", "is_superuser": true })).await;
        let below = group(&app, json!({ "name": "below", "parent": boss["pk"] })).await;
        let role = app.admin().post("/rbac/roles/", json!({ "name": "strong" })).await.expect(201);
        let other = app.admin().post("/rbac/roles/", json!({ "name": "other" })).await.expect(201);
        let strong = group(&app, json!({ "name": "strong", "roles": [role["pk"]] })).await;
        let mine = group(&app, json!({ "name": "mine" })).await;
        let manager = app
            .user("manager")
            .with_permission("authentik_core.change_user")
            .with_permission("authentik_core.change_group")
            .with_permission("authentik_core.add_group")
            .with_object_permission("authentik_core.add_user_to_group", boss["pk"].as_str().unwrap())
            .await;
        let me = format!("{USERS}{}/", manager.id());
        for target in [&boss, &below, &strong] {
            manager.patch(&me, json!({ "groups": [target["pk"]] })).await.expect(400);
            let group = format!("/core/groups/{}/", target["pk"].as_str().unwrap());
            manager.patch(&group, json!({ "users": [manager.id()] })).await.expect(400);
        }
        let group = format!("/core/groups/{}/", mine["pk"].as_str().unwrap());
        manager.patch(&group, json!({ "users": [manager.id()] })).await.expect(200);
        for body in
            [json!({ "is_superuser": true }), json!({ "parent": below["pk"] }), json!({ "roles": [other["pk"]] })]
        {
            manager.patch(&group, body).await.expect(400);
        }
        manager.post("/core/groups/", json!({ "name": "new", "is_superuser": true })).await.expect(400);
        let add = format!("/core/groups/{}/add_user/", boss["pk"].as_str().unwrap());
        manager.post(&add, json!({ "pk": manager.id() })).await.expect(400);
        assert_eq!(manager.get("/core/users/me/").await.expect(200)["user"]["is_superuser"], false);
    });
}

#[test]
fn the_caller_is_told_who_it_is() {
    for_each_database(async |app| {
        let one =
            json!({ "name": "one", "attributes": { "settings": { "locale": "de", "theme": { "base": "dark" } } } });
        let one = group(&app, one).await;
        let caller = app.user("caller").with_permission("authentik_rbac.view_role").await;
        let body = json!({ "groups": [one["pk"]], "attributes": { "settings": { "locale": "fr" } } });
        app.admin().patch(&format!("{USERS}{}/", caller.id()), body).await.expect(200);
        let me = caller.get("/core/users/me/").await.expect(200);
        assert_eq!(me["user"]["settings"], json!({ "locale": "fr", "theme": { "base": "dark" } }));
        assert_eq!(me["user"]["system_permissions"], json!(["view_role"]));
        assert_eq!(me["user"]["groups"], json!([{ "name": "one", "pk": one["pk"] }]));
        app.anonymous().get("/core/users/me/").await.expect(403);
    });
}

#[test]
fn a_password_is_set() {
    for_each_database(async |app| {
        let jane = user(&app, "jane", json!({})).await;
        app.admin().post(&format!("{}set_password/", path(&jane)), json!({ "password": "new" })).await.expect(204);
        let mut db = app.db();
        let row = vestibule::store::table::find::<vestibule::store::tables::User>(&mut db, "username", "jane");
        let stored = row.await.unwrap().unwrap().password;
        assert!(password::verify("new", &stored));
        app.admin().post(&format!("{USERS}0/set_password/"), json!({ "password": "new" })).await.expect(404);
    });
}

#[test]
fn a_service_account_comes_with_a_token_and_a_group() {
    for_each_database(async |app| {
        let admin = app.admin();
        let path = format!("{USERS}service_account/");
        let made = admin.post(&path, json!({ "name": "robot", "create_group": true })).await.expect(200);
        let robot = admin.get(&format!("{USERS}{}/", made["user_pk"])).await.expect(200);
        assert_eq!((&robot["type"], &robot["groups"]), (&json!("service_account"), &json!([made["group_pk"]])));
        let token = admin.get("/core/tokens/service-account-robot-password/").await.expect(200);
        assert_eq!((&token["intent"], &token["expiring"]), (&json!("app_password"), &json!(true)));
        let key = admin.get("/core/tokens/service-account-robot-password/view_key/").await.expect(200);
        assert_eq!(key["key"], made["token"]);
        let errors = admin.post(&path, json!({ "name": "robot" })).await.expect(400);
        assert_eq!(errors, json!({ "name": ["This field must be unique."] }));
        // Names of users may hold what identifiers must not.
        for name in ["robot 2", "ロボット", "робот"] {
            admin.post(&path, json!({ "name": name })).await.expect(200);
        }
        admin.get("/core/tokens/?search=service-account").await.expect(200);
        group(&app, json!({ "name": "taken" })).await;
        admin.post(&path, json!({ "name": "taken", "create_group": true })).await.expect(400);
        assert_eq!(admin.get(&format!("{USERS}?username=taken")).await.results().len(), 0, "all or nothing");
    });
}

#[test]
fn the_name_of_a_service_account_must_fit_all_that_is_called_by_it() {
    for_each_database(async |app| {
        let admin = app.admin();
        let path = format!("{USERS}service_account/");
        let body = |length: usize, group: bool| json!({ "name": "y".repeat(length), "create_group": group });
        let most = |number: usize| format!("Ensure this field has no more than {number} characters.");
        for (length, group, limits) in [(151, false, vec![150]), (81, true, vec![80]), (300, true, vec![150, 80])] {
            let errors = admin.post(&path, body(length, group)).await.expect(400);
            assert_eq!(errors, json!({ "name": limits.into_iter().map(most).collect::<Vec<_>>() }), "{length}");
        }
        for (length, group) in [(150, false), (80, true)] {
            let made = admin.post(&path, body(length, group)).await.expect(200);
            let account = format!("{USERS}{}/", made["user_pk"]);
            let read = admin.get(&account).await.expect(200);
            admin.patch(&account, json!({ "username": read["username"] })).await.expect(200);
            admin.get("/core/tokens/?search=yyy").await.expect(200);
        }
    });
}

#[test]
fn recovery_needs_a_flow() {
    for_each_database(async |app| {
        let admin = app.admin();
        let jane = user(&app, "jane", json!({ "email": "jane@example.com" })).await;
        let none = json!({ "non_field_errors": ["No recovery flow set."] });
        assert_eq!(admin.post(&format!("{}recovery/", path(&jane)), json!({})).await.expect(400), none);
        let mail = format!("{}recovery_email/?email_stage=x", path(&jane));
        assert_eq!(admin.post(&mail, json!({})).await.expect(400), none);
    });
}

#[test]
fn metrics_count_by_eight_hours() {
    for_each_database(async |app| {
        let jane = user(&app, "jane", json!({})).await;
        let random = &app.app.random;
        for action in ["login", "login", "login_failed", "authorize_application"] {
            let event = vestibule::store::tables::Event {
                id: random.uuid(),
                action: action.into(),
                app: "x".into(),
                created: app.now(),
                ..vestibule::store::tables::Event::default()
            };
            let actor = if action == "login_failed" { json!({}) } else { json!({ "pk": jane["pk"] }) };
            app.insert(vestibule::store::tables::Event {
                user: actor,
                context: json!({ "username": "jane" }),
                ..event
            })
            .await;
        }
        let metrics = app.admin().get(&format!("{}metrics/", path(&jane))).await.expect(200);
        for (name, count) in [("logins", 2), ("logins_failed", 1), ("authorizations", 1)] {
            assert_eq!(metrics[name].as_array().unwrap().len(), 22);
            assert_eq!(metrics[name][1]["y_cord"], count, "{name}");
        }
    });
}
