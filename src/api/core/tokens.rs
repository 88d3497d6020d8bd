//! `/core/tokens/`: keys that users and programs authenticate with.

use super::users::Users;
use crate::{
    api::{
        context::{Context, Random},
        events,
        page::{Column, Filter, Listing},
        permission,
        resource::{self, Model, Resource, Unique, check_exist, parse, set},
        settings::settings,
        used_by::used_by,
    },
    domain::duration,
    store::{
        Entity,
        membership::Memberships,
        permissions::OF_USERS,
        table,
        tables::{Settings, Token, User},
        users::Account,
    },
};
use chrono::{DateTime, Duration, Utc};
use sea_query::{Cond, Expr, ExprTrait, SelectStatement};
use serde_json::{Value, json};
use std::collections::HashMap;
use vestibule_api::{
    ApiError, CoreTokens, CoreTokensListParams, Errors, Permission, Unchecked,
    models::{self, IntentEnum, Page, PatchedTokenRequest, TokenRequest, TokenSetKeyRequest},
};

/// The attribute of a user that says whether tokens it makes expire.
pub(super) const EXPIRING: &str = "goauthentik.io/user/token-expires";
/// The attribute of a user or group that limits how long app passwords live.
const MAXIMUM_LIFETIME: &str = "goauthentik.io/user/token-maximum-lifetime";
/// How long tokens live when the setting cannot be read.
const FALLBACK: Duration = Duration::minutes(30);

/// Tokens.
pub struct Tokens;

const fn column(name: &'static str) -> Column {
    ("tokens", name)
}

impl Resource for Tokens {
    type Row = Token;
    type Model = models::Token;
    type Patch = PatchedTokenRequest;

    const MODEL: Model = Model { app: "authentik_core", name: "token", verbose: "Token" };
    const LOOKUP: &'static str = "identifier";
    const LISTING: Listing = Listing {
        order: &[
            ("pk", column("id")),
            ("identifier", column("identifier")),
            ("intent", column("intent")),
            ("user", column("user_id")),
            ("description", column("description")),
            ("expires", column("expires")),
            ("expiring", column("expiring")),
            ("managed", column("managed")),
        ],
        default_order: &["identifier", "expires"],
        search: &[column("identifier"), column("intent"), ("users", "username"), column("description")],
        key: column("id"),
    };
    const UNIQUE: &'static [Unique] = &[
        ("identifier", "identifier", "Token with this identifier already exists."),
        ("managed", "managed", "Token with this managed already exists."),
        ("key", "key", "This key cannot be used."),
    ];

    fn pk(row: &Token) -> String {
        row.id.to_string()
    }

    fn label(row: &Token) -> String {
        format!("Token {}", row.identifier)
    }

    async fn models(ctx: &mut Context, rows: Vec<Token>) -> Result<Vec<models::Token>, ApiError> {
        let owners: Vec<Account> = table::find_all(&mut ctx.db, "id", rows.iter().map(|token| token.user_id)).await?;
        let owners = Users::models(ctx, owners).await?;
        let owners: HashMap<i64, models::User> = owners.into_iter().map(|user| (user.pk, user)).collect();
        let owned = |token: Token| owners.get(&token.user_id).map(|owner| model(token, owner.clone()));
        rows.into_iter().filter_map(owned).collect()
    }

    /// Callers may always touch their own tokens; those of others take the permission, and do not exist without it.
    /// Keys take their own permission, which those who make a token get on it.
    fn narrow(ctx: &mut Context, select: &mut SelectStatement) -> Result<bool, ApiError> {
        if let Permission::Model(_) = ctx.operation.permission {
            return permission::narrow::<Token>(ctx, select, &[]);
        }
        let principal = ctx.principal()?;
        let needed = Self::MODEL.permission(match ctx.operation.action {
            "update" | "partial_update" => "change",
            "destroy" => "delete",
            _ => "view",
        });
        if !principal.may(&needed) {
            let own = Expr::col(column("user_id")).eq(principal.user.id);
            let given = permission::on_object::<Token>(&principal, &needed);
            select.cond_where(Cond::any().add(own).add(given));
        }
        Ok(false)
    }

    async fn save(ctx: &mut Context, existing: Option<Token>, patch: PatchedTokenRequest) -> Result<Token, ApiError> {
        let new = existing.is_none();
        let principal = ctx.principal()?;
        let PatchedTokenRequest { description, expires, expiring, identifier, intent, managed, user } = patch;
        let settings = settings(ctx).await?;
        let mut errors = Errors::default();
        let mut row = match existing {
            Some(row) => {
                if user.is_some_and(|user| user != row.user_id) {
                    errors.add("user", "User cannot be changed");
                }
                if intent.is_some_and(|intent| intent.as_str() != row.intent) {
                    errors.add("intent", "Intent cannot be changed");
                }
                row
            }
            None => {
                let owner = user.filter(|_| principal.superuser).unwrap_or(principal.user.id);
                check_exist(ctx, &mut errors, "user", User::TABLE, [owner]).await?;
                let mut row = Token::defaults(ctx.uuid(), String::new(), new_key(&ctx.app.random, &settings), owner);
                row.intent = intent.unwrap_or(IntentEnum::Api).to_string();
                row
            }
        };
        if !["api", "app_password"].contains(&row.intent.as_str()) {
            errors.add("intent", format!("Invalid intent {}", row.intent));
        }
        set(&mut row.identifier, identifier);
        set(&mut row.description, description);
        set(&mut row.managed, managed);
        match expiring {
            _ if new && !principal.superuser => row.expiring = may_expire(&principal.user),
            // Whoever may not make tokens that live for ever may not turn one into such either.
            Some(false) if !principal.superuser && may_expire(&principal.user) => {}
            expiring => set(&mut row.expiring, expiring),
        }
        let default = default_expiry(ctx.now, &settings);
        if row.intent == "api" {
            row.expires = Some(default);
        } else {
            if let Some(expires) = expires {
                let latest = latest(ctx, row.user_id, default).await?;
                if expires.is_some_and(|expires| expires > latest) {
                    let latest = latest.format("%Y-%m-%d %H:%M:%S%.6f+00:00");
                    errors.add("expires", format!("Token expires exceeds maximum lifetime ({latest} UTC)."));
                }
                row.expires = expires;
            }
            if row.expiring && row.expires.is_none() {
                row.expires = Some(default);
            }
        }
        errors.into_result()?;
        resource::store::<Self>(ctx, &mut row, new).await?;
        if new && !principal.superuser {
            let object = row.id.simple().to_string();
            OF_USERS.give(&mut ctx.db, principal.user.id, "authentik_core.view_token_key", &object).await?;
        }
        Ok(row)
    }
}

