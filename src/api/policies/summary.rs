//! Policies as bindings and the list of all kinds show them.

use super::kinds::KINDS;
use crate::{
    api::{context::Context, fields::completes, kinds::Described},
    store::{Entity, query::Link, tables::Policy},
};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::ApiError;

/// Where policies are used.
const USES: [Link; 2] = [
    Link { table: "policy_bindings", owner: "policy_id", other: "id" },
    Link { table: "stages_prompt_validation_policies", owner: "policy_id", other: "stage_id" },
];

/// The `bound_to` of policies, by two queries. Policies that are not used are not in the map.
///
/// # Errors
/// When a query fails.
pub async fn bound_to(ctx: &mut Context, policies: Vec<Uuid>) -> Result<HashMap<Uuid, i64>, ApiError> {
    let mut bound = HashMap::new();
    for link in USES {
        for (policy, count) in link.counts::<Uuid>(&mut ctx.db, policies.clone()).await? {
            *bound.entry(policy).or_default() += count;
        }
    }
    Ok(bound)
}

/// A policy with what its answers say beside its fields.
pub struct WithUses<R> {
    row: R,
    /// In how many places it is used.
    pub bound_to: i64,
}

completes!(WithUses);

/// Completes policies of one kind or of any, by two queries.
///
/// # Errors
/// When a query fails.
pub async fn with_uses<R>(ctx: &mut Context, rows: Vec<R>) -> Result<Vec<WithUses<Described<R>>>, ApiError>
where
    R: Entity<Key = Uuid> + AsRef<Policy>,
{
    let bound = bound_to(ctx, rows.iter().map(Entity::key).collect()).await?;
    let rows = Described::all(KINDS, rows, |row| &row.as_ref().kind)?;
    let complete = |row: Described<R>| WithUses { bound_to: bound.get(&row.key()).copied().unwrap_or_default(), row };
    Ok(rows.into_iter().map(complete).collect())
}
