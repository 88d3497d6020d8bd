//! What an OpenID provider says of itself, read when a source names where.
//!
//! Only addresses in the request are asked. The presets of a type are known already, and nobody who makes a source of GitHub
//! has to wait for GitHub.

use crate::{api::context::Context, domain::outgoing};
use serde_json::Value;
use vestibule_api::{ApiError, limits::JSON_BYTES, models::PatchedOAuthSourceRequest};

/// The longest address that a source keeps.
const LONGEST: usize = 255;

/// Fills in what a body does not say itself: addresses from the discovery document, and keys. Nothing may have been written
/// before: the transaction ends while the other server is asked.
///
/// # Errors
/// 400 when it cannot be asked or gives no proper answer.
pub(super) async fn complete(ctx: &mut Context, patch: &mut PatchedOAuthSourceRequest) -> Result<(), ApiError> {
    let named = |url: &Option<String>| url.clone().filter(|url| !url.is_empty());
    let mut jwks_url = named(&patch.oidc_jwks_url);
    let well_known_url = named(&patch.oidc_well_known_url);
    if jwks_url.is_none() && well_known_url.is_none() {
        return Ok(());
    }
    ctx.release().await?;
    let (app, party) = (ctx.app.clone(), ctx.party());
    let turn = app.work.outgoing.turn(&party).await?;
    if let Some(url) = well_known_url {
        let document = fetch(&url).await.map_err(|why| ApiError::field("oidc_well_known_url", why))?;
        let address = |name: &str| address(&document, name);
        patch.authorization_url = Some(Some(address("authorization_endpoint")?));
        patch.access_token_url = Some(Some(address("token_endpoint")?));
        patch.profile_url = Some(Some(address("userinfo_endpoint")?));
        let inferred = address("jwks_uri")?;
        jwks_url.get_or_insert(inferred);
    }
    if let Some(url) = jwks_url {
        let keys = fetch(&url).await.map_err(|why| ApiError::field("oidc_jwks_url", why))?;
        if !keys.get("keys").is_some_and(Value::is_array) || keys.to_string().len() > JSON_BYTES {
            return Err(ApiError::field("oidc_jwks_url", "The server did not answer with a key set."));
        }
        patch.oidc_jwks = Some(keys);
        patch.oidc_jwks_url = Some(url);
    }
    drop(turn);
    ctx.begin().await
}

async fn fetch(url: &str) -> Result<Value, String> {
    outgoing::get(url).await?.json()
}

/// An address from a discovery document.
fn address(document: &Value, name: &str) -> Result<String, ApiError> {
    let found = document.get(name).and_then(Value::as_str);
    let fits = found.filter(|url| url.len() <= LONGEST && outgoing::is_address(url));
    fits.map(str::to_owned)
        .ok_or_else(|| ApiError::field("oidc_well_known_url", format!("Invalid well-known configuration: '{name}'")))
}
