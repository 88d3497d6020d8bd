//! `/propertymappings/scim/`: mappings to users and groups sent over SCIM.

use super::mapping;
use crate::api::context::Context;
use vestibule_api::PropertymappingsScim;

mapping!(propertymappings_scim ScimMapping "scim", |row| row.name.clone());

impl PropertymappingsScim for Context {}
