//! Expressions: in their processes, and in the operations that try them out.

use crate::support::{Principal, TestApp, for_each_database, on_sqlite};
use serde_json::{Map, Value, json};
use vestibule::domain::{
    expression::{Evaluated, Failure, Group, Purpose, Task, User},
    work::Party,
};

fn group(name: &str) -> Group {
    let (pk, attributes) = (format!("pk of {name}"), Map::new());
    Group { pk, num_pk: 1, name: name.to_owned(), is_superuser: false, attributes, parent: None }
}

fn task(source: &str) -> Task {
    let groups = vec![group("first"), group("second")];
    let user = User {
        pk: Some(6),
        username: "jane".to_owned(),
        name: "Jane Doe".to_owned(),
        email: "jane@example.org".to_owned(),
        is_active: true,
        last_login: Some("2026-01-01T00:00:00+00:00".to_owned()),
        all_groups: groups.clone(),
        groups,
        ..User::default()
    };
    let context = json!({ "ldap": { "name": "n", "mail": ["m", "o"] }, "dn": "cn=a,ou=b,dc=c", "user": "nobody" });
    let Value::Object(context) = context else { unreachable!() };
    Task { source: source.to_owned(), user, group: Some(group("g 1!")), provider: None, http_request: None, context }
}

async fn run(app: &TestApp, source: &str) -> Evaluated {
    app.app.expressions.evaluate(&task(source), Purpose::Access, &Party::Server).await.unwrap()
}

async fn value(app: &TestApp, source: &str) -> Value {
    run(app, source)
        .await
        .unwrap_or_else(|e| panic!("{source}: {e}"))
        .result
        .unwrap_or_else(|e| panic!("{source}: {e}"))
}

#[test]
fn expressions_see_what_is_documented_and_nothing_else() {
    on_sqlite(async |app| {
        for (source, expected) in [
            ("return request.user.username", json!("jane")),
            ("user = user or None\nreturn user == request.user", json!(true)),
            ("return [group.name for group in user.ak_groups.all()]", json!(["first", "second"])),
            ("return user.ak_groups.filter(name='second').exists()", json!(true)),
            ("return user.ak_groups.filter(name='third').first()", json!(null)),
            ("return ak_is_group_member(user, name='first')", json!(true)),
            ("return len(user.all_groups().all())", json!(2)),
            ("return user.last_login.year", json!(2026)),
            ("return f'{user} {group}'", json!("jane Group g 1!")),
            ("return ldap.get('name'), list_flatten(ldap.get('mail')), dn", json!(["n", "m", "cn=a,ou=b,dc=c"])),
            // A name in the context is no variable, but for plain data of mappings.
            ("return context['user'], user.username", json!(["nobody", "jane"])),
            ("return regex_match(user.email, '.*@example.org'), regex_match('xa', 'a')", json!([true, false])),
            (r"return regex_replace('a-b', '(.)-(.)', r'\2x\1')", json!("bxa")),
            ("return {1: (True, None), 'b': 1.5}", json!({ "1": [true, null], "b": 1.5 })),
            ("ak_logger.info('x', a=1)\n# nothing", json!(null)),
            ("", json!(null)),
        ] {
            assert_eq!(value(&app, source).await, expected, "{source}");
        }
        let said = run(&app, "ak_message('no')\nak_message(1)\nreturn []").await.unwrap();
        assert_eq!((said.truth, said.messages), (false, vec!["no".to_owned(), "1".to_owned()]));
        let object = run(&app, "return user").await.unwrap();
        assert_eq!(
            (object.truth, object.result),
            (true, Err("the result holds a User, which is no plain data".into()))
        );
    });
}

#[test]
fn what_is_not_supported_says_so() {
    on_sqlite(async |app| {
        for (source, expected) in [
            ("x = 1\nreturn nothing", "NameError: name 'nothing' is not defined (line 2)"),
            ("return (\n  user.", "SyntaxError: "),
            ("raise ValueError('x')", "ValueError: x (line 1)"),
            ("return user.no_such", "AttributeError: 'User' object has no attribute 'no_such' (line 1)"),
            ("if user.ak_groups.filter(name='x'):\n  return 1", "NotImplementedError: the result of filter()"),
            ("return getattr(user.ak_groups, 'filter')", "NotImplementedError: getattr() of filter()"),
            ("return 'first' in user.ak_groups", "TypeError: a query cannot be searched"),
            ("import re\nreturn re.sub('a', 'b', 'a')", "NotImplementedError: re.sub() is not supported"),
            ("return ak_user_by(username='x')", "NotImplementedError: ak_user_by() is not supported yet"),
            ("return open('/etc/passwd').read()", "NotImplementedError: files, the environment and the clock"),
            ("import os\nreturn os.environ['PATH']", "NotImplementedError: files, the environment and the clock"),
            ("import requests", "ModuleNotFoundError: "),
            ("return __import__('os')", "NameError: "),
            ("return requests.get('http://127.0.0.1/')", "NameError: "),
            ("def f(n):\n  return f(n + 1)\nreturn f(0)", "RecursionError: "),
            ("return float('nan')", ""),
        ] {
            let failed = match run(&app, source).await {
                Err(Failure(text)) => text,
                Ok(outcome) => outcome.result.expect_err(source),
            };
            assert!(failed.starts_with(expected), "{source}: {failed}");
        }
    });
}

