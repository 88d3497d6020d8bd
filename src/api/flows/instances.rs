//! `/flows/instances/`: what people go through to log in, enrol, consent and so on.

use super::diagram;
use crate::{
    api::{
        blueprint,
        context::Context,
        events, media,
        page::{Column, Filter, Listing},
        resource::{self, Model, Resource, Unique, parse, set, set_text},
        stages::summary::{background, export_url},
        used_by::used_by,
    },
    store::{
        Entity,
        access::Access,
        query::Link,
        table,
        tables::{Flow, FlowStageBinding},
    },
};
use sea_query::SelectStatement;
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{
    ApiError, File, FlowsInstances, FlowsInstancesListParams, Output, Unchecked,
    models::{self, AuthenticationEnum, FilePathRequest, FileUploadRequest, FlowRequest, Page, PatchedFlowRequest},
};

/// Flows.
pub struct Flows;

/// The policies bound to flows and other objects.
const POLICIES: Link = Link { table: "policy_bindings", owner: "target_id", other: "policy_id" };

const fn column(name: &'static str) -> Column {
    ("flows", name)
}

impl Resource for Flows {
    type Row = Flow;
    type Model = models::Flow;
    type Patch = PatchedFlowRequest;

    const MODEL: Model = Model { app: "authentik_flows", name: "flow", verbose: "Flow" };
    const LOOKUP: &'static str = "slug";
    const LISTING: Listing = Listing {
        order: &[
            ("slug", column("slug")),
            ("name", column("name")),
            ("title", column("title")),
            ("designation", column("designation")),
            ("background", column("background")),
            ("policy_engine_mode", column("policy_engine_mode")),
            ("compatibility_mode", column("compatibility_mode")),
            ("layout", column("layout")),
            ("denied_action", column("denied_action")),
            ("authentication", column("authentication")),
            ("pk", column("id")),
        ],
        default_order: &["slug", "name"],
        search: &[column("name"), column("slug"), column("designation"), column("title")],
        key: column("id"),
    };
    const UNIQUE: &'static [Unique] = &[("slug", "slug", "Flow with this slug already exists.")];

    fn pk(row: &Flow) -> String {
        row.id.to_string()
    }

    fn label(row: &Flow) -> String {
        format!("Flow {} ({})", row.name, row.slug)
    }

    async fn models(ctx: &mut Context, rows: Vec<Flow>) -> Result<Vec<models::Flow>, ApiError> {
        let mut bindings: Vec<FlowStageBinding> =
            table::find_all(&mut ctx.db, "flow_id", rows.iter().map(|f| f.id)).await?;
        bindings.sort_by_key(|b| b.sort_order);
        let mut stages: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for binding in bindings {
            let stages = stages.entry(binding.flow_id).or_default();
            if !stages.contains(&binding.stage_id) {
                stages.push(binding.stage_id);
            }
        }
        let targets = rows.iter().map(|f| f.policy_binding_id).collect();
        let mut policies: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for (target, policy) in POLICIES.pairs::<Uuid, Option<Uuid>>(&mut ctx.db, targets).await? {
            policies.entry(target).or_default().extend(policy);
        }
        let model = |row: Flow| {
            Ok(models::Flow {
                pk: row.id,
                policybindingmodel_ptr_id: row.policy_binding_id,
                designation: parse(&row.designation)?,
                background: background(&row),
                stages: stages.remove(&row.id).unwrap_or_default(),
                policies: policies.remove(&row.policy_binding_id).unwrap_or_default(),
                // Plans are not cached.
                cache_count: 0,
                policy_engine_mode: Some(parse(&row.policy_engine_mode)?),
                compatibility_mode: Some(row.compatibility_mode),
                export_url: export_url(&row),
                layout: Some(parse(&row.layout)?),
                denied_action: Some(parse(&row.denied_action)?),
                authentication: Some(parse(&row.authentication)?),
                name: row.name,
                slug: row.slug,
                title: row.title,
            })
        };
        rows.into_iter().map(model).collect()
    }

