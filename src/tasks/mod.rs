//! What the server does without being asked.
//!
//! Every task is a function of the server that can be called at any time and by several servers at once; [`run`] calls
//! them periodically. The time is the server's clock.

pub mod mails;
pub mod tokens;

use crate::api::context::App;
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinHandle, time::MissedTickBehavior};

/// How often expired things are looked for. What has expired does not work even before that.
const PERIOD: Duration = Duration::from_secs(5 * 60);

/// How often mails are looked for whose first try failed, or that another process left behind.
const MAILS: Duration = Duration::from_secs(20);

/// Starts the periodic tasks; they end with the handle.
pub fn run(app: Arc<App>) -> Tasks {
    let mailing = app.clone();
    Tasks([
        tokio::spawn(every(PERIOD, move || clean(app.clone()))),
        tokio::spawn(every(MAILS, move || mails::send_and_tell(mailing.clone()))),
    ])
}

async fn every<F: Future<Output = ()>>(period: Duration, act: impl Fn() -> F) {
    let mut period = tokio::time::interval(period);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        period.tick().await;
        act().await;
    }
}

async fn clean(app: Arc<App>) {
    match tokens::clean(&app).await {
        Ok(tokens::Cleaned { rotated: 0, deleted: 0 }) => {}
        Ok(tokens::Cleaned { rotated, deleted }) => tracing::info!(rotated, deleted, "expired tokens cleaned up"),
        Err(error) => tracing::error!(%error, "expired tokens cannot be cleaned up; tried again later"),
    }
}

/// The periodic tasks. What they were doing when they are dropped is rolled back.
#[derive(Debug)]
pub struct Tasks([JoinHandle<()>; 2]);

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}
