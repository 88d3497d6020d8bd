//! `/providers/microsoft_entra/`: users and groups sent to Microsoft Entra.

use super::{provider, summary::provided};
use crate::api::{context::Context, resource::find};
use vestibule_api::{ApiError, ProvidersMicrosoftEntra, models::SyncStatus, providers_microsoft_entra};

provider!(providers_microsoft_entra MicrosoftEntraProvider "microsoft_entra", provided, "Microsoft Entra Provider");

impl ProvidersMicrosoftEntra for Context {
    async fn providers_microsoft_entra_sync_status_retrieve(&mut self, id: i64) -> Result<SyncStatus, ApiError> {
        find::<providers_microsoft_entra::Family>(self, id).await?;
        Ok(SyncStatus { is_running: false, tasks: vec![] })
    }
}