#[test]
fn expressions_cannot_harm_the_server() {
    on_sqlite(async |app| {
        // The interpreter stops itself, or is stopped where the machine is busy.
        let endless = run(&app, "while True:\n  pass").await.unwrap_err();
        assert!(endless.0.contains("time limit") || endless.0.contains("too long"), "{endless}");
        for source in [
            "return [0] * 10 ** 9",
            "x = 'a'\nwhile True:\n  x += x",
            "x = []\nfor i in range(100000):\n  x = [x]\nreturn x",
        ] {
            let ended = run(&app, source).await.and_then(|outcome| outcome.result.map_err(Failure));
            assert!(ended.is_err_and(|ended| !ended.0.is_empty()), "{source}");
            assert_eq!(value(&app, "return 1").await, 1);
        }
        // One after the other knows nothing of the one before.
        run(&app, "global leaked\nleaked = 1\ncontext['x'] = 1").await.unwrap();
        assert!(run(&app, "return leaked").await.is_err());
        assert_eq!(value(&app, "return 'x' in context").await, false);
    });
}

#[test]
fn every_default_expression_runs() {
    for_each_database(async |app| {
        let admin = app.admin();
        let me = admin.get("/core/users/me/").await.expect(200)["user"]["pk"].clone();
        let group = admin.get("/core/groups/").await.results()[0]["pk"].clone();
        let context = json!({ "ldap": { "name": "n" }, "dn": "cn=a,ou=b" });
        for mapping in admin.get("/propertymappings/all/?page_size=100").await.results() {
            let body = json!({ "user": me, "group": group, "context": context });
            let path = format!("/propertymappings/all/{}/test/", mapping["pk"].as_str().unwrap());
            let answer = admin.post(&path, body).await.expect(200);
            // This one asks a source for its path, and there is none.
            let source = mapping["managed"] == "goauthentik.io/sources/ldap/default-dn-path";
            assert_eq!(answer["successful"], !source, "{}: {answer}", mapping["name"]);
        }
        for policy in admin.get("/policies/all/?page_size=100").await.results() {
            let path = format!("/policies/all/{}/test/", policy["pk"].as_str().unwrap());
            let answer = admin.post(&path, json!({ "user": me })).await.expect(200);
            let unable = ["default-oobe-password-usable", "default-oobe-prefill-user"];
            let told = answer["messages"].to_string().contains("Error");
            assert_eq!(told, unable.contains(&policy["name"].as_str().unwrap()), "{}: {answer}", policy["name"]);
        }
    });
}

async fn mapping(admin: &Principal, name: &str, expression: &str) -> String {
    let body = json!({ "name": name, "expression": expression, "scope_name": name });
    let made = admin.post("/propertymappings/scope/", body).await.expect(201);
    format!("/propertymappings/all/{}/test/", made["pk"].as_str().unwrap())
}

#[test]
fn a_mapping_is_tried_for_whom_the_caller_may_see() {
    for_each_database(async |app| {
        let admin = app.admin();
        let jane = app.user("jane").with_permission("authentik_core.view_propertymapping").await;
        let path =
            mapping(&admin, "m", "return {'name': request.user.username, 'group': group.name if group else None}")
                .await;
        let answer = admin.post(&path, json!({ "user": jane.id() })).await.expect(200);
        assert_eq!(answer, json!({ "successful": true, "result": "{\"name\": \"jane\", \"group\": null}" }));
        let answer = admin.post(&format!("{path}?format_result=true"), json!({})).await.expect(200);
        assert_eq!(answer["result"], "{\n    \"name\": \"\",\n    \"group\": null\n}");
        let group = admin.post("/core/groups/", json!({ "name": "g" })).await.expect(201)["pk"].clone();
        jane.post(&path, json!({ "group": group })).await.expect(403);
        jane.post(&path, json!({ "user": jane.id() })).await.expect(403);
        jane.post(&path, json!({})).await.expect(200);
        let unknown = admin.post(&path, json!({ "user": 999_999 })).await.expect(400);
        assert_eq!(unknown, json!({ "user": ["Invalid pk \"999999\" - object does not exist."] }));
        let seer = app.user("seer").with_permission("authentik_core.view_propertymapping");
        let seer = seer.with_object_permission("authentik_core.view_user", jane.id()).await;
        seer.post(&path, json!({ "user": jane.id() })).await.expect(200);
        let path = mapping(&admin, "broken", "return nothing").await;
        let answer = admin.post(&path, json!({})).await.expect(200);
        assert_eq!(
            answer,
            json!({ "successful": false, "result": "NameError: name 'nothing' is not defined (line 1)" })
        );
        app.user("nobody").await.post(&path, json!({})).await.expect(403);
    });
}

