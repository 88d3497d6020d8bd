//! `/core/applications/`: what users log in to.

use super::launch::Launch;
use crate::{
    api::{
        context::Context,
        events, media,
        page::{Column, Filter, Listing, page},
        permission::on_object,
        providers::summary,
        resource::{self, Model, Resource, Unique, check_exist, parse, set, set_text},
        used_by::used_by,
    },
    store::{
        Entity,
        access::Access,
        applications::set_backchannel,
        events::counts,
        table,
        tables::{Application, Provider, User},
    },
};
use chrono::Duration;
use sea_query::{Cond, Expr, ExprTrait};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{
    ApiError, CoreApplications, CoreApplicationsCheckAccessRetrieveParams, CoreApplicationsListParams, Errors,
    Unchecked,
    models::{self, ApplicationRequest, FilePathRequest, FileUploadRequest, Page, PatchedApplicationRequest},
};

/// Applications.
pub struct Applications;

const SLUG_TAKEN: &str = "Application with this slug already exists.";
const PROVIDER_TAKEN: &str = "Application with this provider already exists.";

const fn column(name: &'static str) -> Column {
    ("applications", name)
}

impl Resource for Applications {
    type Row = Application;
    type Model = models::Application;
    type Patch = PatchedApplicationRequest;

    const MODEL: Model = Model { app: "authentik_core", name: "application", verbose: "Application" };
    const LOOKUP: &'static str = "slug";
    const LISTING: Listing = Listing {
        order: &[
            ("name", column("name")),
            ("slug", column("slug")),
            ("group", column("group_name")),
            ("provider", column("provider_id")),
            ("meta_launch_url", column("meta_launch_url")),
            ("meta_description", column("meta_description")),
            ("meta_publisher", column("meta_publisher")),
            ("open_in_new_tab", column("open_in_new_tab")),
            ("policy_engine_mode", column("policy_engine_mode")),
            ("pk", column("id")),
        ],
        default_order: &["name"],
        search: &[
            column("name"),
            column("slug"),
            column("meta_launch_url"),
            column("meta_description"),
            column("meta_publisher"),
            column("group_name"),
        ],
        key: column("id"),
    };
    const UNIQUE: &'static [Unique] = &[("slug", "slug", SLUG_TAKEN), ("provider_id", "provider", PROVIDER_TAKEN)];

    fn pk(row: &Application) -> String {
        row.id.to_string()
    }

    fn label(row: &Application) -> String {
        row.name.clone()
    }

    async fn models(ctx: &mut Context, rows: Vec<Application>) -> Result<Vec<models::Application>, ApiError> {
        let main = rows.iter().filter_map(|a| a.provider_id);
        let mut providers: Vec<Provider> = table::find_all(&mut ctx.db, "id", main).await?;
        let launch = Launch::of(ctx, &providers).await?;
        let mut back: Vec<Provider> =
            table::find_all(&mut ctx.db, "backchannel_application_id", rows.iter().map(|a| a.id)).await?;
        let served: Vec<(Uuid, i64)> =
            back.iter().filter_map(|p| Some((p.backchannel_application_id?, p.id))).collect();
        back.retain(|b| providers.iter().all(|p| p.id != b.id));
        providers.append(&mut back);
        let summaries = summary::summaries(ctx, providers).await?;
        let summaries: HashMap<i64, models::Provider> = summaries.into_iter().map(|p| (p.pk, p)).collect();
        let model = |row: Application| {
            let back: Vec<i64> = served.iter().filter(|(id, _)| *id == row.id).map(|(_, p)| *p).collect();
            let provider = row.provider_id.and_then(|id| summaries.get(&id));
            Ok(models::Application {
                pk: row.id,
                launch_url: launch.url(&row),
                provider_obj: provider.cloned().unwrap_or_else(summary::none),
                backchannel_providers_obj: back.iter().filter_map(|id| summaries.get(id).cloned()).collect(),
                backchannel_providers: Some(back),
                name: row.name,
                slug: row.slug,
                provider: row.provider_id,
                open_in_new_tab: Some(row.open_in_new_tab),
                meta_launch_url: Some(row.meta_launch_url),
                meta_icon: row.meta_icon.as_deref().filter(|icon| !icon.is_empty()).map(media::url),
                meta_description: Some(row.meta_description),
                meta_publisher: Some(row.meta_publisher),
                policy_engine_mode: Some(parse(&row.policy_engine_mode)?),
                group: Some(row.group_name),
            })
        };
        rows.into_iter().map(model).collect()
    }

