//! Stages as flows and lists of all kinds show them.

use super::kinds::KINDS;
use crate::{
    api::{context::Context, fields::completes, kinds::Described, resource::parse},
    store::{
        Entity,
        query::Link,
        table,
        tables::{Flow, Stage},
    },
};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{ApiError, models};

/// The flows in which stages are.
pub const FLOWS_OF_STAGE: Link = Link { table: "flow_stage_bindings", owner: "stage_id", other: "flow_id" };

/// The background of flows that have none of their own.
const DEFAULT_BACKGROUND: &str = "/static/dist/assets/images/flow_background.jpg";

/// What the `background` of a flow is to a browser.
pub fn background(flow: &Flow) -> String {
    match flow.background.as_str() {
        "" => DEFAULT_BACKGROUND.to_owned(),
        own => crate::api::media::url(own),
    }
}

/// Where a flow can be downloaded.
pub fn export_url(flow: &Flow) -> String {
    format!("/api/v3/flows/instances/{}/export/", flow.slug)
}

fn flow_set(flow: &Flow) -> Result<models::FlowSet, ApiError> {
    Ok(models::FlowSet {
        pk: flow.id,
        policybindingmodel_ptr_id: flow.policybindingmodel_ptr_id,
        name: flow.name.clone(),
        slug: flow.slug.clone(),
        title: flow.title.clone(),
        designation: parse(&flow.designation)?,
        background: background(flow),
        policy_engine_mode: Some(parse(&flow.policy_engine_mode)?),
        compatibility_mode: Some(flow.compatibility_mode),
        export_url: export_url(flow),
        layout: Some(parse(&flow.layout)?),
        denied_action: Some(parse(&flow.denied_action)?),
    })
}

/// The `flow_set` of stages, by two queries. Stages in no flow are not in the map.
///
/// # Errors
/// When a query fails.
pub async fn flow_sets(ctx: &mut Context, stages: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<models::FlowSet>>, ApiError> {
    let mut pairs = FLOWS_OF_STAGE.pairs::<Uuid, Uuid>(&mut ctx.db, stages).await?;
    pairs.dedup(); // a stage may be in a flow more than once
    let flows: Vec<Flow> = table::find_all(&mut ctx.db, "id", pairs.iter().map(|(_, flow)| *flow)).await?;
    let mut sets: HashMap<Uuid, Vec<models::FlowSet>> = HashMap::new();
    for (stage, flow) in pairs {
        if let Some(flow) = flows.iter().find(|f| f.id == flow) {
            sets.entry(stage).or_default().push(flow_set(flow)?);
        }
    }
    Ok(sets)
}

/// A stage with what its answers say beside its fields.
pub struct Staged<R> {
    row: R,
    /// The flows it is part of.
    pub flow_set: Vec<models::FlowSet>,
}

completes!(Staged);

/// Completes stages of one kind or of any, by two queries.
///
/// # Errors
/// When a query fails.
pub async fn staged<R>(ctx: &mut Context, rows: Vec<R>) -> Result<Vec<Staged<Described<R>>>, ApiError>
where
    R: Entity<Key = Uuid> + AsRef<Stage>,
{
    let mut flows = flow_sets(ctx, rows.iter().map(Entity::key).collect()).await?;
    let rows = Described::all(KINDS, rows, |row| &row.as_ref().kind)?;
    Ok(rows.into_iter().map(|row| Staged { flow_set: flows.remove(&row.key()).unwrap_or_default(), row }).collect())
}
