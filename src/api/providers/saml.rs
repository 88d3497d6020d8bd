//! `/providers/saml/`: SAML service providers.

use super::{
    kinds::SAML,
    preview,
    saml_metadata::{Endpoints, describe, import},
    shared::{Common, MAPPING_FILTER, ORDER, answer, bases, put_durations, set_links, store},
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
        table::{self, Joined},
        tables::{Certificate, Provider, SamlProvider},
    },
};
use sea_query::Expr;
use vestibule_api::{
    ApiError, Errors, ProvidersSaml, ProvidersSamlListParams, ProvidersSamlMetadataRetrieveParams,
    ProvidersSamlPreviewUserRetrieveParams, Unchecked,
    models::{self, Page, PatchedSamlProviderRequest, SamlProviderImportRequest},
};

/// SAML providers.
pub struct SamlProviders;

type Row = Joined<Provider, SamlProvider>;

const fn base(name: &'static str) -> Column {
    ("providers", name)
}

const fn own(name: &'static str) -> Column {
    ("providers_saml", name)
}

impl Resource for SamlProviders {
    type Row = Row;
    type Model = models::SamlProvider;
    type Patch = PatchedSamlProviderRequest;

    const MODEL: Model = SAML.model;
    const LISTING: Listing =
        Listing { order: ORDER, default_order: &["name"], search: &[base("name")], key: base("id") };

    fn pk(row: &Row) -> String {
        row.base.id.to_string()
    }

    fn label(row: &Row) -> String {
        format!("SAML Provider {}", row.base.name)
    }

    async fn models(ctx: &mut Context, rows: Vec<Row>) -> Result<Vec<models::SamlProvider>, ApiError> {
        let bases = bases(ctx, SAML.kind, rows.iter().map(|row| &row.base)).await?;
        let host = ctx.request.base_url.clone();
        rows.into_iter()
            .zip(bases)
            .map(|(Joined { kind: row, .. }, base)| {
                let endpoints = Endpoints::new(&host, &base.assigned_application_slug);
                Ok(answer!(front SamlProvider, base, {
                    url_download_metadata: download_url(&host, row.provider_id),
                    url_sso_post: endpoints.sso_post,
                    url_sso_redirect: endpoints.sso_redirect,
                    url_sso_init: endpoints.sso_init,
                    url_slo_post: endpoints.slo_post,
                    url_slo_redirect: endpoints.slo_redirect,
                    acs_url: row.acs_url,
                    audience: Some(row.audience),
                    issuer: Some(row.issuer),
                    sp_binding: Some(parse(&row.sp_binding)?),
                    name_id_mapping: row.name_id_mapping_id,
                    assertion_valid_not_before: Some(row.assertion_valid_not_before),
                    assertion_valid_not_on_or_after: Some(row.assertion_valid_not_on_or_after),
                    session_valid_not_on_or_after: Some(row.session_valid_not_on_or_after),
                    digest_algorithm: Some(parse(&row.digest_algorithm)?),
                    signature_algorithm: Some(parse(&row.signature_algorithm)?),
                    verification_kp: row.verification_kp_id,
                    signing_kp: row.signing_kp_id,
                    default_relay_state: Some(row.default_relay_state),
                }))
            })
            .collect()
    }

