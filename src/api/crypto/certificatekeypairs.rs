//! `/crypto/certificatekeypairs/`: certificates, with or without their private key.

use crate::{
    api::{
        context::Context,
        derived, events,
        fields::{Writer, fields},
        resource::{self, MUST_BE_UNIQUE, Model, Resource, Unique, fresh},
    },
    domain::certificate::{self, Algorithm, GenerateError, NO_CERTIFICATE, NO_PAIR, NO_PRIVATE_KEY},
    store::tables::Certificate,
};
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde_json::json;
use uuid::Uuid;
use vestibule_api::{
    ApiError, CryptoCertificatekeypairs, CryptoCertificatekeypairsListParams,
    CryptoCertificatekeypairsViewCertificateRetrieveParams, CryptoCertificatekeypairsViewPrivateKeyRetrieveParams,
    Errors, File, Output, Unchecked,
    models::{
        AlgEnum, CertificateData, CertificateGenerationRequest, CertificateKeyPair, PatchedCertificateKeyPairRequest,
    },
    schemas,
};

/// Certificates.
pub use vestibule_api::crypto_certificatekeypairs::Family as Certificates;

impl Resource for Certificates {
    type Row = Certificate;

    const MODEL: Model = Model { app: "authentik_crypto", name: "certificatekeypair", verbose: "Certificate-Key Pair" };
    const UNIQUE: &'static [Unique] = &[("name", "name", MUST_BE_UNIQUE)];
    const FILTERS: &'static [&'static str] = &["has_key", "include_details"];

    fields!(crypto_certificatekeypairs save);

    fn label(row: &Certificate) -> String {
        format!("Certificate-Key Pair {}", row.name)
    }

    async fn models(_: &mut Context, rows: Vec<Certificate>) -> Result<Vec<CertificateKeyPair>, ApiError> {
        Ok(rows.into_iter().map(|row| model(row, true)).collect())
    }

    async fn listed(
        _: &mut Context,
        rows: Vec<Certificate>,
        params: &CryptoCertificatekeypairsListParams,
    ) -> Result<Vec<CertificateKeyPair>, ApiError> {
        let detailed = params.include_details != Some(false);
        Ok(rows.into_iter().map(|row| model(row, detailed)).collect())
    }

    async fn check(
        _: &mut Context,
        row: &mut Certificate,
        _: Option<&Certificate>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if to.has("certificate_data") && certificate::details(&row.certificate_data).is_none() {
            to.errors.add("certificate_data", NO_CERTIFICATE);
        }
        if to.has("key_data") && !row.key_data.is_empty() && !certificate::is_private_key(&row.key_data) {
            to.errors.add("key_data", NO_PRIVATE_KEY);
        }
        // Only what comes together must fit together: who changes one after the other has a pair that does not between.
        let together = to.has("certificate_data") && to.has("key_data") && !row.key_data.is_empty();
        if together && to.errors.is_empty() && !certificate::is_pair(&row.certificate_data, &row.key_data) {
            to.errors.add("key_data", NO_PAIR);
        }
        Ok(())
    }

    async fn filter(
        _: &mut Context,
        select: &mut SelectStatement,
        params: &CryptoCertificatekeypairsListParams,
    ) -> Result<(), ApiError> {
        let key = Expr::col(("certificates", "key_data"));
        match params.has_key {
            Some(true) => select.and_where(key.ne("")),
            Some(false) => select.and_where(key.eq("")),
            None => select,
        };
        Ok(())
    }
}

fn model(row: Certificate, detailed: bool) -> CertificateKeyPair {
    let details = if detailed { certificate::details(&row.certificate_data) } else { None };
    let view = |what: &str| format!("/api/v3/crypto/certificatekeypairs/{}/view_{what}/?download", row.id);
    let key_type = if detailed { certificate::private_key_type(&row.key_data) } else { None };
    CertificateKeyPair {
        pk: row.id,
        certificate_download_url: view("certificate"),
        private_key_download_url: view("private_key"),
        fingerprint_sha256: details.as_ref().map(|d| d.fingerprint_sha256.clone()),
        fingerprint_sha1: details.as_ref().map(|d| d.fingerprint_sha1.clone()),
        cert_expiry: details.as_ref().map(|d| d.expires),
        cert_subject: details.map(|d| d.subject),
        private_key_available: !row.key_data.is_empty(),
        private_key_type: key_type.map(str::to_owned),
        name: row.name,
        managed: row.managed.0,
    }
}

