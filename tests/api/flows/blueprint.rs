//! Flows as blueprints: export and import.

use crate::support::{Answer, Principal, TestApp, for_each_database};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

const FLOWS: &str = "/flows/instances/";

async fn import(who: &Principal, yaml: impl Into<String>) -> Answer {
    let file = Part::text(yaml.into()).file_name("flow.yaml").mime_str("text/yaml").unwrap();
    who.upload("/flows/instances/import/", Form::new().part("file", file)).await
}

async fn export(app: &TestApp, slug: &str) -> Value {
    let answer = app.admin().get(&format!("{FLOWS}{slug}/export/")).await;
    yaml_serde::from_str(&answer.text()).unwrap()
}

/// The entries without what differs from one export to the next.
fn entries(blueprint: &Value) -> Vec<Value> {
    blueprint["entries"].as_array().unwrap().clone()
}

/// A blueprint of one entry.
fn one(entry: &str) -> String {
    format!("version: 1\nentries:\n- {}\n", entry.replace('\n', "\n  "))
}

const FLOW: &str = "model: authentik_flows.flow\nid: flow\nidentifiers: {slug: f}\nattrs: {name: F, title: T, designation: enrollment}";

#[test]
fn the_default_flows_are_exported_and_imported_again() {
    for_each_database(async |app| {
        let admin = app.admin();
        for flow in admin.get(FLOWS).await.results() {
            let slug = flow["slug"].as_str().unwrap();
            let text = admin.get(&format!("{FLOWS}{slug}/export/")).await.text();
            let start = "context: {}\nentries:\n- attrs:\n    authentication: ";
            assert!(text.starts_with(start), "{text}");
            let before = entries(&export(&app, slug).await);
            assert!(before.iter().all(|entry| entry["model"].is_string() && entry["identifiers"]["pk"].is_string()));
            let answer = import(&admin, text).await.expect(200);
            assert_eq!(answer["success"], true, "{answer}");
            assert_eq!(answer["logs"].as_array().unwrap().len(), before.len());
            assert_eq!(entries(&export(&app, slug).await), before, "{slug}");
        }
    });
}

#[test]
fn an_export_brings_a_deleted_flow_back() {
    for_each_database(async |app| {
        let admin = app.admin();
        let slug = "default-source-enrollment";
        let text = admin.get(&format!("{FLOWS}{slug}/export/")).await.text();
        let names = |blueprint: &Value| -> Vec<String> {
            let name = |entry: &Value| {
                let found = ["slug", "name", "order"].iter().map(|key| entry["identifiers"][key].to_string());
                format!("{} {:?} {}", entry["model"], found.collect::<Vec<_>>(), entry["attrs"])
            };
            let mut names: Vec<String> = entries(blueprint).iter().map(name).collect();
            names.sort();
            names
        };
        let before = names(&export(&app, slug).await);
        assert!(before.iter().any(|name| name.contains("policybinding")), "{before:?}");
        for stage in admin.get("/stages/all/?page_size=100").await.results() {
            if stage["name"].as_str().unwrap().starts_with("default-source-enrollment") {
                admin.delete(&format!("/stages/all/{}/", stage["pk"].as_str().unwrap())).await.expect(204);
            }
        }
        admin.delete(&format!("{FLOWS}{slug}/")).await.expect(204);
        // Keys are new then: what refers to the old ones follows.
        assert_eq!(import(&admin, text).await.expect(200)["success"], true);
        let after = names(&export(&app, slug).await);
        // Fields of prompt stages are keys, which the prompts have kept.
        assert_eq!(after, before);
    });
}

