//! Threads for what takes long, beside those that answer requests: they get the processors when nobody else wants them.
//!
//! The system decides between threads by their priority many times faster than a program could by giving up and going on.
//! So what takes a tenth of a second here costs a request that takes a tenth of a millisecond next to nothing, and still
//! gets all there is when there is nothing else to do.

use std::{num::NonZero, sync::LazyLock};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinHandle,
};

/// How much less these threads matter than others: with this, the system gives them a tenth of a processor that another
/// thread wants as well, so that they go on whatever happens. `man 2 nice`, `man 7 sched`.
const NICE: i32 = 10;

/// The threads, started when they are needed; they are there as long as the process. None where there can be no more.
static THREADS: LazyLock<Option<Runtime>> = LazyLock::new(|| {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(processors).thread_name("aside").on_thread_start(lower_priority).enable_all();
    builder.build().inspect_err(|error| tracing::error!(%error, "no threads for what takes long can be started")).ok()
});

/// Makes the calling thread matter less, and those that it starts; elsewhere than on Linux, the whole process would.
pub fn lower_priority() {
    #[cfg(target_os = "linux")]
    // Where that is forbidden, it is a thread like all others.
    let _ = rustix::process::nice(NICE);
}

fn handle() -> Handle {
    THREADS.as_ref().map_or_else(Handle::current, |threads| threads.handle().clone())
}

/// Runs a future in one of the threads, and gives it up when what this returns is dropped.
///
/// # Panics
/// When the future panics.
pub async fn run<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Option<T> {
    let mut task = Abandoned(handle().spawn(future));
    match (&mut task.0).await {
        Ok(output) => Some(output),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The threads end, and the process with them.
            Err(_) => None,
        },
    }
}

/// Runs a function in a thread of its own.
pub fn spawn_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    handle().spawn_blocking(work)
}

/// Ends a task when it is dropped.
struct Abandoned<T>(JoinHandle<T>);

impl<T> Drop for Abandoned<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_takes_long_matters_less_than_what_does_not() {
        let priority = || rustix::process::nice(0).unwrap();
        let own = priority();
        let less = (own + NICE).min(19);
        assert_eq!(run(async move { priority() }).await, Some(less));
        assert_eq!(spawn_blocking(priority).await.unwrap(), less);
        assert_eq!(priority(), own);
    }

    #[tokio::test]
    async fn what_nobody_waits_for_ends() {
        let (ended, has_ended) = tokio::sync::oneshot::channel::<()>();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let mut running = Box::pin(run(async move {
            begun.send(()).unwrap();
            let _ended = ended;
            std::future::pending::<()>().await;
        }));
        assert!(futures::poll!(&mut running).is_pending());
        has_begun.await.unwrap();
        drop(running);
        assert!(has_ended.await.is_err(), "dropped");
    }
}
