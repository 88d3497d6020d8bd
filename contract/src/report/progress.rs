//! What is seen while a run goes on: a bar on a terminal, lines elsewhere.

use super::{
    Reporter,
    redact::Redaction,
    text::{counted, harmless, lasted, thousands},
};
use crate::event::{Event, Failure, Phase};
use chrono::{DateTime, TimeDelta, Utc};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{
    io::{self, Write},
    time::Duration,
};

/// How often lines say how far the run is.
const INTERVAL: TimeDelta = TimeDelta::seconds(10);

/// How often a bar is drawn anew when nothing happens.
const TICK: Duration = Duration::from_millis(200);

/// The figures of the current phase. Time is that of the cases, so that nothing here needs a clock.
#[derive(Default)]
struct Progress {
    operations: usize,
    done: usize,
    cases: u64,
    failures: u64,
    started: Option<DateTime<Utc>>,
    latest: Option<DateTime<Utc>>,
}

impl Progress {
    /// Takes note of an event.
    fn note(&mut self, event: &Event) {
        match event {
            Event::RunStarted(run) => self.operations = run.operations.len(),
            Event::PhaseStarted(_) => *self = Self { operations: self.operations, ..Self::default() },
            Event::Case(case) => {
                self.cases += 1;
                self.started.get_or_insert(case.started);
                self.latest = Some(case.started);
            }
            Event::Failure(_) => self.failures += 1,
            Event::OperationFinished { .. } => self.done += 1,
            _ => {}
        }
    }

    fn elapsed(&self) -> Duration {
        let elapsed = self.latest.zip(self.started).map(|(latest, started)| latest - started);
        elapsed.and_then(|elapsed| elapsed.to_std().ok()).unwrap_or_default()
    }

    /// `1,234 cases (512 a second), 2 failures`.
    fn figures(&self) -> String {
        let seconds = self.elapsed().as_secs_f64();
        let rate =
            if seconds >= 1.0 { format!(" ({:.0} a second)", self.cases as f64 / seconds) } else { String::new() };
        format!("{}{rate}, {}", counted(self.cases, "case"), counted(self.failures, "failure"))
    }

    /// The phase in the end: `coverage: 12 operations, 345 cases (120 a second), no failures, 2.9 s`.
    fn summary(&self, phase: Phase) -> String {
        format!("{phase}: {}, {}, {}", counted(self.done as u64, "operation"), self.figures(), lasted(self.elapsed()))
    }
}

/// A failure in a line.
fn line(redaction: &Redaction, failure: &Failure) -> String {
    format!(
        "FAILED {}: {} ({})",
        failure.case.operation.label,
        harmless(&redaction.text(&failure.title)),
        failure.check
    )
}

/// The first line of a run.
fn head(redaction: &Redaction, event: &Event) -> Option<String> {
    let Event::RunStarted(run) = event else { return None };
    Some(format!(
        "{} {} at {}: {} of {} operations, seed {}",
        if run.title.is_empty() { "API" } else { &run.title },
        run.version,
        redaction.url(&run.base),
        thousands(run.operations.len() as u64),
        thousands(run.operations_in_schema as u64),
        run.seed
    ))
}

/// Lines, for logs.
pub struct Lines<W> {
    out: W,
    redaction: Redaction,
    progress: Progress,
    phase: Option<Phase>,
    said: Option<DateTime<Utc>>,
}

impl<W: Write + Send> Lines<W> {
    /// Lines to a log.
    pub fn new(out: W, redaction: Redaction) -> Self {
        Self { out, redaction, progress: Progress::default(), phase: None, said: None }
    }
}

impl<W: Write + Send> Reporter for Lines<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.progress.note(event);
        if let Some(head) = head(&self.redaction, event) {
            writeln!(self.out, "{head}")?;
        }
        match event {
            Event::PhaseStarted(phase) => {
                (self.phase, self.said) = (Some(*phase), None);
                Ok(())
            }
            Event::Case(case) => {
                let said = *self.said.get_or_insert(case.started);
                let Some(phase) = self.phase.filter(|_| case.started - said >= INTERVAL) else { return Ok(()) };
                self.said = Some(case.started);
                let Progress { done, operations, .. } = self.progress;
                writeln!(self.out, "{phase}: {done} of {operations} operations, {}", self.progress.figures())
            }
            Event::Failure(failure) => writeln!(self.out, "{}", line(&self.redaction, failure)),
            Event::PhaseFinished(phase) => writeln!(self.out, "{}", self.progress.summary(*phase)),
            Event::Note(note) => writeln!(self.out, "note: {}", harmless(&self.redaction.text(note))),
            Event::Interrupted => writeln!(self.out, "interrupted: finishing what was begun"),
            _ => Ok(()),
        }
    }
}

/// A bar, for terminals. It is drawn on standard error.
pub struct Bars {
    redaction: Redaction,
    progress: Progress,
    bar: ProgressBar,
}

impl Bars {
    /// A bar on standard error. Until the first phase it is only a sign of life: the engine learns about the server.
    pub fn new(redaction: Redaction) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{prefix:>13} {spinner} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_prefix("learning");
        bar.enable_steady_tick(TICK);
        Self { redaction, progress: Progress::default(), bar }
    }

    fn begin(&mut self, phase: Phase) {
        // The template is ours: should it not parse, the default bar is good enough.
        let template = "{prefix:>13} {bar:30.cyan/dim} {pos}/{len} operations · {msg}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        self.bar.finish_and_clear();
        self.bar = ProgressBar::with_draw_target(Some(self.progress.operations as u64), ProgressDrawTarget::stderr());
        self.bar.set_style(style.progress_chars("━╸─"));
        self.bar.set_prefix(phase.name());
        self.bar.enable_steady_tick(TICK);
    }
}

impl Reporter for Bars {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.progress.note(event);
        if let Some(head) = head(&self.redaction, event) {
            self.bar.println(head);
        }
        match event {
            Event::PhaseStarted(phase) => self.begin(*phase),
            Event::Case(_) => self.bar.set_message(self.progress.figures()),
            Event::OperationFinished { .. } => self.bar.inc(1),
            Event::Failure(failure) => self.bar.println(line(&self.redaction, failure)),
            Event::PhaseFinished(phase) => {
                self.bar.println(self.progress.summary(*phase));
                self.bar.finish_and_clear();
            }
            Event::Note(note) => self.bar.println(format!("note: {}", harmless(&self.redaction.text(note)))),
            Event::Interrupted => self.bar.println("interrupted: finishing what was begun"),
            _ => {}
        }
        Ok(())
    }
}
