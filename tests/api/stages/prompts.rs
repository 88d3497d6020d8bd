//! `/stages/prompt/prompts/`.

use crate::support::for_each_database;
use serde_json::json;

const LIST: &str = "/stages/prompt/prompts/";

#[test]
fn a_prompt_is_made_shown_found_and_deleted() {
    for_each_database(async |app| {
        let admin = app.admin();
        let body = json!({ "name": "mine", "field_key": "zz", "label": "Mine", "type": "text" });
        let made = admin.post(LIST, body.clone()).await.expect(201);
        let path = format!("{LIST}{}/", made["pk"].as_str().unwrap());
        assert_eq!(admin.put(&path, body.clone()).await.expect(200), made);
        let taken = admin.post(LIST, body).await.expect(400);
        assert_eq!(taken, json!({ "name": ["Prompt with this name already exists."] }));
        let stage = admin.post("/stages/prompt/stages/", json!({ "name": "s", "fields": [made["pk"]] })).await;
        let stage = stage.expect(201);
        let shown = admin.get(&path).await.expect(200);
        assert_eq!(shown["promptstage_set"][0]["pk"], stage["pk"]);
        assert_eq!(admin.get(&format!("{LIST}?field_key=zz")).await.results(), std::slice::from_ref(&shown));
        assert_eq!(admin.get(LIST).await.results().last(), Some(&shown), "ordered by key");
        assert_eq!(admin.get(&format!("{path}used_by/")).await.expect(200)[0]["pk"], stage["pk"]);
        for (flag, field) in [("placeholder_expression", "placeholder"), ("initial_value_expression", "initial_value")]
        {
            let errors = admin.patch(&path, json!({ flag: true, field: "return (" })).await.expect(400);
            assert!(errors[field][0].as_str().unwrap().starts_with("Expression Syntax Error"), "{errors}");
            admin.patch(&path, json!({ field: "return (" })).await.expect(200);
            admin.patch(&path, json!({ flag: true })).await.expect(400);
        }
        admin.delete(&path).await.expect(204);
        let stage = admin.get(&format!("/stages/prompt/stages/{}/", stage["pk"].as_str().unwrap())).await;
        assert_eq!(stage.expect(200)["fields"], json!([]));
    });
}

#[test]
fn a_preview_is_what_the_caller_would_see() {
    for_each_database(async |app| {
        let admin = app.admin();
        let preview = format!("{LIST}preview/");
        let field = async |extra: serde_json::Value| {
            let mut body = json!({ "name": "p", "field_key": "k", "label": "L", "type": "text", "order": 3 });
            body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            admin.post(&preview, body).await
        };
        let shown = field(json!({ "placeholder": "p", "initial_value": "i", "sub_text": "s" })).await.expect(200);
        assert_eq!(
            shown,
            json!({ "type": "native", "component": "ak-stage-prompt", "fields": [{
                "choices": null, "field_key": "k", "initial_value": "i", "label": "L", "order": 3, "placeholder": "p",
                "required": true, "sub_text": "s", "type": "text",
            }] })
        );
        let shown = field(json!({ "initial_value": "return user.username", "initial_value_expression": true })).await;
        assert_eq!(shown.expect(200)["fields"][0]["initial_value"], "akadmin");
        let choices = json!({
            "type": "dropdown", "placeholder": "return ['a', 2]", "placeholder_expression": true, "initial_value": "z",
        });
        let shown = field(choices).await.expect(200)["fields"][0].clone();
        assert_eq!(
            (&shown["choices"], &shown["initial_value"], &shown["placeholder"]),
            (&json!(["a", "2"]), &json!("a"), &json!(""))
        );
        let errors = field(json!({ "placeholder": "return 1 / 0", "placeholder_expression": true })).await.expect(400);
        assert!(errors["non_field_errors"][0].as_str().unwrap().contains("ZeroDivisionError"), "{errors}");
        field(json!({ "placeholder": "return (", "placeholder_expression": true })).await.expect(400);
        let jane = app.user("jane").with_permission("authentik_stages_prompt.view_prompt").await;
        jane.post(&preview, json!({})).await.expect(403);
        assert_eq!(admin.get(&format!("{LIST}?name=p")).await.results().len(), 0, "nothing is stored");
    });
}
