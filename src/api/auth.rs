//! Who is calling: API tokens.

use super::{
    context::{App, Caller, Principal},
    remembered::Remembered,
};
use crate::store::{
    Conn, DbError,
    membership::{Memberships, ROLES_OF_GROUP},
    table,
    tables::{Token, User},
};
use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use sea_query::{Cond, Expr, ExprTrait, Query};
use std::{collections::HashSet, sync::Arc};
use uuid::Uuid;
use vestibule_api::ApiError;

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

/// The caller named by an `Authorization` header. Intent, expiry and the owner's state are checked on every call; a
/// token that does not hold is refused even where none is needed.
///
/// # Errors
/// 403 in the reference's words.
pub async fn authenticate(app: &App, header: Option<&str>) -> Result<Caller, ApiError> {
    let Some(header) = header.map(str::trim).filter(|h| !h.is_empty()) else { return Ok(Caller::Anonymous) };
    let (scheme, key) = header.split_once(' ').unwrap_or((header, ""));
    let key = key.trim();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ApiError::Denied("Unsupported authentication type".into()));
    }
    if key.is_empty() {
        return Ok(Caller::Anonymous);
    }
    let invalid = || ApiError::Denied("Token invalid/expired".into());
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, key.as_bytes()).as_ref());
    let look_up = async || look_up(&mut app.db.primary(), key).await;
    let known = app.principals.get(hash, app.db.changes(), look_up).await?.ok_or_else(invalid)?;
    if known.expires.is_some_and(|expires| expires <= app.clock.now()) {
        return Err(invalid());
    }
    Ok(Caller::User(known.principal))
}

/// The token with this key, if it is one for the API and its owner is active.
async fn look_up(conn: &mut Conn, key: &str) -> Result<Option<Known>, DbError> {
    let token = table::find::<Token>(conn, "key", key).await?.filter(|token| token.intent == "api");
    let Some(token) = token else { return Ok(None) };
    // An expiring token without a time never held.
    let expires = token.expiring.then(|| token.expires.unwrap_or(DateTime::<Utc>::MIN_UTC));
    let owner = table::find::<User>(conn, "id", token.user).await?.filter(|user| user.is_active);
    let Some(owner) = owner else { return Ok(None) };
    let principal = Arc::new(principal(conn, owner).await?);
    Ok(Some(Known { principal, expires }))
}

/// A user with its rights.
///
/// # Errors
/// When a statement fails.
pub async fn principal(conn: &mut Conn, user: User) -> Result<Principal, DbError> {
    let groups = Memberships::of(conn, vec![user.id]).await?;
    if groups.is_superuser(user.id) {
        return Ok(Principal { user, superuser: true, roles: vec![], permissions: HashSet::new() });
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
    Ok(Principal { user, superuser: false, roles, permissions })
}
