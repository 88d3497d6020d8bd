//! The metadata document of a SAML provider, and providers made from the metadata of their application.

use crate::{
    api::{
        context::Context,
        derived, events,
        resource::{self, Model, fresh},
    },
    domain::xml,
    store::{
        Entity,
        tables::{Certificate, SamlProvider},
    },
};
use std::fmt::Write;
use uuid::Uuid;
use vestibule_api::{
    ApiError, Errors,
    models::{PatchedCertificateKeyPairRequest, PatchedSamlProviderRequest, SpBindingEnum},
    providers_saml, schemas,
};

pub(in crate::api) const MD: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
pub(in crate::api) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(in crate::api) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(in crate::api) const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
pub(in crate::api) const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";

/// How users can be named.
const NAME_ID_FORMATS: [&str; 5] = [
    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
    "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName",
    "urn:oasis:names:tc:SAML:2.0:nameid-format:unspecified",
];

/// Where an application finds its provider.
#[derive(Debug)]
pub struct Endpoints {
    /// Login by form.
    pub sso_post: String,
    /// Login by redirect.
    pub sso_redirect: String,
    /// Login begun here.
    pub sso_init: String,
    /// Logout by form.
    pub slo_post: String,
    /// Logout by redirect.
    pub slo_redirect: String,
}

impl Endpoints {
    /// Those of the provider of an application; `-` without one.
    pub fn new(host: &str, slug: &str) -> Self {
        let url = |path: &str| match slug {
            "" => "-".to_owned(),
            slug => format!("{host}/application/saml/{slug}/{path}/"),
        };
        Self {
            sso_post: url("sso/binding/post"),
            sso_redirect: url("sso/binding/redirect"),
            sso_init: url("sso/binding/init"),
            slo_post: url("slo/binding/post"),
            slo_redirect: url("slo/binding/redirect"),
        }
    }
}

/// The metadata of a provider, with the endpoints of all bindings or of one.
pub fn describe(
    row: &SamlProvider,
    signing: Option<&Certificate>,
    endpoints: &Endpoints,
    binding: Option<&str>,
) -> String {
    let mut xml = format!(
        "<md:EntityDescriptor xmlns:md=\"{MD}\" xmlns:ds=\"{DS}\" ID=\"_{:032x}\" entityID=\"{}\">\
         <md:IDPSSODescriptor protocolSupportEnumeration=\"{PROTOCOL}\" WantAuthnRequestsSigned=\"{}\">",
        row.id,
        escape(&row.issuer),
        row.verification_kp.is_some(),
    );
    xml.push_str(&signing.map(signing_key).unwrap_or_default());
    let mut services = |element: &str, post: &str, redirect: &str| {
        for (uri, url) in [(POST, post), (REDIRECT, redirect)] {
            // Writing to a string cannot fail.
            if binding.is_none_or(|only| only == uri) {
                let _ = write!(xml, "<md:{element} Binding=\"{uri}\" Location=\"{}\"/>", escape(url));
            }
        }
        if element == "SingleLogoutService" {
            for format in NAME_ID_FORMATS {
                let _ = write!(xml, "<md:NameIDFormat>{format}</md:NameIDFormat>");
            }
        }
    };
    services("SingleLogoutService", &endpoints.slo_post, &endpoints.slo_redirect);
    services("SingleSignOnService", &endpoints.sso_post, &endpoints.sso_redirect);
    xml.push_str("</md:IDPSSODescriptor></md:EntityDescriptor>");
    xml
}

/// The certificate that what is sent is signed with, as metadata have it.
pub(in crate::api) fn signing_key(certificate: &Certificate) -> String {
    let lines = certificate.certificate_data.lines().filter(|line| !line.starts_with("-----"));
    format!(
        "<md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>",
        escape(&lines.map(str::trim).collect::<String>()),
    )
}

/// Text as XML content or attribute.
pub(in crate::api) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What the metadata of an application says.
#[derive(Debug, PartialEq)]
struct Imported {
    issuer: String,
    acs_url: String,
    binding: SpBindingEnum,
    /// The certificate, when requests come signed: Base64 without line breaks.
    certificate: Option<String>,
}

/// Reads the metadata of an application; the error is for people.
fn read(bytes: &[u8]) -> Result<Imported, &'static str> {
    const SYNTAX: &str = "Invalid XML Syntax";
    let text = std::str::from_utf8(bytes).map_err(|_| SYNTAX)?;
    let document = xml::read(text).map_err(|error| match error {
        None | Some(roxmltree::Error::NodesLimitReached) => "The metadata is too large.",
        Some(_) => SYNTAX,
    })?;
    let root = document.root_element();
    let issuer = root.attribute("entityID").ok_or("The metadata names no entity.")?;
    let descriptor = root.descendants().find(|n| n.has_tag_name((MD, "SPSSODescriptor")));
    let descriptor = descriptor.ok_or("The metadata describes no service provider.")?;
    let services: Vec<_> =
        descriptor.descendants().filter(|n| n.has_tag_name((MD, "AssertionConsumerService"))).collect();
    let service = services.iter().find(|n| n.attribute("isDefault") == Some("true")).or_else(|| services.first());
    let service = service.ok_or("The metadata names no assertion consumer service.")?;
    let acs_url = service.attribute("Location").ok_or("The assertion consumer service has no location.")?;
    let certificate = descriptor.descendants().find(|n| n.has_tag_name((DS, "X509Certificate")));
    let signed = descriptor.attribute("AuthnRequestsSigned") == Some("true");
    Ok(Imported {
        issuer: issuer.to_owned(),
        acs_url: acs_url.to_owned(),
        binding: if service.attribute("Binding") == Some(POST) { SpBindingEnum::Post } else { SpBindingEnum::Redirect },
        certificate: certificate
            .filter(|_| signed)
            .and_then(|n| n.text())
            .map(|text| text.split_whitespace().collect()),
    })
}

