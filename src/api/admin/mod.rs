//! The server itself: what it is, what it is made of, how it is set up, what it has done.

mod metrics;
mod names;
mod settings;
mod system;

use crate::api::context::Context;
use vestibule_api::{
    AdminVersion, AdminWorkers, ApiError,
    models::{Version, Workers},
};

/// The release of the API that this server speaks, which is its own version.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// What stands for the latest version as long as nobody was asked for it. The server asks nobody.
const UNKNOWN: &str = "0.0.0";

impl AdminVersion for Context {
    async fn admin_version_retrieve(&mut self) -> Result<Version, ApiError> {
        Ok(Version {
            build_hash: String::new(),
            outdated: false,
            version_current: VERSION.to_owned(),
            version_latest: UNKNOWN.to_owned(),
            version_latest_valid: false,
        })
    }
}

impl AdminWorkers for Context {
    /// Every server does its own background work, so there is one at least: the one that answers.
    async fn admin_workers_retrieve(&mut self) -> Result<Workers, ApiError> {
        Ok(Workers { count: 1 })
    }
}
