//! `/flows/instances/`: what people go through to log in, enrol, consent and so on.

use super::diagram;
use crate::{
    api::{
        blueprint,
        context::Context,
        events,
        fields::{completes, fields},
        links, media,
        resource::{self, Model, Resource, Unique, fresh, parse},
        stages::summary::{background, export_url},
    },
    store::{
        Entity,
        access::Access,
        query::Link,
        table,
        tables::{Flow, FlowStageBinding},
    },
};
use sea_query::{Expr, ExprTrait};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{
    ApiError, File, FlowsInstances, Output, Unchecked,
    models::{self, AuthenticationEnum, FilePathRequest, FileUploadRequest},
};

/// Flows.
pub use vestibule_api::flows_instances::Family as Flows;

/// The policies bound to flows and other objects.
const POLICIES: Link = Link { table: "policy_bindings", owner: "target_id", other: "policy_id" };

impl Resource for Flows {
    type Row = Flow;

    const MODEL: Model = Model { app: "authentik_flows", name: "flow", verbose: "Flow" };
    const LOOKUP: &'static str = "slug";
    const ORDER: &'static [&'static str] = &["slug", "name"];
    const SEARCH: &'static [&'static str] = &["name", "slug", "designation", "title"];
    const UNIQUE: &'static [Unique] = &[("slug", "slug", "Flow with this slug already exists.")];
    const OF_FLOWS: bool = true;

    fields!(flows_instances, complete);

    fn label(row: &Flow) -> String {
        format!("Flow {} ({})", row.name, row.slug)
    }

    fn new(ctx: &Context) -> Flow {
        Flow { policybindingmodel_ptr_id: ctx.uuid(), ..fresh(ctx) }
    }

    async fn before_delete(ctx: &mut Context, row: &Flow) -> Result<(), ApiError> {
        media::forget(ctx, &row.background);
        Ok(())
    }
}

/// A flow with what its answers say beside its fields.
struct Complete<R> {
    row: R,
    stages: Vec<Uuid>,
    policies: Vec<Uuid>,
    background: String,
    export_url: String,
    /// Plans are not cached.
    cache_count: i64,
}

completes!(Complete);

/// Completes flows by their stages and policies: two queries.
async fn complete(ctx: &mut Context, rows: Vec<Flow>) -> Result<Vec<Complete<Flow>>, ApiError> {
    let mut bindings: Vec<FlowStageBinding> =
        table::find_all(&mut ctx.db, "flow_id", rows.iter().map(|f| f.id)).await?;
    bindings.sort_by_key(|b| b.order);
    let mut stages: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for binding in bindings {
        let stages = stages.entry(binding.target.0).or_default();
        if !stages.contains(&binding.stage.0) {
            stages.push(binding.stage.0);
        }
    }
    let targets = rows.iter().map(|f| f.policybindingmodel_ptr_id).collect();
    let mut policies: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (target, policy) in POLICIES.pairs::<Uuid, Option<Uuid>>(&mut ctx.db, targets).await? {
        policies.entry(target).or_default().extend(policy);
    }
    let complete = |row: Flow| Complete {
        stages: stages.remove(&row.id).unwrap_or_default(),
        policies: policies.remove(&row.policybindingmodel_ptr_id).unwrap_or_default(),
        background: background(&row),
        export_url: export_url(&row),
        cache_count: 0,
        row,
    };
    Ok(rows.into_iter().map(complete).collect())
}

/// Stores a background and records the change.
async fn store_background(ctx: &mut Context, mut row: Flow, background: String) -> Result<(), ApiError> {
    row.background = background;
    resource::store::<Flows>(ctx, &mut row, false).await?;
    events::record(ctx, events::UPDATED, Flows::MODEL, Flows::pk(&row), Flows::label(&row));
    Ok(())
}

