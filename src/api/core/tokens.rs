//! `/core/tokens/`: keys that users and programs authenticate with.

use super::{names, rights, users::Users};
use crate::{
    api::{
        context::{Context, Random},
        events,
        fields::{Held, Writer, completes, fields},
        page::Column,
        permission,
        resource::{self, Model, Resource, Unique, fresh, own_column},
        settings::settings,
    },
    domain::duration,
    store::{
        column::{Ref, Secret},
        membership::Memberships,
        permissions::OF_USERS,
        table,
        tables::{Settings, Token, User},
        users::Account,
    },
};
use chrono::{DateTime, Duration, Utc};
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde_json::{Value, json};
use std::collections::HashMap;
use vestibule_api::{
    ApiError, CoreTokens, CoreTokensListParams, Permission, Unchecked,
    limits::TOKENS_PER_USER,
    models::{self, IntentEnum, PatchedTokenRequest, TokenSetKeyRequest},
};

/// Tokens.
pub use vestibule_api::core_tokens::Family as Tokens;

/// The attribute of a user that says whether tokens it makes expire.
pub(super) const EXPIRING: &str = "goauthentik.io/user/token-expires";
/// The attribute of a user or group that limits how long app passwords live.
const MAXIMUM_LIFETIME: &str = "goauthentik.io/user/token-maximum-lifetime";
/// How long tokens live when the setting cannot be read.
const FALLBACK: Duration = Duration::minutes(30);

impl Resource for Tokens {
    type Row = Token;

    const MODEL: Model = Model { app: "authentik_core", name: "token", verbose: "Token" };
    const LOOKUP: &'static str = "identifier";
    const ORDER: &'static [&'static str] = &["identifier", "expires"];
    const SEARCH: &'static [&'static str] = &["identifier", "intent", "user__username", "description"];
    const UNIQUE: &'static [Unique] = &[
        ("identifier", "identifier", "Token with this identifier already exists."),
        ("managed", "managed", "Token with this managed already exists."),
        ("key", "key", "This key cannot be used."),
        ("key_fingerprint", "key", "This key cannot be used."),
    ];

    fields!(core_tokens, with_owners);

    fn label(row: &Token) -> String {
        format!("Token {}", row.identifier)
    }

    /// Callers may always touch their own tokens; those of others take the permission, and do not exist without it.
    /// Keys take their own permission, which those who make a token get on it.
    fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
        if let Permission::Model(_) = ctx.operation.permission {
            return permission::narrow::<Token>(ctx, select, &[]);
        }
        permission::narrow_to_owner::<Token>(ctx, select, Self::MODEL, "user_id")
    }

    fn new(ctx: &Context) -> Token {
        Token { intent: IntentEnum::Api.to_string(), ..fresh(ctx) }
    }

    fn name(row: &Token) -> String {
        row.identifier.clone()
    }

    /// Only superusers choose an owner. Nobody changes it, and nobody learns by trying which users there are.
    fn admit(ctx: &Context, row: &Token, new: bool, patch: &mut PatchedTokenRequest, to: &mut Writer) {
        let superuser = ctx.principal().is_ok_and(|principal| principal.superuser);
        let owner = patch.user.take_if(|_| !new || !superuser);
        if !new && owner.is_some_and(|owner| owner != row.user.0) {
            to.errors.add("user", "User cannot be changed");
        }
    }

    async fn check(
        ctx: &mut Context,
        row: &mut Token,
        before: Option<&Token>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        let principal = ctx.principal()?;
        let settings = settings(ctx).await?;
        if let Some(before) = before {
            rights::touch_users(ctx, &[before.user.0]).await?;
        }
        if names::is_kept_identifier(&row.identifier) && before.is_none_or(|before| before.identifier != row.identifier)
        {
            to.errors.add("identifier", names::KEPT);
        }
        if before.is_some_and(|before| row.intent != before.intent) {
            to.errors.add("intent", "Intent cannot be changed");
        }
        if before.is_none() {
            row.key = new_key(&ctx.app.random, &settings);
            if !to.has("user") {
                row.user = Ref(principal.user.id);
            }
            if !principal.superuser {
                resource::check_number::<Self>(ctx, to, "user_id", principal.user.id, TOKENS_PER_USER).await?;
            }
        }
        if !is_for_people(row) {
            to.errors.add("intent", format!("Invalid intent {}", row.intent));
        }
        if !principal.superuser && may_expire(&principal.user) {
            // Whoever may not make tokens that live for ever may not turn one into such either.
            row.expiring = before.is_none_or(|before| before.expiring || row.expiring);
        } else if !principal.superuser && before.is_none() {
            row.expiring = false;
        }
        let default = default_expiry(ctx.now, &settings);
        if row.intent == "api" {
            row.expires = Some(default);
        } else {
            if to.has("expires") {
                let latest = latest(ctx, row.user, default).await?;
                if row.expires.is_some_and(|expires| expires > latest) {
                    let latest = latest.format("%Y-%m-%d %H:%M:%S%.6f+00:00");
                    to.errors.add("expires", format!("Token expires exceeds maximum lifetime ({latest} UTC)."));
                }
            }
            if row.expiring && row.expires.is_none() {
                row.expires = Some(default);
            }
        }
        Ok(())
    }

    async fn after_create(ctx: &mut Context, row: &Token) -> Result<(), ApiError> {
        let principal = ctx.principal()?;
        if !principal.superuser {
            let object = row.id.simple().to_string();
            OF_USERS.give(&mut ctx.db, principal.user.id, "authentik_core.view_token_key", &object).await?;
        }
        Ok(())
    }

    async fn before_delete(ctx: &mut Context, row: &Token) -> Result<(), ApiError> {
        rights::touch_users(ctx, &[row.user.0]).await
    }

    async fn restrict(
        ctx: &mut Context,
        select: &mut SelectStatement,
        _: &CoreTokensListParams,
    ) -> Result<bool, ApiError> {
        // For searching by the name of the owner.
        select.inner_join("users", Expr::col(("users", "id")).equals(("tokens", "user_id")));
        Self::narrow(ctx, select)
    }

    fn column(field: &str) -> Option<Column> {
        match field {
            "user__username" => Some(("users", "username")),
            field => own_column::<Self>(field),
        }
    }
}