    async fn save(
        ctx: &mut Context,
        existing: Option<Application>,
        patch: PatchedApplicationRequest,
    ) -> Result<Application, ApiError> {
        let new = existing.is_none();
        let mut row = existing.unwrap_or_else(|| Application::defaults(ctx.uuid(), String::new(), String::new()));
        let PatchedApplicationRequest {
            name,
            slug,
            provider,
            backchannel_providers,
            open_in_new_tab,
            meta_launch_url,
            meta_description,
            meta_publisher,
            policy_engine_mode,
            group,
        } = patch;
        let mut errors = Errors::default();
        let back = backchannel_providers.iter().flatten().copied();
        check_exist(ctx, &mut errors, "backchannel_providers", "providers", back).await?;
        set(&mut row.name, name);
        set(&mut row.slug, slug);
        set(&mut row.provider_id, provider);
        set(&mut row.open_in_new_tab, open_in_new_tab);
        set(&mut row.meta_launch_url, meta_launch_url);
        set(&mut row.meta_description, meta_description);
        set(&mut row.meta_publisher, meta_publisher);
        set_text(&mut row.policy_engine_mode, policy_engine_mode);
        set(&mut row.group_name, group);
        check_free(ctx, &mut errors, &row).await?;
        errors.into_result()?;
        resource::store::<Self>(ctx, &mut row, new).await?;
        if let Some(providers) = backchannel_providers {
            set_backchannel(&mut ctx.db, row.id, &providers).await?;
        }
        Ok(row)
    }
}

/// Reports a provider that does not exist, and a slug or a provider that another application has, all at once.
async fn check_free(ctx: &mut Context, errors: &mut Errors, row: &Application) -> Result<(), ApiError> {
    let same = Cond::any().add(Expr::col(column("slug")).eq(row.slug.as_str()));
    let same = same.add_option(row.provider_id.map(|id| Expr::col(column("provider_id")).eq(id)));
    let mut select = Application::select();
    select.cond_where(same).and_where(Expr::col(column("id")).ne(row.id));
    let others: Vec<Application> = ctx.db.all(&select).await?;
    if others.iter().any(|other| other.slug == row.slug) {
        errors.add("slug", SLUG_TAKEN);
    }
    let Some(id) = row.provider_id else { return Ok(()) };
    match table::find::<Provider>(&mut ctx.db, "id", id).await? {
        None => errors.add("provider", resource::missing(id)),
        Some(provider) => {
            let serves_other = provider.backchannel_application_id.is_some_and(|id| id != row.id);
            if serves_other || others.iter().any(|other| other.provider_id == Some(id)) {
                errors.add("provider", PROVIDER_TAKEN);
            }
        }
    }
    Ok(())
}

/// The user through whose eyes a list is seen, if the caller may do that.
async fn seen_by(ctx: &mut Context, user: i64) -> Result<i64, ApiError> {
    const PERMISSION: &str = "authentik_core.view_user_applications";
    let principal = ctx.principal()?;
    if principal.user.id == user {
        return Ok(user);
    }
    let mut select = User::select();
    Filter::eq(&mut select, ("users", "id"), Some(user));
    if !principal.may(PERMISSION) {
        select.and_where(on_object::<User>(&principal, PERMISSION));
    }
    let found: Option<User> = ctx.db.optional(&select).await?;
    found.map(|u| u.id).ok_or_else(|| ApiError::field("for_user", "User not found"))
}

/// Stores an icon and records the change.
async fn store_icon(ctx: &mut Context, mut row: Application, icon: Option<String>) -> Result<(), ApiError> {
    row.meta_icon = icon;
    resource::store::<Applications>(ctx, &mut row, false).await?;
    let (pk, label) = (Applications::pk(&row), Applications::label(&row));
    events::record(ctx, events::UPDATED, Applications::MODEL, pk, label).await
}

impl CoreApplications for Context {
    async fn core_applications_list(
        &mut self,
        params: CoreApplicationsListParams,
    ) -> Result<Page<models::Application>, ApiError> {
        let CoreApplicationsListParams {
            page: query,
            for_user,
            group,
            meta_description,
            meta_launch_url,
            meta_publisher,
            name,
            slug,
            superuser_full_list,
        } = params;
        let principal = self.principal()?;
        let mut select = Application::select();
        if !(superuser_full_list == Some(true) && principal.superuser) {
            let user = match for_user {
                Some(user) => seen_by(self, user).await?,
                None => principal.user.id,
            };
            let access = Access::of(&mut self.db, user).await?;
            select.cond_where(access.condition("applications", "id", "policy_engine_mode"));
        }
        Filter::eq(&mut select, column("group_name"), group)
            .eq(column("meta_description"), meta_description)
            .eq(column("meta_launch_url"), meta_launch_url)
            .eq(column("meta_publisher"), meta_publisher)
            .eq(column("name"), name)
            .eq(column("slug"), slug);
        let mut rows = page::<Application>(&mut self.db, select, &query, &Applications::LISTING).await?;
        let models = Applications::models(self, std::mem::take(&mut rows.rows)).await?;
        Ok(rows.with(models))
    }

