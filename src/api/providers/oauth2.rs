//! `/providers/oauth2/`: clients of OAuth2 and OpenID Connect. Proxy providers are such clients and are found here too.

use super::{
    kinds::OAUTH2,
    preview,
    shared::{
        Common, JWKS_SOURCES_OF_PROVIDER, MAPPING_FILTER, ORDER, answer, bases, links, put_client_id, put_durations,
        set_links, store,
    },
    summary::{Assigned, MAPPINGS_OF_PROVIDER},
};
use crate::{
    api::{
        context::Context,
        page::{Column, Filter, Listing},
        resource::{self, Model, Resource, check_choice, check_choices, check_exist, parse, set, set_text},
        used_by::used_by,
    },
    store::{
        dialect,
        table::Joined,
        tables::{OAuth2Provider, Provider},
    },
};
use serde_json::{Value, json};
use vestibule_api::{
    ApiError, Errors, ProvidersOauth2, ProvidersOauth2ListParams, ProvidersOauth2PreviewUserRetrieveParams, Unchecked,
    models::{self, MatchingModeEnum, Page, PatchedOAuth2ProviderRequest, RedirectUriRequest},
};

/// OAuth2 providers.
pub struct OAuth2Providers;

type Row = Joined<Provider, OAuth2Provider>;

const fn base(name: &'static str) -> Column {
    ("providers", name)
}

const fn own(name: &'static str) -> Column {
    ("providers_oauth2", name)
}

impl Resource for OAuth2Providers {
    type Row = Row;
    type Model = models::OAuth2Provider;
    type Patch = PatchedOAuth2ProviderRequest;

    const MODEL: Model = OAUTH2.model;
    const LISTING: Listing =
        Listing { order: ORDER, default_order: &["name"], search: &[base("name")], key: base("id") };

    fn pk(row: &Row) -> String {
        row.base.id.to_string()
    }

    fn label(row: &Row) -> String {
        format!("OAuth2 Provider {}", row.base.name)
    }

    async fn models(ctx: &mut Context, rows: Vec<Row>) -> Result<Vec<models::OAuth2Provider>, ApiError> {
        let bases = bases(ctx, OAUTH2.kind, rows.iter().map(|row| &row.base)).await?;
        let ids = rows.iter().map(|row| row.base.id).collect();
        let mut sources = links(ctx, JWKS_SOURCES_OF_PROVIDER, ids).await?;
        rows.into_iter()
            .zip(bases)
            .map(|(Joined { kind: row, .. }, base)| {
                Ok(answer!(front OAuth2Provider, base, {
                    client_type: Some(parse(&row.client_type)?),
                    client_id: Some(row.client_id),
                    client_secret: Some(row.client_secret),
                    access_code_validity: Some(row.access_code_validity),
                    access_token_validity: Some(row.access_token_validity),
                    refresh_token_validity: Some(row.refresh_token_validity),
                    include_claims_in_id_token: Some(row.include_claims_in_id_token),
                    signing_key: row.signing_key_id,
                    redirect_uris: stored(row.redirect_uris)?,
                    sub_mode: Some(parse(&row.sub_mode)?),
                    issuer_mode: Some(parse(&row.issuer_mode)?),
                    jwks_sources: Some(sources.remove(&row.provider_id).unwrap_or_default()),
                }))
            })
            .collect()
    }