    async fn save(ctx: &mut Context, existing: Option<Flow>, patch: PatchedFlowRequest) -> Result<Flow, ApiError> {
        let new = existing.is_none();
        let empty = String::new;
        let mut row =
            existing.unwrap_or_else(|| Flow::defaults(ctx.uuid(), empty(), empty(), empty(), empty(), ctx.uuid()));
        let PatchedFlowRequest {
            name,
            slug,
            title,
            designation,
            policy_engine_mode,
            compatibility_mode,
            layout,
            denied_action,
            authentication,
        } = patch;
        set(&mut row.name, name);
        set(&mut row.slug, slug);
        set(&mut row.title, title);
        set_text(&mut row.designation, designation);
        set_text(&mut row.policy_engine_mode, policy_engine_mode);
        set(&mut row.compatibility_mode, compatibility_mode);
        set_text(&mut row.layout, layout);
        set_text(&mut row.denied_action, denied_action);
        set_text(&mut row.authentication, authentication);
        resource::store::<Self>(ctx, &mut row, new).await?;
        Ok(row)
    }
}

/// Stores a background and records the change.
async fn store_background(ctx: &mut Context, mut row: Flow, background: String) -> Result<(), ApiError> {
    row.background = background;
    resource::store::<Flows>(ctx, &mut row, false).await?;
    events::record(ctx, events::UPDATED, Flows::MODEL, Flows::pk(&row), Flows::label(&row)).await
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
    let mut select: SelectStatement = Flow::select();
    Filter::eq(&mut select, column("id"), Some(flow.id));
    select.cond_where(access.condition("flows", "policy_binding_id", "policy_engine_mode"));
    if suits && ctx.db.optional::<Flow>(&select).await?.is_some() {
        return Ok(());
    }
    Err(ApiError::BadRequest("Flow not applicable to current user/request: Request has been denied.".into()))
}

impl FlowsInstances for Context {
    async fn flows_instances_list(&mut self, params: FlowsInstancesListParams) -> Result<Page<models::Flow>, ApiError> {
        let FlowsInstancesListParams { page, denied_action, designation, flow_uuid, name, slug } = params;
        resource::list::<Flows>(self, &page, |select| {
            select
                .eq(column("denied_action"), denied_action.map(|a| a.as_str()))
                .eq(column("designation"), designation.map(|d| d.as_str()))
                .eq(column("id"), flow_uuid)
                .eq(column("name"), name)
                .eq(column("slug"), slug);
        })
        .await
    }

    async fn flows_instances_create(&mut self, body: Unchecked<FlowRequest>) -> Result<models::Flow, ApiError> {
        resource::create::<Flows>(self, body).await
    }

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
        let result = blueprint::import(self, &file.bytes).await?;
        // The contract promises the result under 204, which has no body. The reference answers it under 200.
        self.instead = Some((200, Output::Json(json!(result).to_string().into_bytes())));
        Ok(result)
    }

    async fn flows_instances_retrieve(&mut self, slug: String) -> Result<models::Flow, ApiError> {
        resource::retrieve::<Flows>(self, slug).await
    }

    async fn flows_instances_update(
        &mut self,
        slug: String,
        body: Unchecked<FlowRequest>,
    ) -> Result<models::Flow, ApiError> {
        resource::update::<Flows>(self, slug, body).await
    }

    async fn flows_instances_partial_update(
        &mut self,
        slug: String,
        body: Unchecked<PatchedFlowRequest>,
    ) -> Result<models::Flow, ApiError> {
        resource::update::<Flows>(self, slug, body).await
    }

    async fn flows_instances_destroy(&mut self, slug: String) -> Result<(), ApiError> {
        let row = resource::find::<Flows>(self, slug.clone()).await?;
        media::forget(self, &row.background);
        resource::destroy::<Flows>(self, slug).await
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
        Ok(models::Link { link: format!("{}/if/flow/{}/", self.request.base_url, flow.slug) })
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

    async fn flows_instances_used_by_list(&mut self, slug: String) -> Result<Vec<models::UsedBy>, ApiError> {
        used_by::<Flows>(self, slug).await
    }
}
