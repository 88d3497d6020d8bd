//! `/providers/google_workspace/`: users and groups sent to Google Workspace.

use super::{provider, summary::provided};
use crate::api::{context::Context, resource::find};
use vestibule_api::{ApiError, ProvidersGoogleWorkspace, models::SyncStatus, providers_google_workspace};

provider!(providers_google_workspace GoogleWorkspaceProvider "google_workspace", provided, "Google Workspace Provider");

impl ProvidersGoogleWorkspace for Context {
    async fn providers_google_workspace_sync_status_retrieve(&mut self, id: i64) -> Result<SyncStatus, ApiError> {
        find::<providers_google_workspace::Family>(self, id).await?;
        Ok(SyncStatus { is_running: false, tasks: vec![] })
    }
}
