//! How often something may go wrong for a party: as often as a bucket has drops, which it gets back one by one, all of them
//! within a minute.
//!
//! A bucket is remembered as the time at which it is full again, which is all there is to know about it (the generic cell
//! rate algorithm). A party without one has a full one, so buckets can be forgotten as soon as they are full. With more parties
//! than are remembered, those go whose buckets are nearly full: whoever has failed most is remembered longest, however many
//! others fail once to be remembered instead.

use super::work::Party;
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How long it takes until an empty bucket is full again.
const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// How many parties are remembered.
const PARTIES: usize = 10_000;

/// A limit to how often something may go wrong, for one purpose.
pub struct RateLimit {
    /// In the metrics.
    purpose: &'static str,
    /// How long it takes until a party may fail once more.
    each: TimeDelta,
    parties: usize,
    buckets: Mutex<Buckets>,
}

/// When the buckets of parties are full again: by party, and in this order.
#[derive(Default)]
struct Buckets {
    full: HashMap<Party, DateTime<Utc>>,
    order: BTreeSet<(DateTime<Utc>, Party)>,
}

/// Refused: it has gone wrong too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// When trying again is worth it.
    pub retry_after: Duration,
}

impl fmt::Display for Exceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed too often, worth another try in {} s", self.retry_after.as_secs())
    }
}

impl std::error::Error for Exceeded {}

impl RateLimit {
    /// A limit of so many failures a minute for each party.
    pub fn new(purpose: &'static str, per_minute: usize) -> Self {
        let drops = i64::try_from(per_minute).unwrap_or(i64::MAX).max(1);
        let each = TimeDelta::microseconds(MINUTE.num_milliseconds() * 1_000 / drops);
        Self { purpose, each, parties: PARTIES, buckets: Mutex::default() }
    }

    /// Whether a party may try. Several of its tries may be under way when the last failure that it has is noted: how many is
    /// for others to limit.
    ///
    /// # Errors
    /// When it has failed too often.
    pub fn check(&self, party: &Party, now: DateTime<Utc>) -> Result<(), Exceeded> {
        self.left(&self.buckets(), party, now).map(drop)
    }

    /// Notes that a try has failed.
    ///
    /// # Errors
    /// When the party had failed too often before, so that this try should not have been.
    pub fn fail(&self, party: &Party, now: DateTime<Utc>) -> Result<(), Exceeded> {
        let mut buckets = self.buckets();
        let full = self.left(&buckets, party, now)?;
        buckets.set(party, full, now, self.parties);
        Ok(())
    }

    fn buckets(&self) -> MutexGuard<'_, Buckets> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the bucket of a party would be full again after one more failure.
    fn left(&self, buckets: &Buckets, party: &Party, now: DateTime<Utc>) -> Result<DateTime<Utc>, Exceeded> {
        // What is later than that was noted before somebody set the clock back.
        let known = buckets.full.get(party).copied().filter(|full| *full <= now + MINUTE);
        let full = known.map_or(now, |full| full.max(now)) + self.each;
        match (full - now - MINUTE).to_std() {
            Ok(retry_after) if !retry_after.is_zero() => {
                metrics::counter!("vestibule_rate_limited_total", "purpose" => self.purpose).increment(1);
                Err(Exceeded { retry_after })
            }
            _ => Ok(full),
        }
    }
}

impl Buckets {
    fn set(&mut self, party: &Party, full: DateTime<Utc>, now: DateTime<Utc>, most: usize) {
        if let Some(before) = self.full.insert(party.clone(), full) {
            self.order.remove(&(before, party.clone()));
        }
        self.order.insert((full, party.clone()));
        while self.order.first().is_some_and(|(first, _)| *first <= now) || self.order.len() > most {
            let Some((_, gone)) = self.order.pop_first() else { return };
            self.full.remove(&gone);
        }
    }
}

/// The limits of a server.
pub struct RateLimits {
    /// Tokens that do not hold.
    pub tokens: RateLimit,
}

impl RateLimits {
    /// Limits of so many wrong credentials a minute.
    pub fn new(failed_logins_per_minute: usize) -> Self {
        Self { tokens: RateLimit::new("tokens", failed_logins_per_minute) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_225_600 + seconds, 0).unwrap()
    }

    fn wait(limit: &RateLimit, user: i64, seconds: i64) -> Option<u64> {
        limit.fail(&Party::User(user), at(seconds)).err().map(|exceeded| exceeded.retry_after.as_secs())
    }

    #[test]
    fn a_party_may_fail_so_often_within_a_minute() {
        let limit = RateLimit::new("test", 3);
        assert_eq!([0, 0, 1].map(|time| wait(&limit, 1, time)), [None; 3]);
        assert_eq!(limit.check(&Party::User(1), at(2)), Err(Exceeded { retry_after: Duration::from_secs(18) }));
        assert_eq!(wait(&limit, 1, 2), Some(18), "what is refused changes nothing");
        assert_eq!(limit.check(&Party::User(2), at(2)), Ok(()), "others are others");
        assert_eq!((wait(&limit, 1, 20), wait(&limit, 1, 20)), (None, Some(20)));
        // Long after that, as before the first time.
        assert_eq!([200, 200, 200].map(|time| wait(&limit, 1, time)), [None; 3]);
        assert!(wait(&limit, 1, 200).is_some());
    }

    #[test]
    fn any_number_is_a_limit() {
        for (per_minute, expected) in [(1, 1), (7, 7), (0, 1), (60_000, 60_000)] {
            let limit = RateLimit::new("test", per_minute);
            assert_eq!((0..100_000).take_while(|_| wait(&limit, 1, 0).is_none()).count(), expected);
        }
        let none = RateLimit::new("test", usize::MAX);
        assert!((0..100_000).all(|_| wait(&none, 1, 0).is_none()));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let limit = RateLimit::new("test", 1);
        assert_eq!((wait(&limit, 1, 100_000), wait(&limit, 1, 100_000)), (None, Some(60)));
        assert_eq!((wait(&limit, 1, 0), wait(&limit, 1, 0)), (None, Some(60)));
    }

    #[test]
    fn memory_is_bounded_and_who_failed_most_is_remembered_longest() {
        let limit = RateLimit { parties: 100, ..RateLimit::new("test", 10) };
        assert!((0..10).all(|_| wait(&limit, 0, 0).is_none()));
        for user in 1..10_000 {
            assert_eq!(wait(&limit, user, 1), None);
        }
        let size = |limit: &RateLimit| {
            let buckets = limit.buckets();
            (buckets.full.len(), buckets.order.len())
        };
        assert_eq!(size(&limit), (100, 100));
        assert!(wait(&limit, 0, 1).is_some());
        assert_eq!(wait(&limit, 1, 100), None);
        assert_eq!(size(&limit), (1, 1), "full buckets are forgotten");
    }
}
