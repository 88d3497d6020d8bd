//! `/sources/oauth/`: services that users log in at with OAuth or OpenID Connect.

use super::{
    source,
    summary::{Sourced, sourced},
    types::{OAuthType, TYPES},
    well_known,
};
use crate::{
    api::{
        context::Context,
        fields::{Held, Writer, completes},
        kinds::Described,
        links, resource,
    },
    domain::outgoing,
    store::tables::OAuthSource,
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use vestibule_api::{
    ApiError, Errors, SourcesOauth, SourcesOauthListParams, SourcesOauthSourceTypesListParams, Unchecked, models,
    sources_oauth,
};

source!(sources_oauth OAuthSource "oauth", with_type, {
    const FILTERS: &'static [&'static str] = &["has_jwks"];

    /// Addresses are those of other servers, and there are no presets of some services.
    async fn check(
        _: &mut Context,
        row: &mut OAuthSource,
        _: Option<&OAuthSource>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        let said = |url: &Option<String>| url.clone().filter(|url| !url.is_empty());
        let of = OAuthType::named(&row.provider_type);
        let mut missing = None;
        for (field, own, preset) in [
            ("authorization_url", said(&row.authorization_url), of.and_then(|of| of.authorization_url)),
            ("access_token_url", said(&row.access_token_url), of.and_then(|of| of.access_token_url)),
            ("profile_url", said(&row.profile_url), of.and_then(|of| of.profile_url)),
            ("request_token_url", said(&row.request_token_url), Some("")),
            ("oidc_well_known_url", said(&Some(row.oidc_well_known_url.clone())), Some("")),
            ("oidc_jwks_url", said(&Some(row.oidc_jwks_url.clone())), Some("")),
        ] {
            match own {
                Some(url) if to.has(field) && !outgoing::is_address(&url) => to.errors.add(field, "Enter a valid URL."),
                None if preset.is_none() => missing = missing.or(Some(field)),
                _ => {}
            }
        }
        if let Some(field) = missing {
            let name = of.map_or("", |of| of.verbose);
            to.errors.add(Errors::NON_FIELD, format!("{field} is required for provider {name}"));
        }
        Ok(())
    }

    async fn filter(
        _: &mut Context,
        select: &mut SelectStatement,
        params: &SourcesOauthListParams,
    ) -> Result<(), ApiError> {
        if let Some(has) = params.has_jwks {
            let keys = Expr::col(("sources_oauth", "oidc_jwks")).cast_as("text");
            select.and_where(if has { keys.ne("{}") } else { keys.eq("{}") });
        }
        Ok(())
    }
});

/// A source with its type and the address to which the service sends users back.
struct WithType<R> {
    row: R,
    callback_url: String,
    r#type: Held<models::SourceType>,
}

completes!(WithType);

async fn with_type(
    ctx: &mut Context,
    rows: Vec<OAuthSource>,
) -> Result<Vec<WithType<Sourced<Described<OAuthSource>>>>, ApiError> {
    let host = links::base_url(ctx).await?;
    let with = |row: Sourced<Described<OAuthSource>>| WithType {
        callback_url: format!("{host}/source/oauth/callback/{}/", row.slug),
        r#type: Held(OAuthType::named(&row.provider_type).map(OAuthType::model)),
        row,
    };
    Ok(sourced(ctx, rows).await?.into_iter().map(with).collect())
}

/// Creates a source, or changes the one of this slug, with what the service says of itself.
async fn save<B: Into<models::PatchedOAuthSourceRequest> + Send>(
    ctx: &mut Context,
    slug: Option<String>,
    body: Unchecked<B>,
) -> Result<models::OAuthSource, ApiError> {
    if let Some(slug) = slug.clone() {
        resource::find::<sources_oauth::Family>(ctx, slug).await?;
    }
    let mut patch = body.check()?.into();
    well_known::complete(ctx, &mut patch).await?;
    let row = match slug {
        Some(slug) => Some(resource::find::<sources_oauth::Family>(ctx, slug).await?),
        None => None,
    };
    let row = resource::write::<sources_oauth::Family>(ctx, row, patch).await?;
    resource::model::<sources_oauth::Family>(ctx, row).await
}

impl SourcesOauth for Context {
    async fn sources_oauth_create(
        &mut self,
        body: Unchecked<models::OAuthSourceRequest>,
    ) -> Result<models::OAuthSource, ApiError> {
        save(self, None, body).await
    }

    async fn sources_oauth_update(
        &mut self,
        slug: String,
        body: Unchecked<models::OAuthSourceRequest>,
    ) -> Result<models::OAuthSource, ApiError> {
        save(self, Some(slug), body).await
    }

    async fn sources_oauth_partial_update(
        &mut self,
        slug: String,
        body: Unchecked<models::PatchedOAuthSourceRequest>,
    ) -> Result<models::OAuthSource, ApiError> {
        save(self, Some(slug), body).await
    }

    async fn sources_oauth_source_types_list(
        &mut self,
        params: SourcesOauthSourceTypesListParams,
    ) -> Result<Vec<models::SourceType>, ApiError> {
        let SourcesOauthSourceTypesListParams { name } = params;
        let wanted = TYPES.iter().filter(|of| name.as_ref().is_none_or(|name| name == of.name));
        Ok(wanted.map(OAuthType::model).collect())
    }
}
