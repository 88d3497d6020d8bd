//! A run: learning about the server, then the phases, each with its operations spread over the workers.

mod context;
mod coverage;
mod examples;
mod excuse;
mod fuzzing;
mod log;
mod matrix;
mod odd;
mod prepare;
mod readback;
mod session;
mod stateful;
mod verdict;

use crate::{
    event::{Event, Phase, RunStarted, Stats},
    load::Document,
    model::{Api, Operation},
    report::Reporter,
    settings::Settings,
};
use context::Context;
pub use context::now;
use log::Log;
use session::Session;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

/// How a run ended.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The figures.
    pub stats: Stats,
    /// Whether it was stopped before its end by the person in front of it.
    pub interrupted: bool,
}

/// Tests a server. Ctrl-C ends it early, with all that was found so far. An error means that nothing can be said:
/// no operation is selected, the server cannot be reached, a report cannot be written.
pub async fn run(
    document: Document,
    settings: Settings,
    reporters: Vec<Box<dyn Reporter>>,
) -> Result<Finished, String> {
    let (log, reports) = Log::start(reporters, settings.max_failures);
    let api = Api::new(document, &settings.hints);
    let context = Arc::new(Context::new(api, settings, log));
    if context.selected.is_empty() {
        return Err("no operation is selected".into());
    }
    let watched = context.clone();
    let watch = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            watched.log.interrupt();
        }
    });
    let working = context.clone();
    let done = tokio::task::spawn_blocking(move || work(&working)).await.map_err(|e| format!("a worker died: {e}"));
    watch.abort();
    let result = done.and_then(|done| done);
    let stats =
        Stats { elapsed: result.as_ref().map_or_else(|_| std::time::Duration::ZERO, |e| *e), ..context.log.stats() };
    context.log.tell(Event::RunFinished(stats.clone()));
    let written = tokio::task::spawn_blocking(move || reports.join()).await;
    match written {
        Ok(Ok(Ok(()))) => {}
        Ok(Ok(Err(error))) => return Err(format!("a report cannot be written: {error}")),
        _ => return Err("a report cannot be written: its thread died".into()),
    }
    result?;
    if stats.errors > 0 && stats.errors == stats.cases {
        return Err(format!("the server at {} does not answer", context.settings.base));
    }
    Ok(Finished { stats, interrupted: context.log.is_interrupted() })
}

/// All phases; how long they took.
fn work(context: &Arc<Context>) -> Result<std::time::Duration, String> {
    let start = Instant::now();
    let info = &context.api.document.value["info"];
    let settings = &context.settings;
    context.log.tell(Event::RunStarted(RunStarted {
        schema: context.api.document.source.clone(),
        title: info["title"].as_str().unwrap_or_default().to_owned(),
        version: info["version"].as_str().unwrap_or_default().to_owned(),
        base: settings.base.clone(),
        seed: settings.seed,
        operations: context.selected.iter().map(|operation| operation.info.clone()).collect(),
        operations_in_schema: context.api.operations.len(),
        checks: settings.checks.clone(),
        phases: settings.phases.clone(),
        workers: settings.workers,
        started: now(),
        command: settings.command.clone(),
    }));
    let runtime = runtime()?;
    {
        let first = settings.phases.first().copied().unwrap_or(Phase::Coverage);
        let sender = session::sender(context, first)?;
        runtime.block_on(prepare::learn(&mut Session::new(&sender, "learn")));
    }
    for phase in Phase::ALL.into_iter().filter(|phase| settings.phases.contains(phase)) {
        if context.log.is_stopped() {
            break;
        }
        context.log.tell(Event::PhaseStarted(phase));
        spread(context, phase)?;
        context.log.tell(Event::PhaseFinished(phase));
    }
    Ok(start.elapsed())
}

fn runtime() -> Result<tokio::runtime::Runtime, String> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| format!("a worker cannot be started: {error}"))
}

/// Spreads the work of a phase over threads. Each takes the next operation when it is done with one.
fn spread(context: &Arc<Context>, phase: Phase) -> Result<(), String> {
    let next = AtomicUsize::new(0);
    let count = context.settings.workers.clamp(1, context.selected.len().max(1));
    std::thread::scope(|scope| {
        let worker = || -> Result<(), String> {
            let runtime = runtime()?;
            let sender = session::sender(context, phase)?;
            while let Some(operation) = context.selected.get(next.fetch_add(1, Ordering::Relaxed)) {
                if context.log.is_stopped() {
                    break;
                }
                runtime.block_on(one(&sender, phase, operation));
            }
            Ok(())
        };
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            worker.join().map_err(|_| "a worker died".to_owned())??;
        }
        Ok(())
    })
}

/// One operation in one phase.
async fn one(sender: &context::Sender, phase: Phase, operation: &Arc<Operation>) {
    let log = &sender.context.log;
    let label = &operation.info.label;
    let start = Instant::now();
    let mut session = Session::new(sender, &format!("{phase} {label}"));
    log.tell(Event::OperationStarted { phase, operation: operation.info.clone() });
    let skipped = match phase {
        Phase::Examples => examples::run(&mut session, operation).await,
        Phase::Coverage => {
            coverage::run(&mut session, operation).await;
            None
        }
        Phase::Fuzzing => {
            fuzzing::run(&mut session, operation).await;
            None
        }
        Phase::Stateful => stateful::run(&mut session, operation).await,
        Phase::Authorization => matrix::run(&mut session, operation).await,
    };
    let mut outcome = log.take(label);
    outcome.skipped = skipped.filter(|_| outcome.cases == 0);
    outcome.elapsed = start.elapsed();
    log.tell(Event::OperationFinished { phase, operation: operation.info.clone(), outcome });
}
