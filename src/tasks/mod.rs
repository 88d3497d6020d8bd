//! What the server does without being asked.
//!
//! Every task is a function of the server that can be called at any time and by several servers at once; [`run`] calls
//! them periodically. The time is the server's clock. How each went last is in the database, where it is shown.

pub mod expired;
pub mod mails;
pub mod tokens;

use crate::{
    api::context::App,
    store::{DbError, Entity, tables::SystemTask},
};
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use sea_query::{Expr, ExprTrait};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinHandle, time::MissedTickBehavior};

/// How long it is known how a task went that is not done any more.
const REMEMBERED: TimeDelta = TimeDelta::days(1);

/// How often it is written down that there was nothing to do, so that an idle server lets the disk rest.
const IDLE: TimeDelta = TimeDelta::minutes(5);

/// Something that the server does by itself.
pub struct Task {
    /// Its name.
    pub name: &'static str,
    description: &'static str,
    period: Duration,
    /// Does it.
    act: for<'a> fn(&'a Arc<App>) -> BoxFuture<'a, Done>,
}

/// What was done, if there was anything to do.
type Done = Result<Option<String>, DbError>;

/// All of them.
static TASKS: [Task; 2] = [
    Task {
        name: "clean_expired_models",
        description: "Remove expired objects",
        // What has expired does not work even before that.
        period: Duration::from_secs(5 * 60),
        act: |app| Box::pin(clean(app)),
    },
    Task {
        name: "send_mails",
        description: "Send mails that wait, such as those whose first try failed",
        period: Duration::from_secs(20),
        act: |app| Box::pin(send_mails(app)),
    },
];

/// The task of a name.
pub fn named(name: &str) -> Option<&'static Task> {
    TASKS.iter().find(|task| task.name == name)
}

async fn clean(app: &Arc<App>) -> Done {
    let tokens::Cleaned { rotated, deleted } = tokens::clean(app).await?;
    let others = expired::clean(app).await?;
    let done = rotated + deleted > 0 || others > 0;
    Ok(done.then(|| format!("{rotated} tokens rotated, {deleted} tokens and {others} other objects deleted")))
}

async fn send_mails(app: &Arc<App>) -> Done {
    let tried = mails::send(app).await?;
    Ok((tried > 0).then(|| format!("{tried} mails tried")))
}

impl Task {
    /// Does it now, and writes down how it went. What fails is in the log, and tried again later.
    pub async fn perform(&'static self, app: &Arc<App>) {
        let start = app.clock.now();
        let result = (self.act)(app).await;
        match &result {
            Ok(None) => {}
            Ok(Some(done)) => tracing::info!(task = self.name, done, "done"),
            Err(error) => tracing::error!(task = self.name, %error, "not done; tried again later"),
        }
        if let Err(error) = self.write_down(app, start, result).await {
            tracing::warn!(task = self.name, %error, "how it went cannot be written down");
        }
    }

    async fn write_down(&self, app: &App, start: DateTime<Utc>, result: Done) -> Result<(), DbError> {
        let mut known = SystemTask::select();
        known.and_where(Expr::col("name").eq(self.name)).and_where(Expr::col("uid").eq(""));
        let known: Option<SystemTask> = app.db.primary().optional(&known).await?;
        let now = app.clock.now();
        let line = |level: &str, text: String| json!([{ "timestamp": now, "log_level": level, "logger": "vestibule::tasks", "event": text, "attributes": {} }]);
        let (status, messages) = match result {
            Ok(None) => ("successful", json!([])),
            Ok(Some(done)) => ("successful", line("info", done)),
            Err(error) => ("error", line("error", error.to_string())),
        };
        let idle = messages.as_array().is_some_and(Vec::is_empty);
        let fresh = |row: &SystemTask| row.status == status && row.finish_timestamp > now - IDLE;
        if idle && known.as_ref().is_some_and(fresh) {
            return Ok(());
        }
        let mut row = SystemTask {
            id: known.as_ref().map_or_else(|| app.random.uuid(), |row| row.id),
            name: self.name.to_owned(),
            uid: String::new(),
            description: self.description.to_owned(),
            status: status.to_owned(),
            messages,
            start_timestamp: start,
            finish_timestamp: now,
            duration: (now - start).as_seconds_f64(),
            expires: Some(now + REMEMBERED),
        };
        let mut conn = app.db.begin().await?;
        match known {
            Some(_) => row.update(&mut conn).await?,
            None => row.insert(&mut conn).await?,
        }
        conn.commit().await
    }
}

/// Starts the periodic tasks; they end with the handle.
pub fn run(app: Arc<App>) -> Tasks {
    let every = |task: &'static Task| tokio::spawn(every(task, app.clone()));
    Tasks(TASKS.iter().map(every).collect())
}

async fn every(task: &'static Task, app: Arc<App>) {
    let mut period = tokio::time::interval(task.period);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        period.tick().await;
        task.perform(&app).await;
    }
}

/// The periodic tasks. What they were doing when they are dropped is rolled back.
#[derive(Debug)]
pub struct Tasks(Vec<JoinHandle<()>>);

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}
