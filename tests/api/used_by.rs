//! `used_by` of all resources.

use crate::support::for_each_database;
use serde_json::json;
use vestibule::store::{
    column::Ref,
    query::Link,
    tables::{Flow, FlowStageBinding, Policy, PolicyBinding, PropertyMapping, Provider, Stage},
};

const MAPPINGS: Link = Link { table: "provider_property_mappings", owner: "provider_id", other: "mapping_id" };

#[test]
fn what_refers_to_an_object_is_named_as_far_as_the_caller_may_see_it() {
    for_each_database(async |app| {
        let mapping = PropertyMapping {
            id: uuid::Uuid::from_u128(1),
            name: "m".into(),
            kind: "scope".into(),
            ..PropertyMapping::default()
        };
        let mapping = app.insert(mapping).await;
        let provider = app.insert(Provider { name: "p".into(), kind: "oauth2".into(), ..Provider::default() }).await;
        let mut tx = app.app.db.begin().await.unwrap();
        MAPPINGS.add(&mut tx, provider.id, mapping.id).await.unwrap();
        tx.commit().await.unwrap();

        let path = format!("/propertymappings/all/{}/used_by/", mapping.id);
        let named = json!([{
            "app": "authentik_core", "model_name": "provider", "pk": provider.id.to_string(), "name": "p",
            "action": "cascade_many",
        }]);
        assert_eq!(app.admin().get(&path).await.expect(200), named);
        let view = "authentik_core.view_propertymapping";
        let caller = app.user("blind").with_permission(view).await;
        assert_eq!(caller.get(&path).await.expect(200), json!([]));
        let see = "authentik_core.view_provider";
        let caller = app.user("sighted").with_permission(view).with_object_permission(see, provider.id).await;
        assert_eq!(caller.get(&path).await.expect(200), named);
    });
}

#[test]
fn a_stage_is_used_by_flows_and_a_policy_by_bindings() {
    for_each_database(async |app| {
        let id = uuid::Uuid::from_u128;
        let text = |s: &str| s.to_owned();
        let flow = Flow {
            id: id(1),
            slug: text("f"),
            name: text("F"),
            title: text("F"),
            designation: text("authentication"),
            policybindingmodel_ptr_id: id(2),
            ..Flow::default()
        };
        app.insert(flow).await;
        app.insert(Stage { id: id(3), name: text("s"), kind: "dummy".into() }).await;
        app.insert(FlowStageBinding {
            id: id(4),
            target: Ref(id(1)),
            stage: Ref(id(3)),
            order: 7,
            policybindingmodel_ptr_id: id(5),
            ..FlowStageBinding::default()
        })
        .await;
        app.insert(Policy { id: id(6), name: text("y"), kind: "dummy".into(), ..Policy::default() }).await;
        app.insert(PolicyBinding { policy: Some(Ref(id(6))), id: id(7), target: id(2), ..PolicyBinding::default() })
            .await;

        let names = async |path: String| {
            let found = app.admin().get(&path).await.expect(200);
            let pick = |o: &serde_json::Value| format!("{} {}", o["model_name"].as_str().unwrap(), o["action"]);
            found.as_array().unwrap().iter().map(pick).collect::<Vec<_>>()
        };
        let stage = names(format!("/stages/all/{}/used_by/", id(3))).await;
        assert_eq!(stage, ["flowstagebinding \"cascade\"", "flow \"cascade_many\""]);
        let policy = names(format!("/policies/all/{}/used_by/", id(6))).await;
        assert_eq!(policy, ["policybinding \"cascade\""]);
        let listed = app.admin().get(&format!("/policies/all/{}/", id(6))).await.expect(200);
        assert_eq!(listed["bound_to"], 1);
    });
}
