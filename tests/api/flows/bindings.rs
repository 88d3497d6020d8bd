//! `/flows/bindings/`.

use crate::support::for_each_database;
use serde_json::json;
use uuid::Uuid;
use vestibule::store::tables::{Flow, Stage};

const BINDINGS: &str = "/flows/bindings/";

#[test]
fn a_stage_has_one_place_of_each_order_in_a_flow() {
    for_each_database(async |app| {
        let admin = app.admin();
        let name = |text: &str| text.to_owned();
        let flow = Flow {
            id: Uuid::new_v4(),
            slug: name("f"),
            name: name("F"),
            title: name("F"),
            designation: name("enrollment"),
            policybindingmodel_ptr_id: Uuid::new_v4(),
            ..Flow::default()
        };
        let flow = app.insert(flow).await;
        let stage = app.insert(Stage { id: Uuid::new_v4(), name: name("s"), kind: "deny".into() }).await;
        let body = json!({ "target": flow.id, "stage": stage.id, "order": 7 });
        let made = admin.post(BINDINGS, body.clone()).await.expect(201);
        assert_eq!(made["stage_obj"]["component"], "ak-stage-deny-form");
        assert_eq!(made["stage_obj"]["flow_set"][0]["slug"], "f");
        let errors = admin.post(BINDINGS, body).await.expect(400);
        assert_eq!(errors, json!({ "non_field_errors": ["The fields target, stage, order must make a unique set."] }));

        let found = admin.get(&format!("/flows/bindings/?target={}&search=s", flow.id)).await.results();
        assert_eq!(found, std::slice::from_ref(&made));
        let path = format!("{BINDINGS}{}/", made["pk"].as_str().unwrap());
        let changed = admin.patch(&path, json!({ "order": 8 })).await.expect(200);
        assert_eq!((&changed["order"], &changed["re_evaluate_policies"]), (&json!(8), &json!(true)));
        let one = admin.get("/flows/bindings/?page_size=1").await.statements();
        assert_eq!(admin.get("/flows/bindings/?page_size=9").await.statements(), one);
        app.user("nobody").await.get(&path).await.expect(403);
        admin.delete(&path).await.expect(204);
        admin.get(&path).await.expect(404);
    });
}
