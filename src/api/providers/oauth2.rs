//! `/providers/oauth2/`: clients of OAuth2 and OpenID Connect. Proxy providers are such clients and are found here too.

use super::{
    preview, provider,
    shared::{check_client_id, check_name},
    summary::{Assigned, provided},
};
use crate::{
    api::{
        context::Context,
        fields::{Answer, Put, Writer},
        filter::Choices,
        links,
        resource::{self, fresh},
    },
    domain::redirect_uri::{self, RedirectUri},
    store::{column::RedirectUris, dialect, query::Link, tables::OAuth2Provider},
};
use sea_query::{ExprTrait, SelectStatement};
use serde_json::json;
use vestibule_api::{
    ApiError, Errors, ProvidersOauth2, ProvidersOauth2ListParams, ProvidersOauth2PreviewUserRetrieveParams, models,
    providers_oauth2,
};

/// Providers and the applications that they log users in to.
const APPLICATION: Link = Link { table: "applications", owner: "provider_id", other: "id" };

provider!(providers_oauth2 OAuth2Provider "oauth2", provided, "OAuth2 Provider", {
    const FILTERS: &'static [&'static str] = &["application", "redirect_uris"];

    /// A new client has a random id and secret.
    fn new(ctx: &Context) -> OAuth2Provider {
        let random = &ctx.app.random;
        OAuth2Provider { client_id: random.text(ID_LENGTH), client_secret: random.text(SECRET_LENGTH).into(), ..fresh(ctx) }
    }

    async fn check(
        ctx: &mut Context,
        row: &mut OAuth2Provider,
        before: Option<&OAuth2Provider>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        check_client_id(ctx, row, before, to).await?;
        check_name(ctx, row, before.map(|before| &before.base), to).await
    }

    async fn filter(
        ctx: &mut Context,
        select: &mut SelectStatement,
        params: &ProvidersOauth2ListParams,
    ) -> Result<(), ApiError> {
        if let Some(text) = &params.redirect_uris {
            let lines = dialect::json_lines("providers_oauth2", "redirect_uris", "url", ctx.db.is_postgres());
            select.and_where(lines.eq(redirect_uri::lines(text)));
        }
        if let Some(id) = params.application {
            let mut errors = Errors::default();
            Choices::Key("applications", id).check(ctx, &mut errors, "application").await?;
            errors.into_result()?;
            APPLICATION.filter(select, ("providers", "id"), vec![id]);
        }
        Ok(())
    }
});

/// How long the id of a client is that nobody chose, and its secret.
const ID_LENGTH: usize = 40;
const SECRET_LENGTH: usize = 128;

/// The redirect URIs of a row.
fn stored(uris: &RedirectUris) -> Result<Vec<RedirectUri>, ApiError> {
    serde_json::from_value(uris.0.clone())
        .map_err(|e| ApiError::Internal(format!("stored redirect URIs do not decode: {e}")))
}

/// Text, or the JSON of a list.
impl Put<String> for RedirectUris {
    fn put(&mut self, sent: String, field: &'static str, to: &mut Writer) {
        let uris = redirect_uri::read(&sent, &stored(self).unwrap_or_default());
        redirect_uri::check(&uris).unwrap_or_else(|wrong| to.errors.add(field, wrong));
        self.0 = json!(uris);
    }
}

impl Answer<String> for RedirectUris {
    fn answer(&mut self) -> Result<String, ApiError> {
        Ok(redirect_uri::text(&stored(self)?))
    }
}

/// Where a client finds everything, for a provider that may have no application.
pub(in crate::api) fn setup_urls(base: &str, slug: &str, global: bool) -> models::OAuth2ProviderSetupUrLs {
    let of_application = |path: &str| match slug {
        "" => String::new(),
        slug => format!("{base}/application/o/{slug}/{path}"),
    };
    models::OAuth2ProviderSetupUrLs {
        issuer: if global { format!("{base}/") } else { of_application("") },
        authorize: format!("{base}/application/o/authorize/"),
        token: format!("{base}/application/o/token/"),
        user_info: format!("{base}/application/o/userinfo/"),
        provider_info: of_application(".well-known/openid-configuration"),
        logout: of_application("end-session/"),
        jwks: of_application("jwks/"),
    }
}

impl ProvidersOauth2 for Context {
    async fn providers_oauth2_setup_urls_retrieve(
        &mut self,
        id: i64,
    ) -> Result<models::OAuth2ProviderSetupUrLs, ApiError> {
        let row = resource::find::<providers_oauth2::Family>(self, id).await?;
        let (_, slug) = Assigned::of(self, [&row.base]).await?.main(&row);
        Ok(setup_urls(&links::base_url(self).await?, &slug, row.issuer_mode == "global"))
    }

    async fn providers_oauth2_preview_user_retrieve(
        &mut self,
        id: i64,
        params: ProvidersOauth2PreviewUserRetrieveParams,
    ) -> Result<models::PropertyMappingPreview, ApiError> {
        let row = resource::find::<providers_oauth2::Family>(self, id).await?;
        let (_, slug) = Assigned::of(self, [&row.base]).await?.main(&row);
        let issuer = setup_urls(&links::base_url(self).await?, &slug, row.issuer_mode == "global").issuer;
        preview::claims(self, row, issuer, params.for_user).await
    }
}
