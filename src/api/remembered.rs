//! What almost every request asks the database for, and what hardly ever changes: who a token belongs to, the settings.

use crate::store::{Changes, DbError, counted};
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long something is believed without asking the database: changes made by processes that do not tell take this long at
/// most. Those made by this one count at once, and those of others as soon as it is told of them.
const TRUSTED: Duration = Duration::from_secs(1);

/// The number of changes at which nothing is looked up.
const NEVER: u64 = u64::MAX;

/// How many things are remembered. With more in use within a second, some are looked up again.
const CAPACITY: usize = 10_000;

/// What was looked up within the last second and has not changed since.
pub struct Remembered<K, V>(Mutex<HashMap<K, Entry<V>>>);

struct Entry<V> {
    value: V,
    /// The number of changes before it was looked up.
    changes: u64,
    looked_up: Instant,
}

impl<V> Entry<V> {
    fn is_fresh(&self, changes: Option<u64>) -> bool {
        Some(self.changes) == changes && self.looked_up.elapsed() < TRUSTED
    }
}

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    fn entries(&self) -> MutexGuard<'_, HashMap<K, Entry<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is remembered.
    pub fn known(&self, key: &K, changes: &Changes) -> Option<V> {
        self.entries().get(key).filter(|known| known.is_fresh(changes.count())).map(|known| known.value.clone())
    }

    /// Whether it was there when somebody looked it up last, if that is known.
    pub fn was_there(&self, key: &K) -> bool {
        self.entries().contains_key(key)
    }

    /// Forgets what is no longer so.
    pub fn forget(&self, key: &K) {
        self.entries().remove(key);
    }

    /// What is remembered, or what looking it up gives; nothing is remembered of what does not exist. The statements of
    /// looking up are not counted with the request's: whether it happens is a matter of time.
    ///
    /// # Errors
    /// When looking up fails.
    pub async fn get<E: From<DbError>>(
        &self,
        key: K,
        changes: &Changes,
        look_up: impl AsyncFnOnce() -> Result<Option<V>, E>,
    ) -> Result<Option<V>, E> {
        // Counted before looking anything up: a commit in between makes the entry useless rather than wrong.
        let (changes, looked_up) = (changes.count(), Instant::now());
        if let Some(known) = self.entries().get(&key).filter(|known| known.is_fresh(changes)) {
            return Ok(Some(known.value.clone()));
        }
        let (found, _) = counted(Box::pin(look_up())).await;
        let Some(value) = found? else { return Ok(None) };
        let mut entries = self.entries();
        if entries.len() >= CAPACITY {
            entries.retain(|_, other| other.is_fresh(changes));
        }
        if entries.len() < CAPACITY {
            // While nobody says what changes, it is remembered as something that has changed since: that it was there.
            let changes = changes.unwrap_or(NEVER);
            entries.insert(key, Entry { value: value.clone(), changes, looked_up });
        }
        Ok(Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test]
    async fn nothing_is_remembered_while_others_are_not_heard() {
        let (remembered, changes, asked) = (Remembered::default(), Changes::default(), Cell::new(0));
        let get = async || {
            let look_up = async || {
                asked.set(asked.get() + 1);
                Ok::<_, DbError>(Some(asked.get()))
            };
            remembered.get((), &changes, look_up).await.unwrap()
        };
        let both = async || (get().await, get().await);
        assert_eq!(both().await, (Some(1), Some(1)));
        changes.set_deaf();
        assert_eq!(both().await, (Some(2), Some(3)));
        assert!(remembered.known(&(), &changes).is_none() && remembered.was_there(&()));
        changes.set_hearing();
        assert_eq!(both().await, (Some(4), Some(4)));
    }
}
