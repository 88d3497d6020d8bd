//! Reading rows by their keys on PostgreSQL, for all who want one at the time.
//!
//! Most of what reading a row by its key costs is the exchange with the database: system calls and a wake-up on both
//! sides. So whoever finds others already asking for rows of the type waits for them, and one of those who wait meanwhile
//! asks for all. Without others, a read is sent at once, as it would be otherwise.

use super::{DbError, Entity, Shape, Statement, conn::safe, keyring::Keyring, postgres::Pool, row::AnyRow};
use sea_query::{Expr, ExprTrait, Value};
use sqlx::postgres::PgRow;
use std::{
    any::TypeId,
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::oneshot;

/// How many keys one statement names at most.
const KEYS: usize = 16;

/// How many statements for rows of one type are under way at most, before others wait and share one.
const ASKING: usize = 2;

/// Who waits for rows by their keys. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Together(Arc<Mutex<HashMap<TypeId, Queue>>>);

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    asking: usize,
}

#[derive(Debug)]
struct Waiting {
    key: Value,
    told: oneshot::Sender<Told>,
}

/// What becomes of somebody who waits. Whoever hears nothing asks alone.
#[derive(Debug)]
enum Told {
    /// All rows of those who waited together.
    Rows(Arc<Vec<PgRow>>),
    /// To ask for those who wait now.
    Ask(Asking),
}

/// The right to ask for rows of a type. It goes to somebody who waits when this is dropped.
#[derive(Debug)]
struct Asking {
    together: Together,
    of: TypeId,
    /// The key that whoever asks is after.
    key: Value,
    /// Whether it is somebody else's by now.
    given: bool,
}

impl Together {
    fn queues(&self) -> MutexGuard<'_, HashMap<TypeId, Queue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The right to ask at once, or what to wait for.
    fn enter(&self, of: TypeId, key: &Value) -> Result<Asking, oneshot::Receiver<Told>> {
        let mut queues = self.queues();
        let queue = queues.entry(of).or_default();
        if queue.asking < ASKING {
            queue.asking += 1;
            return Ok(Asking { together: self.clone(), of, key: key.clone(), given: false });
        }
        let (told, hears) = oneshot::channel();
        queue.waiting.push_back(Waiting { key: key.clone(), told });
        Err(hears)
    }

    /// The row with this key, if there is one.
    pub(super) async fn find<E: Entity>(&self, pool: &Pool, key: Value) -> Result<Option<E>, DbError> {
        let asking = match self.enter(TypeId::of::<E>(), &key) {
            Ok(asking) => Some(asking),
            Err(hears) => match hears.await {
                Ok(Told::Rows(rows)) => return pick(&rows, &key, pool.keys()),
                Ok(Told::Ask(asking)) => Some(asking),
                Err(_) => None,
            },
        };
        match asking {
            Some(asking) => pick(&asking.ask::<E>(pool).await?, &key, pool.keys()),
            None => pick(&read::<E>(pool, vec![key.clone()]).await?, &key, pool.keys()),
        }
    }
}

impl Asking {
    /// Who waits longest. Without anybody, the right is given back.
    fn next(&self) -> Option<Waiting> {
        let mut queues = self.together.queues();
        let queue = queues.entry(self.of).or_default();
        let next = queue.waiting.pop_front();
        queue.asking -= usize::from(next.is_none());
        next
    }

    /// Asks for the own row and those of others who wait, and tells them.
    async fn ask<E: Entity>(self, pool: &Pool) -> Result<Arc<Vec<PgRow>>, DbError> {
        let others: Vec<Waiting> = {
            let mut queues = self.together.queues();
            let waiting = &mut queues.entry(self.of).or_default().waiting;
            let many = waiting.len().min(KEYS - 1);
            waiting.drain(..many).filter(|other| !other.told.is_closed()).collect()
        };
        let keys = std::iter::once(&self.key).chain(others.iter().map(|other| &other.key)).cloned().collect();
        let rows = Arc::new(read::<E>(pool, keys).await?);
        // The next statement is under way before this one's rows are looked at.
        drop(self);
        for other in others {
            // Whoever has gone does not want to know.
            let _ = other.told.send(Told::Rows(rows.clone()));
        }
        Ok(rows)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if self.given {
            return;
        }
        while let Some(next) = self.next() {
            let asking = Self { together: self.together.clone(), of: self.of, key: next.key, given: false };
            match next.told.send(Told::Ask(asking)) {
                // It has gone; the right is still here.
                Err(Told::Ask(mut refused)) => refused.given = true,
                _ => return,
            }
        }
    }
}

/// The rows with these keys.
async fn read<E: Entity>(pool: &Pool, mut keys: Vec<Value>) -> Result<Vec<PgRow>, DbError> {
    // Few different lengths, so that the statements stay prepared: naming a key twice changes nothing.
    if let Some(last) = keys.last().cloned() {
        keys.resize(keys.len().next_power_of_two(), last);
    }
    let shape = Shape::new("find together").of::<E>().number(keys.len());
    let statement = shape.with(keys, |keys| {
        let mut select = E::select();
        select.and_where(Expr::col((E::TABLE, E::KEY)).is_in(keys.iter().cloned()));
        select
    });
    let (sql, values) = statement.write(true)?;
    pool.read(&mut None, safe(sql), &values, usize::MAX).await
}

/// The row with this key. The key is what selects list first.
fn pick<E: Entity>(rows: &[PgRow], key: &Value, keys: &Keyring) -> Result<Option<E>, DbError> {
    for row in rows {
        let row = AnyRow::postgres(row, keys);
        if row.get::<E::Key>(0)?.into() == *key {
            return E::read(row, 0).map(Some);
        }
    }
    Ok(None)
}
