//! What the kinds of providers share: checks and filters.

use super::kinds::BACKCHANNEL;
use crate::{
    api::{context::Context, fields::Writer},
    store::{
        table,
        tables::{OAuth2Provider, Provider},
    },
};
use sea_query::{Cond, Expr, ExprTrait, Query, SelectStatement};
use vestibule_api::{ApiError, Filters, Sought};

/// What is said when a name is taken.
pub const NAME_TAKEN: &str = "provider with this name already exists.";

/// The filter of most lists of providers, see [`application_isnull`].
pub const WITHOUT_APPLICATION: &[&str] = &["application__isnull"];

/// Checks that the name of a provider, new or not, is free. Asked for first, so that all errors come together.
///
/// # Errors
/// When the query fails.
pub async fn check_name(
    ctx: &mut Context,
    row: &Provider,
    before: Option<&Provider>,
    to: &mut Writer,
) -> Result<(), ApiError> {
    if before.is_some_and(|before| before.name == row.name) {
        return Ok(());
    }
    let taken = table::find::<Provider>(&mut ctx.db, "name", row.name.as_str()).await?;
    if taken.is_some_and(|other| other.id != row.id) {
        to.errors.add("name", NAME_TAKEN);
    }
    Ok(())
}

/// Checks that the id of a client, if it is chosen, is free.
///
/// # Errors
/// When the query fails.
pub async fn check_client_id(
    ctx: &mut Context,
    row: &OAuth2Provider,
    before: Option<&OAuth2Provider>,
    to: &mut Writer,
) -> Result<(), ApiError> {
    if !to.has("client_id") || before.is_some_and(|before| before.client_id == row.client_id) {
        return Ok(());
    }
    let client: Option<(i64,)> = ctx
        .db
        .optional(
            Query::select()
                .column("provider_id")
                .from("providers_oauth2")
                .and_where(Expr::col("client_id").eq(row.client_id.as_str())),
        )
        .await?;
    if client.is_some_and(|(id,)| id != row.id) {
        to.errors.add("client_id", "OAuth2/OpenID Provider with this Client ID already exists.");
    }
    Ok(())
}

/// Keeps providers without an application (`true`) or with one. What can serve at the back channel counts as being
/// without when it serves none there.
pub fn application_isnull(select: &mut SelectStatement, params: &impl Filters) {
    let sought = params.sought().into_iter().find(|(name, _)| WITHOUT_APPLICATION.contains(name));
    let Some((_, Sought::Boolean(is_null))) = sought else { return };
    let used = Query::select()
        .column("provider_id")
        .from("applications")
        .and_where(Expr::col("provider_id").is_not_null())
        .to_owned();
    let id = Expr::col(("providers", "id"));
    let back = Expr::col(("providers", "backchannel_application_id"));
    let main = if is_null { id.not_in_subquery(used) } else { id.in_subquery(used) };
    let back = if is_null { back.is_null() } else { back.is_not_null() };
    let can_serve = Expr::col(("providers", "kind")).is_in(BACKCHANNEL);
    select.cond_where(Cond::any().add(main).add(Cond::all().add(can_serve).add(back)));
}