#[test]
fn tags_stand_for_values() {
    for_each_database(async |app| {
        let admin = app.admin();
        let text = r#"
version: 1
context: {prefix: case}
entries:
- model: authentik_flows.flow
  id: flow
  identifiers: {slug: !Format ["%s-flow", !Context prefix]}
  attrs: {name: !Context [missing, Unnamed], title: !If [true, Yes, No], designation: enrollment}
- model: authentik_stages_identification.identificationstage
  id: stage
  identifiers: {name: case-stage}
  attrs:
    user_fields: [email]
    enrollment_flow: !KeyOf flow
    recovery_flow: !Find [authentik_flows.flow, [slug, default-authentication-flow]]
- model: authentik_flows.flowstagebinding
  id: binding
  identifiers: {target: !KeyOf flow, stage: !KeyOf stage, order: 5}
- model: authentik_policies_expression.expressionpolicy
  id: policy
  identifiers: {name: case-policy}
  attrs: {expression: return True}
- model: authentik_policies.policybinding
  identifiers: {target: !KeyOf binding, policy: !KeyOf policy, order: 0}
- model: authentik_flows.flow
  conditions: [!Condition [AND, true, ""]]
  identifiers: {slug: never}
"#;
        let answer = import(&admin, text).await.expect(200);
        assert_eq!(answer["logs"].as_array().unwrap().len(), 6, "{answer}");
        let flow = admin.get("/flows/instances/case-flow/").await.expect(200);
        assert_eq!((&flow["name"], &flow["title"]), (&json!("Unnamed"), &json!("Yes")));
        let exported = entries(&export(&app, "case-flow").await);
        let stage = exported.iter().find(|e| e["identifiers"]["name"] == "case-stage").unwrap();
        assert_eq!(stage["attrs"]["enrollment_flow"], flow["pk"]);
        assert!(stage["attrs"]["recovery_flow"].is_string());
        assert!(exported.iter().any(|e| e["model"] == "authentik_policies.policybinding"));
        admin.get("/flows/instances/never/").await.expect(404);
        // Twice is as good as once.
        import(&admin, text).await.expect(200);
        assert_eq!(entries(&export(&app, "case-flow").await), exported);
    });
}

#[test]
fn what_does_not_fit_is_told_and_nothing_is_kept() {
    for_each_database(async |app| {
        let admin = app.admin();
        let bad = |entry: &str| format!("version: 1\nentries:\n- {}\n- {}\n", FLOW.replace('\n', "\n  "), entry);
        for (text, reason) in [
            ("a: [".to_owned(), "The file is not YAML"),
            ("version: 3".to_owned(), "Invalid blueprint version"),
            (bad("{model: authentik_core.token, identifiers: {identifier: x}}"), "cannot be imported"),
            (bad("{model: authentik_flows.flow, attrs: {name: !Env PATH}}"), "!Env is refused"),
            (bad("{model: authentik_flows.flow, attrs: {name: !Shell ls}}"), "!Shell is not known"),
            (bad("{model: authentik_flows.flow, attrs: {name: !KeyOf nobody}}"), "no entry above has this id"),
            (
                bad("{model: authentik_flows.flow, identifiers: {slug: g}}"),
                "Entry 2 (authentik_flows.flow): Entry invalid: {\"designation\":[\"This field is required.\"]",
            ),
            (
                bad("{model: authentik_flows.flow, identifiers: {pk: no-key, colour: g}}"),
                "cannot be found by this field",
            ),
            (
                bad("{model: authentik_flows.flow, state: must_created, identifiers: {slug: f}}"),
                "object exists already",
            ),
            (bad("{model: authentik_flows.flow, state: maybe, identifiers: {slug: f}}"), "is no state"),
            (
                bad(
                    "{model: authentik_flows.flow, identifiers: {name: G}, attrs: {slug: f, title: G, designation: enrollment}}",
                ),
                "Flow with this slug already exists.",
            ),
            (
                bad(
                    "{model: authentik_stages_prompt.promptstage, identifiers: {name: p}, attrs: {fields: [00000000-0000-4000-8000-000000000000]}}",
                ),
                "object does not exist",
            ),
            (
                bad(
                    "{model: authentik_stages_user_login.userloginstage, identifiers: {name: p}, attrs: {session_duration: long}}",
                ),
                "not in the correct format",
            ),
            (
                bad(
                    "{model: authentik_policies_expression.expressionpolicy, identifiers: {name: p}, attrs: {expression: 'return ('}}",
                ),
                "Expression Syntax Error",
            ),
            (
                bad("{model: authentik_policies.policybinding, identifiers: {target: !KeyOf flow, order: 0}}"),
                "One of 'policy', 'group' or 'user' must be set.",
            ),
        ] {
            let answer = import(&admin, &text).await.expect(400);
            let line = answer["logs"].as_array().unwrap().last().unwrap().clone();
            assert!(line["event"].as_str().unwrap().contains(reason), "{text}\n{answer}");
            assert_eq!((&answer["success"], &line["log_level"]), (&json!(false), &json!("error")));
        }
        admin.get("/flows/instances/f/").await.expect(404);
        let nothing = json!({ "logs": [], "success": false });
        assert_eq!(admin.upload("/flows/instances/import/", Form::new()).await.expect(400), nothing);
        assert_eq!(import(&admin, one(FLOW)).await.expect(200)["success"], true);
        let gone = "{model: authentik_flows.flow, state: absent, identifiers: {slug: f}}";
        assert_eq!(import(&admin, one(gone)).await.expect(200)["logs"][0]["event"], "deleted");
        admin.get("/flows/instances/f/").await.expect(404);
    });
}

