//! `/propertymappings/saml/`: mappings to attributes of SAML assertions.

use super::mapping;
use crate::api::context::Context;
use vestibule_api::PropertymappingsSaml;

mapping!(propertymappings_saml SamlMapping "saml", |row| {
    let attribute = row.friendly_name.as_deref().filter(|name| !name.is_empty());
    format!("{} ({})", row.name, attribute.unwrap_or(&row.saml_name))
});

impl PropertymappingsSaml for Context {}
