//! Writes a flow and all that belongs to it as a blueprint.

use super::{
    bindings::PolicyBindings,
    record::{Fields, Record, Recorded},
};
use crate::{
    api::{
        context::Context,
        flows::{bindings::FlowStageBindings, instances::Flows},
        kinds::Kind,
        policies,
        resource::{Model, Resource},
        stages,
    },
    store::{
        Entity,
        query::Link,
        table,
        tables::{self, Flow, FlowStageBinding, Policy, PolicyBinding, Prompt, Stage},
    },
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;
use vestibule_api::{ApiError, schema::Schema, schemas};

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
    bindings.sort_by_key(|binding| binding.sort_order);
    let stages: Vec<Stage> = table::find_all(&mut ctx.db, "id", bindings.iter().map(|b| b.stage_id)).await?;
    let targets = bindings.iter().map(|b| (b.policy_binding_id, b.id)).chain([(flow.policy_binding_id, flow.id)]);
    let targets: Vec<(Uuid, Uuid)> = targets.collect();
    let mut guards: Vec<PolicyBinding> = table::find_all(&mut ctx.db, "target_id", targets.iter().map(|t| t.0)).await?;
    guards.sort_by_key(|guard| guard.sort_order);

    let prompting: Vec<Uuid> = stages.iter().filter(|stage| stage.kind == "prompt").map(|stage| stage.id).collect();
    let shown = linked(ctx, "stages_prompt_fields", "prompt_id", &prompting).await?;
    let mut asked = linked(ctx, "stages_prompt_validation_policies", "policy_id", &prompting).await?;
    asked.extend(guards.iter().filter_map(|guard| guard.policy_id));
    let policies: Vec<Policy> = table::find_all(&mut ctx.db, "id", asked).await?;
    let stages = referring_last(stages);

    // What others refer to comes before them.
    let mut entries = vec![];
    api::<Flows>(ctx, &mut entries, vec![flow], &["slug"], &schemas::FLOW_REQUEST).await?;
    let shown: Vec<Prompt> = table::find_all(&mut ctx.db, "id", shown).await?;
    recorded::<Prompt>(ctx, &mut entries, shown, &["name"]).await?;
    for policy in policies {
        kind(ctx, &mut entries, Kind::find(policies::kinds::KINDS, &policy.kind)?, policy.id).await?;
    }
    for stage in stages {
        kind(ctx, &mut entries, Kind::find(stages::kinds::KINDS, &stage.kind)?, stage.id).await?;
    }
    let identifiers = ["target", "stage", "order"];
    api::<FlowStageBindings>(ctx, &mut entries, bindings, &identifiers, &schemas::FLOW_STAGE_BINDING_REQUEST).await?;
    let ids: Vec<Uuid> = guards.iter().map(|guard| guard.id).collect();
    for (id, mut fields) in ids.into_iter().zip(PolicyBindings::models(ctx, guards).await?) {
        // To a reader, the target is the object itself.
        let target = targets.iter().find(|(target, _)| fields.get("target") == Some(&json!(target)));
        fields.insert("target".to_owned(), json!(target.map(|(_, object)| object)));
        entries.push(entry(PolicyBindings::MODEL, &json!(id), fields, &["policy", "target", "order"]));
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

/// Entries of a resource of the API: the fields that a body may have.
async fn api<R: Resource<Model: serde::Serialize>>(
    ctx: &mut Context,
    entries: &mut Vec<Value>,
    rows: Vec<R::Row>,
    identifiers: &[&str],
    body: &'static Schema,
) -> Result<(), ApiError> {
    let keys: Vec<String> = rows.iter().map(R::pk).collect();
    for (key, model) in keys.iter().zip(R::models(ctx, rows).await?) {
        let Ok(Value::Object(mut fields)) = serde_json::to_value(model) else { continue };
        let Schema::Object(known) = body else { continue };
        fields.retain(|field, _| known.iter().any(|known| known.name == field));
        entries.push(entry(R::MODEL, &json!(key), fields, identifiers));
    }
    Ok(())
}

/// Entries of objects without handlers.
async fn recorded<T: Record>(
    ctx: &mut Context,
    entries: &mut Vec<Value>,
    rows: Vec<T::Row>,
    identifiers: &[&str],
) -> Result<(), ApiError> {
    let keys: Vec<String> = rows.iter().map(Recorded::<T>::pk).collect();
    for (key, fields) in keys.iter().zip(Recorded::<T>::models(ctx, rows).await?) {
        entries.push(entry(T::MODEL, &json!(key), fields, identifiers));
    }
    Ok(())
}

async fn one<T: Record>(ctx: &mut Context, entries: &mut Vec<Value>, id: Uuid) -> Result<(), ApiError> {
    let rows = table::find_all::<T::Row>(&mut ctx.db, <T::Row as Entity>::KEY, [id]).await?;
    recorded::<T>(ctx, entries, rows, &["name"]).await
}

/// The entry of a stage or policy.
async fn kind(ctx: &mut Context, entries: &mut Vec<Value>, kind: &Kind, id: Uuid) -> Result<(), ApiError> {
    macro_rules! first_that_fits {
        ($($record:ident)*) => {
            $(if kind.model == <tables::$record as Record>::MODEL { return one::<tables::$record>(ctx, entries, id).await; })*
        };
    }
    first_that_fits! {
        AuthenticatorDuoStage AuthenticatorSmsStage AuthenticatorStaticStage AuthenticatorTotpStage
        AuthenticatorValidateStage AuthenticatorWebAuthnStage CaptchaStage ConsentStage DenyStage DummyStage EmailStage
        IdentificationStage InvitationStage PasswordStage PromptStage SourceStage UserDeleteStage UserLoginStage
        UserLogoutStage UserWriteStage
        DummyPolicy EventMatcherPolicy ExpressionPolicy PasswordExpiryPolicy PasswordPolicy ReputationPolicy
    }
    Err(ApiError::Internal(format!("{} cannot be exported", kind.model.name)))
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
