//! Counting and telling.

use crate::{
    check::{Check, Outcome},
    event::{Case, Event, Failure, OperationOutcome, Stats, Tally},
    report::Reporter,
};
use std::{
    collections::{BTreeSet, HashMap},
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::JoinHandle,
};

/// How many events wait for slow reports before the engine does.
const WAITING: usize = 1024;

/// Counts what happens and tells it to the reports, which live on a thread of their own.
#[derive(Debug)]
pub(crate) struct Log {
    sender: SyncSender<Event>,
    cases: AtomicU64,
    stopped: AtomicBool,
    interrupted: AtomicBool,
    most_failures: Option<u64>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    told: BTreeSet<(String, Check, String)>,
    notes: BTreeSet<String>,
    stats: Stats,
    /// Of the operations that are worked on.
    running: HashMap<String, OperationOutcome>,
    /// Requests without an answer in a row.
    unanswered: u64,
}

impl Log {
    /// A log and the thread of its reports.
    pub(crate) fn start(
        reporters: Vec<Box<dyn Reporter>>,
        most_failures: Option<u64>,
    ) -> (Self, JoinHandle<io::Result<()>>) {
        let (sender, receiver) = sync_channel(WAITING);
        let thread = std::thread::spawn(move || report(reporters, &receiver));
        let log = Self {
            sender,
            cases: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
            interrupted: AtomicBool::new(false),
            most_failures,
            state: Mutex::default(),
        };
        (log, thread)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells something. When the reports are gone, the run ends.
    pub(crate) fn tell(&self, event: Event) {
        if self.sender.send(event).is_err() {
            self.stop();
        }
    }

    /// Tells something once.
    pub(crate) fn note(&self, note: String) {
        let new = self.state().notes.insert(note.clone());
        if new {
            self.tell(Event::Note(note));
        }
    }

    /// No further requests.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// The person in front of it wants it to end.
    pub(crate) fn interrupt(&self) {
        if !self.interrupted.swap(true, Ordering::Relaxed) {
            self.stop();
            self.tell(Event::Interrupted);
        }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// The number of the next case.
    pub(crate) fn next_id(&self) -> u64 {
        self.cases.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Counts and tells a case. Cases of operations that are not tested do not count for these. Many requests in a row
    /// without any answer end the run.
    pub(crate) fn case(&self, case: &std::sync::Arc<Case>, selected: bool) {
        const TOO_MANY: u64 = 20;
        {
            let mut state = self.state();
            state.stats.cases += 1;
            match &case.response {
                Ok(_) => state.unanswered = 0,
                Err(_) => {
                    state.stats.errors += 1;
                    state.unanswered += 1;
                }
            }
            if state.unanswered >= TOO_MANY {
                self.stop();
            }
            if !selected {
                drop(state);
                return self.tell(Event::Case(case.clone()));
            }
            let mut failed = false;
            for result in &case.checks {
                state.stats.checks += 1;
                let tally = state.stats.by_check.entry(result.check).or_default();
                match &result.outcome {
                    Outcome::Passed => tally.passed += 1,
                    Outcome::Failed { .. } => {
                        tally.failed += 1;
                        failed = true;
                    }
                    Outcome::Inconclusive(_) => tally.inconclusive += 1,
                }
            }
            let label = &case.operation.label;
            let inconclusive = case.checks.iter().any(|r| matches!(r.outcome, Outcome::Inconclusive(_)));
            let tally: &mut Tally = state.stats.by_operation.entry(label.clone()).or_default();
            match (failed, inconclusive) {
                (true, _) => tally.failed += 1,
                (false, true) => tally.inconclusive += 1,
                (false, false) => tally.passed += 1,
            }
            let checks = case.checks.len() as u64;
            let outcome = state.running.entry(label.clone()).or_default();
            outcome.cases += 1;
            outcome.checks += checks;
        }
        self.tell(Event::Case(case.clone()));
    }

    /// Whether a failure has not been told yet; from now on it has. A failure of an operation is the same if its
    /// check and its title are.
    pub(crate) fn is_new(&self, label: &str, check: Check, title: &str) -> bool {
        self.state().told.insert((label.to_owned(), check, title.to_owned()))
    }

    /// Counts and tells a failure; enough of them end the run.
    pub(crate) fn failure(&self, mut failure: Failure) {
        {
            let mut state = self.state();
            state.stats.failures += 1;
            failure.number = usize::try_from(state.stats.failures).unwrap_or(usize::MAX);
            state.running.entry(failure.case.operation.label.clone()).or_default().failures += 1;
            if self.most_failures.is_some_and(|most| state.stats.failures >= most) {
                self.stop();
            }
        }
        self.tell(Event::Failure(std::sync::Arc::new(failure)));
    }

    /// The figures of an operation since it was asked for last.
    pub(crate) fn take(&self, label: &str) -> OperationOutcome {
        self.state().running.remove(label).unwrap_or_default()
    }

    /// The figures so far.
    pub(crate) fn stats(&self) -> Stats {
        let mut stats = self.state().stats.clone();
        stats.operations = stats.by_operation.len();
        stats
    }
}

fn report(mut reporters: Vec<Box<dyn Reporter>>, receiver: &Receiver<Event>) -> io::Result<()> {
    for event in receiver {
        for reporter in &mut reporters {
            reporter.event(&event)?;
        }
        if matches!(event, Event::RunFinished(_)) {
            break;
        }
    }
    Ok(())
}
