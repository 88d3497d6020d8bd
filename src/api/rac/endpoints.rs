//! `/rac/endpoints/`: machines that users reach through a RAC provider.

use crate::{
    api::{
        context::Context,
        fields::{Held, completes, fields},
        permission,
        resource::{Model, Resource},
    },
    store::{
        Entity,
        access::Access,
        table,
        tables::{RacEndpoint, RacProvider},
    },
};
use sea_query::{Expr, ExprTrait, Query, SelectStatement};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use vestibule_api::{ApiError, RacEndpoints, RacEndpointsListParams, models, providers_rac};

/// Endpoints.
pub use vestibule_api::rac_endpoints::Family as Endpoints;

impl Resource for Endpoints {
    type Row = RacEndpoint;

    const MODEL: Model = Model { app: "authentik_providers_rac", name: "endpoint", verbose: "RAC Endpoint" };
    const ORDER: &'static [&'static str] = &["name", "protocol"];
    const SEARCH: &'static [&'static str] = &["name", "protocol"];
    const FILTERS: &'static [&'static str] = &["superuser_full_list"];

    fields!(rac_endpoints, complete);

    fn label(row: &RacEndpoint) -> String {
        format!("RAC Endpoint {}", row.name)
    }

    fn name(row: &RacEndpoint) -> String {
        row.name.clone()
    }

    /// Everybody sees what they may use, superusers everything if they like.
    async fn restrict(
        ctx: &mut Context,
        select: &mut SelectStatement,
        params: &RacEndpointsListParams,
    ) -> Result<bool, ApiError> {
        let principal = ctx.principal()?;
        if params.superuser_full_list != Some(true) || !principal.superuser {
            let access = Access::of(&mut ctx.db, principal.user.id).await?;
            select.cond_where(access.condition("rac_endpoints", "id", "policy_engine_mode"));
        }
        Ok(false)
    }
}

/// An endpoint with its provider, and where it begins.
struct Complete<R> {
    row: R,
    launch_url: Option<String>,
    provider_obj: Held<models::RacProvider>,
}

completes!(Complete);

/// With providers. Settings, in which there may be passwords, are for those who may view the object that has them: whoever
/// may only connect does not need them.
async fn complete(ctx: &mut Context, rows: Vec<RacEndpoint>) -> Result<Vec<Complete<RacEndpoint>>, ApiError> {
    let providers: HashMap<i64, models::RacProvider> =
        providers(ctx, rows.iter().map(|row| row.provider.0).collect()).await?;
    let open = viewed::<Endpoints>(ctx, rows.iter().map(|row| row.id).collect()).await?;
    let complete = |mut row: RacEndpoint| {
        let provider = providers.get(&row.provider.0)?.clone();
        if open.as_ref().is_some_and(|open| !open.contains(&row.id)) {
            row.settings = json!({}).into();
        }
        let application = Some(&provider.assigned_application_slug).filter(|slug| !slug.is_empty());
        Some(Complete {
            launch_url: application.map(|slug| format!("/application/rac/{slug}/{}/", row.id)),
            provider_obj: Held(Some(provider)),
            row,
        })
    };
    Ok(rows.into_iter().filter_map(complete).collect())
}

/// Providers as others show them.
///
/// # Errors
/// When a statement fails.
pub(super) async fn providers(
    ctx: &mut Context,
    keys: Vec<i64>,
) -> Result<HashMap<i64, models::RacProvider>, ApiError> {
    let rows: Vec<RacProvider> = table::find_all(&mut ctx.db, RacProvider::KEY, keys).await?;
    let open = viewed::<providers_rac::Family>(ctx, rows.iter().map(Entity::key).collect()).await?;
    let mut models = providers_rac::Family::models(ctx, rows).await?;
    for model in &mut models {
        if open.as_ref().is_some_and(|open| !open.contains(&model.pk)) {
            model.settings = Some(json!({}));
        }
    }
    Ok(models.into_iter().map(|model| (model.pk, model)).collect())
}

/// Which of these objects the caller may view; none where it may view all.
async fn viewed<R: Resource>(
    ctx: &mut Context,
    keys: Vec<<R::Row as Entity>::Key>,
) -> Result<Option<HashSet<<R::Row as Entity>::Key>>, ApiError> {
    let principal = ctx.principal()?;
    let needed = R::MODEL.permission("view");
    if principal.may(&needed) {
        return Ok(None);
    }
    let key = (R::Row::TABLE, R::Row::KEY);
    let mut select = Query::select();
    select
        .column(key)
        .from(R::Row::TABLE)
        .and_where(Expr::col(key).is_in(keys))
        .and_where(permission::on_object::<R::Row>(&principal, &needed));
    let found: Vec<(<R::Row as Entity>::Key,)> = ctx.db.all(&select).await?;
    Ok(Some(found.into_iter().map(|(key,)| key).collect()))
}

impl RacEndpoints for Context {}
