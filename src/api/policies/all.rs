//! `/policies/all/`: the policies of all kinds.

use super::{
    kinds::KINDS,
    summary::summaries,
    verdict::{self, Verdict},
};
use crate::{
    api::{
        context::Context,
        expressions,
        kinds::{Kind, destroy_any},
        page::{Column, Listing},
        resource::{self, Model, Resource},
        used_by::used_by,
    },
    store::tables::Policy,
};
use sea_query::{Expr, ExprTrait, Query, SelectStatement};
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors, PoliciesAll, PoliciesAllListParams, Unchecked,
    models::{self, Cache, Page, PolicyTestRequest, PolicyTestResult, TypeCreate},
};

/// Policies of all kinds.
pub struct All;

const fn column(name: &'static str) -> Column {
    ("policies", name)
}

impl Resource for All {
    type Row = Policy;
    type Model = models::Policy;
    type Patch = std::convert::Infallible;

    const MODEL: Model = Model { app: "authentik_policies", name: "policy", verbose: "Policy" };
    const LISTING: Listing = Listing {
        order: &[("name", column("name")), ("execution_logging", column("execution_logging"))],
        default_order: &["name"],
        search: &[column("name")],
        key: column("id"),
    };

    fn pk(row: &Policy) -> String {
        row.id.to_string()
    }

    fn label(row: &Policy) -> String {
        row.name.clone()
    }

    async fn models(ctx: &mut Context, rows: Vec<Policy>) -> Result<Vec<models::Policy>, ApiError> {
        summaries(ctx, rows).await
    }

    async fn save(_ctx: &mut Context, _existing: Option<Policy>, patch: Self::Patch) -> Result<Policy, ApiError> {
        match patch {}
    }
}

/// Leaves policies that a table does not name (`true`) or names (`false`).
fn unused(select: &mut SelectStatement, table: &'static str, unused: Option<bool>) {
    let used = Query::select().column("policy_id").from(table).and_where(Expr::col("policy_id").is_not_null()).take();
    match unused {
        Some(true) => select.and_where(Expr::col(column("id")).not_in_subquery(used)),
        Some(false) => select.and_where(Expr::col(column("id")).in_subquery(used)),
        None => select,
    };
}

impl PoliciesAll for Context {
    async fn policies_all_list(&mut self, params: PoliciesAllListParams) -> Result<Page<models::Policy>, ApiError> {
        let PoliciesAllListParams { page, bindings_isnull, promptstage_isnull } = params;
        resource::list::<All>(self, &page, |select| {
            unused(select, "policy_bindings", bindings_isnull);
            unused(select, "stages_prompt_validation_policies", promptstage_isnull);
        })
        .await
    }

    async fn policies_all_types_list(&mut self) -> Result<Vec<TypeCreate>, ApiError> {
        Ok(KINDS.iter().map(Kind::type_create).collect())
    }

    async fn policies_all_retrieve(&mut self, policy_uuid: Uuid) -> Result<models::Policy, ApiError> {
        resource::retrieve::<All>(self, policy_uuid).await
    }

    async fn policies_all_destroy(&mut self, policy_uuid: Uuid) -> Result<(), ApiError> {
        destroy_any::<All>(self, policy_uuid, KINDS, |row| &row.kind).await
    }

    async fn policies_all_test_create(
        &mut self,
        policy_uuid: Uuid,
        body: Unchecked<PolicyTestRequest>,
    ) -> Result<PolicyTestResult, ApiError> {
        let policy = resource::find::<All>(self, policy_uuid).await?;
        let PolicyTestRequest { context, user } = body.check()?;
        let mut errors = Errors::default();
        resource::check_exist(self, &mut errors, "user", "users", [user]).await?;
        errors.into_result()?;
        let user = expressions::visible_user(self, user).await?;
        let Verdict { passing, messages } = verdict::of(self, &policy, user, context.unwrap_or_default()).await?;
        Ok(PolicyTestResult { passing, messages, log_messages: vec![] })
    }

    async fn policies_all_used_by_list(&mut self, policy_uuid: Uuid) -> Result<Vec<models::UsedBy>, ApiError> {
        used_by::<All>(self, policy_uuid).await
    }

    /// Results are not kept, so there is nothing to drop.
    async fn policies_all_cache_clear_create(&mut self) -> Result<(), ApiError> {
        Ok(())
    }

    /// Results are not kept.
    async fn policies_all_cache_info_retrieve(&mut self) -> Result<Cache, ApiError> {
        Ok(Cache { count: 0 })
    }
}