    async fn save(
        ctx: &mut Context,
        existing: Option<Row>,
        patch: PatchedOAuth2ProviderRequest,
    ) -> Result<Row, ApiError> {
        let new = existing.is_none();
        let mut row =
            existing.unwrap_or_else(|| Row { base: Provider::defaults(String::new(), OAUTH2.kind), kind: client(ctx) });
        let PatchedOAuth2ProviderRequest {
            name,
            authentication_flow,
            authorization_flow,
            property_mappings,
            client_type,
            client_id,
            client_secret,
            access_code_validity,
            access_token_validity,
            refresh_token_validity,
            include_claims_in_id_token,
            signing_key,
            redirect_uris,
            sub_mode,
            issuer_mode,
            jwks_sources,
        } = patch;
        let mut errors = Errors::default();
        let common =
            Common { name, authentication_flow, authorization_flow, property_mappings: property_mappings.as_deref() };
        common.put(ctx, &mut errors, &mut row.base).await?;
        let own = &mut row.kind;
        put_client_id(ctx, &mut errors, own, client_id).await?;
        check_exist(ctx, &mut errors, "signing_key", "certificates", signing_key.flatten()).await?;
        check_exist(ctx, &mut errors, "jwks_sources", "sources", jwks_sources.iter().flatten().copied()).await?;
        set_text(&mut own.client_type, client_type);
        set(&mut own.client_secret, client_secret);
        let durations = [
            ("access_code_validity", &mut own.access_code_validity, access_code_validity),
            ("access_token_validity", &mut own.access_token_validity, access_token_validity),
            ("refresh_token_validity", &mut own.refresh_token_validity, refresh_token_validity),
        ];
        put_durations(&mut errors, durations);
        set(&mut own.include_claims_in_id_token, include_claims_in_id_token);
        set(&mut own.signing_key_id, signing_key);
        if let Some(uris) = redirect_uris {
            check_uris(&mut errors, &uris);
            own.redirect_uris = json!(uris);
        }
        set_text(&mut own.sub_mode, sub_mode);
        set_text(&mut own.issuer_mode, issuer_mode);
        errors.into_result()?;
        store::<Self>(ctx, &mut row, new).await?;
        set_links(ctx, MAPPINGS_OF_PROVIDER, &row.base, new, property_mappings).await?;
        set_links(ctx, JWKS_SOURCES_OF_PROVIDER, &row.base, new, jwks_sources).await?;
        Ok(row)
    }
}

/// A new client with a random id and secret.
pub(super) fn client(ctx: &Context) -> OAuth2Provider {
    OAuth2Provider::defaults(ctx.app.random.text(ID_LENGTH), ctx.app.random.text(SECRET_LENGTH), json!([]))
}

/// How long the id of a client is that nobody chose, and its secret.
const ID_LENGTH: usize = 40;
const SECRET_LENGTH: usize = 128;

/// The redirect URIs of a row.
pub(super) fn stored(uris: Value) -> Result<Vec<models::RedirectUri>, ApiError> {
    serde_json::from_value(uris).map_err(|e| ApiError::Internal(format!("stored redirect URIs do not decode: {e}")))
}

/// Patterns must be patterns, and nothing may lead to a script that the browser would run (CVE-2024-21637).
fn check_uris(errors: &mut Errors, uris: &[RedirectUriRequest]) {
    for RedirectUriRequest { matching_mode, url } in uris {
        let scheme = url.trim_start().split(':').next().unwrap_or_default().to_ascii_lowercase();
        if *matching_mode == MatchingModeEnum::Regex && regex::Regex::new(url).is_err() {
            errors.add("redirect_uris", format!("Invalid Regex Pattern: {url}"));
        } else if matches!(scheme.as_str(), "javascript" | "data" | "vbscript") {
            errors.add("redirect_uris", format!("Invalid redirect URI: {url}"));
        }
    }
}

