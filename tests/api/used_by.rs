//! `used_by` of all resources.

use crate::support::for_each_database;
use serde_json::json;
use vestibule::store::{
    query::Link,
    tables::{Flow, FlowStageBinding, Policy, PolicyBinding, PropertyMapping, Provider, Stage},
};

const MAPPINGS: Link = Link { table: "provider_property_mappings", owner: "provider_id", other: "mapping_id" };

#[test]
fn what_refers_to_an_object_is_named_as_far_as_the_caller_may_see_it() {
    for_each_database(async |app| {
        let mapping = PropertyMapping::defaults(uuid::Uuid::from_u128(1), "m".into(), String::new(), "scope");
        let mapping = app.insert(mapping).await;
        let provider = app.insert(Provider::defaults("p".into(), "oauth2")).await;
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
        let flow = Flow::defaults(id(1), text("f"), text("F"), text("F"), text("authentication"), id(2));
        app.insert(flow).await;
        app.insert(Stage::defaults(id(3), text("s"), "dummy")).await;
        app.insert(FlowStageBinding::defaults(id(4), id(1), id(3), 7, id(5))).await;
        app.insert(Policy::defaults(id(6), text("y"), "dummy")).await;
        app.insert(PolicyBinding { policy_id: Some(id(6)), ..PolicyBinding::defaults(id(7), id(2), 0) }).await;

        let names = async |path: String| {
            let found = app.admin().get(&path).await.expect(200);
            let pick = |o: &serde_json::Value| format!("{} {}", o["model_name"].as_str().unwrap(), o["action"]);
            found.as_array().unwrap().iter().map(pick).collect::<Vec<_>>()
        };
        let stage = names(format!("/stages/all/{}/used_by/", id(3))).await;
        assert_eq!(stage, ["flow \"cascade_many\"", "flowstagebinding \"cascade\""]);
        let policy = names(format!("/policies/all/{}/used_by/", id(6))).await;
        assert_eq!(policy, ["policybinding \"cascade\""]);
        let listed = app.admin().get(&format!("/policies/all/{}/", id(6))).await.expect(200);
        assert_eq!(listed["bound_to"], 1);
    });
}