    async fn save(
        ctx: &mut Context,
        existing: Option<Row>,
        patch: PatchedSamlProviderRequest,
    ) -> Result<Row, ApiError> {
        let new = existing.is_none();
        let mut row = existing.unwrap_or_else(|| Row {
            base: Provider::defaults(String::new(), SAML.kind),
            kind: SamlProvider::defaults(String::new()),
        });
        let PatchedSamlProviderRequest {
            name,
            authentication_flow,
            authorization_flow,
            property_mappings,
            acs_url,
            audience,
            issuer,
            sp_binding,
            name_id_mapping,
            assertion_valid_not_before,
            assertion_valid_not_on_or_after,
            session_valid_not_on_or_after,
            digest_algorithm,
            signature_algorithm,
            verification_kp,
            signing_kp,
            default_relay_state,
        } = patch;
        let mut errors = Errors::default();
        let common =
            Common { name, authentication_flow, authorization_flow, property_mappings: property_mappings.as_deref() };
        common.put(ctx, &mut errors, &mut row.base).await?;
        check_exist(ctx, &mut errors, "name_id_mapping", "property_mappings", name_id_mapping.flatten()).await?;
        check_exist(ctx, &mut errors, "verification_kp", "certificates", verification_kp.flatten()).await?;
        check_exist(ctx, &mut errors, "signing_kp", "certificates", signing_kp.flatten()).await?;
        let signature_changes = signing_kp.is_some() || signature_algorithm.is_some();
        let own = &mut row.kind;
        set(&mut own.acs_url, acs_url);
        set(&mut own.audience, audience);
        set(&mut own.issuer, issuer);
        set_text(&mut own.sp_binding, sp_binding);
        set(&mut own.name_id_mapping_id, name_id_mapping);
        let durations = [
            ("assertion_valid_not_before", &mut own.assertion_valid_not_before, assertion_valid_not_before),
            (
                "assertion_valid_not_on_or_after",
                &mut own.assertion_valid_not_on_or_after,
                assertion_valid_not_on_or_after,
            ),
            ("session_valid_not_on_or_after", &mut own.session_valid_not_on_or_after, session_valid_not_on_or_after),
        ];
        put_durations(&mut errors, durations);
        set_text(&mut own.digest_algorithm, digest_algorithm);
        set_text(&mut own.signature_algorithm, signature_algorithm);
        set(&mut own.verification_kp_id, verification_kp);
        set(&mut own.signing_kp_id, signing_kp);
        set(&mut own.default_relay_state, default_relay_state);
        if signature_changes {
            check_signature(ctx, &mut errors, own).await?;
        }
        errors.into_result()?;
        store::<Self>(ctx, &mut row, new).await?;
        set_links(ctx, MAPPINGS_OF_PROVIDER, &row.base, new, property_mappings).await?;
        Ok(row)
    }
}

