//! `/flows/bindings/`: which stages are in which flow, and in what order.

use crate::{
    api::{
        context::Context,
        page::{Column, Filter, Listing},
        resource::{self, Model, Resource, Unique, check_choice, check_choices, check_exist, parse, set, set_text},
        stages::summary::summaries,
        used_by::used_by,
    },
    store::{
        table,
        tables::{FlowStageBinding, Stage},
    },
};
use sea_query::{Expr, ExprTrait};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors, FlowsBindings, FlowsBindingsListParams, Unchecked,
    models::{self, FlowStageBindingRequest, Page, PatchedFlowStageBindingRequest},
};

/// Stages in flows.
pub struct FlowStageBindings;

const fn column(name: &'static str) -> Column {
    ("flow_stage_bindings", name)
}

impl Resource for FlowStageBindings {
    type Row = FlowStageBinding;
    type Model = models::FlowStageBinding;
    type Patch = PatchedFlowStageBindingRequest;

    const MODEL: Model = Model { app: "authentik_flows", name: "flowstagebinding", verbose: "Flow Stage Binding" };
    const LISTING: Listing = Listing {
        order: &[
            ("order", column("sort_order")),
            ("target", column("flow_id")),
            ("stage", column("stage_id")),
            ("evaluate_on_plan", column("evaluate_on_plan")),
            ("re_evaluate_policies", column("re_evaluate_policies")),
            ("policy_engine_mode", column("policy_engine_mode")),
            ("invalid_response_action", column("invalid_response_action")),
            ("pk", column("id")),
        ],
        default_order: &["target", "order"],
        search: &[("stages", "name")],
        key: column("id"),
    };
    const UNIQUE: &'static [Unique] = &[(
        "flow_id_stage_id_sort_order",
        Errors::NON_FIELD,
        "The fields target, stage, order must make a unique set.",
    )];

    fn pk(row: &FlowStageBinding) -> String {
        row.id.to_string()
    }

    fn label(row: &FlowStageBinding) -> String {
        format!("Flow-stage binding #{} to {}", row.sort_order, row.flow_id)
    }

    async fn models(ctx: &mut Context, rows: Vec<FlowStageBinding>) -> Result<Vec<models::FlowStageBinding>, ApiError> {
        let stages: Vec<Stage> = table::find_all(&mut ctx.db, "id", rows.iter().map(|b| b.stage_id)).await?;
        let stages = summaries(ctx, stages).await?;
        let stages: HashMap<Uuid, models::Stage> = stages.into_iter().map(|s| (s.pk, s)).collect();
        let model = |row: FlowStageBinding| {
            let stage = stages.get(&row.stage_id)?.clone();
            Some(binding(row, stage))
        };
        rows.into_iter().filter_map(model).collect()
    }

    async fn save(
        ctx: &mut Context,
        existing: Option<FlowStageBinding>,
        patch: PatchedFlowStageBindingRequest,
    ) -> Result<FlowStageBinding, ApiError> {
        let new = existing.is_none();
        let mut row =
            existing.unwrap_or_else(|| FlowStageBinding::defaults(ctx.uuid(), Uuid::nil(), Uuid::nil(), 0, ctx.uuid()));
        let PatchedFlowStageBindingRequest {
            target,
            stage,
            evaluate_on_plan,
            re_evaluate_policies,
            order,
            policy_engine_mode,
            invalid_response_action,
        } = patch;
        let mut errors = Errors::default();
        check_exist(ctx, &mut errors, "target", "flows", target).await?;
        check_exist(ctx, &mut errors, "stage", "stages", stage).await?;
        errors.into_result()?;
        set(&mut row.flow_id, target);
        set(&mut row.stage_id, stage);
        set(&mut row.evaluate_on_plan, evaluate_on_plan);
        set(&mut row.re_evaluate_policies, re_evaluate_policies);
        set(&mut row.sort_order, order);
        set_text(&mut row.policy_engine_mode, policy_engine_mode);
        set_text(&mut row.invalid_response_action, invalid_response_action);
        resource::store::<Self>(ctx, &mut row, new).await?;
        Ok(row)
    }
}

