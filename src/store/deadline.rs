//! Until when somebody waits for what statements give, and how much of it may hold up others. Work that nobody waits for
//! any more stops.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

tokio::task_local! {
    static END: Instant;
    static READS: Reads;
}

/// What reads take.
struct Reads {
    /// In all no longer than this, as they hold up others. None: as long as they take, as they hold up nobody.
    most: Option<Duration>,
    /// What they have taken. None: one was given up.
    spent: Cell<Option<Duration>>,
}

impl Reads {
    fn new(most: Option<Duration>) -> Self {
        Self { most, spent: Cell::new(Some(Duration::ZERO)) }
    }
}

/// Runs a future whose statements end at this time at the latest. Those of PostgreSQL end as soon as the future is
/// dropped, whether or not this is used; SQLite looks at the clock instead.
pub async fn within<F: Future>(end: Instant, future: F) -> F::Output {
    END.scope(end, future).await
}

/// What a future gives whose reads take no longer than this together, transactions aside; and how long they took. None if
/// they would: then one fails, and whatever the future makes of that is of no use.
pub async fn briefly<F: Future>(most: Duration, future: F) -> Option<(F::Output, Duration)> {
    let (output, spent) = measured(Some(most), future).await;
    Some((output, spent?))
}

/// The same future for another task, in which reads hold up nobody. It ends when this one would have to.
pub fn at_leisure<F: Future>(future: F) -> impl Future<Output = (F::Output, Option<Duration>)> {
    let end = END.try_with(|end| *end).ok();
    let future = measured(None, future);
    async move {
        match end {
            Some(end) => END.scope(end, future).await,
            None => future.await,
        }
    }
}

async fn measured<F: Future>(most: Option<Duration>, future: F) -> (F::Output, Option<Duration>) {
    let measured = async {
        let output = future.await;
        (output, READS.with(|reads| reads.spent.get()))
    };
    READS.scope(Reads::new(most), measured).await
}

/// How long something may take that may take so long at most.
pub(super) fn left(most: Duration) -> Duration {
    END.try_with(|end| end.saturating_duration_since(Instant::now()).min(most)).unwrap_or(most)
}

/// How long reads may still take before they are given up, to be begun again where they hold up nobody; where nobody does
/// that, nothing is said.
pub(super) fn brief() -> Option<Duration> {
    let left = |reads: &Reads| Some(reads.most?.saturating_sub(reads.spent.get().unwrap_or(Duration::MAX)));
    READS.try_with(left).ok().flatten()
}

/// Whether reads hold up nobody, however long they take.
pub(super) fn is_at_leisure() -> bool {
    READS.try_with(|reads| reads.most.is_none()).unwrap_or(false)
}

/// Adds the time of a read to that which reads have taken; nothing stands for one that was given up.
pub(super) fn spend(time: Option<Duration>) {
    let _ = READS.try_with(|reads| reads.spent.set(reads.spent.get().and_then(|spent| Some(spent + time?))));
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn nothing_may_take_longer_than_somebody_waits() {
        let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3600));
        assert_eq!(left(minute), minute);
        within(Instant::now() + hour, async { assert_eq!(left(minute), minute) }).await;
        within(Instant::now() + minute, async { assert!(left(hour) <= minute) }).await;
        within(Instant::now(), async { assert_eq!(left(hour), Duration::ZERO) }).await;
    }

    #[tokio::test]
    async fn the_reads_of_a_request_share_what_they_may_take() {
        assert_eq!(brief(), None);
        let reads = |number: u32| async move {
            for _ in 0..number {
                spend(Some(SECOND));
            }
            brief()
        };
        assert_eq!(briefly(3 * SECOND, reads(2)).await, Some((Some(SECOND), 2 * SECOND)));
        assert_eq!(briefly(3 * SECOND, reads(4)).await, Some((Some(Duration::ZERO), 4 * SECOND)), "no more");
        assert_eq!(briefly(3 * SECOND, async { spend(None) }).await, None, "given up");
    }

    #[tokio::test]
    async fn at_leisure_only_the_end_is_left() {
        let moved = within(Instant::now(), async {
            let look = async {
                spend(Some(SECOND));
                (brief(), is_at_leisure(), left(SECOND))
            };
            briefly(SECOND, async { Some(at_leisure(look)) }).await
        });
        let (moved, _) = moved.await.unwrap();
        assert_eq!(moved.unwrap().await, ((None, true, Duration::ZERO), Some(SECOND)));
    }
}
