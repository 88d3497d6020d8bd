//! `/propertymappings/provider/google_workspace/`: mappings to users and groups of Google Workspace.

use super::mapping;
use crate::api::context::Context;
use vestibule_api::PropertymappingsProviderGoogleWorkspace;

mapping!(propertymappings_provider_google_workspace GoogleWorkspaceMapping "google_workspace", |row| row.name.clone());

impl PropertymappingsProviderGoogleWorkspace for Context {}
