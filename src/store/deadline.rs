//! Until when somebody waits for what statements give. Work that nobody waits for any more stops.

use std::time::{Duration, Instant};

tokio::task_local! {
    static END: Instant;
}

/// Runs a future whose statements end at this time at the latest. Those of PostgreSQL end as soon as the future is
/// dropped, whether or not this is used; SQLite looks at the clock instead.
pub async fn within<F: Future>(end: Instant, future: F) -> F::Output {
    END.scope(end, future).await
}

/// How long something may take that may take so long at most.
pub(super) fn left(most: Duration) -> Duration {
    END.try_with(|end| end.saturating_duration_since(Instant::now()).min(most)).unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_may_take_longer_than_somebody_waits() {
        let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3600));
        assert_eq!(left(minute), minute);
        within(Instant::now() + hour, async { assert_eq!(left(minute), minute) }).await;
        within(Instant::now() + minute, async { assert!(left(hour) <= minute) }).await;
        within(Instant::now(), async { assert_eq!(left(hour), Duration::ZERO) }).await;
    }
}
