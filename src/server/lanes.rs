//! Requests that only read, apart by how long that takes.
//!
//! Most take less than a millisecond and are answered where they arrive. One that turns out to take long is given up and
//! begun again [aside](crate::domain::aside), when it is its caller's turn: so everybody gets a share of what long reads
//! take, and nobody's short ones wait for them. What a caller's requests for an operation took is remembered for a while,
//! so that those of the same kind that follow go there at once.

use crate::{
    domain::{
        aside,
        work::{Party, Queue},
    },
    store::{counted, counted_elsewhere, deadline},
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use vestibule_api::ApiError;

/// How long the statements of a request may take, all together, where others wait for the same threads: those of SQLite
/// take the time of the thread, those of PostgreSQL mostly that of another machine. The time of SQLite is that of the
/// processor, so that what is short stays short when the machine is busy.
const SHORT: Duration = Duration::from_millis(10);
const SHORT_AWAY: Duration = Duration::from_millis(250);

/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many short requests make up for a long one.
const FORGIVEN: u8 = 32;

/// How many callers and operations are remembered. There are no more unless somebody wants there to be.
const REMEMBERED: usize = 10_000;

/// Which requests took long.
#[derive(Default)]
pub(super) struct Lanes(Mutex<HashMap<Key, u8>>);

type Key = (Party, &'static str);

impl Lanes {
    /// Answers a request that only reads: `attempt` is called again when that takes long. `away` says whether the database
    /// is in another process.
    ///
    /// # Errors
    /// Those of the attempts, and when too much waits for its turn.
    pub(super) async fn read<T, F>(
        &self,
        (party, operation): Key,
        away: bool,
        queue: &Queue,
        attempt: impl Fn() -> F,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, ApiError>> + Send + 'static,
    {
        let key = (party, operation);
        let short = if away { SHORT_AWAY } else { SHORT };
        if !self.takes_long(&key) {
            let (done, statements) = counted(deadline::briefly(short, attempt())).await;
            if done.as_ref().is_none_or(|(_, took)| *took > short / 2) {
                self.remember(&key);
            }
            if let Some((result, _)) = done {
                counted_elsewhere(statements);
                return result;
            }
        }
        let turn = tokio::time::timeout(PATIENCE, queue.turn(&key.0)).await;
        let turn = turn.unwrap_or_else(|_| Err(queue.busy()))?;
        let attempt = counted(deadline::at_leisure(attempt()));
        let ((result, took), statements) = aside::run(async move {
            // Kept to the end, whether or not somebody still waits for it.
            let _turn = turn;
            attempt.await
        })
        .await
        .ok_or(ApiError::Timeout)?;
        counted_elsewhere(statements);
        if took.is_some_and(|took| took < short / 2) {
            self.forgive(&key);
        }
        result
    }

    fn remembered(&self) -> MutexGuard<'_, HashMap<Key, u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn takes_long(&self, key: &Key) -> bool {
        let remembered = self.remembered();
        !remembered.is_empty() && remembered.contains_key(key)
    }

    fn remember(&self, key: &Key) {
        let mut remembered = self.remembered();
        if remembered.len() >= REMEMBERED {
            remembered.clear();
        }
        remembered.insert(key.clone(), FORGIVEN);
    }

    fn forgive(&self, key: &Key) {
        let mut remembered = self.remembered();
        if let Some(left) = remembered.get_mut(key) {
            *left -= 1;
            if *left == 0 {
                remembered.remove(key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_long_is_remembered_until_it_no_longer_does() {
        let lanes = Lanes::default();
        let (key, other) = ((Party::User(1), "list"), (Party::User(2), "list"));
        lanes.remember(&key);
        for _ in 0..FORGIVEN {
            assert!(lanes.takes_long(&key));
            assert!(!lanes.takes_long(&other) && !lanes.takes_long(&(Party::User(1), "other")));
            lanes.forgive(&key);
        }
        assert!(!lanes.takes_long(&key));
        lanes.forgive(&key);
    }

    #[test]
    fn callers_do_not_fill_the_memory() {
        let lanes = Lanes::default();
        (0..).take(REMEMBERED + 1).for_each(|user| lanes.remember(&(Party::User(user), "list")));
        assert_eq!(lanes.remembered().len(), 1);
    }
}
