//! `/core/users/service_account/`: an account for a program, with a password that is a token.

use super::Users;
use crate::{
    api::{
        context::Context,
        core::{
            groups::Groups,
            names,
            tokens::{self, Tokens},
        },
        derived, events,
        resource::{self, Resource},
        settings::settings,
    },
    domain::identity::user_uid,
    store::{
        column::Ref,
        membership::USERS_OF_GROUP,
        tables::{Token, User},
    },
};
use chrono::Duration;
use serde_json::{Map, Value};
use vestibule_api::{
    ApiError, Errors, Unchecked,
    models::{
        PatchedGroupRequest, PatchedTokenRequest, PatchedUserRequest, UserServiceAccountRequest,
        UserServiceAccountResponse, UserTypeEnum,
    },
    schemas,
};

/// How long the password of a service account works when nothing is asked for.
const LIFETIME: Duration = Duration::days(360);

/// Creates user, token and, if asked for, group: all or nothing.
pub(super) async fn create(
    ctx: &mut Context,
    body: Unchecked<UserServiceAccountRequest>,
) -> Result<UserServiceAccountResponse, ApiError> {
    let UserServiceAccountRequest { create_group, expires, expiring, name } = body.check()?;
    let expiring = expiring.unwrap_or(true);
    let attributes = Map::from_iter([(tokens::EXPIRING.to_owned(), Value::Bool(expiring))]);
    let mut errors = Errors::default();
    let account = PatchedUserRequest {
        attributes: Some(attributes),
        name: Some(name.clone()),
        path: Some("goauthentik.io/service-accounts".to_owned()),
        r#type: Some(UserTypeEnum::ServiceAccount),
        username: Some(name.clone()),
        ..PatchedUserRequest::default()
    };
    let account = derived::checked(&mut errors, &schemas::PATCHED_USER_REQUEST, account, &[("username", "name")])?;
    let mut group = None;
    if create_group == Some(true) && ctx.principal()?.may("authentik_core.add_group") {
        let named = PatchedGroupRequest { name: Some(name), ..PatchedGroupRequest::default() };
        group = Some(derived::checked(&mut errors, &schemas::PATCHED_GROUP_REQUEST, named, &[])?);
    }
    errors.into_result()?;
    let account = resource::write::<Users>(ctx, None, account).await.map_err(|error| name_field(error, "username"))?;
    let user = account.user;
    let mut group_pk = None;
    if let Some(group) = group {
        let group = resource::write::<Groups>(ctx, None, group).await?;
        USERS_OF_GROUP.add(&mut ctx.db, group.id, user.id).await?;
        group_pk = Some(group.id.to_string());
    }
    let token = token(ctx, &user, expires.unwrap_or(ctx.now + LIFETIME), expiring).await?;
    Ok(UserServiceAccountResponse {
        group_pk,
        token: token.key.0,
        user_pk: user.id,
        user_uid: user_uid(user.uuid),
        username: user.username,
    })
}

async fn token(
    ctx: &mut Context,
    user: &User,
    expires: chrono::DateTime<chrono::Utc>,
    expiring: bool,
) -> Result<Token, ApiError> {
    let settings = settings(ctx).await?;
    let identifier = names::free_identifier(ctx, &names::service_account(&slug(user)), "-password").await?;
    let mut errors = Errors::default();
    let named = PatchedTokenRequest { identifier: Some(identifier.clone()), ..PatchedTokenRequest::default() };
    derived::checked(&mut errors, &schemas::PATCHED_TOKEN_REQUEST, named, &[("identifier", "name")])?;
    errors.into_result()?;
    let mut token = Token {
        intent: "app_password".to_owned(),
        expires: Some(expires),
        expiring,
        id: ctx.uuid(),
        identifier,
        key: tokens::new_key(&ctx.app.random, &settings),
        user: Ref(user.id),
        ..Token::default()
    };
    resource::store::<Tokens>(ctx, &mut token, true).await.map_err(|error| name_field(error, "identifier"))?;
    events::record(ctx, events::CREATED, Tokens::MODEL, Tokens::pk(&token), Tokens::label(&token));
    Ok(token)
}

/// The name of the user as part of an identifier, which is a slug. What loses characters by that gets others, so that
/// two accounts do not end up with one identifier.
fn slug(user: &User) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if user.username.chars().all(fits) {
        return user.username.clone();
    }
    let words: Vec<&str> = user.username.split(|c| !fits(c)).filter(|word| !word.is_empty()).collect();
    let unique = user.uuid.simple().to_string();
    format!("{}-{}", words.join("-"), &unique[..8]).trim_start_matches('-').to_owned()
}

/// The body has one name only: what is wrong with a name made from it is wrong with that.
fn name_field(error: ApiError, field: &str) -> ApiError {
    match error {
        ApiError::Validation(errors) if errors.has(field) => ApiError::field("name", resource::MUST_BE_UNIQUE),
        error => error,
    }
}