/// Whether the caller may enter a flow: its `authentication` and the users and groups bound to it.
async fn check_applicable(ctx: &mut Context, flow: &Flow) -> Result<(), ApiError> {
    let principal = ctx.principal()?;
    let suits = match parse(&flow.authentication)? {
        AuthenticationEnum::None | AuthenticationEnum::RequireAuthenticated => true,
        AuthenticationEnum::RequireUnauthenticated | AuthenticationEnum::RequireOutpost => false,
        AuthenticationEnum::RequireSuperuser => principal.superuser,
    };
    let access = Access::of(&mut ctx.db, principal.user.id).await?;
    let mut select = Flow::select();
    select.and_where(Expr::col(("flows", "id")).eq(flow.id));
    select.cond_where(access.condition("flows", "policy_binding_id", "policy_engine_mode"));
    if suits && ctx.db.optional::<Flow>(&select).await?.is_some() {
        return Ok(());
    }
    Err(ApiError::BadRequest("Flow not applicable to current user/request: Request has been denied.".into()))
}

impl FlowsInstances for Context {
    async fn flows_instances_cache_clear_create(&mut self) -> Result<(), ApiError> {
        Ok(()) // plans are not cached
    }

    async fn flows_instances_cache_info_retrieve(&mut self) -> Result<models::Cache, ApiError> {
        Ok(models::Cache { count: 0 })
    }

    async fn flows_instances_import_create(
        &mut self,
        body: Unchecked<FileUploadRequest>,
    ) -> Result<models::FlowImportResult, ApiError> {
        let file = match body.check() {
            Ok(FileUploadRequest { file: Some(file), clear: _ }) => file,
            Err(error) if error.status() != 400 => return Err(error),
            Ok(_) | Err(_) => return Err(ApiError::Rejected(json!({ "logs": [], "success": false }))),
        };
        let result = blueprint::import(self, file.bytes).await?;
        // The contract promises the result under 204, which has no body. The reference answers it under 200.
        self.instead = Some((200, Output::Json(json!(result).to_string().into_bytes())));
        Ok(result)
    }

    async fn flows_instances_diagram_retrieve(&mut self, slug: String) -> Result<models::FlowDiagram, ApiError> {
        let flow = resource::find::<Flows>(self, slug).await?;
        let diagram = diagram::draw(&mut self.db, &flow).await?;
        Ok(models::FlowDiagram { diagram })
    }

    async fn flows_instances_execute_retrieve(&mut self, slug: String) -> Result<models::Link, ApiError> {
        let flow = table::find::<Flow>(&mut self.db, "slug", slug).await?.ok_or_else(ApiError::not_found)?;
        check_applicable(self, &flow).await?;
        if table::find::<FlowStageBinding>(&mut self.db, "flow_id", flow.id).await?.is_none() {
            return Err(ApiError::BadRequest("The flow has no stages.".into()));
        }
        let base = links::base_url(self).await?;
        Ok(models::Link { link: format!("{base}/if/flow/{}/", flow.slug) })
    }

    async fn flows_instances_export_retrieve(&mut self, slug: String) -> Result<File, ApiError> {
        let flow = resource::find::<Flows>(self, slug).await?;
        let name = format!("flow-{}.yaml", flow.slug);
        let bytes = blueprint::flow(self, flow).await?.into_bytes();
        Ok(File { name, content_type: "application/yaml".to_owned(), bytes })
    }

    async fn flows_instances_set_background_create(
        &mut self,
        slug: String,
        body: Unchecked<FileUploadRequest>,
    ) -> Result<(), ApiError> {
        let row = resource::find::<Flows>(self, slug).await?;
        let before = row.background.clone();
        let background = media::upload(self, "flow-backgrounds", &before, body.check()?).await?;
        store_background(self, row, background.unwrap_or_default()).await
    }

    async fn flows_instances_set_background_url_create(
        &mut self,
        slug: String,
        body: Unchecked<FilePathRequest>,
    ) -> Result<(), ApiError> {
        let row = resource::find::<Flows>(self, slug).await?;
        let url = media::address(body.check()?)?;
        media::forget(self, &row.background);
        store_background(self, row, url).await
    }
}
