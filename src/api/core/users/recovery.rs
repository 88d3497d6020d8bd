//! Links with which users set a new password.

use super::touched;
use crate::{
    api::{
        context::Context,
        core::{
            brands, names,
            tokens::{self, Tokens},
        },
        links, permission, resource,
        settings::settings,
    },
    domain::mail,
    store::{
        self, Entity,
        column::Ref,
        table,
        tables::{EmailStage, Flow, Stage, Token, User},
    },
    tasks::mails,
};
use chrono::TimeDelta;
use sea_query::{Expr, ExprTrait};
use uuid::Uuid;
use vestibule_api::{ApiError, Errors, models::Link};

/// What it takes to send by a stage.
const VIEW: &str = "authentik_stages_email.view_emailstage";

fn refuse<T>(message: &str) -> Result<T, ApiError> {
    Err(ApiError::field(Errors::NON_FIELD, message))
}

/// A new link, which makes earlier ones of the user useless.
pub(super) async fn create(ctx: &mut Context, id: i64) -> Result<Link, ApiError> {
    let user = touched(ctx, id).await?.user;
    Ok(Link { link: link(ctx, &user, None).await?.0 })
}

/// A new link for a user, whoever asks for it, and the token in it: for as long as is said, or as the settings say.
///
/// # Errors
/// 400 when there is no flow that it could lead to.
pub(crate) async fn link(
    ctx: &mut Context,
    user: &User,
    valid_for: Option<TimeDelta>,
) -> Result<(String, Token), ApiError> {
    let flow = flow(ctx).await?;
    let token = token(ctx, user, valid_for).await?;
    Ok((address(ctx, &flow, &token).await?, token))
}

/// Mails a new link, which is written down with the token and sent once both are permanent.
pub(super) async fn mail(ctx: &mut Context, id: i64, stage: &str) -> Result<(), ApiError> {
    let user = touched(ctx, id).await?.user;
    if user.email.is_empty() {
        return refuse("User does not have an email address set.");
    }
    let flow = flow(ctx).await?;
    let Some(stage) = email_stage(ctx, stage).await? else { return refuse("Email stage does not exist.") };
    if !mail::is_address(&user.email) {
        return refuse("User does not have a valid email address set.");
    }
    let token = token(ctx, &user, None).await?;
    let expires = token.expires.unwrap_or(ctx.now).format("%Y-%m-%d %H:%M UTC").to_string();
    let link = address(ctx, &flow, &token).await?;
    let letter = mail::recovery(&user.name, &user.email, &stage.subject, &link, &expires);
    Ok(mails::post(ctx, &stage, letter).await?)
}

async fn address(ctx: &mut Context, flow: &Flow, token: &Token) -> Result<String, ApiError> {
    let base = links::base_url(ctx).await?;
    Ok(format!("{base}/if/flow/{}/?flow_token={}", flow.slug, &*token.key))
}

/// The email stage of this key, if the caller may see it.
async fn email_stage(ctx: &mut Context, id: &str) -> Result<Option<EmailStage>, ApiError> {
    let Ok(id) = Uuid::parse_str(id) else { return Ok(None) };
    let principal = ctx.principal()?;
    let mut select = EmailStage::select();
    select.and_where(Expr::col(("stages", "id")).eq(id));
    if !principal.may(VIEW) {
        select.and_where(permission::on_object::<Stage>(&principal, VIEW));
    }
    Ok(ctx.db.optional(&select).await?)
}

/// The recovery flow of the brand that the request went to.
async fn flow(ctx: &mut Context) -> Result<Flow, ApiError> {
    let flow = brands::of_request(ctx).await?.and_then(|brand| brand.flow_recovery);
    match flow {
        Some(id) => table::find(&mut ctx.db, "id", id).await?.ok_or_else(ApiError::not_found),
        None => refuse("No recovery flow set."),
    }
}

/// A new recovery token of a user, in place of earlier ones: these are found by what they are for, never by a name.
async fn token(ctx: &mut Context, user: &User, valid_for: Option<TimeDelta>) -> Result<Token, ApiError> {
    const INTENT: &str = "recovery";
    let settings = settings(ctx).await?;
    let expires = valid_for.and_then(|time| ctx.now.checked_add_signed(time));
    store::tokens::delete_of(&mut ctx.db, user.id, INTENT).await?;
    let mut token = Token {
        id: ctx.uuid(),
        identifier: names::free_identifier(ctx, &names::recovery(user), "").await?,
        key: tokens::new_key(&ctx.app.random, &settings),
        intent: INTENT.to_owned(),
        user: Ref(user.id),
        expires: Some(expires.unwrap_or_else(|| tokens::default_expiry(ctx.now, &settings))),
        ..Token::default()
    };
    resource::store::<Tokens>(ctx, &mut token, true).await?;
    Ok(token)
}
