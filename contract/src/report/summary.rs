//! What is shown in the end: the failures with the commands that repeat them, and the figures by check and operation.

use super::{
    Format, Reporter,
    redact::Redaction,
    text::{counted, describe, indented, lasted, thousands},
};
use crate::event::{Event, Failure, Stats, Tally};
use console::Style;
use std::{
    io::{self, Write},
    path::PathBuf,
    sync::Arc,
};

/// Gathers failures, and shows everything when the run is over.
pub struct Summary<W> {
    out: W,
    redaction: Redaction,
    colour: bool,
    reports: Vec<(Format, PathBuf)>,
    failures: Vec<Arc<Failure>>,
    interrupted: bool,
    seed: u64,
}

impl<W: Write + Send> Summary<W> {
    /// A summary to a terminal or log. `reports` are the files it names.
    pub fn new(out: W, redaction: Redaction, colour: bool, reports: Vec<(Format, PathBuf)>) -> Self {
        Self { out, redaction, colour, reports, failures: Vec::new(), interrupted: false, seed: 0 }
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        let style = Style::new().bold().force_styling(self.colour);
        writeln!(self.out, "\n{}", style.apply_to(text))
    }

    fn show(&mut self, stats: &Stats) -> io::Result<()> {
        let (good, bad) = (Style::new().green(), Style::new().red());
        let (good, bad) = (good.force_styling(self.colour), bad.force_styling(self.colour));
        if !self.failures.is_empty() {
            self.heading("Failures")?;
        }
        for failure in &self.failures {
            let text = describe(&self.redaction, failure);
            let (title, rest) = text.split_once('\n').unwrap_or((&text, ""));
            let title = format!("{}. {}: {title}", failure.number, failure.case.operation.label);
            writeln!(self.out, "\n{}\n{}", bad.apply_to(title), indented(rest))?;
        }
        self.heading("Checks")?;
        let width = stats.by_check.keys().map(|check| check.name().len()).max().unwrap_or_default();
        for (check, tally) in &stats.by_check {
            let mark = if tally.failed > 0 { bad.apply_to("✗") } else { good.apply_to("✓") };
            writeln!(self.out, "  {mark} {:width$}  {}", check.name(), figures(tally))?;
        }
        let failing: Vec<_> = stats.by_operation.iter().filter(|(_, tally)| tally.failed > 0).collect();
        if !failing.is_empty() {
            self.heading("Operations with failed checks")?;
            let width = failing.iter().map(|(label, _)| label.len()).max().unwrap_or_default();
            for (label, tally) in failing {
                let cases = tally.passed + tally.failed + tally.inconclusive;
                let failed = bad.apply_to(counted(tally.failed, "case"));
                writeln!(self.out, "  {label:width$}  {failed} of {}", thousands(cases))?;
            }
        }
        if !self.reports.is_empty() {
            self.heading("Reports")?;
            for (format, path) in &self.reports {
                writeln!(self.out, "  {:6}  {}", format.name(), path.display())?;
            }
        }
        let verdict = match (self.interrupted, stats.failures, stats.errors) {
            (_, 1.., _) => bad.apply_to("Failures were found."),
            (_, 0, 1..) => bad.apply_to("Some requests got no answer."),
            (true, 0, 0) => bad.apply_to("Interrupted: nothing was found so far."),
            (false, 0, 0) => good.apply_to("Nothing was found."),
        };
        let seconds = stats.elapsed.as_secs_f64();
        let rate = if seconds > 0.0 { stats.cases as f64 / seconds } else { 0.0 };
        let errors = if stats.errors > 0 {
            format!(", {}", counted(stats.errors, "request") + " without an answer")
        } else {
            String::new()
        };
        writeln!(
            self.out,
            "\n{verdict} {}, {}, {}, {}{errors} in {} ({rate:.0} cases a second); seed {}",
            counted(stats.operations as u64, "operation"),
            counted(stats.cases, "case"),
            counted(stats.checks, "check"),
            counted(stats.failures, "failure"),
            lasted(stats.elapsed),
            self.seed,
        )?;
        self.out.flush()
    }
}

impl<W: Write + Send> Reporter for Summary<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(run) => self.seed = run.seed,
            Event::Failure(failure) => self.failures.push(failure.clone()),
            Event::Interrupted => self.interrupted = true,
            Event::RunFinished(stats) => self.show(stats)?,
            _ => {}
        }
        Ok(())
    }
}

/// The figures of a check.
fn figures(tally: &Tally) -> String {
    let mut text = format!("{:>9} passed", thousands(tally.passed));
    if tally.failed > 0 {
        text.push_str(&format!(", {} failed", thousands(tally.failed)));
    }
    if tally.inconclusive > 0 {
        text.push_str(&format!(", {} inconclusive", thousands(tally.inconclusive)));
    }
    text
}