/// A token with its owner.
struct Owned<R> {
    row: R,
    user_obj: Held<models::User>,
}

completes!(Owned);

/// Tokens with their owners; one whose owner went meanwhile is left out.
async fn with_owners(ctx: &mut Context, rows: Vec<Token>) -> Result<Vec<Owned<Token>>, ApiError> {
    let owners: Vec<Account> = table::find_all(&mut ctx.db, "id", rows.iter().map(|token| token.user)).await?;
    let owners = Users::models(ctx, owners).await?;
    let owners: HashMap<i64, models::User> = owners.into_iter().map(|user| (user.pk, user)).collect();
    let owned = |row: Token| owners.get(&row.user.0).map(|owner| Owned { user_obj: Held(Some(owner.clone())), row });
    Ok(rows.into_iter().filter_map(owned).collect())
}

/// Whether tokens that a user makes expire: the attribute can say no.
fn may_expire(user: &User) -> bool {
    user.attributes.get(EXPIRING).and_then(Value::as_bool).unwrap_or(true)
}

/// The latest time at which an app password of a user may expire.
async fn latest(ctx: &mut Context, user: Ref<User>, default: DateTime<Utc>) -> Result<DateTime<Utc>, ApiError> {
    let Some(user) = table::find::<User>(&mut ctx.db, "id", user).await? else { return Ok(default) };
    let attributes = Memberships::of(&mut ctx.db, vec![user.id]).await?.attributes(&user);
    let lifetime = attributes.get(MAXIMUM_LIFETIME).and_then(Value::as_str).and_then(duration::parse);
    Ok(lifetime.and_then(|lifetime| ctx.now.checked_add_signed(lifetime)).unwrap_or(default))
}

/// When a token that is made now expires, when nothing else is said.
pub(crate) fn default_expiry(now: DateTime<Utc>, settings: &Settings) -> DateTime<Utc> {
    let duration = duration::parse(&settings.default_token_duration);
    duration.and_then(|duration| now.checked_add_signed(duration)).unwrap_or(now + FALLBACK)
}

/// A new secret.
pub(crate) fn new_key(random: &Random, settings: &Settings) -> Secret {
    // Short keys could be guessed, and a longer one than this helps nobody.
    let length = settings.default_token_length.clamp(20, 1024);
    random.text(usize::try_from(length).unwrap_or(60)).into()
}

/// Whether a token is of a kind that users make and keep. All others are the server's, for links.
fn is_for_people(token: &Token) -> bool {
    ["api", "app_password"].contains(&token.intent.as_str())
}

/// The token whose key is asked for or changed. That of a link is shown once, to whoever asked for the link: it opens
/// the account, which takes a permission of its own.
async fn keyed(ctx: &mut Context, identifier: String) -> Result<Token, ApiError> {
    let token = resource::find::<Tokens>(ctx, identifier).await?;
    rights::touch_users(ctx, &[token.user.0]).await?;
    if is_for_people(&token) {
        return Ok(token);
    }
    Err(ApiError::Denied("The keys of links are neither shown again nor changed.".into()))
}

/// Records that the secret of a token was seen or changed.
fn record(ctx: &mut Context, action: &str, token: &Token) {
    let secret = events::reference(Tokens::MODEL, Tokens::pk(token), Tokens::label(token));
    events::emit(ctx, action, Tokens::MODEL.app, json!({ "secret": secret }));
}

impl CoreTokens for Context {
    async fn core_tokens_set_key_create(
        &mut self,
        identifier: String,
        body: Unchecked<TokenSetKeyRequest>,
    ) -> Result<(), ApiError> {
        let mut token = keyed(self, identifier).await?;
        let TokenSetKeyRequest { key } = body.check()?;
        token.key = key.into();
        resource::store::<Tokens>(self, &mut token, false).await?;
        record(self, "secret_rotate", &token);
        Ok(())
    }

    async fn core_tokens_view_key_retrieve(&mut self, identifier: String) -> Result<models::TokenView, ApiError> {
        self.begin().await?;
        let token = keyed(self, identifier).await?;
        record(self, "secret_view", &token);
        Ok(models::TokenView { key: token.key.0 })
    }
}
