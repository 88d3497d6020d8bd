//! `/sources/scim/`: systems that push users and groups here.
//!
//! Each has an account of its own with a token, which come and go with it.

use super::{
    source,
    summary::{Sourced, sourced},
};
use crate::{
    api::{
        context::Context,
        core::{
            names,
            tokens::{Tokens, new_key},
            users::Users,
        },
        events,
        fields::{Held, Writer, completes},
        kinds::Described,
        links,
        resource::{self, Resource},
        settings::settings,
    },
    store::{
        column::{Managed, Ref},
        table,
        tables::{ScimSource, Source, Token, User},
        users::Account,
    },
};
use std::collections::HashMap;
use uuid::Uuid;
use vestibule_api::{ApiError, SourcesScim, models};

source!(sources_scim ScimSource "scim", with_token, {
    async fn check(
        ctx: &mut Context,
        row: &mut ScimSource,
        before: Option<&ScimSource>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if before.is_none() && to.errors.is_empty() {
            row.token = Ref(account(ctx, row).await?);
        }
        Ok(())
    }
});

/// Makes the account of a new source; gives its token. Saved again, a source keeps what it has.
async fn account(ctx: &mut Context, source: &Source) -> Result<Uuid, ApiError> {
    let name = format!("{}{}", names::SCIM_SOURCE, source.id);
    let mut user: Account = User {
        username: name.clone(),
        name: format!("SCIM Source {} Service-Account", source.name),
        path: "goauthentik.io/sources/scim".to_owned(),
        r#type: models::UserTypeEnum::InternalServiceAccount.to_string(),
        ..Users::new(ctx).user
    }
    .into();
    resource::store::<Users>(ctx, &mut user, true).await?;
    events::record(ctx, events::CREATED, Users::MODEL, Users::pk(&user), Users::label(&user));
    let settings = settings(ctx).await?;
    let mut token = Token {
        identifier: name,
        key: new_key(&ctx.app.random, &settings),
        user: Ref(user.user.id),
        expiring: false,
        managed: Managed(Some(format!("goauthentik.io/sources/scim/{}", source.id))),
        ..Tokens::new(ctx)
    };
    resource::store::<Tokens>(ctx, &mut token, true).await?;
    events::record(ctx, events::CREATED, Tokens::MODEL, Tokens::pk(&token), Tokens::label(&token));
    Ok(token.id)
}

/// Deletes the account of a source, and with it the token and all that came from the source.
pub(super) async fn forget(ctx: &mut Context, source: Uuid) -> Result<(), ApiError> {
    let Some(row) = table::find::<ScimSource>(&mut ctx.db, "id", source).await? else { return Ok(()) };
    let Some(token) = table::find::<Token>(&mut ctx.db, "id", row.token).await? else { return Ok(()) };
    let Some(user) = table::find::<Account>(&mut ctx.db, "id", token.user).await? else { return Ok(()) };
    table::delete::<User>(&mut ctx.db, user.user.id).await?;
    events::record(ctx, events::DELETED, Users::MODEL, Users::pk(&user), Users::label(&user));
    Ok(())
}

/// A source with its token and the address that the other system is given.
struct WithToken<R> {
    row: R,
    token_obj: Held<models::Token>,
    root_url: String,
}

completes!(WithToken);

/// Sources with their tokens; one whose token went meanwhile is left out.
async fn with_token(
    ctx: &mut Context,
    rows: Vec<ScimSource>,
) -> Result<Vec<WithToken<Sourced<Described<ScimSource>>>>, ApiError> {
    let host = links::base_url(ctx).await?;
    let tokens: Vec<Token> = table::find_all(&mut ctx.db, "id", rows.iter().map(|row| row.token)).await?;
    let tokens = Tokens::models(ctx, tokens).await?;
    let mut tokens: HashMap<Uuid, models::Token> = tokens.into_iter().map(|token| (token.pk, token)).collect();
    let with = |row: Sourced<Described<ScimSource>>| {
        Some(WithToken {
            token_obj: Held(Some(tokens.remove(&row.token.0)?)),
            root_url: format!("{host}/source/scim/{}/v2", row.slug),
            row,
        })
    };
    Ok(sourced(ctx, rows).await?.into_iter().filter_map(with).collect())
}

impl SourcesScim for Context {}