    async fn core_applications_create(
        &mut self,
        body: Unchecked<ApplicationRequest>,
    ) -> Result<models::Application, ApiError> {
        resource::create::<Applications>(self, body).await
    }

    async fn core_applications_retrieve(&mut self, slug: String) -> Result<models::Application, ApiError> {
        resource::retrieve::<Applications>(self, slug).await
    }

    async fn core_applications_update(
        &mut self,
        slug: String,
        body: Unchecked<ApplicationRequest>,
    ) -> Result<models::Application, ApiError> {
        resource::update::<Applications>(self, slug, body).await
    }

    async fn core_applications_partial_update(
        &mut self,
        slug: String,
        body: Unchecked<PatchedApplicationRequest>,
    ) -> Result<models::Application, ApiError> {
        resource::update::<Applications>(self, slug, body).await
    }

    async fn core_applications_destroy(&mut self, slug: String) -> Result<(), ApiError> {
        let row = resource::find::<Applications>(self, slug.clone()).await?;
        media::forget(self, row.meta_icon.as_deref().unwrap_or_default());
        resource::destroy::<Applications>(self, slug).await
    }

    async fn core_applications_check_access_retrieve(
        &mut self,
        slug: String,
        params: CoreApplicationsCheckAccessRetrieveParams,
    ) -> Result<models::PolicyTestResult, ApiError> {
        let CoreApplicationsCheckAccessRetrieveParams { for_user } = params;
        let principal = self.principal()?;
        let row = table::find::<Application>(&mut self.db, "slug", slug).await?.ok_or_else(ApiError::not_found)?;
        let user = match for_user.filter(|_| principal.superuser) {
            Some(user) => seen_by(self, user).await?,
            None => principal.user.id,
        };
        let access = Access::of(&mut self.db, user).await?;
        let mut select = Application::select();
        Filter::eq(&mut select, column("id"), Some(row.id)).cond_where(access.condition(
            "applications",
            "id",
            "policy_engine_mode",
        ));
        let passing = self.db.optional::<Application>(&select).await?.is_some();
        Ok(models::PolicyTestResult { passing, messages: vec![], log_messages: vec![] })
    }

    async fn core_applications_metrics_list(&mut self, slug: String) -> Result<Vec<models::Coordinate>, ApiError> {
        const PERIOD: Duration = Duration::hours(8);
        const PERIODS: i32 = 7 * 3;
        let row = resource::find::<Applications>(self, slug).await?;
        let (pk, now) = (row.id.simple().to_string(), self.now);
        let authorized = [(["authorized_application", "pk"].as_slice(), pk.as_str())];
        let counts = counts(&mut self.db, "authorize_application", &authorized, now, PERIOD, PERIODS).await?;
        let ends = (0..PERIODS).map(|index| (now - PERIOD * index).timestamp() * 1000);
        Ok(ends.zip(counts).map(|(x_cord, y_cord)| models::Coordinate { x_cord, y_cord }).collect())
    }

    async fn core_applications_set_icon_create(
        &mut self,
        slug: String,
        body: Unchecked<FileUploadRequest>,
    ) -> Result<(), ApiError> {
        let row = resource::find::<Applications>(self, slug).await?;
        let before = row.meta_icon.clone().unwrap_or_default();
        let icon = media::upload(self, "application-icons", &before, body.check()?).await?;
        store_icon(self, row, icon).await
    }

    async fn core_applications_set_icon_url_create(
        &mut self,
        slug: String,
        body: Unchecked<FilePathRequest>,
    ) -> Result<(), ApiError> {
        let row = resource::find::<Applications>(self, slug).await?;
        let url = media::address(body.check()?)?;
        media::forget(self, row.meta_icon.as_deref().unwrap_or_default());
        store_icon(self, row, Some(url)).await
    }

    async fn core_applications_used_by_list(&mut self, slug: String) -> Result<Vec<models::UsedBy>, ApiError> {
        used_by::<Applications>(self, slug).await
    }
}