#[test]
fn whoever_may_import_flows_may_not_import_everything() {
    for_each_database(async |app| {
        let importer = |name: &str| {
            let user = app.user(name).with_permission("authentik_flows.add_flow");
            user.with_permission("authentik_flows.change_flow")
        };
        let jane = importer("jane").with_permission("authentik_stages_captcha.add_captchastage");
        let jane = jane.with_permission("authentik_flows.add_flowstagebinding").await;
        assert_eq!(import(&jane, one(FLOW)).await.expect(200)["success"], true);
        for model in [
            "authentik_core.group, identifiers: {name: g}, attrs: {is_superuser: true}",
            "authentik_core.user, identifiers: {username: u}",
        ] {
            let answer = import(&jane, one(&format!("{{model: {model}}}"))).await.expect(400);
            assert!(answer["logs"][0]["event"].as_str().unwrap().contains("Only superusers"), "{answer}");
        }
        import(&app.user("joe").with_permission("authentik_flows.add_flow").await, one(FLOW)).await.expect(403);
        jane.get("/flows/instances/f/export/").await.expect(403);
        let slug = "default-authentication-flow";
        let pk = app.admin().get(&format!("{FLOWS}{slug}/")).await.expect(200)["pk"].as_str().unwrap().to_owned();
        let reader = app.user("reader").with_object_permission("authentik_flows.export_flow", pk).await;
        assert_eq!(reader.get(&format!("{FLOWS}{slug}/export/")).await.status, 200);
        reader.get("/flows/instances/f/export/").await.expect(404);
        // Secrets stay here.
        let secret = "{model: authentik_stages_captcha.captchastage, id: c, identifiers: {name: c}, attrs: {public_key: p, private_key: hidden}}";
        let bound = "{model: authentik_flows.flowstagebinding, identifiers: {target: !Find [authentik_flows.flow, [slug, f]], stage: !KeyOf c, order: 0}}";
        let flows_only = importer("jim").await;
        for (entry, missing) in [
            (secret, "authentik_stages_captcha.add_captchastage"),
            ("{model: authentik_flows.flow, state: absent, identifiers: {slug: f}}", "authentik_flows.delete_flow"),
        ] {
            let answer = import(&flows_only, one(entry)).await.expect(400);
            assert!(answer["logs"][0]["event"].as_str().unwrap().contains(missing), "{answer}");
        }
        import(&jane, format!("version: 1\nentries:\n- {secret}\n- {bound}\n")).await.expect(200);
        let text = app.admin().get("/flows/instances/f/export/").await.text();
        assert!(text.contains("captchastage") && !text.contains("hidden"), "{text}");
    });
}
