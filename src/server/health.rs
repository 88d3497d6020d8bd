//! Liveness and readiness.

use super::openapi::Tag;
use crate::api::context::App;
use poem_openapi::{ApiResponse, OpenApi};
use sea_query::{Expr, Query};
use std::sync::Arc;

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
    /// The database answers.
    #[oai(status = 204)]
    Ready,
    /// The database does not answer.
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
        let one = Query::select().expr(Expr::val(1_i64)).to_owned();
        match self.0.db.primary().one::<(i64,)>(&one).await {
            Ok(_) => Ready::Ready,
            Err(error) => {
                tracing::error!(%error, "the database does not answer");
                Ready::Unready
            }
        }
    }
}
