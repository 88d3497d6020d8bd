//! What an identity provider knows without HTTP and SQL.

pub mod avatar;
pub mod certificate;
pub mod duration;
pub mod expression;
pub mod host;
pub mod identity;
pub mod mail;
pub mod password;
pub mod permissions;
pub mod redirect_uri;
pub mod xml;
pub mod yaml;

use std::fmt;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// Work that was given up because the server is stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("given up: the server is stopping")
    }
}

impl std::error::Error for Stopped {}

/// How many computations run at the same time. Many logins at once then wait for each other instead of taking the
/// processor from all other requests.
static COMPUTING: Semaphore = Semaphore::const_new(4);

/// How many documents are read at the same time. Apart from computations: those take seconds, and these are in front of
/// most that is written.
static READING: Semaphore = Semaphore::const_new(2);

/// Runs a computation of more than a few milliseconds beside the threads that answer requests.
async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Stopped> {
    beside(&COMPUTING, work).await
}

/// Reads a document of more than a few kilobytes beside the threads that answer requests.
///
/// # Errors
/// When the server is stopping.
pub(crate) async fn read_beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Stopped> {
    beside(&READING, work).await
}

/// A turn ends with the work, also when nobody waits for it any more.
async fn beside<T: Send + 'static>(
    turns: &'static Semaphore,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Stopped> {
    let turn = turns.acquire().await.map_err(|_| Stopped)?;
    let working = spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    working.await.map_err(|_| Stopped)
}
