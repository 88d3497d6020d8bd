//! `/core/authenticated_sessions/`: the browsers in which users are logged in.

use crate::{
    api::{
        context::Context,
        fields::{completes, fields},
        page::Column,
        permission,
        resource::{Model, Resource, own_column},
    },
    domain::user_agent,
    store::tables::AuthenticatedSession,
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use vestibule_api::{
    ApiError, CoreAuthenticatedSessions, CoreAuthenticatedSessionsListParams, core_authenticated_sessions,
    models::{AuthenticatedSessionAsn, AuthenticatedSessionGeoIp, AuthenticatedSessionUserAgent},
};

impl Resource for core_authenticated_sessions::Family {
    type Row = AuthenticatedSession;

    const MODEL: Model =
        Model { app: "authentik_core", name: "authenticatedsession", verbose: "Authenticated Session" };
    const ORDER: &'static [&'static str] = &["user__username"];
    const SEARCH: &'static [&'static str] = &["user__username", "last_ip", "last_user_agent"];

    fields!(core_authenticated_sessions, looked_at);

    fn label(row: &AuthenticatedSession) -> String {
        format!("Authenticated Session {}", row.id.simple())
    }

    fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
        permission::own::<AuthenticatedSession>(ctx, select, "user_id")
    }

    async fn restrict(
        ctx: &mut Context,
        select: &mut SelectStatement,
        _: &CoreAuthenticatedSessionsListParams,
    ) -> Result<bool, ApiError> {
        // For ordering and searching by the name of the user.
        select.inner_join("users", Expr::col(("users", "id")).equals(("authenticated_sessions", "user_id")));
        Self::narrow(ctx, select)
    }

    fn column(field: &str) -> Option<Column> {
        match field {
            "user__username" => Some(("users", "username")),
            field => own_column::<Self>(field),
        }
    }
}

/// A session with what can be told from it.
struct LookedAt<R> {
    row: R,
    /// Nothing is known of networks: that takes a database of others.
    asn: Option<AuthenticatedSessionAsn>,
    /// The same for places.
    geo_ip: Option<AuthenticatedSessionGeoIp>,
    /// Callers come with tokens, which are no sessions.
    current: bool,
    user_agent: AuthenticatedSessionUserAgent,
}

completes!(LookedAt);

#[allow(clippy::unused_async, reason = "others ask the database")]
async fn looked_at(
    _: &mut Context,
    rows: Vec<AuthenticatedSession>,
) -> Result<Vec<LookedAt<AuthenticatedSession>>, ApiError> {
    let look = |row: AuthenticatedSession| LookedAt {
        asn: None,
        geo_ip: None,
        current: false,
        user_agent: user_agent::read(&row.last_user_agent),
        row,
    };
    Ok(rows.into_iter().map(look).collect())
}

impl CoreAuthenticatedSessions for Context {}
