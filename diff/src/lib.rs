//! What changed between two OpenAPI documents.
//!
//! [`changes`] finds every change and says what it means for callers. [`notes`] tells those changes that openapi-diff
//! tells, in its words and its order, because people are used to reading them in release notes. [`cli`] is the command
//! `vestibule diff`.

pub mod allow;
pub mod changes;
pub mod cli;
pub mod notes;
pub mod prettier;
pub mod report;

/// Runs something with a stack that is large enough for whatever documents may hold.
fn with_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    const STACK: usize = 256 * 1024 * 1024;
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name(String::from("diff")).stack_size(STACK);
        let thread = builder.spawn_scoped(scope, work).map_err(|error| format!("no thread for comparing: {error}"))?;
        thread.join().map_err(|_| String::from("the comparison failed"))
    })
}