/// Where a client finds everything, for a provider that may have no application.
fn setup_urls(base: &str, slug: &str, global: bool) -> models::OAuth2ProviderSetupUrLs {
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
    async fn providers_oauth2_list(
        &mut self,
        params: ProvidersOauth2ListParams,
    ) -> Result<Page<models::OAuth2Provider>, ApiError> {
        let ProvidersOauth2ListParams {
            page,
            access_code_validity,
            access_token_validity,
            application,
            authorization_flow,
            client_id,
            client_type,
            include_claims_in_id_token,
            issuer_mode,
            name,
            property_mappings,
            redirect_uris,
            refresh_token_validity,
            signing_key,
            sub_mode,
        } = params;
        let mut errors = Errors::default();
        check_choice(self, &mut errors, "application", "applications", application).await?;
        check_choice(self, &mut errors, "authorization_flow", "flows", authorization_flow).await?;
        check_choice(self, &mut errors, "signing_key", "certificates", signing_key).await?;
        check_choices(self, &mut errors, "property_mappings", "property_mappings", &property_mappings).await?;
        errors.into_result()?;
        let postgres = self.db.is_postgres();
        resource::list::<OAuth2Providers>(self, &page, |select| {
            select
                .eq(own("access_code_validity"), access_code_validity)
                .eq(own("access_token_validity"), access_token_validity)
                .linked(base("id"), ("applications", "provider_id", "id"), application.into_iter().collect())
                .eq(base("authorization_flow_id"), authorization_flow)
                .eq(own("client_id"), client_id)
                .eq(own("client_type"), client_type.map(|c| c.as_str()))
                .eq(own("include_claims_in_id_token"), include_claims_in_id_token)
                .eq(own("issuer_mode"), issuer_mode.map(|m| m.as_str()))
                .eq(base("name"), name)
                .linked(base("id"), MAPPING_FILTER, property_mappings)
                .eq(own("refresh_token_validity"), refresh_token_validity)
                .eq(own("signing_key_id"), signing_key)
                .eq(own("sub_mode"), sub_mode.map(|m| m.as_str()));
            if let Some(url) = redirect_uris {
                select.and_where(dialect::json_list_has("providers_oauth2", "redirect_uris", "url", &url, postgres));
            }
        })
        .await
    }

    async fn providers_oauth2_setup_urls_retrieve(
        &mut self,
        id: i64,
    ) -> Result<models::OAuth2ProviderSetupUrLs, ApiError> {
        let row = resource::find::<OAuth2Providers>(self, id).await?;
        let (_, slug) = Assigned::of(self, [&row.base]).await?.main(&row.base);
        Ok(setup_urls(&self.request.base_url, &slug, row.kind.issuer_mode == "global"))
    }

    async fn providers_oauth2_preview_user_retrieve(
        &mut self,
        id: i64,
        params: ProvidersOauth2PreviewUserRetrieveParams,
    ) -> Result<models::PropertyMappingPreview, ApiError> {
        let row = resource::find::<OAuth2Providers>(self, id).await?;
        let (_, slug) = Assigned::of(self, [&row.base]).await?.main(&row.base);
        let issuer = setup_urls(&self.request.base_url, &slug, row.kind.issuer_mode == "global").issuer;
        preview::claims(self, row, issuer, params.for_user).await
    }

    async fn providers_oauth2_create(
        &mut self,
        body: Unchecked<models::OAuth2ProviderRequest>,
    ) -> Result<models::OAuth2Provider, ApiError> {
        resource::create::<OAuth2Providers>(self, body).await
    }

    async fn providers_oauth2_retrieve(&mut self, id: i64) -> Result<models::OAuth2Provider, ApiError> {
        resource::retrieve::<OAuth2Providers>(self, id).await
    }

    async fn providers_oauth2_update(
        &mut self,
        id: i64,
        body: Unchecked<models::OAuth2ProviderRequest>,
    ) -> Result<models::OAuth2Provider, ApiError> {
        resource::update::<OAuth2Providers>(self, id, body).await
    }

    async fn providers_oauth2_partial_update(
        &mut self,
        id: i64,
        body: Unchecked<models::PatchedOAuth2ProviderRequest>,
    ) -> Result<models::OAuth2Provider, ApiError> {
        resource::update::<OAuth2Providers>(self, id, body).await
    }

    async fn providers_oauth2_destroy(&mut self, id: i64) -> Result<(), ApiError> {
        resource::destroy::<OAuth2Providers>(self, id).await
    }

    async fn providers_oauth2_used_by_list(&mut self, id: i64) -> Result<Vec<models::UsedBy>, ApiError> {
        used_by::<OAuth2Providers>(self, id).await
    }
}
