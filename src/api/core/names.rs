//! Names that the server gives to what it makes itself. Callers cannot take them: whoever had one could keep the server from
//! making the object, or be taken for it. And nothing is ever found by one: what the server made is found by its kind and
//! its owner.

use crate::{
    api::context::Context,
    domain::identity::user_uid,
    store::{
        table,
        tables::{Token, User},
    },
};
use vestibule_api::ApiError;

/// What is said to a caller that wants such a name.
pub(in crate::api) const KEPT: &str = "Names of this form are kept for the server.";

/// What the accounts and tokens of outposts begin with.
const OUTPOST: &str = "ak-outpost-";
/// What the accounts and tokens of SCIM sources begin with.
pub(in crate::api) const SCIM_SOURCE: &str = "ak-source-scim-";
/// What the passwords of service accounts begin with.
const SERVICE_ACCOUNT: &str = "service-account-";
/// What recovery tokens end with.
const RECOVERY: &str = "-password-reset";
/// What `managed` begins with for what comes with the server.
const MANAGED: &str = "goauthentik.io/";

/// Whether a token of this name would be taken for one of the server's.
pub(in crate::api) fn is_kept_identifier(name: &str) -> bool {
    is_kept_username(name) || name.starts_with(SERVICE_ACCOUNT) || name.contains(RECOVERY)
}

/// Whether an account of this name would be taken for that of an outpost or a SCIM source.
pub(in crate::api) fn is_kept_username(name: &str) -> bool {
    name.starts_with(OUTPOST) || name.starts_with(SCIM_SOURCE)
}

/// Whether an object that is managed under this name would be taken for one that came with the server.
pub(in crate::api) fn is_kept_managed(name: &str) -> bool {
    name.starts_with(MANAGED)
}

/// The name of a user's recovery token.
pub(super) fn recovery(user: &User) -> String {
    format!("{}{RECOVERY}", user_uid(user.uuid))
}

/// The name of the password of a service account, by a part that says which.
pub(super) fn service_account(slug: &str) -> String {
    format!("{SERVICE_ACCOUNT}{slug}")
}

/// A name that no token has: `name` and `end`, with something between where that is taken.
pub(super) async fn free_identifier(ctx: &mut Context, name: &str, end: &str) -> Result<String, ApiError> {
    let plain = format!("{name}{end}");
    if table::find::<Token>(&mut ctx.db, "identifier", plain.as_str()).await?.is_none() {
        return Ok(plain);
    }
    Ok(format!("{name}-{}{end}", ctx.uuid().simple()))
}
