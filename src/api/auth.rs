//! Who is calling: API tokens.

use super::{
    context::{App, Caller, Context, Principal, RequestInfo},
    permission,
    remembered::Remembered,
};
use crate::store::{
    Conn, DbError, counted,
    membership::{Memberships, ROLES_OF_GROUP},
    table,
    tables::{Token, User},
    tokens,
};
use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use sea_query::{Cond, Expr, ExprTrait, Query};
use std::{collections::HashSet, sync::Arc};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use vestibule_api::ApiError;

/// What events call whoever has the key of the tenants, who is no user.
const OPERATOR: &str = "tenants-key";

/// Tokens and whom they authenticate, by the hash of the key, so that no keys lie in memory and looking one up takes no
/// longer the more it resembles another.
pub type Principals = Remembered<[u8; 32], Known>;

/// A token that held when it was looked up.
#[derive(Clone)]
pub struct Known {
    principal: Arc<Principal>,
    /// When it stops holding, if ever.
    expires: Option<DateTime<Utc>>,
}

/// What a caller was let in by, so that it can be asked later whether that still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credential {
    token: Uuid,
    /// The hash of the key, which may have got another one.
    key: [u8; 32],
}

/// The caller named by an `Authorization` header. Intent, expiry and the owner's state are checked on every call; a
/// token that does not hold is refused even where none is needed.
///
/// Where too many of those came from a network, its tokens are not looked up any more, but for those that held before: whoever
/// tries keys does not lock others out that share the address.
///
/// # Errors
/// 403 in the reference's words; 429 when too many tokens did not hold.
pub async fn authenticate(app: &App, header: Option<&str>, request: &RequestInfo) -> Result<Caller, ApiError> {
    let Some(header) = header.map(str::trim).filter(|h| !h.is_empty()) else { return Ok(Caller::Anonymous) };
    let (scheme, key) = header.split_once(' ').unwrap_or((header, ""));
    let key = key.trim();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ApiError::Denied("Unsupported authentication type".into()));
    }
    if key.is_empty() {
        return Ok(Caller::Anonymous);
    }
    let (hash, limit) = (hash(key), &app.rates.tokens);
    let look_up = async || {
        if !app.principals.was_there(&hash)
            && let Some(party) = request.suspect(&app.config)
        {
            limit.check(&party, app.clock.now())?;
        }
        let mut conn = app.db.primary();
        let token = tokens::find(&mut conn, key).await?;
        known(&mut conn, token).await.map_err(ApiError::from)
    };
    let known = app.principals.get(hash, app.db.changes(), look_up).await?;
    let caller = known.ok_or_else(invalid).and_then(|known| known.caller(app.clock.now()));
    if caller.is_err() {
        app.principals.forget(&hash);
        if let Some(party) = request.suspect(&app.config) {
            limit.fail(&party, app.clock.now())?;
        }
    }
    caller
}

/// The caller of what is for whoever runs the server: with the key of the settings, or a superuser. Without a key, there is
/// nothing to call.
///
/// # Errors
/// 404 when no key is set; as [`authenticate`] for another one.
pub async fn operator(app: &App, header: Option<&str>, request: &RequestInfo) -> Result<Caller, ApiError> {
    let key = app.config.tenants_key.as_deref().ok_or_else(ApiError::not_found)?;
    let (scheme, sent) = header.map(str::trim).unwrap_or_default().split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") || !bool::from(hash(sent.trim()).ct_eq(&hash(key))) {
        return authenticate(app, header, request).await;
    }
    let user = User { username: OPERATOR.to_owned(), ..User::default() };
    let (roles, permissions) = (vec![], HashSet::new());
    Ok(Caller::User(Arc::new(Principal { user, superuser: true, roles, permissions, credential: None })))
}

