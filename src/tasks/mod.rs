//! What the server does without being asked.
//!
//! Every task is a function of the server that can be called at any time and by several servers at once; [`run`] calls
//! them periodically. The time is the server's clock.

pub mod tokens;

use crate::api::context::App;
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinHandle, time::MissedTickBehavior};

/// How often expired things are looked for. What has expired does not work even before that.
const PERIOD: Duration = Duration::from_secs(5 * 60);

/// Starts the periodic tasks; they end with the handle.
pub fn run(app: Arc<App>) -> Tasks {
    Tasks(tokio::spawn(async move {
        let mut period = tokio::time::interval(PERIOD);
        period.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            period.tick().await;
            match tokens::clean(&app).await {
                Ok(tokens::Cleaned { rotated: 0, deleted: 0 }) => {}
                Ok(tokens::Cleaned { rotated, deleted }) => {
                    tracing::info!(rotated, deleted, "expired tokens cleaned up")
                }
                Err(error) => tracing::error!(%error, "expired tokens cannot be cleaned up; tried again later"),
            }
        }
    }))
}

/// The periodic tasks. What they were doing when they are dropped is rolled back.
#[derive(Debug)]
pub struct Tasks(JoinHandle<()>);

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.abort();
    }
}
