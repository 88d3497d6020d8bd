//! `/sources/saml/`: other SAML identity providers.

use super::{source, summary::sourced};
use crate::{
    api::{
        context::Context,
        fields::Writer,
        links,
        providers::{
            saml::check_signature,
            saml_metadata::{DS, MD, POST, PROTOCOL, escape, signing_key},
        },
        resource,
    },
    store::{
        table,
        tables::{Certificate, SamlSource},
    },
};
use vestibule_api::{ApiError, SourcesSaml, models, sources_saml};

source!(sources_saml SamlSource "saml", sourced, {
    async fn check(
        ctx: &mut Context,
        row: &mut SamlSource,
        _: Option<&SamlSource>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if to.has("signing_kp") || to.has("signature_algorithm") {
            check_signature(ctx, &mut to.errors, row.signing_kp, &row.signature_algorithm).await?;
        }
        Ok(())
    }
});

/// The metadata of a source, which the other side wants to know: who we are, and where answers go.
fn describe(row: &SamlSource, signing: Option<&Certificate>, at: &str) -> String {
    let issuer = if row.issuer.is_empty() { format!("{at}metadata/") } else { row.issuer.clone() };
    format!(
        "<md:EntityDescriptor xmlns:md=\"{MD}\" xmlns:ds=\"{DS}\" ID=\"_{}\" entityID=\"{}\">\
         <md:SPSSODescriptor protocolSupportEnumeration=\"{PROTOCOL}\" AuthnRequestsSigned=\"{}\" \
         WantAssertionsSigned=\"{}\">{}\
         <md:SingleLogoutService Binding=\"{POST}\" Location=\"{slo}\"/>\
         <md:NameIDFormat>{}</md:NameIDFormat>\
         <md:AssertionConsumerService isDefault=\"true\" index=\"0\" Binding=\"{POST}\" Location=\"{acs}\"/>\
         </md:SPSSODescriptor></md:EntityDescriptor>",
        row.id.simple(),
        escape(&issuer),
        signing.is_some(),
        row.verification_kp.is_some(),
        signing.map(signing_key).unwrap_or_default(),
        escape(&row.name_id_policy),
        slo = escape(&format!("{at}slo/")),
        acs = escape(&format!("{at}acs/")),
    )
}

impl SourcesSaml for Context {
    async fn sources_saml_metadata_retrieve(&mut self, slug: String) -> Result<models::SamlMetadata, ApiError> {
        let row = resource::find::<sources_saml::Family>(self, slug).await?;
        let signing = match row.signing_kp {
            Some(id) => table::find::<Certificate>(&mut self.db, "id", id).await?,
            None => None,
        };
        let path = format!("/source/saml/{}/", row.slug);
        let at = format!("{}{path}", links::base_url(self).await?);
        let metadata = describe(&row, signing.as_ref(), &at);
        Ok(models::SamlMetadata { metadata, download_url: format!("{path}metadata/") })
    }
}
