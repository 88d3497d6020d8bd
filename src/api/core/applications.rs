//! `/core/applications/`: what users log in to.

use super::launch::Launch;
use crate::{
    api::{
        context::Context,
        events,
        fields::{Held, Writer, completes, fields},
        media,
        permission::on_object,
        providers::summary,
        resource::{self, Model, Resource, Unique},
    },
    store::{
        Entity, Shape,
        access::Access,
        events::counts,
        table,
        tables::{Application, Provider, User},
    },
};
use chrono::Duration;
use sea_query::{Cond, Expr, ExprTrait, SelectStatement};
use std::collections::HashMap;
use vestibule_api::{
    ApiError, CoreApplications, CoreApplicationsCheckAccessRetrieveParams, CoreApplicationsListParams, Errors,
    Unchecked,
    models::{self, FilePathRequest, FileUploadRequest},
};

/// Applications.
pub use vestibule_api::core_applications::Family as Applications;

const SLUG_TAKEN: &str = "Application with this slug already exists.";
const PROVIDER_TAKEN: &str = "Application with this provider already exists.";

impl Resource for Applications {
    type Row = Application;

    const MODEL: Model = Model { app: "authentik_core", name: "application", verbose: "Application" };
    const LOOKUP: &'static str = "slug";
    const SEARCH: &'static [&'static str] =
        &["name", "slug", "meta_launch_url", "meta_description", "meta_publisher", "group"];
    const UNIQUE: &'static [Unique] = &[("slug", "slug", SLUG_TAKEN), ("provider_id", "provider", PROVIDER_TAKEN)];
    const FILTERS: &'static [&'static str] = &["for_user", "superuser_full_list"];

    fields!(core_applications, complete);

    fn label(row: &Application) -> String {
        row.name.clone()
    }

    async fn check(
        ctx: &mut Context,
        row: &mut Application,
        _: Option<&Application>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        check_free(ctx, &mut to.errors, row).await
    }

    async fn before_delete(ctx: &mut Context, row: &Application) -> Result<(), ApiError> {
        media::forget(ctx, row.meta_icon.as_deref().unwrap_or_default());
        Ok(())
    }

    /// Everybody sees what they may use, superusers everything if they like.
    async fn restrict(
        ctx: &mut Context,
        select: &mut SelectStatement,
        params: &CoreApplicationsListParams,
    ) -> Result<bool, ApiError> {
        let principal = ctx.principal()?;
        if params.superuser_full_list == Some(true) && principal.superuser {
            return Ok(false);
        }
        let user = match params.for_user {
            Some(user) => seen_by(ctx, user).await?,
            None => principal.user.id,
        };
        let access = Access::of(&mut ctx.db, user).await?;
        select.cond_where(access.condition("applications", "id", "policy_engine_mode"));
        Ok(false)
    }
}

/// An application with what its answers say beside its fields.
struct Complete<R> {
    row: R,
    launch_url: Option<String>,
    meta_icon: Option<String>,
    provider_obj: Held<models::Provider>,
    backchannel_providers_obj: Vec<models::Provider>,
}

completes!(Complete);

/// Completes applications with their providers.
async fn complete(ctx: &mut Context, rows: Vec<Application>) -> Result<Vec<Complete<Application>>, ApiError> {
    let main = rows.iter().filter_map(|a| a.provider);
    let mut providers: Vec<Provider> = table::find_all(&mut ctx.db, "id", main).await?;
    let launch = Launch::of(ctx, &providers).await?;
    let back = rows.iter().flat_map(|a| a.backchannel_providers.keys.iter().flatten().copied());
    let back: Vec<i64> = back.filter(|id| providers.iter().all(|p| p.id != *id)).collect();
    providers.extend(table::find_all::<Provider>(&mut ctx.db, "id", back).await?);
    let summaries = summary::summaries(ctx, providers).await?;
    let summaries: HashMap<i64, models::Provider> = summaries.into_iter().map(|p| (p.pk, p)).collect();
    let complete = |row: Application| {
        let back = row.backchannel_providers.keys.iter().flatten();
        Complete {
            launch_url: launch.url(&row),
            meta_icon: row.meta_icon.as_deref().filter(|icon| !icon.is_empty()).map(media::url),
            provider_obj: Held(Some(
                row.provider.and_then(|id| summaries.get(&id.0)).cloned().unwrap_or_else(summary::none),
            )),
            backchannel_providers_obj: back.filter_map(|id| summaries.get(id).cloned()).collect(),
            row,
        }
    };
    Ok(rows.into_iter().map(complete).collect())
}

/// Reports a slug or a provider that another application has, all at once.
async fn check_free(ctx: &mut Context, errors: &mut Errors, row: &Application) -> Result<(), ApiError> {
    let provider = row.provider.map(|id| id.0.into());
    let values = [row.slug.as_str().into()].into_iter().chain(provider).chain([row.id.into()]).collect();
    let shape = Shape::new("same application").number(row.provider.is_some().into());
    let same = shape.with(values, |values| {
        let column = |name| Expr::col((Application::TABLE, name));
        let mut same = Cond::any().add(column("slug").eq(values[0].clone()));
        let mut select = Application::select();
        if let [_, provider, _] = values {
            same = same.add(column("provider_id").eq(provider.clone()));
        }
        select.cond_where(same).and_where(column("id").ne(values[values.len() - 1].clone()));
        select
    });
    let others: Vec<Application> = ctx.db.all(same).await?;
    if others.iter().any(|other| other.slug == row.slug) {
        errors.add("slug", SLUG_TAKEN);
    }
    let Some(id) = row.provider.filter(|id| !ctx.has_made(Provider::TABLE, id.0)) else { return Ok(()) };
    if let Some(provider) = table::find::<Provider>(&mut ctx.db, "id", id).await? {
        let serves_other = provider.backchannel_application.is_some_and(|other| other.0 != row.id);
        if serves_other || others.iter().any(|other| other.provider == Some(id)) {
            errors.add("provider", PROVIDER_TAKEN);
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
    select.and_where(Expr::col(("users", "id")).eq(user));
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
    events::record(ctx, events::UPDATED, Applications::MODEL, pk, label);
    Ok(())
}

impl CoreApplications for Context {
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
        select.and_where(Expr::col(("applications", "id")).eq(row.id));
        select.cond_where(access.condition("applications", "id", "policy_engine_mode"));
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
}
