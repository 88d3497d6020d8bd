//! Writes a flow and all that belongs to it as a blueprint.

use super::{Fields, models::Importer};
use crate::{
    api::{
        context::Context,
        kinds::Kind,
        policies,
        resource::{Model, Resource},
        stages,
    },
    store::{
        query::Link,
        table,
        tables::{Flow, FlowStageBinding, Policy, PolicyBinding, Stage},
    },
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;
use vestibule_api::{ApiError, flows_bindings, flows_instances, policies_bindings, stages_prompt_prompts};

/// Fields that are true, or not empty, where a blueprint leaves them out. Of all others, empty values are left out.
const NOT_EMPTY_BY_DEFAULT: &[&str] = &[
    "case_insensitive_matching",
    "check_ip",
    "check_static_rules",
    "check_username",
    "create_users_as_inactive",
    "device_classes",
    "enabled",
    "error_on_invalid_score",
    "pretend_user_exists",
    "re_evaluate_policies",
    "required",
    "show_matched_user",
];

/// The flow with its stages, bindings, policies and prompts, as YAML.
///
/// # Errors
/// When a query fails.
pub async fn flow(ctx: &mut Context, flow: Flow) -> Result<String, ApiError> {
    let mut bindings: Vec<FlowStageBinding> = table::find_all(&mut ctx.db, "flow_id", [flow.id]).await?;
    bindings.sort_by_key(|binding| binding.order);
    let stages: Vec<Stage> = table::find_all(&mut ctx.db, "id", bindings.iter().map(|b| b.stage)).await?;
    let targets = bindings.iter().map(|b| (b.policybindingmodel_ptr_id, b.id));
    let targets: Vec<(Uuid, Uuid)> = targets.chain([(flow.policybindingmodel_ptr_id, flow.id)]).collect();
    let mut guards: Vec<PolicyBinding> = table::find_all(&mut ctx.db, "target_id", targets.iter().map(|t| t.0)).await?;
    guards.sort_by_key(|guard| guard.order);

    let prompting: Vec<Uuid> = stages.iter().filter(|stage| stage.kind == "prompt").map(|stage| stage.id).collect();
    let shown = linked(ctx, "stages_prompt_fields", "prompt_id", &prompting).await?;
    let mut asked = linked(ctx, "stages_prompt_validation_policies", "policy_id", &prompting).await?;
    asked.extend(guards.iter().filter_map(|guard| guard.policy).map(|policy| policy.0));
    let policies: Vec<Policy> = table::find_all(&mut ctx.db, "id", asked).await?;
    let stages = referring_last(stages);

    // What others refer to comes before them.
    let mut entries = vec![];
    add(ctx, &mut entries, flows_instances::Family::MODEL, [flow.id], &["slug"]).await?;
    add(ctx, &mut entries, stages_prompt_prompts::Family::MODEL, shown, &["name"]).await?;
    for policy in policies {
        let model = Kind::find(policies::kinds::KINDS, &policy.kind)?.model;
        add(ctx, &mut entries, model, [policy.id], &["name"]).await?;
    }
    for stage in stages {
        let model = Kind::find(stages::kinds::KINDS, &stage.kind)?.model;
        add(ctx, &mut entries, model, [stage.id], &["name"]).await?;
    }
    let bindings = bindings.iter().map(|binding| binding.id);
    add(ctx, &mut entries, flows_bindings::Family::MODEL, bindings, &["target", "stage", "order"]).await?;
    let guards = guards.iter().map(|guard| guard.id);
    let first = entries.len();
    add(ctx, &mut entries, policies_bindings::Family::MODEL, guards, &["policy", "target", "order"]).await?;
    for target in entries.iter_mut().skip(first).filter_map(|entry| entry.pointer_mut("/identifiers/target")) {
        // To a reader, the target is the object itself.
        if let Some((_, object)) = targets.iter().find(|(key, _)| *target == json!(key)) {
            *target = json!(object);
        }
    }
    write(ctx, entries)
}

/// The keys on the other side of links.
async fn linked(
    ctx: &mut Context,
    table: &'static str,
    other: &'static str,
    stages: &[Uuid],
) -> Result<BTreeSet<Uuid>, ApiError> {
    let link = Link { table, owner: "stage_id", other };
    let pairs = link.pairs::<Uuid, Uuid>(&mut ctx.db, stages.to_vec()).await?;
    Ok(pairs.into_iter().map(|(_, other)| other).collect())
}

/// Stages of which some name others of the same flow, those last.
fn referring_last(mut stages: Vec<Stage>) -> Vec<Stage> {
    stages.sort_by_key(|stage| matches!(stage.kind.as_str(), "identification" | "authenticator_validate"));
    stages
}

/// The entries of objects of a model, in the order of their keys.
async fn add(
    ctx: &mut Context,
    entries: &mut Vec<Value>,
    model: Model,
    keys: impl IntoIterator<Item = Uuid>,
    identifiers: &[&str],
) -> Result<(), ApiError> {
    let keys: Vec<Value> = keys.into_iter().map(|key| json!(key)).collect();
    let importer = Importer::named(&format!("{}.{}", model.app, model.name)).map_err(ApiError::Internal)?;
    let mut objects = (importer.read)(ctx, keys.clone()).await?;
    objects.sort_by_key(|(key, _)| keys.iter().position(|asked| asked == key));
    entries.extend(objects.into_iter().map(|(key, fields)| entry(model, &key, fields, identifiers)));
    Ok(())
}

/// One object. Fields that are empty anyway are left out.
fn entry(model: Model, key: &Value, mut fields: Fields, identifiers: &[&str]) -> Value {
    let mut found_by = Fields::new();
    found_by.insert("pk".to_owned(), key.clone());
    for field in identifiers {
        found_by.insert((*field).to_owned(), fields.remove(*field).unwrap_or_default());
    }
    fields.retain(|field, value| {
        let empty = match value {
            Value::Null => true,
            Value::Bool(truth) => !*truth,
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            Value::Number(_) => false,
        };
        !empty || (NOT_EMPTY_BY_DEFAULT.contains(&field.as_str()) && !value.is_null())
    });
    fields.sort_keys();
    found_by.sort_keys();
    json!({
        "attrs": fields,
        "conditions": [],
        "identifiers": found_by,
        "model": format!("{}.{}", model.app, model.name),
        "state": "present",
    })
}

fn write(ctx: &Context, entries: Vec<Value>) -> Result<String, ApiError> {
    let document = json!({
        "context": {},
        "entries": entries,
        "metadata": {
            "labels": { "blueprints.goauthentik.io/generated": "true" },
            "name": format!("authentik Export - {}", ctx.now.format("%Y-%m-%d %H:%M:%S%.6f+00:00")),
        },
        "version": 1,
    });
    yaml_serde::to_string(&document).map_err(|error| ApiError::Internal(format!("no YAML: {error}")))
}
