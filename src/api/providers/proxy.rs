//! `/providers/proxy/`: reverse proxies and forward authentication.

use super::{
    provider,
    shared::{WITHOUT_APPLICATION, application_isnull, check_name},
    summary::served,
};
use crate::{
    api::{context::Context, fields::Writer, outposts::equip_for},
    domain::redirect_uri::{MatchingMode, RedirectUri},
    store::{
        Entity,
        column::{Many, RedirectUris},
        dialect, table,
        tables::{OAuth2Provider, PropertyMapping, ProxyProvider},
    },
};
use sea_query::{Expr, SelectStatement};
use serde_json::json;
use vestibule_api::{
    ApiError, Errors, ProvidersProxy, ProvidersProxyListParams, models::ClientTypeEnum, providers_oauth2,
};

provider!(providers_proxy ProxyProvider "proxy", served, "Proxy Provider", {
    const FILTERS: &'static [&'static str] = &[WITHOUT_APPLICATION[0], "redirect_uris__iexact"];

    fn new(ctx: &Context) -> ProxyProvider {
        let mut row = ProxyProvider { cookie_secret: ctx.app.random.text(COOKIE_SECRET_LENGTH).into(), ..ProxyProvider::default() };
        let client = providers_oauth2::Family::new(ctx);
        row.base = OAuth2Provider { base: row.base.base, ..client };
        row
    }

    async fn check(
        ctx: &mut Context,
        row: &mut ProxyProvider,
        before: Option<&ProxyProvider>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        check_modes(&mut to.errors, row);
        as_proxy(row);
        add_needed(ctx, row).await?;
        check_name(ctx, row, before.map(|before| &***before), to).await
    }

    async fn after_change(
        ctx: &mut Context,
        before: &ProxyProvider,
        after: Option<&ProxyProvider>,
    ) -> Result<(), ApiError> {
        match after {
            Some(after) if after.certificate != before.certificate => equip_for(ctx, after.id).await,
            _ => Ok(()),
        }
    }

    async fn filter(
        _: &mut Context,
        select: &mut SelectStatement,
        params: &ProvidersProxyListParams,
    ) -> Result<(), ApiError> {
        application_isnull(select, params);
        if let Some(text) = &params.redirect_uris_iexact {
            // The URIs follow from the host, which is the last of them but for its parameter.
            let host = text.lines().last().and_then(|last| last.split('?').next()).unwrap_or_default();
            let host = if callbacks(host).join("\n").eq_ignore_ascii_case(text) { host } else { "" };
            select.and_where(dialect::equals(Expr::col(("providers_proxy", "external_host")), host));
        }
        Ok(())
    }
});

/// How long the secret of the session cookie is.
const COOKIE_SECRET_LENGTH: usize = 32;

/// The mappings without which no outpost can do its work.
const NEEDED_MAPPINGS: [&str; 4] = [
    "goauthentik.io/providers/oauth2/scope-openid",
    "goauthentik.io/providers/oauth2/scope-profile",
    "goauthentik.io/providers/oauth2/scope-email",
    "goauthentik.io/providers/proxy/scope-proxy",
];

/// What is wrong with fields that depend on each other.
fn check_modes(errors: &mut Errors, row: &ProxyProvider) {
    if row.mode == "proxy" && row.internal_host.is_empty() {
        errors.add("internal_host", "Internal host cannot be empty when forward auth is disabled.");
    }
    if row.basic_auth_enabled
        && (row.basic_auth_user_attribute.is_empty() || row.basic_auth_password_attribute.is_empty())
    {
        errors.add("basic_auth_enabled", "User and password attributes must be set when basic auth is enabled.");
    }
}

/// Makes the OAuth2 side fit for an outpost, whatever may have been done to it at `/providers/oauth2/`.
fn as_proxy(row: &mut ProxyProvider) {
    row.client_type = ClientTypeEnum::Confidential.to_string();
    row.signing_key = None;
    row.include_claims_in_id_token = true;
    let uris = callbacks(&row.external_host).map(|url| RedirectUri { matching_mode: MatchingMode::Strict, url });
    row.redirect_uris = RedirectUris(json!(uris));
}

/// Where the outpost takes the answer to a login.
fn callbacks(external_host: &str) -> [String; 2] {
    let path = "outpost.goauthentik.io/callback";
    let joined = url::Url::parse(external_host).and_then(|host| host.join(path));
    let callback = joined.map_or_else(|_| format!("{external_host}/{path}"), String::from);
    [callback, external_host.to_owned()].map(|url| format!("{url}?X-authentik-auth-callback=true"))
}

/// The mappings asked for, or else those there are, and those without which nothing works.
async fn add_needed(ctx: &mut Context, row: &mut ProxyProvider) -> Result<(), ApiError> {
    if row.property_mappings.keys.is_none() && row.id != 0 {
        ProxyProvider::load_links(&mut ctx.db, std::slice::from_mut(row), |row| row).await?;
    }
    let mut mappings = row.property_mappings.keys().to_vec();
    let needed: Vec<PropertyMapping> = table::find_all(&mut ctx.db, "managed", NEEDED_MAPPINGS).await?;
    mappings.extend(needed.iter().map(|mapping| mapping.id));
    row.property_mappings = Many::changed(mappings);
    Ok(())
}

impl ProvidersProxy for Context {}

#[cfg(test)]
mod tests {
    use super::callbacks;

    #[test]
    fn answers_to_logins_come_back_to_the_external_host() {
        assert_eq!(
            callbacks("http://app.test"),
            [
                "http://app.test/outpost.goauthentik.io/callback?X-authentik-auth-callback=true",
                "http://app.test?X-authentik-auth-callback=true"
            ]
        );
    }
}
