//! Writing SQLite's log back into the database file, beside those who write.
//!
//! Left to itself, SQLite does it in the commit with which the log reaches some length: it waits for the disk twice, and
//! all who want to write wait for it. Here a thread does it. What others add to the log meanwhile is left for the next
//! time, and a log to which something is always added never begins anew; so when it has become long, the thread goes
//! once between two transactions for the little that is left.

use super::{DbError, sqlite::Limited};
use rusqlite::OpenFlags;
use std::{
    cell::Cell,
    path::Path,
    sync::mpsc::{self, SyncSender},
    thread::JoinHandle,
};

/// How much longer the log gets, in pages of 4 KiB, before some of it is written back.
const PAGES: u32 = 4_000;

/// How long the log gets before nobody may add to it until it is all written back.
const LONG: u32 = 32_000;

/// How many pages are few enough to be written back while others wait.
const FEW: u32 = 500;

/// What becomes of a log that was long, in bytes.
const KEPT: i64 = 32 << 20;

thread_local! {
    /// How long the log was after the last commit of this thread.
    static LENGTH: Cell<u32> = const { Cell::new(0) };
}

/// Tells the thread how long the log is.
pub(super) struct Log {
    wake: SyncSender<u32>,
    /// How long it was when the thread was last told.
    told: u32,
}

impl Log {
    /// Takes over writing back from a connection. `alone` runs something between two transactions, if there is still
    /// somebody who writes. The thread ends when this is dropped.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(super) fn of(
        connection: &Limited,
        path: &Path,
        alone: impl Fn(&mut dyn FnMut()) + Send + 'static,
    ) -> Result<(Self, JoinHandle<()>), DbError> {
        connection.notice_commits(KEPT, |_, pages| {
            LENGTH.set(pages.unsigned_abs());
            Ok(())
        })?;
        let own = Limited::open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let (wake, told) = mpsc::sync_channel(1);
        let work = move || {
            while let Ok(length) = told.recv() {
                write_back(&own, length, &alone);
            }
        };
        let thread = std::thread::Builder::new().name("checkpoint".into()).spawn(work);
        let thread = thread.map_err(|error| DbError::Other(format!("no thread for the log: {error}")))?;
        Ok((Self { wake, told: 0 }, thread))
    }

    /// To be called after every commit, in its thread.
    pub(super) fn committed(&mut self) {
        let length = LENGTH.get();
        if length < self.told {
            // It has begun anew.
            self.told = 0;
        }
        if length >= self.told + PAGES && self.wake.try_send(length).is_ok() {
            self.told = length;
        }
    }
}

/// Writes back what it can, and all if the log is long.
fn write_back(connection: &Limited, length: u32, alone: &impl Fn(&mut dyn FnMut())) {
    let mut left = checkpoint(connection);
    if length < LONG {
        return;
    }
    // Others write while this does; each time there is less.
    for _ in 0..5 {
        if left.is_some_and(|left| left <= FEW) {
            break;
        }
        left = checkpoint(connection);
    }
    alone(&mut || {
        checkpoint(connection);
    });
}

/// Writes back without waiting for anybody. How many pages are left then, if that is known.
fn checkpoint(connection: &Limited) -> Option<u32> {
    match connection.checkpoint() {
        Ok((length, written)) => Some(length.saturating_sub(written)),
        Err(error) => {
            // The log grows on, and the next one may succeed.
            tracing::warn!("the log of the database was not written back: {error}");
            None
        }
    }
}
