//! `/providers/scim/`: users and groups sent to other systems over SCIM.

use super::{provider, shared::check_name, summary::provided};
use crate::{
    api::{context::Context, fields::Writer, resource::find},
    domain::outgoing,
    store::tables::ScimProvider,
};
use vestibule_api::{ApiError, ProvidersScim, models::SyncStatus, providers_scim};

provider!(providers_scim ScimProvider "scim", provided, "SCIM Provider", {
    async fn check(
        ctx: &mut Context,
        row: &mut ScimProvider,
        before: Option<&ScimProvider>,
        to: &mut Writer,
    ) -> Result<(), ApiError> {
        if to.has("url") && !outgoing::is_address(&row.url) {
            to.errors.add("url", "Enter a valid URL.");
        }
        check_name(ctx, row, before.map(|before| &before.base), to).await
    }
});

impl ProvidersScim for Context {
    async fn providers_scim_sync_status_retrieve(&mut self, id: i64) -> Result<SyncStatus, ApiError> {
        find::<providers_scim::Family>(self, id).await?;
        Ok(SyncStatus { is_running: false, tasks: vec![] })
    }
}
