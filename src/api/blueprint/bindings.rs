//! Bindings of policies, groups and users to what they guard, as blueprints write them.

use super::record::Fields;
use crate::{
    api::{
        context::Context,
        page::Listing,
        resource::{self, Model, Resource, Unique, check_exist},
    },
    store::{
        table,
        tables::{Application, Flow, FlowStageBinding, PolicyBinding, Source},
    },
};
use serde_json::{Value, json};
use uuid::Uuid;
use vestibule_api::{ApiError, Errors};

/// Bindings of policies.
pub(super) struct PolicyBindings;

impl PolicyBindings {
    /// Replaces a `target` that is the key of an object by what bindings name as their target.
    pub(super) async fn point_at_target(ctx: &mut Context, fields: &mut Fields) -> Result<(), ApiError> {
        let Some(target) = fields.get("target").and_then(Value::as_str).and_then(|id| id.parse::<Uuid>().ok()) else {
            return Ok(());
        };
        let found = if let Some(flow) = table::find::<Flow>(&mut ctx.db, "id", target).await? {
            flow.policy_binding_id
        } else if let Some(binding) = table::find::<FlowStageBinding>(&mut ctx.db, "id", target).await? {
            binding.policy_binding_id
        } else {
            target
        };
        fields.insert("target".to_owned(), json!(found));
        Ok(())
    }

    async fn is_target(ctx: &mut Context, id: Uuid) -> Result<bool, ApiError> {
        let db = &mut ctx.db;
        Ok(table::find::<Flow>(db, "policy_binding_id", id).await?.is_some()
            || table::find::<FlowStageBinding>(db, "policy_binding_id", id).await?.is_some()
            || table::find::<Application>(db, "id", id).await?.is_some()
            || table::find::<Source>(db, "id", id).await?.is_some())
    }
}

impl Resource for PolicyBindings {
    type Row = PolicyBinding;
    type Model = Fields;
    type Patch = Fields;

    const MODEL: Model = Model { app: "authentik_policies", name: "policybinding", verbose: "Policy Binding" };
    const LISTING: Listing = Listing { order: &[], default_order: &[], search: &[], key: ("policy_bindings", "id") };
    const UNIQUE: &'static [Unique] = &[(
        "policy_id_target_id_sort_order",
        Errors::NON_FIELD,
        "The fields policy, target, order must make a unique set.",
    )];

    fn pk(row: &PolicyBinding) -> String {
        row.id.to_string()
    }

    fn label(row: &PolicyBinding) -> String {
        format!("Policy Binding #{} to {}", row.sort_order, row.target_id)
    }

    async fn models(_ctx: &mut Context, rows: Vec<PolicyBinding>) -> Result<Vec<Fields>, ApiError> {
        let model = |row: PolicyBinding| {
            let fields = [
                ("policy", json!(row.policy_id)),
                ("group", json!(row.group_id)),
                ("user", json!(row.user_id)),
                ("target", json!(row.target_id)),
                ("negate", json!(row.negate)),
                ("enabled", json!(row.enabled)),
                ("order", json!(row.sort_order)),
                ("timeout", json!(row.timeout)),
                ("failure_result", json!(row.failure_result)),
            ];
            fields.into_iter().map(|(field, value)| (field.to_owned(), value)).collect()
        };
        Ok(rows.into_iter().map(model).collect())
    }

    async fn save(
        ctx: &mut Context,
        existing: Option<PolicyBinding>,
        patch: Fields,
    ) -> Result<PolicyBinding, ApiError> {
        let new = existing.is_none();
        let mut row = existing.unwrap_or_else(|| PolicyBinding::defaults(ctx.uuid(), Uuid::nil(), 0));
        let uuid = |field: &str| patch.get(field).map(|value| value.as_str().and_then(|id| id.parse::<Uuid>().ok()));
        let truth =
            |field: &str, place: &mut bool| *place = patch.get(field).and_then(Value::as_bool).unwrap_or(*place);
        let integer =
            |field: &str, place: &mut i64| *place = patch.get(field).and_then(Value::as_i64).unwrap_or(*place);
        row.target_id = uuid("target").flatten().unwrap_or(row.target_id);
        row.policy_id = uuid("policy").unwrap_or(row.policy_id);
        row.group_id = uuid("group").unwrap_or(row.group_id);
        row.user_id = patch.get("user").map_or(row.user_id, Value::as_i64);
        truth("negate", &mut row.negate);
        truth("enabled", &mut row.enabled);
        truth("failure_result", &mut row.failure_result);
        integer("order", &mut row.sort_order);
        integer("timeout", &mut row.timeout);
        let mut errors = Errors::default();
        check_exist(ctx, &mut errors, "policy", "policies", row.policy_id).await?;
        check_exist(ctx, &mut errors, "group", "groups", row.group_id).await?;
        check_exist(ctx, &mut errors, "user", "users", row.user_id).await?;
        if !Self::is_target(ctx, row.target_id).await? {
            errors.add("target", resource::missing(row.target_id));
        }
        match [row.policy_id.is_some(), row.group_id.is_some(), row.user_id.is_some()].iter().filter(|is| **is).count()
        {
            1 => {}
            0 => errors.add(Errors::NON_FIELD, "One of 'policy', 'group' or 'user' must be set."),
            _ => errors.add(Errors::NON_FIELD, "Only one of 'policy', 'group' or 'user' can be set."),
        }
        errors.into_result()?;
        resource::store::<Self>(ctx, &mut row, new).await?;
        Ok(row)
    }
}
