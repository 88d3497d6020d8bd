//! `/providers/saml/`: SAML service providers.

use super::{
    preview, provider,
    saml_metadata::{Endpoints, describe, import},
    shared::check_name,
    summary::{Assigned, Provided, provided},
};
use crate::{
    api::{
        context::Context,
        fields::{Writer, completes},
        kinds::Described,
        links, resource,
    },
    store::{
        Entity,
        column::Ref,
        table,
        tables::{Certificate, SamlProvider},
    },
};
use sea_query::{Expr, SelectStatement};
use vestibule_api::{
    ApiError, Errors, ProvidersSaml, ProvidersSamlListParams, ProvidersSamlMetadataRetrieveParams,
    ProvidersSamlPreviewUserRetrieveParams, Unchecked,
    models::{self, SamlProviderImportRequest},
    providers_saml,
};

provider!(providers_saml SamlProvider "saml", with_urls, "SAML Provider", {
    const FILTERS: &'static [&'static str] = &["is_backchannel"];

    async fn check(
        ctx: &mut Context,
        row: &mut SamlProvider,
        before: Option<&SamlProvider>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if to.has("signing_kp") || to.has("signature_algorithm") {
            check_signature(ctx, &mut to.errors, row.signing_kp, &row.signature_algorithm).await?;
        }
        check_name(ctx, row, before.map(|before| &before.base), to).await
    }

    async fn filter(
        _: &mut Context,
        select: &mut SelectStatement,
        params: &ProvidersSamlListParams,
    ) -> Result<(), ApiError> {
        if params.is_backchannel == Some(true) {
            // No SAML provider can be one.
            select.and_where(Expr::value(false));
        }
        Ok(())
    }
});

/// A provider with the addresses that the application needs.
struct WithUrls<R> {
    row: R,
    url_download_metadata: String,
    url_sso_post: String,
    url_sso_redirect: String,
    url_sso_init: String,
    url_slo_post: String,
    url_slo_redirect: String,
}

completes!(WithUrls);

async fn with_urls(
    ctx: &mut Context,
    rows: Vec<SamlProvider>,
) -> Result<Vec<WithUrls<Provided<Described<SamlProvider>>>>, ApiError> {
    let host = links::base_url(ctx).await?;
    let with = |row: Provided<Described<SamlProvider>>| {
        let Endpoints { sso_post, sso_redirect, sso_init, slo_post, slo_redirect, .. } =
            Endpoints::new(&host, &row.assigned_application_slug);
        WithUrls {
            url_download_metadata: download_url(&host, row.key()),
            url_sso_post: sso_post,
            url_sso_redirect: sso_redirect,
            url_sso_init: sso_init,
            url_slo_post: slo_post,
            url_slo_redirect: slo_redirect,
            row,
        }
    };
    Ok(provided(ctx, rows).await?.into_iter().map(with).collect())
}

/// The key must be able to sign in the way that is asked for.
///
/// # Errors
/// When a statement fails.
pub(in crate::api) async fn check_signature(
    ctx: &mut Context,
    errors: &mut Errors,
    key: Option<Ref<Certificate>>,
    algorithm: &str,
) -> Result<(), ApiError> {
    let Some(id) = key else { return Ok(()) };
    let Some(certificate) = table::find::<Certificate>(&mut ctx.db, "id", id).await? else { return Ok(()) };
    let Some(key) = key_type(&certificate.certificate_data) else { return Ok(()) };
    if !algorithm.contains(&format!("#{key}-")) {
        let name = key.to_uppercase();
        errors.add("signature_algorithm", format!("The signing key is an {name} key and cannot sign like this."));
    }
    Ok(())
}

/// What signatures a certificate is for, as the names of the algorithms begin.
fn key_type(pem: &str) -> Option<&'static str> {
    let (_, pem) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).ok()?;
    let certificate = pem.parse_x509().ok()?;
    match certificate.public_key().algorithm.algorithm.to_id_string().as_str() {
        "1.2.840.113549.1.1.1" => Some("rsa"),
        "1.2.840.10045.2.1" => Some("ecdsa"),
        _ => None,
    }
}

fn download_url(host: &str, id: i64) -> String {
    format!("{host}/api/v3/providers/saml/{id}/metadata/?download")
}

impl ProvidersSaml for Context {
    async fn providers_saml_metadata_retrieve(
        &mut self,
        id: i64,
        params: ProvidersSamlMetadataRetrieveParams,
    ) -> Result<models::SamlMetadata, ApiError> {
        // Anybody may read it, as the application must before anyone has logged in.
        let row = table::find::<SamlProvider>(&mut self.db, "id", id).await?.ok_or_else(ApiError::not_found)?;
        let ProvidersSamlMetadataRetrieveParams { download: _, force_binding } = params;
        let (_, slug) = Assigned::of(self, [&row.base]).await?.main(&row);
        let signing = match row.signing_kp {
            Some(id) => table::find::<Certificate>(&mut self.db, "id", id).await?,
            None => None,
        };
        let host = links::base_url(self).await?;
        let endpoints = Endpoints::new(&host, &slug);
        let metadata = if slug.is_empty() {
            String::new()
        } else {
            describe(&row, signing.as_ref(), &endpoints, force_binding.as_deref())
        };
        Ok(models::SamlMetadata { metadata, download_url: download_url(&host, id) })
    }

    async fn providers_saml_import_metadata_create(
        &mut self,
        body: Unchecked<SamlProviderImportRequest>,
    ) -> Result<(), ApiError> {
        let SamlProviderImportRequest { name, authorization_flow, file } = body.check()?;
        import(self, name, authorization_flow, file.bytes).await
    }

    async fn providers_saml_preview_user_retrieve(
        &mut self,
        id: i64,
        params: ProvidersSamlPreviewUserRetrieveParams,
    ) -> Result<models::PropertyMappingPreview, ApiError> {
        let row = resource::find::<providers_saml::Family>(self, id).await?;
        preview::attributes(self, row, params.for_user).await
    }
}
