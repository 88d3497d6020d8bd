//! Hearing of what other processes change, on PostgreSQL.
//!
//! A transaction that changes who may do what says so in the exchange that commits it, and the database tells all processes
//! that listen. While this one cannot be told anything, it is deaf ([`Changes::set_deaf`]) and remembers nothing.

use super::{Changes, changes::CHANNEL};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use std::time::Duration;
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often somebody asks whether the connection is still there: one that breaks in the middle says nothing.
const PULSE: Duration = Duration::from_secs(10);

/// How long to wait before the next try to connect.
const PAUSE: Duration = Duration::from_millis(500);

/// How many connections there may be: the one in use, and broken ones that the system has not given up yet.
const CONNECTIONS: u32 = 4;

/// Listens until it is dropped.
#[derive(Debug)]
pub(super) struct Listener {
    pool: PgPool,
    task: JoinHandle<()>,
}

impl Listener {
    /// Listens by a connection of its own, from the beginning unless there is none to be had.
    pub(super) async fn start(options: PgConnectOptions, changes: Changes) -> Self {
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE).max_lifetime(None);
        let pool = pool.connect_lazy_with(options);
        let first = connect(&pool, &changes).await;
        Self { task: tokio::spawn(listen(pool.clone(), changes, first)), pool }
    }

    /// Ends it, and the connection.
    pub(super) async fn close(&self) {
        if timeout(PATIENCE, self.pool.close()).await.is_err() {
            tracing::debug!("the connection to hear of changes by does not end");
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(pool: PgPool, changes: Changes, mut connected: Result<PgListener, sqlx::Error>) {
    loop {
        let reason = match connected {
            Ok(listener) => hear(listener, &changes).await,
            Err(error) => error.to_string(),
        };
        if pool.is_closed() {
            return;
        }
        if changes.set_deaf() {
            tracing::warn!(
                reason,
                "what other processes change is not heard of; who may do what is looked up each time"
            );
        } else {
            sleep(PAUSE).await;
        }
        connected = connect(&pool, &changes).await;
    }
}

async fn connect(pool: &PgPool, changes: &Changes) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    changes.set_hearing();
    Ok(listener)
}

/// Takes note of changes until the connection is lost, and says how that came.
async fn hear(mut listener: PgListener, changes: &Changes) -> String {
    loop {
        match timeout(PULSE, listener.try_recv()).await {
            Ok(Ok(Some(told))) => changes.told_by(told.payload()),
            Ok(Ok(None)) => return "the connection was lost".into(),
            Ok(Err(error)) => return error.to_string(),
            Err(_) => match timeout(PATIENCE, sqlx::query("select 1").execute(&mut listener)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return error.to_string(),
                Err(_) => return "the database does not answer".into(),
            },
        }
    }
}
