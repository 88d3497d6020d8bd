//! The settings of the instance, as handlers read them.

use super::context::Context;
use crate::store::{table, tables::Settings};
use std::sync::Arc;
use vestibule_api::ApiError;

/// The settings; the defaults when none are stored.
///
/// # Errors
/// When they cannot be read.
pub async fn settings(ctx: &mut Context) -> Result<Arc<Settings>, ApiError> {
    let app = ctx.app.clone();
    let in_transaction = ctx.db.in_transaction();
    let mut look_up = async || table::find(&mut ctx.db, "id", 1_i64).await.map(|found| found.map(Arc::new));
    let found = if in_transaction {
        // What this transaction has changed is not to be remembered: it may be given up.
        match app.settings.known(&(), app.db.changes()) {
            Some(known) => Some(known),
            None => look_up().await?,
        }
    } else {
        app.settings.get((), app.db.changes(), look_up).await?
    };
    Ok(found.unwrap_or_else(|| Arc::new(Settings::default())))
}
