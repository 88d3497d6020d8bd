//! `/rac/connection_tokens/`: connections that users may open. Each sees its own.

use super::endpoints::{Endpoints, providers};
use crate::{
    api::{
        context::Context,
        core::groups::member,
        fields::{Held, Writer, completes, fields},
        permission,
        resource::{self, Model, Resource},
    },
    store::{
        table,
        tables::{RacConnectionToken, RacEndpoint, User},
    },
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{
    ApiError, RacConnectionTokens, RacConnectionTokensListParams, models, models::PatchedConnectionTokenRequest,
    rac_connection_tokens,
};

const FIXED: &str = "Only who may change all connections may lead one somewhere else.";
const OTHER: &str = "This endpoint belongs to another provider.";

impl Resource for rac_connection_tokens::Family {
    type Row = RacConnectionToken;

    const MODEL: Model =
        Model { app: "authentik_providers_rac", name: "connectiontoken", verbose: "RAC Connection token" };
    const ORDER: &'static [&'static str] = &["endpoint__name", "id"];
    const SEARCH: &'static [&'static str] = &["endpoint__name"];
    const FILTERS: &'static [&'static str] = &["session__user"];

    fn label(row: &RacConnectionToken) -> String {
        format!("RAC Connection token {} to {}", row.user, row.endpoint)
    }

    fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
        permission::narrow_to_owner::<RacConnectionToken>(ctx, select, Self::MODEL, "user_id")
    }

    async fn restrict(
        ctx: &mut Context,
        select: &mut SelectStatement,
        _: &RacConnectionTokensListParams,
    ) -> Result<bool, ApiError> {
        // For ordering and searching by the name of the endpoint.
        let endpoint = Expr::col(("rac_endpoints", "id")).equals(("rac_connection_tokens", "endpoint_id"));
        select.inner_join("rac_endpoints", endpoint);
        Self::narrow(ctx, select)
    }

    async fn filter(
        _: &mut Context,
        select: &mut SelectStatement,
        params: &RacConnectionTokensListParams,
    ) -> Result<(), ApiError> {
        if let Some(user) = params.session_user {
            select.and_where(Expr::col(("rac_connection_tokens", "user_id")).eq(user));
        }
        Ok(())
    }

    fn column(field: &str) -> Option<(&'static str, &'static str)> {
        match field {
            "endpoint__name" => Some(("rac_endpoints", "name")),
            field => resource::own_column::<Self>(field),
        }
    }

    /// The key stays, whatever a body says.
    async fn save(
        ctx: &mut Context,
        existing: Option<RacConnectionToken>,
        patch: PatchedConnectionTokenRequest,
    ) -> Result<RacConnectionToken, ApiError> {
        let put = |_: &Context, row: &mut RacConnectionToken, to: &mut Writer| {
            let PatchedConnectionTokenRequest { endpoint, pk: _, provider } = patch;
            to.put("endpoint", &mut row.endpoint, endpoint);
            to.put("provider", &mut row.provider, provider);
        };
        resource::save::<Self>(ctx, existing, put).await
    }

    async fn check(
        ctx: &mut Context,
        row: &mut RacConnectionToken,
        before: Option<&RacConnectionToken>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if before.is_some_and(|before| (before.endpoint, before.provider) == (row.endpoint, row.provider)) {
            return Ok(());
        }
        if !ctx.principal()?.may(&Self::MODEL.permission("change")) {
            to.errors.add("endpoint", FIXED);
        }
        let endpoint: Option<RacEndpoint> = table::find(&mut ctx.db, "id", row.endpoint).await?;
        if endpoint.is_some_and(|endpoint| endpoint.provider != row.provider) {
            to.errors.add("endpoint", OTHER);
        }
        Ok(())
    }

    fields!(rac_connection_tokens models, complete);
}

/// A connection with where it leads, and whose it is.
struct Complete<R> {
    row: R,
    endpoint_obj: Held<models::Endpoint>,
    provider_obj: Held<models::RacProvider>,
    user: Held<models::GroupMember>,
}

completes!(Complete);

/// Without those that went meanwhile.
async fn complete(
    ctx: &mut Context,
    rows: Vec<RacConnectionToken>,
) -> Result<Vec<Complete<RacConnectionToken>>, ApiError> {
    let providers = providers(ctx, rows.iter().map(|row| row.provider.0).collect()).await?;
    let endpoints: Vec<RacEndpoint> = table::find_all(&mut ctx.db, "id", rows.iter().map(|row| row.endpoint)).await?;
    let endpoints = Endpoints::models(ctx, endpoints).await?;
    let endpoints: HashMap<Uuid, models::Endpoint> = endpoints.into_iter().map(|one| (one.pk, one)).collect();
    let users: Vec<User> = table::find_all(&mut ctx.db, "id", rows.iter().map(|row| row.user)).await?;
    let users: HashMap<i64, User> = users.into_iter().map(|user| (user.id, user)).collect();
    let complete = |row: RacConnectionToken| {
        Some(Complete {
            endpoint_obj: Held(Some(endpoints.get(&row.endpoint.0)?.clone())),
            provider_obj: Held(Some(providers.get(&row.provider.0)?.clone())),
            user: Held(Some(member(users.get(&row.user.0)?.clone()))),
            row,
        })
    };
    Ok(rows.into_iter().filter_map(complete).collect())
}

impl RacConnectionTokens for Context {}