/// Shows a part of a key pair as JSON or, with `?download`, as a file to save. It leaves a trace.
async fn view(
    ctx: &mut Context,
    kp_uuid: Uuid,
    part: &str,
    pem: impl FnOnce(&Certificate) -> String + Send,
) -> Result<CertificateData, ApiError> {
    ctx.begin().await?;
    let row = resource::find::<Certificates>(ctx, kp_uuid).await?;
    let secret = events::reference(Certificates::MODEL, Certificates::pk(&row), Certificates::label(&row));
    events::emit(ctx, "secret_view", "authentik.crypto.api", json!({ "type": part, "secret": secret }));
    let data = pem(&row);
    if ctx.request.has("download") {
        let name = format!("{}_{part}.pem", row.name);
        let content_type = "application/x-pem-file".to_owned();
        ctx.instead = Some((200, Output::File(File { name, content_type, bytes: data.clone().into_bytes() })));
    }
    Ok(CertificateData { data })
}

/// Why a certificate could not be made, for the client.
fn refused(error: GenerateError) -> ApiError {
    match error {
        GenerateError::Field(field, message) => ApiError::field(field, message),
        GenerateError::Failed(text) => ApiError::Internal(text),
        GenerateError::Undone(reason) => reason.into(),
    }
}

impl CryptoCertificatekeypairs for Context {
    async fn crypto_certificatekeypairs_generate_create(
        &mut self,
        body: Unchecked<CertificateGenerationRequest>,
    ) -> Result<CertificateKeyPair, ApiError> {
        let CertificateGenerationRequest { common_name, subject_alt_name, validity_days, alg } = body.check()?;
        let mut errors = Errors::default();
        let named = PatchedCertificateKeyPairRequest { name: Some(common_name.clone()), ..Default::default() };
        let from = [("name", "common_name")];
        derived::checked(&mut errors, &schemas::PATCHED_CERTIFICATE_KEY_PAIR_REQUEST, named, &from)?;
        errors.into_result()?;
        let request = certificate::Request {
            common_name: common_name.clone(),
            alt_names: subject_alt_name.unwrap_or_default().split(',').map(str::to_owned).collect(),
            validity_days,
            algorithm: match alg {
                Some(AlgEnum::Ecdsa) => Algorithm::EcdsaP256,
                Some(AlgEnum::Rsa) | None => Algorithm::Rsa4096,
            },
        };
        // An RSA key takes seconds: nobody else's change shall wait for it.
        self.release().await?;
        let made = certificate::generate(&self.app.work, &self.party(), request, self.uuid(), self.now).await;
        let made = made.map_err(refused)?;
        self.begin().await?;
        let (certificate_data, key_data) = (made.certificate, made.private_key.into());
        let mut row = Certificate { name: common_name, certificate_data, key_data, ..fresh(self) };
        resource::store::<Certificates>(self, &mut row, true).await.map_err(|error| match error {
            ApiError::Validation(errors) if errors.has("name") => ApiError::field("common_name", MUST_BE_UNIQUE),
            error => error,
        })?;
        let (pk, label) = (Certificates::pk(&row), Certificates::label(&row));
        events::record(self, events::CREATED, Certificates::MODEL, pk, label);
        Ok(model(row, true))
    }

    async fn crypto_certificatekeypairs_view_certificate_retrieve(
        &mut self,
        kp_uuid: Uuid,
        _params: CryptoCertificatekeypairsViewCertificateRetrieveParams,
    ) -> Result<CertificateData, ApiError> {
        view(self, kp_uuid, "certificate", |row| row.certificate_data.clone()).await
    }

    async fn crypto_certificatekeypairs_view_private_key_retrieve(
        &mut self,
        kp_uuid: Uuid,
        _params: CryptoCertificatekeypairsViewPrivateKeyRetrieveParams,
    ) -> Result<CertificateData, ApiError> {
        view(self, kp_uuid, "private_key", |row| row.key_data.0.clone()).await
    }
}