/// Looks the caller of a request up again, on the request's own connection: in a transaction, nobody can take away its
/// token, its account or its rights unnoticed between this and what the handler does. To be called when the transaction
/// has begun, and again whenever another one was begun after a wait.
///
/// It costs no statement while nothing that this process hears of has changed what anybody may do (see
/// [`super::remembered`]).
///
/// # Errors
/// 403 when the token does not hold any more, or the caller may not call the operation any more.
pub async fn confirm(ctx: &mut Context) -> Result<(), ApiError> {
    let Caller::User(principal) = &ctx.caller else { return Ok(()) };
    let Some(Credential { token, key }) = principal.credential else { return Ok(()) };
    let known = match ctx.app.principals.known(&key, ctx.app.db.changes()) {
        Some(known) => Some(known),
        // Not remembered: the transaction may have written what it never commits.
        None => counted(Box::pin(again(&mut ctx.db, token, key))).await.0?,
    };
    ctx.caller = known.ok_or_else(invalid)?.caller(ctx.now)?;
    permission::authorize(ctx.operation, &ctx.caller)
}

/// The token with this id, if it still has the key with this hash.
async fn again(conn: &mut Conn, token: Uuid, key: [u8; 32]) -> Result<Option<Known>, DbError> {
    let token: Option<Token> = table::find(conn, "id", token).await?;
    known(conn, token.filter(|token| hash(&token.key) == key)).await
}

impl Known {
    fn caller(self, now: DateTime<Utc>) -> Result<Caller, ApiError> {
        if self.expires.is_some_and(|expires| expires <= now) {
            return Err(invalid());
        }
        Ok(Caller::User(self.principal))
    }
}

fn invalid() -> ApiError {
    ApiError::Denied("Token invalid/expired".into())
}

fn hash(key: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, key.as_bytes()).as_ref());
    hash
}

/// Whom a token authenticates, if it is one for the API and its owner is active.
async fn known(conn: &mut Conn, token: Option<Token>) -> Result<Option<Known>, DbError> {
    let Some(token) = token.filter(|token| token.intent == "api") else { return Ok(None) };
    // An expiring token without a time never held.
    let expires = token.expiring.then(|| token.expires.unwrap_or(DateTime::<Utc>::MIN_UTC));
    let owner = table::find::<User>(conn, "id", token.user).await?.filter(|user| user.is_active);
    let Some(owner) = owner else { return Ok(None) };
    let credential = Some(Credential { token: token.id, key: hash(&token.key) });
    let principal = Arc::new(Principal { credential, ..principal(conn, owner).await? });
    Ok(Some(Known { principal, expires }))
}

/// A user with its rights.
///
/// # Errors
/// When a statement fails.
pub async fn principal(conn: &mut Conn, user: User) -> Result<Principal, DbError> {
    let groups = Memberships::of(conn, vec![user.id]).await?;
    if groups.is_superuser(user.id) {
        return Ok(Principal { user, superuser: true, roles: vec![], permissions: HashSet::new(), credential: None });
    }
    let direct = groups.direct(user.id).to_vec();
    let roles: Vec<Uuid> =
        ROLES_OF_GROUP.pairs::<Uuid, Uuid>(conn, direct).await?.into_iter().map(|(_, r)| r).collect();
    let own = Query::select()
        .column("permission")
        .from("user_permissions")
        .cond_where(Cond::all().add(Expr::col("user_id").eq(user.id)).add(Expr::col("object_id").eq("")))
        .to_owned();
    let mut permissions: HashSet<String> = conn.all::<(String,)>(&own).await?.into_iter().map(|(p,)| p).collect();
    if !roles.is_empty() {
        let by_role = Query::select()
            .column("permission")
            .from("role_permissions")
            .and_where(Expr::col("role_id").is_in(roles.iter().copied()))
            .and_where(Expr::col("object_id").eq(""))
            .to_owned();
        permissions.extend(conn.all::<(String,)>(&by_role).await?.into_iter().map(|(p,)| p));
    }
    Ok(Principal { user, superuser: false, roles, permissions, credential: None })
}