/// Creates a provider from the metadata of its application, and the certificate that its requests are signed with.
///
/// # Errors
/// 400 for metadata that cannot be used, and as for any new provider.
pub async fn import(ctx: &mut Context, name: String, flow: Uuid, file: Vec<u8>) -> Result<(), ApiError> {
    let imported = ctx.aside(move || read(&file)).await?.map_err(|text| ApiError::field("file", text))?;
    let mut errors = Errors::default();
    let patch = PatchedSamlProviderRequest {
        name: Some(name.clone()),
        authorization_flow: Some(flow),
        acs_url: Some(imported.acs_url),
        issuer: Some(imported.issuer),
        sp_binding: Some(imported.binding),
        ..PatchedSamlProviderRequest::default()
    };
    let from = [("acs_url", "file"), ("issuer", "file")];
    let mut patch = derived::checked(&mut errors, &schemas::PATCHED_SAML_PROVIDER_REQUEST, patch, &from)?;
    errors.into_result()?;
    if let Some(base64) = imported.certificate {
        patch.verification_kp = Some(Some(store_certificate(ctx, &name, &base64).await?));
    }
    resource::write::<providers_saml::Family>(ctx, None, patch).await.map(drop)
}

async fn store_certificate(ctx: &mut Context, name: &str, base64: &str) -> Result<Uuid, ApiError> {
    const MODEL: Model = Model { app: "authentik_crypto", name: "certificatekeypair", verbose: "Certificate-Key Pair" };
    let lines: Vec<&str> = base64.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    let pem = format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"));
    let valid = x509_parser::pem::parse_x509_pem(pem.as_bytes()).is_ok_and(|(_, pem)| pem.parse_x509().is_ok());
    if !valid {
        return Err(ApiError::field("file", "The certificate in the metadata cannot be read."));
    }
    let name = format!("Provider {name} - SAML Signing Certificate");
    let mut errors = Errors::default();
    let named = PatchedCertificateKeyPairRequest { name: Some(name.clone()), ..Default::default() };
    derived::checked(&mut errors, &schemas::PATCHED_CERTIFICATE_KEY_PAIR_REQUEST, named, &[])?;
    errors.into_result()?;
    let mut certificate = Certificate { name: name.clone(), certificate_data: pem, ..fresh(ctx) };
    certificate.insert(&mut ctx.db).await.map_err(|error| match error {
        crate::store::DbError::Unique { .. } => {
            ApiError::field("name", "A certificate for a provider with this name already exists.")
        }
        error => error.into(),
    })?;
    let label = format!("Certificate-Key Pair {name}");
    events::record(ctx, events::CREATED, MODEL, certificate.id.simple().to_string(), label);
    Ok(certificate.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use roxmltree::Document;

    #[test]
    fn metadata_that_we_write_is_xml_and_keeps_strange_names() {
        let row = SamlProvider { issuer: "a\"<b>&".into(), acs_url: "http://sp/acs".into(), ..SamlProvider::default() };
        let xml = describe(&row, None, &Endpoints::new("http://idp", "app"), Some(POST));
        let document = Document::parse(&xml).unwrap();
        assert_eq!(document.root_element().attribute("entityID"), Some("a\"<b>&"));
        let sso: Vec<_> = document.descendants().filter(|n| n.has_tag_name((MD, "SingleSignOnService"))).collect();
        assert_eq!(sso.len(), 1);
        assert_eq!(sso[0].attribute("Location"), Some("http://idp/application/saml/app/sso/binding/post/"));
    }

    #[test]
    fn metadata_of_an_application_is_read() {
        let xml = format!(
            "<?xml version=\"1.0\"?><md:EntityDescriptor xmlns:md=\"{MD}\" entityID=\"http://sp\"><md:SPSSODescriptor>\
             <md:AssertionConsumerService Binding=\"{REDIRECT}\" Location=\"http://sp/get\"/>\
             <md:AssertionConsumerService Binding=\"{POST}\" Location=\"http://sp/acs\" isDefault=\"true\"/>\
             </md:SPSSODescriptor></md:EntityDescriptor>"
        );
        let imported = Imported {
            issuer: "http://sp".into(),
            acs_url: "http://sp/acs".into(),
            binding: SpBindingEnum::Post,
            certificate: None,
        };
        assert_eq!(read(xml.as_bytes()), Ok(imported));
    }

    #[test]
    fn entities_and_garbage_are_refused() {
        for bad in ["nope", "<a/>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"] {
            assert!(read(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(read(&[0xff]).is_err());
    }
}
