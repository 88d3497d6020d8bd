//! `/propertymappings/provider/microsoft_entra/`: mappings to users and groups of Microsoft Entra.

use super::mapping;
use crate::api::context::Context;
use vestibule_api::PropertymappingsProviderMicrosoftEntra;

mapping!(propertymappings_provider_microsoft_entra MicrosoftEntraMapping "microsoft_entra", |row| row.name.clone());

impl PropertymappingsProviderMicrosoftEntra for Context {}
