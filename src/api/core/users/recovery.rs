//! Links with which users set a new password.

use super::Users;
use crate::{
    api::{
        context::Context,
        core::{brands, tokens},
        resource,
        settings::settings,
    },
    domain::identity::user_uid,
    store::{
        Entity, table,
        tables::{Flow, Stage, Token, User},
    },
};
use uuid::Uuid;
use vestibule_api::{ApiError, Errors, models::Link};

fn refuse<T>(message: &str) -> Result<T, ApiError> {
    Err(ApiError::field(Errors::NON_FIELD, message))
}

/// A new link, which makes earlier ones of the user useless.
pub(super) async fn create(ctx: &mut Context, id: i64) -> Result<Link, ApiError> {
    let user = resource::find::<Users>(ctx, id).await?;
    let flow = flow(ctx).await?;
    let token = token(ctx, &user).await?;
    Ok(Link { link: format!("{}/if/flow/{}/?flow_token={}", ctx.request.base_url, flow.slug, token.key) })
}

/// Mails a new link. Everything is checked as if it could be mailed; there is no mail service yet.
pub(super) async fn mail(ctx: &mut Context, id: i64, stage: &str) -> Result<(), ApiError> {
    let user = resource::find::<Users>(ctx, id).await?;
    if user.email.is_empty() {
        return refuse("User does not have an email address set.");
    }
    flow(ctx).await?;
    let stage = match Uuid::parse_str(stage) {
        Ok(id) => table::find::<Stage>(&mut ctx.db, "id", id).await?.filter(|stage| stage.kind == "email"),
        Err(_) => None,
    };
    if stage.is_none() {
        return refuse("Email stage does not exist.");
    }
    Err(ApiError::NotImplemented)
}

/// The recovery flow of the brand that the request went to.
async fn flow(ctx: &mut Context) -> Result<Flow, ApiError> {
    let flow = brands::of_request(ctx).await?.and_then(|brand| brand.flow_recovery_id);
    match flow {
        Some(id) => table::find(&mut ctx.db, "id", id).await?.ok_or_else(ApiError::not_found),
        None => refuse("No recovery flow set."),
    }
}

/// The recovery token of a user, with a new key and a new life.
async fn token(ctx: &mut Context, user: &User) -> Result<Token, ApiError> {
    let settings = settings(ctx).await?;
    let identifier = format!("{}-password-reset", user_uid(user.uuid));
    let existing: Option<Token> = table::find(&mut ctx.db, "identifier", identifier.as_str()).await?;
    let new = existing.is_none();
    let mut token = existing.unwrap_or_else(|| Token::defaults(ctx.uuid(), identifier, String::new(), user.id));
    token.key = tokens::new_key(ctx, &settings);
    token.intent = "recovery".to_owned();
    token.user_id = user.id;
    token.expiring = true;
    token.expires = Some(tokens::default_expiry(ctx, &settings));
    if new {
        token.insert(&mut ctx.db).await?;
    } else {
        token.update(&mut ctx.db).await?;
    }
    Ok(token)
}
