//! `/oauth2/`: what OAuth2 providers have issued. Each user sees its own, and may take it back by deleting it.

use super::{
    context::Context,
    core::users::Users,
    fields::{Held, completes, fields},
    permission,
    resource::{Model, Resource},
};
use crate::store::{
    Entity,
    column::Ref,
    table,
    tables::{AccessToken, AuthorizationCode, OAuth2Provider, RefreshToken, User},
    users::Account,
};
use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, SelectStatement};
use std::collections::HashMap;
use vestibule_api::{
    ApiError, Oauth2AccessTokens, Oauth2AuthorizationCodes, Oauth2RefreshTokens, models, oauth2_access_tokens,
    oauth2_authorization_codes, oauth2_refresh_tokens, providers_oauth2,
};

/// What all of them have.
trait Grant: Entity {
    /// Who issued it, whose it is, and until when it works.
    fn parts(&self) -> (Ref<OAuth2Provider>, Ref<User>, Option<DateTime<Utc>>);
}

/// A kind of what is issued: its family, trait and row, and the names of its model.
macro_rules! grant {
    ($family:ident $trait:ident $row:ident $name:literal $verbose:literal) => {
        impl Grant for $row {
            fn parts(&self) -> (Ref<OAuth2Provider>, Ref<User>, Option<DateTime<Utc>>) {
                (self.provider, self.user, self.expires)
            }
        }

        impl Resource for $family::Family {
            type Row = $row;

            const MODEL: Model = Model { app: "authentik_providers_oauth2", name: $name, verbose: $verbose };
            const ORDER: &'static [&'static str] = &["provider", "expires"];
            const SEARCH: &'static [&'static str] = &["user__username", "provider__name"];

            fields!($family, granted);

            fn label(row: &$row) -> String {
                format!("{} for {} for user {}", $verbose, row.provider, row.user)
            }

            fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
                permission::narrow_to_owner::<$row>(ctx, select, Self::MODEL, "user_id")
            }

            async fn restrict(
                ctx: &mut Context,
                select: &mut SelectStatement,
                _: &Self::Params,
            ) -> Result<bool, ApiError> {
                // For searching by names.
                select
                    .inner_join("users", Expr::col(("users", "id")).equals(($row::TABLE, "user_id")))
                    .inner_join("providers", Expr::col(("providers", "id")).equals(($row::TABLE, "provider_id")));
                Self::narrow(ctx, select)
            }

            fn column(field: &str) -> Option<$crate::api::page::Column> {
                match field {
                    "user__username" => Some(("users", "username")),
                    "provider__name" => Some(("providers", "name")),
                    field => $crate::api::resource::own_column::<Self>(field),
                }
            }
        }

        impl $trait for Context {}
    };
}

grant!(oauth2_access_tokens Oauth2AccessTokens AccessToken "accesstoken" "OAuth2 Access Token");
grant!(oauth2_authorization_codes Oauth2AuthorizationCodes AuthorizationCode "authorizationcode" "Authorization Code");
grant!(oauth2_refresh_tokens Oauth2RefreshTokens RefreshToken "refreshtoken" "OAuth2 Refresh Token");

/// What was issued, with its provider and user.
struct Granted<R> {
    row: R,
    is_expired: bool,
    provider: Held<models::OAuth2Provider>,
    user: Held<models::User>,
}

completes!(Granted);

/// With providers and users; without those whose provider or user went meanwhile. Who may see a token need not know the
/// secret of its client (CVE-2026-40166).
async fn granted<R: Grant>(ctx: &mut Context, rows: Vec<R>) -> Result<Vec<Granted<R>>, ApiError> {
    let providers = rows.iter().map(|row| row.parts().0);
    let providers: Vec<OAuth2Provider> = table::find_all(&mut ctx.db, OAuth2Provider::KEY, providers).await?;
    let providers = providers_oauth2::Family::models(ctx, providers).await?;
    let providers = providers.into_iter().map(|model| models::OAuth2Provider { client_secret: None, ..model });
    let providers: HashMap<i64, models::OAuth2Provider> = providers.map(|model| (model.pk, model)).collect();
    let users: Vec<Account> = table::find_all(&mut ctx.db, "id", rows.iter().map(|row| row.parts().1)).await?;
    let users = Users::models(ctx, users).await?;
    let users: HashMap<i64, models::User> = users.into_iter().map(|user| (user.pk, user)).collect();
    let with = |row: R| {
        let (provider, user, expires) = row.parts();
        Some(Granted {
            is_expired: expires.is_some_and(|expires| expires < ctx.now),
            provider: Held(Some(providers.get(&provider.0)?.clone())),
            user: Held(Some(users.get(&user.0)?.clone())),
            row,
        })
    };
    Ok(rows.into_iter().filter_map(with).collect())
}
