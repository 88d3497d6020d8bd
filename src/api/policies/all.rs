//! `/policies/all/`: the policies of all kinds.

use super::{
    kinds::KINDS,
    summary::with_uses,
    verdict::{self, Verdict},
};
use crate::{
    api::{
        context::Context,
        expressions,
        fields::fields,
        kinds::{Kind, destroy_any},
        resource::{self, Model, Resource},
    },
    store::tables::Policy,
};
use sea_query::{Expr, ExprTrait, Query, SelectStatement};
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors, PoliciesAll, PoliciesAllListParams, Unchecked,
    models::{Cache, PolicyTestRequest, PolicyTestResult, TypeCreate},
    policies_all,
};

impl Resource for policies_all::Family {
    type Row = Policy;

    const MODEL: Model = Model { app: "authentik_policies", name: "policy", verbose: "Policy" };
    const FILTERS: &'static [&'static str] = &["bindings__isnull", "promptstage__isnull"];

    fields!(policies_all, with_uses);

    fn label(row: &Policy) -> String {
        row.name.clone()
    }

    async fn filter(
        _: &mut Context,
        select: &mut SelectStatement,
        params: &PoliciesAllListParams,
    ) -> Result<(), ApiError> {
        unused(select, "policy_bindings", params.bindings_isnull);
        unused(select, "stages_prompt_validation_policies", params.promptstage_isnull);
        Ok(())
    }
}

/// Leaves policies that a table does not name (`true`) or names (`false`).
fn unused(select: &mut SelectStatement, table: &'static str, unused: Option<bool>) {
    let used = Query::select().column("policy_id").from(table).and_where(Expr::col("policy_id").is_not_null()).take();
    match unused {
        Some(true) => select.and_where(Expr::col(("policies", "id")).not_in_subquery(used)),
        Some(false) => select.and_where(Expr::col(("policies", "id")).in_subquery(used)),
        None => select,
    };
}

impl PoliciesAll for Context {
    async fn policies_all_types_list(&mut self) -> Result<Vec<TypeCreate>, ApiError> {
        Ok(KINDS.iter().map(Kind::type_create).collect())
    }

    async fn policies_all_destroy(&mut self, policy_uuid: Uuid) -> Result<(), ApiError> {
        destroy_any::<policies_all::Family>(self, policy_uuid, KINDS, |row| &row.kind).await
    }

    async fn policies_all_test_create(
        &mut self,
        policy_uuid: Uuid,
        body: Unchecked<PolicyTestRequest>,
    ) -> Result<PolicyTestResult, ApiError> {
        let policy = resource::find::<policies_all::Family>(self, policy_uuid).await?;
        let PolicyTestRequest { context, user } = body.check()?;
        let mut errors = Errors::default();
        resource::check_exist(self, &mut errors, "user", "users", None, [user]).await?;
        errors.into_result()?;
        let user = expressions::visible_user(self, user).await?;
        let Verdict { passing, messages } = verdict::of(self, &policy, user, context.unwrap_or_default()).await?;
        Ok(PolicyTestResult { passing, messages, log_messages: vec![] })
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
