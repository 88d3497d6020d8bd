//! `/policies/bindings/`: policies, groups and users bound to what they guard.

use crate::{
    api::{
        context::Context,
        core::{groups::Groups, users::Users},
        fields::{Writer, completes, fields},
        filter::{missing, padded},
        resource::{self, Model, Resource, Unique},
    },
    store::{
        Entity,
        column::Ref,
        table,
        tables::{Flow, FlowStageBinding, Group, Policy, PolicyBinding},
        targets,
        users::Account,
    },
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors, PoliciesBindings, PoliciesBindingsListParams, models, policies_all, policies_bindings,
};

impl Resource for policies_bindings::Family {
    type Row = PolicyBinding;

    const MODEL: Model = Model { app: "authentik_policies", name: "policybinding", verbose: "Policy Binding" };
    const ORDER: &'static [&'static str] = &["target", "order"];
    const SEARCH: &'static [&'static str] = &[];
    const UNIQUE: &'static [Unique] = &[(
        "policy_id_target_id_sort_order",
        Errors::NON_FIELD,
        "The fields policy, target, order must make a unique set.",
    )];
    const FILTERS: &'static [&'static str] = &["target", "target_in"];
    const OF_FLOWS: bool = true;

    fields!(policies_bindings, complete);

    fn label(row: &PolicyBinding) -> String {
        format!("Policy Binding #{} to {}", row.order, row.target)
    }

    async fn check(
        ctx: &mut Context,
        row: &mut PolicyBinding,
        _: Option<&PolicyBinding>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if targets::existing(&mut ctx.db, &[row.target]).await?.is_empty() {
            to.errors.add("target", resource::missing(row.target));
        }
        match [row.policy.is_some(), row.group.is_some(), row.user.is_some()].iter().filter(|is| **is).count() {
            1 => {}
            0 => to.errors.add(Errors::NON_FIELD, "One of 'policy', 'group' or 'user' must be set."),
            _ => to.errors.add(Errors::NON_FIELD, "Only one of 'policy', 'group' or 'user' can be set."),
        }
        Ok(())
    }

    async fn filter(
        ctx: &mut Context,
        select: &mut SelectStatement,
        params: &PoliciesBindingsListParams,
    ) -> Result<(), ApiError> {
        const TARGET: (&str, &str) = ("policy_bindings", "target_id");
        let PoliciesBindingsListParams { target, target_in, .. } = params;
        let mut errors = Errors::default();
        if let Some(target) = target {
            if targets::existing(&mut ctx.db, &[*target]).await?.is_empty() {
                errors.add("target", "Select a valid choice. That choice is not one of the available choices.");
            }
            select.and_where(Expr::col(TARGET).eq(*target));
        }
        if !target_in.is_empty() {
            let targets = padded(target_in.clone());
            missing(&mut errors, "target_in", target_in, &targets::existing(&mut ctx.db, &targets).await?);
            select.and_where(Expr::col(TARGET).is_in(targets));
        }
        errors.into_result()
    }

    /// Blueprints may name the object itself as the target.
    async fn normalize(ctx: &mut Context, fields: &mut Map<String, Value>) -> Result<(), ApiError> {
        let Some(target) = fields.get("target").and_then(Value::as_str).and_then(|id| id.parse::<Uuid>().ok()) else {
            return Ok(());
        };
        let found = if let Some(flow) = table::find::<Flow>(&mut ctx.db, "id", target).await? {
            flow.policybindingmodel_ptr_id
        } else if let Some(binding) = table::find::<FlowStageBinding>(&mut ctx.db, "id", target).await? {
            binding.policybindingmodel_ptr_id
        } else {
            target
        };
        fields.insert("target".to_owned(), json!(found));
        Ok(())
    }
}

/// A binding with what it binds.
struct Complete<R> {
    row: R,
    policy_obj: Option<models::Policy>,
    group_obj: Option<models::Group>,
    user_obj: Option<models::User>,
}

completes!(Complete);

async fn complete(ctx: &mut Context, rows: Vec<PolicyBinding>) -> Result<Vec<Complete<PolicyBinding>>, ApiError> {
    let policies: Vec<Policy> = all(ctx, rows.iter().filter_map(|row| row.policy)).await?;
    let policies = policies_all::Family::models(ctx, policies).await?;
    let policies: HashMap<Uuid, models::Policy> = policies.into_iter().map(|policy| (policy.pk, policy)).collect();
    let groups: Vec<Group> = all(ctx, rows.iter().filter_map(|row| row.group)).await?;
    let groups = Groups::models(ctx, groups).await?;
    let groups: HashMap<Uuid, models::Group> = groups.into_iter().map(|group| (group.pk, group)).collect();
    let users: Vec<Account> = table::find_all(&mut ctx.db, "id", rows.iter().filter_map(|row| row.user)).await?;
    let users = Users::models(ctx, users).await?;
    let users: HashMap<i64, models::User> = users.into_iter().map(|user| (user.pk, user)).collect();
    let complete = |row: PolicyBinding| Complete {
        policy_obj: row.policy.and_then(|policy| policies.get(&policy.0).cloned()),
        group_obj: row.group.and_then(|group| groups.get(&group.0).cloned()),
        user_obj: row.user.and_then(|user| users.get(&user.0).cloned()),
        row,
    };
    Ok(rows.into_iter().map(complete).collect())
}

async fn all<E: Entity>(ctx: &mut Context, keys: impl Iterator<Item = Ref<E>> + Send) -> Result<Vec<E>, ApiError> {
    Ok(table::find_all(&mut ctx.db, "id", keys).await?)
}

impl PoliciesBindings for Context {}