/// The key must be able to sign in the way that is asked for.
async fn check_signature(ctx: &mut Context, errors: &mut Errors, row: &SamlProvider) -> Result<(), ApiError> {
    let Some(id) = row.signing_kp_id else { return Ok(()) };
    let Some(certificate) = table::find::<Certificate>(&mut ctx.db, "id", id).await? else { return Ok(()) };
    let Some(key) = key_type(&certificate.certificate_data) else { return Ok(()) };
    if !row.signature_algorithm.contains(&format!("#{key}-")) {
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
    async fn providers_saml_list(
        &mut self,
        params: ProvidersSamlListParams,
    ) -> Result<Page<models::SamlProvider>, ApiError> {
        let ProvidersSamlListParams {
            page,
            acs_url,
            assertion_valid_not_before,
            assertion_valid_not_on_or_after,
            audience,
            authentication_flow,
            authorization_flow,
            backchannel_application,
            default_relay_state,
            digest_algorithm,
            is_backchannel,
            issuer,
            name,
            name_id_mapping,
            property_mappings,
            session_valid_not_on_or_after,
            signature_algorithm,
            signing_kp,
            sp_binding,
            verification_kp,
        } = params;
        let mut errors = Errors::default();
        for (field, table, id) in [
            ("authentication_flow", "flows", authentication_flow),
            ("authorization_flow", "flows", authorization_flow),
            ("backchannel_application", "applications", backchannel_application),
            ("name_id_mapping", "property_mappings", name_id_mapping),
            ("signing_kp", "certificates", signing_kp),
            ("verification_kp", "certificates", verification_kp),
        ] {
            check_choice(self, &mut errors, field, table, id).await?;
        }
        check_choices(self, &mut errors, "property_mappings", "property_mappings", &property_mappings).await?;
        errors.into_result()?;
        resource::list::<SamlProviders>(self, &page, |select| {
            select
                .eq(own("acs_url"), acs_url)
                .eq(own("assertion_valid_not_before"), assertion_valid_not_before)
                .eq(own("assertion_valid_not_on_or_after"), assertion_valid_not_on_or_after)
                .eq(own("audience"), audience)
                .eq(base("authentication_flow_id"), authentication_flow)
                .eq(base("authorization_flow_id"), authorization_flow)
                .eq(base("backchannel_application_id"), backchannel_application)
                .eq(own("default_relay_state"), default_relay_state)
                .eq(own("digest_algorithm"), digest_algorithm.map(|a| a.as_str()))
                .eq(own("issuer"), issuer)
                .eq(base("name"), name)
                .eq(own("name_id_mapping_id"), name_id_mapping)
                .linked(base("id"), MAPPING_FILTER, property_mappings)
                .eq(own("session_valid_not_on_or_after"), session_valid_not_on_or_after)
                .eq(own("signature_algorithm"), signature_algorithm.map(|a| a.as_str()))
                .eq(own("signing_kp_id"), signing_kp)
                .eq(own("sp_binding"), sp_binding.map(|b| b.as_str()))
                .eq(own("verification_kp_id"), verification_kp);
            if is_backchannel == Some(true) {
                // No SAML provider can be one.
                select.and_where(Expr::value(false));
            }
        })
        .await
    }

    async fn providers_saml_metadata_retrieve(
        &mut self,
        id: i64,
        params: ProvidersSamlMetadataRetrieveParams,
    ) -> Result<models::SamlMetadata, ApiError> {
        // Anybody may read it, as the application must before anyone has logged in.
        let row = table::find::<Row>(&mut self.db, "id", id).await?.ok_or_else(ApiError::not_found)?;
        let ProvidersSamlMetadataRetrieveParams { download: _, force_binding } = params;
        let (_, slug) = Assigned::of(self, [&row.base]).await?.main(&row.base);
        let signing = match row.kind.signing_kp_id {
            Some(id) => table::find::<Certificate>(&mut self.db, "id", id).await?,
            None => None,
        };
        let host = self.request.base_url.clone();
        let endpoints = Endpoints::new(&host, &slug);
        let metadata = if slug.is_empty() {
            String::new()
        } else {
            describe(&row.kind, signing.as_ref(), &endpoints, force_binding.as_deref())
        };
        Ok(models::SamlMetadata { metadata, download_url: download_url(&host, id) })
    }

    async fn providers_saml_import_metadata_create(
        &mut self,
        body: Unchecked<SamlProviderImportRequest>,
    ) -> Result<(), ApiError> {
        let SamlProviderImportRequest { name, authorization_flow, file } = body.check()?;
        import(self, name, authorization_flow, &file.bytes).await
    }

    async fn providers_saml_preview_user_retrieve(
        &mut self,
        id: i64,
        params: ProvidersSamlPreviewUserRetrieveParams,
    ) -> Result<models::PropertyMappingPreview, ApiError> {
        let row = resource::find::<SamlProviders>(self, id).await?;
        preview::attributes(self, row, params.for_user).await
    }

    async fn providers_saml_create(
        &mut self,
        body: Unchecked<models::SamlProviderRequest>,
    ) -> Result<models::SamlProvider, ApiError> {
        resource::create::<SamlProviders>(self, body).await
    }

    async fn providers_saml_retrieve(&mut self, id: i64) -> Result<models::SamlProvider, ApiError> {
        resource::retrieve::<SamlProviders>(self, id).await
    }

    async fn providers_saml_update(
        &mut self,
        id: i64,
        body: Unchecked<models::SamlProviderRequest>,
    ) -> Result<models::SamlProvider, ApiError> {
        resource::update::<SamlProviders>(self, id, body).await
    }

    async fn providers_saml_partial_update(
        &mut self,
        id: i64,
        body: Unchecked<models::PatchedSamlProviderRequest>,
    ) -> Result<models::SamlProvider, ApiError> {
        resource::update::<SamlProviders>(self, id, body).await
    }

    async fn providers_saml_destroy(&mut self, id: i64) -> Result<(), ApiError> {
        resource::destroy::<SamlProviders>(self, id).await
    }

    async fn providers_saml_used_by_list(&mut self, id: i64) -> Result<Vec<models::UsedBy>, ApiError> {
        used_by::<SamlProviders>(self, id).await
    }
}
