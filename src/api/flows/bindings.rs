//! `/flows/bindings/`: which stages are in which flow, and in what order.

use crate::{
    api::{
        context::Context,
        fields::{Held, completes, fields},
        filter::missing,
        page::Column,
        resource::{Model, Resource, Unique, fresh, own_column},
    },
    store::{
        query::{self, Link},
        table,
        tables::{FlowStageBinding, Stage},
    },
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{ApiError, Errors, FlowsBindings, FlowsBindingsListParams, flows_bindings, models, stages_all};

/// The policies bound to objects.
const POLICIES: Link = Link { table: "policy_bindings", owner: "target_id", other: "policy_id" };

impl Resource for flows_bindings::Family {
    type Row = FlowStageBinding;

    const MODEL: Model = Model { app: "authentik_flows", name: "flowstagebinding", verbose: "Flow Stage Binding" };
    const ORDER: &'static [&'static str] = &["target", "order"];
    const SEARCH: &'static [&'static str] = &["stage__name"];
    const UNIQUE: &'static [Unique] = &[(
        "flow_id_stage_id_sort_order",
        Errors::NON_FIELD,
        "The fields target, stage, order must make a unique set.",
    )];
    const FILTERS: &'static [&'static str] = &["pbm_uuid", "policies"];
    const OF_FLOWS: bool = true;

    fields!(flows_bindings, with_stages);

    fn label(row: &FlowStageBinding) -> String {
        format!("Flow-stage binding #{} to {}", row.order, row.target)
    }

    fn new(ctx: &Context) -> FlowStageBinding {
        FlowStageBinding { policybindingmodel_ptr_id: ctx.uuid(), ..fresh(ctx) }
    }

    async fn restrict(
        ctx: &mut Context,
        select: &mut SelectStatement,
        _: &FlowsBindingsListParams,
    ) -> Result<bool, ApiError> {
        // For searching by the name of the stage.
        select.inner_join("stages", Expr::col(("stages", "id")).equals(("flow_stage_bindings", "stage_id")));
        Self::narrow(ctx, select)
    }

    async fn filter(
        ctx: &mut Context,
        select: &mut SelectStatement,
        params: &FlowsBindingsListParams,
    ) -> Result<(), ApiError> {
        const TARGET: Column = ("flow_stage_bindings", "policy_binding_id");
        if let Some(target) = params.pbm_uuid {
            select.and_where(Expr::col(TARGET).eq(target));
        }
        let found = query::existing(&mut ctx.db, "policies", "id", params.policies.iter().copied()).await?;
        let mut errors = Errors::default();
        missing(&mut errors, "policies", &params.policies, &found);
        errors.into_result()?;
        POLICIES.filter(select, TARGET, found);
        Ok(())
    }

    fn column(field: &str) -> Option<Column> {
        if field == "stage__name" { Some(("stages", "name")) } else { own_column::<Self>(field) }
    }
}

/// A binding with its stage.
struct WithStage<R> {
    row: R,
    stage_obj: Held<models::Stage>,
}

completes!(WithStage);

/// Bindings with their stages; one whose stage went meanwhile is left out.
async fn with_stages(
    ctx: &mut Context,
    rows: Vec<FlowStageBinding>,
) -> Result<Vec<WithStage<FlowStageBinding>>, ApiError> {
    let stages: Vec<Stage> = table::find_all(&mut ctx.db, "id", rows.iter().map(|b| b.stage)).await?;
    let stages = stages_all::Family::models(ctx, stages).await?;
    let stages: HashMap<Uuid, models::Stage> = stages.into_iter().map(|s| (s.pk, s)).collect();
    let with = |row: FlowStageBinding| {
        let stage = stages.get(&row.stage.0)?.clone();
        Some(WithStage { stage_obj: Held(Some(stage)), row })
    };
    Ok(rows.into_iter().filter_map(with).collect())
}

impl FlowsBindings for Context {}