/// Whether tokens that a user makes expire: the attribute can say no.
fn may_expire(user: &User) -> bool {
    user.attributes.get(EXPIRING).and_then(Value::as_bool).unwrap_or(true)
}

/// The latest time at which an app password of a user may expire.
async fn latest(ctx: &mut Context, user: i64, default: DateTime<Utc>) -> Result<DateTime<Utc>, ApiError> {
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
pub(crate) fn new_key(random: &Random, settings: &Settings) -> String {
    // Short keys could be guessed, and a longer one than this helps nobody.
    let length = settings.default_token_length.clamp(20, 1024);
    random.text(usize::try_from(length).unwrap_or(60))
}

fn model(token: Token, owner: models::User) -> Result<models::Token, ApiError> {
    Ok(models::Token {
        user_obj: owner,
        pk: token.id,
        managed: token.managed,
        identifier: token.identifier,
        intent: Some(parse(&token.intent)?),
        user: Some(token.user_id),
        description: Some(token.description),
        expires: token.expires,
        expiring: Some(token.expiring),
    })
}

/// Records that the secret of a token was seen or changed.
async fn record(ctx: &mut Context, action: &str, token: &Token) -> Result<(), ApiError> {
    let secret = events::reference(Tokens::MODEL, Tokens::pk(token), Tokens::label(token));
    events::emit(ctx, action, Tokens::MODEL.app, json!({ "secret": secret })).await
}

impl CoreTokens for Context {
    async fn core_tokens_list(&mut self, params: CoreTokensListParams) -> Result<Page<models::Token>, ApiError> {
        let CoreTokensListParams { page, description, expires, expiring, identifier, intent, managed, user_username } =
            params;
        resource::list::<Tokens>(self, &page, |select| {
            select
                .inner_join(User::TABLE, Expr::col(("users", "id")).equals(column("user_id")))
                .eq(column("description"), description)
                .eq(column("expires"), expires)
                .eq(column("expiring"), expiring)
                .eq(column("identifier"), identifier)
                .eq(column("intent"), intent.map(|intent| intent.as_str()))
                .eq(column("managed"), managed)
                .eq(("users", "username"), user_username);
        })
        .await
    }

    async fn core_tokens_create(&mut self, body: Unchecked<TokenRequest>) -> Result<models::Token, ApiError> {
        resource::create::<Tokens>(self, body).await
    }

    async fn core_tokens_retrieve(&mut self, identifier: String) -> Result<models::Token, ApiError> {
        resource::retrieve::<Tokens>(self, identifier).await
    }

    async fn core_tokens_update(
        &mut self,
        identifier: String,
        body: Unchecked<TokenRequest>,
    ) -> Result<models::Token, ApiError> {
        resource::update::<Tokens>(self, identifier, body).await
    }

    async fn core_tokens_partial_update(
        &mut self,
        identifier: String,
        body: Unchecked<PatchedTokenRequest>,
    ) -> Result<models::Token, ApiError> {
        resource::update::<Tokens>(self, identifier, body).await
    }

    async fn core_tokens_destroy(&mut self, identifier: String) -> Result<(), ApiError> {
        resource::destroy::<Tokens>(self, identifier).await
    }

    async fn core_tokens_set_key_create(
        &mut self,
        identifier: String,
        body: Unchecked<TokenSetKeyRequest>,
    ) -> Result<(), ApiError> {
        let mut token = resource::find::<Tokens>(self, identifier).await?;
        let TokenSetKeyRequest { key } = body.check()?;
        token.key = key;
        resource::store::<Tokens>(self, &mut token, false).await?;
        record(self, "secret_rotate", &token).await
    }

    async fn core_tokens_used_by_list(&mut self, identifier: String) -> Result<Vec<models::UsedBy>, ApiError> {
        used_by::<Tokens>(self, identifier).await
    }

    async fn core_tokens_view_key_retrieve(&mut self, identifier: String) -> Result<models::TokenView, ApiError> {
        self.begin().await?;
        let token = resource::find::<Tokens>(self, identifier).await?;
        record(self, "secret_view", &token).await?;
        Ok(models::TokenView { key: token.key })
    }
}