#[test]
fn a_policy_is_tried_without_effect() {
    for_each_database(async |app| {
        let admin = app.admin();
        let body = json!({ "name": "p", "result": true, "wait_min": 100, "wait_max": 200 });
        let made = admin.post("/policies/dummy/", body).await.expect(201);
        let path = format!("/policies/all/{}/test/", made["pk"].as_str().unwrap());
        let jane = app.user("jane").with_permission("authentik_policies.view_policy").await;
        let answer = admin.post(&path, json!({ "user": jane.id() })).await.expect(200);
        assert_eq!(answer, json!({ "passing": true, "messages": ["dummy"], "log_messages": [] }));
        jane.post(&path, json!({ "user": jane.id() })).await.expect(403);
        assert_eq!(admin.post(&path, json!({})).await.expect(400), json!({ "user": ["This field is required."] }));
    });
}

#[test]
fn a_preview_shows_what_an_application_is_told() {
    for_each_database(async |app| {
        let admin = app.admin();
        let flow = admin.get("/flows/instances/?slug=default-provider-authorization-implicit-consent").await.results();
        let flow = &flow[0]["pk"];
        let keys = |kind: &'static str| {
            let admin = &admin;
            async move {
                let all = admin.get(&format!("/propertymappings/{kind}/?page_size=100")).await.results();
                let default =
                    |mapping: &&Value| mapping["managed"].as_str().is_some_and(|key| !key.contains("/proxy/"));
                all.iter().filter(default).map(|mapping| mapping["pk"].clone()).collect::<Vec<_>>()
            }
        };
        let jane = app.user("jane").await;
        let body = json!({
            "name": "o", "authorization_flow": flow, "property_mappings": keys("scope").await, "client_id": "c",
        });
        let oauth2 = admin.post("/providers/oauth2/", body).await.expect(201)["pk"].clone();
        let body = json!({ "name": "App", "slug": "app", "provider": oauth2 });
        admin.post("/core/applications/", body).await.expect(201);
        let path = format!("/providers/oauth2/{oauth2}/preview_user/");
        let preview = admin.get(&format!("{path}?for_user={}", jane.id())).await.expect(200)["preview"].clone();
        assert_eq!((&preview["preferred_username"], &preview["groups"]), (&json!("jane"), &json!([])));
        assert_eq!((&preview["aud"], preview["sub"].as_str().unwrap().len()), (&json!("c"), 64));
        assert_eq!(preview["iss"], format!("{}/application/o/app/", app.url()));
        assert_eq!(preview["email_verified"], true);
        let own = admin.get(&path).await.expect(200);
        assert_eq!(own["preview"]["groups"], json!(["authentik Admins"]));
        admin.get(&format!("{path}?for_user=999999")).await.expect(400);

        let body = json!({
            "name": "s", "authorization_flow": flow, "property_mappings": keys("saml").await, "acs_url": "https://a.test/acs",
        });
        let saml = admin.post("/providers/saml/", body).await.expect(201)["pk"].clone();
        let path = format!("/providers/saml/{saml}/preview_user/");
        let preview = admin.get(&format!("{path}?for_user={}", jane.id())).await.expect(200)["preview"].clone();
        let attribute = |name: &str| {
            let all = preview["attributes"].as_array().unwrap();
            all.iter().find(|a| a["Name"].as_str().unwrap().ends_with(name)).unwrap()["Value"].clone()
        };
        assert_eq!((attribute("/username"), attribute("/uid")), (json!(["jane"]), json!([jane.id().to_string()])));
        assert_eq!((attribute("/Group"), preview["nameID"].as_str().unwrap().len()), (json!([]), 64));
        jane.get(&path).await.expect(403);
    });
}