fn binding(row: FlowStageBinding, stage_obj: models::Stage) -> Result<models::FlowStageBinding, ApiError> {
    Ok(models::FlowStageBinding {
        pk: row.id,
        policybindingmodel_ptr_id: row.policy_binding_id,
        target: row.flow_id,
        stage: row.stage_id,
        stage_obj,
        evaluate_on_plan: Some(row.evaluate_on_plan),
        re_evaluate_policies: Some(row.re_evaluate_policies),
        order: row.sort_order,
        policy_engine_mode: Some(parse(&row.policy_engine_mode)?),
        invalid_response_action: Some(parse(&row.invalid_response_action)?),
    })
}

impl FlowsBindings for Context {
    async fn flows_bindings_list(
        &mut self,
        params: FlowsBindingsListParams,
    ) -> Result<Page<models::FlowStageBinding>, ApiError> {
        let FlowsBindingsListParams {
            page,
            evaluate_on_plan,
            fsb_uuid,
            invalid_response_action,
            order,
            pbm_uuid,
            policies,
            policy_engine_mode,
            re_evaluate_policies,
            stage,
            target,
        } = params;
        let mut errors = Errors::default();
        check_choices(self, &mut errors, "policies", "policies", &policies).await?;
        check_choice(self, &mut errors, "stage", "stages", stage).await?;
        check_choice(self, &mut errors, "target", "flows", target).await?;
        errors.into_result()?;
        resource::list::<FlowStageBindings>(self, &page, |select| {
            // For searching by the name of the stage.
            select.inner_join("stages", Expr::col(("stages", "id")).equals(column("stage_id")));
            Filter::eq(select, column("evaluate_on_plan"), evaluate_on_plan)
                .eq(column("id"), fsb_uuid)
                .eq(column("invalid_response_action"), invalid_response_action.map(|a| a.as_str()))
                .eq(column("sort_order"), order)
                .eq(column("policy_binding_id"), pbm_uuid)
                .linked(column("policy_binding_id"), ("policy_bindings", "target_id", "policy_id"), policies)
                .eq(column("policy_engine_mode"), policy_engine_mode.map(|m| m.as_str()))
                .eq(column("re_evaluate_policies"), re_evaluate_policies)
                .eq(column("stage_id"), stage)
                .eq(column("flow_id"), target);
        })
        .await
    }

    async fn flows_bindings_create(
        &mut self,
        body: Unchecked<FlowStageBindingRequest>,
    ) -> Result<models::FlowStageBinding, ApiError> {
        resource::create::<FlowStageBindings>(self, body).await
    }

    async fn flows_bindings_retrieve(&mut self, fsb_uuid: Uuid) -> Result<models::FlowStageBinding, ApiError> {
        resource::retrieve::<FlowStageBindings>(self, fsb_uuid).await
    }

    async fn flows_bindings_update(
        &mut self,
        fsb_uuid: Uuid,
        body: Unchecked<FlowStageBindingRequest>,
    ) -> Result<models::FlowStageBinding, ApiError> {
        resource::update::<FlowStageBindings>(self, fsb_uuid, body).await
    }

    async fn flows_bindings_partial_update(
        &mut self,
        fsb_uuid: Uuid,
        body: Unchecked<PatchedFlowStageBindingRequest>,
    ) -> Result<models::FlowStageBinding, ApiError> {
        resource::update::<FlowStageBindings>(self, fsb_uuid, body).await
    }

    async fn flows_bindings_destroy(&mut self, fsb_uuid: Uuid) -> Result<(), ApiError> {
        resource::destroy::<FlowStageBindings>(self, fsb_uuid).await
    }

    async fn flows_bindings_used_by_list(&mut self, fsb_uuid: Uuid) -> Result<Vec<models::UsedBy>, ApiError> {
        used_by::<FlowStageBindings>(self, fsb_uuid).await
    }
}
