//! Liveness and readiness.

use super::openapi::Tag;
use crate::api::context::App;
use poem_openapi::{ApiResponse, OpenApi};
use std::{sync::Arc, time::Duration};

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What supervisors ask.
pub(super) struct Health(pub Arc<App>);

#[derive(ApiResponse)]
enum Live {
    /// The process is up.
    #[oai(status = 204)]
    Up,
}

#[derive(ApiResponse)]
enum Ready {
    /// The database can be read and written.
    #[oai(status = 204)]
    Ready,
    /// It cannot, or does not answer in time.
    #[oai(status = 503)]
    Unready,
}

#[OpenApi(tag = "Tag::Operation")]
impl Health {
    /// Is the process up?
    ///
    /// If not, it should be started again.
    #[oai(path = "/-/health/live", method = "get", operation_id = "health_live")]
    async fn live(&self) -> Live {
        Live::Up
    }

    /// Can requests be sent here?
    ///
    /// If not, others may be able to answer them meanwhile.
    #[oai(path = "/-/health/ready", method = "get", operation_id = "health_ready")]
    async fn ready(&self) -> Ready {
        match tokio::time::timeout(PATIENCE, self.0.db.check()).await {
            Ok(Ok(())) => Ready::Ready,
            Ok(Err(error)) => {
                tracing::error!(%error, "the database cannot be used");
                Ready::Unready
            }
            Err(_) => {
                tracing::error!("the database does not answer");
                Ready::Unready
            }
        }
    }
}
