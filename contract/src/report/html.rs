//! A page for people: one file that needs nothing else, neither network nor server.
//!
//! Everything that comes from the tested server is escaped (by `maud`), and the page forbids itself to load or send anything.

use super::{
    Reporter,
    redact::{Redaction, steps},
    text::{answered, counted, harmless, lasted, moment, readable, thousands},
};
use crate::{
    check::Check,
    event::{Case, Event, Failure, OperationInfo, RunStarted, Stats, Tally},
};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Bodies that are longer are cut, in characters: a page with thousands of failures must still open.
const READABLE: usize = 10_000;

/// Gathers failures and figures, and writes the page in the end.
pub struct Html<W> {
    out: W,
    redaction: Redaction,
    run: Option<RunStarted>,
    failures: Vec<Arc<Failure>>,
    elapsed: BTreeMap<String, Duration>,
    skipped: BTreeMap<String, String>,
    notes: Vec<String>,
    interrupted: bool,
}

impl<W: Write + Send> Html<W> {
    /// A page to a file.
    pub fn new(out: W, redaction: Redaction) -> Self {
        Self {
            out,
            redaction,
            run: None,
            failures: Vec::new(),
            elapsed: BTreeMap::new(),
            skipped: BTreeMap::new(),
            notes: Vec::new(),
            interrupted: false,
        }
    }

    fn page(&self, run: &RunStarted, stats: &Stats) -> Markup {
        let title = if run.title.is_empty() { "API" } else { &run.title };
        let found = stats.failures > 0 || stats.errors > 0;
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta http-equiv="Content-Security-Policy"
                        content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
                    title { (title) ": " (counted(stats.failures, "failure")) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header.bad[found].good[!found] {
                        p.kind { "Contract test" }
                        h1 { (title) " " span.version { (run.version) } }
                        p.verdict { (self.verdict(stats)) }
                        (self.facts(run, stats))
                    }
                    main {
                        @if !self.failures.is_empty() {
                            (self.filter())
                            section #failures {
                                h2 { "Failures" }
                                @for failure in &self.failures { (self.failure(failure)) }
                                p.nothing hidden { "No failure fits the filter." }
                            }
                        }
                        (checks(run, stats))
                        (self.operations(run, stats))
                        @if !self.notes.is_empty() {
                            section {
                                h2 { "Notes" }
                                ul { @for note in &self.notes { li { (note) } } }
                            }
                        }
                    }
                    footer { code { (self.redaction.command(&run.command)) } }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        }
    }

    fn verdict(&self, stats: &Stats) -> String {
        let mut text = match stats.failures {
            0 => "The server does what its schema says".to_owned(),
            number => format!("{} found", counted(number, "failure")),
        };
        if stats.errors > 0 {
            text.push_str(&format!(", {} got no answer", counted(stats.errors, "request")));
        }
        if self.interrupted {
            text.push_str("; the run was interrupted");
        }
        text + "."
    }

    fn facts(&self, run: &RunStarted, stats: &Stats) -> Markup {
        let seconds = stats.elapsed.as_secs_f64();
        let rate = if seconds > 0.0 { stats.cases as f64 / seconds } else { 0.0 };
        let facts = [
            (
                "operations",
                format!("{} of {}", thousands(stats.operations as u64), thousands(run.operations_in_schema as u64)),
            ),
            ("cases", thousands(stats.cases)),
            ("checks", thousands(stats.checks)),
            ("time", lasted(stats.elapsed)),
            ("cases a second", format!("{rate:.0}")),
            ("seed", run.seed.to_string()),
        ];
        html! {
            dl.facts { @for (name, value) in facts { div { dt { (name) } dd { (value) } } } }
            p.origin {
                "Schema " code { (self.redaction.url(&run.schema)) } " against " code { (self.redaction.url(&run.base)) }
                ", " time datetime=(moment(run.started)) { (run.started.format("%e %B %Y, %H:%M UTC").to_string().trim()) }
            }
        }
    }

    fn filter(&self) -> Markup {
        let mut found: BTreeMap<Check, usize> = BTreeMap::new();
        for failure in &self.failures {
            *found.entry(failure.check).or_default() += 1;
        }
        html! {
            form #filter hidden {
                input type="search" name="text" placeholder="Operation or text" aria-label="Operation or text";
                select name="check" aria-label="Check" {
                    option value="" { "All checks" }
                    @for (check, number) in found { option value=(check) { (check) " (" (number) ")" } }
                }
                button type="button" { "Open all" }
                output {}
            }
        }
    }

    fn failure(&self, failure: &Failure) -> Markup {
        let number = steps(failure).count();
        html! {
            details.failure data-check=(failure.check) {
                summary {
                    (operation(&failure.case.operation))
                    span.title { (self.redaction.text(&failure.title)) }
                    span.check { (failure.check) }
                }
                p.about { (self.redaction.text(&failure.case.description)) " · " (failure.case.phase) " phase" }
                pre.message { (self.redaction.text(&failure.message)) }
                @for (index, step) in steps(failure).enumerate() {
                    @if number > 1 { h4 { "Step " (index + 1) " of " (number) } }
                    (self.exchange(step))
                }
                h4 { "Repeat it" }
                div.command {
                    pre { (self.redaction.curl_of(failure)) }
                    button type="button" hidden { "Copy" }
                }
            }
        }
    }

    /// A request and its answer, side by side where there is room.
    fn exchange(&self, case: &Case) -> Markup {
        html! {
            div.exchange {
                div {
                    h5 { "Request" }
                    pre {
                        b { (case.request.method) " " (self.redaction.url(&case.request.url)) } "\n"
                        (self.headers(&case.request.headers))
                        @if let Some(body) = &case.request.body { "\n" (harmless(&pretty(&readable(&self.redaction, body, READABLE)))) }
                    }
                }
                div {
                    h5 { "Answer" }
                    pre {
                        b { (self.redaction.text(&answered(&case.response))) } "\n"
                        @if let Ok(response) = &case.response {
                            (self.headers(&response.headers))
                            "\n" (harmless(&pretty(&readable(&self.redaction, &response.body, READABLE))))
                        }
                    }
                }
            }
        }
    }

    fn headers(&self, headers: &[(String, String)]) -> Markup {
        html! { @for (name, value) in headers { span.header { (name) ": " (self.redaction.header(name, value)) } "\n" } }
    }

    fn operations(&self, run: &RunStarted, stats: &Stats) -> Markup {
        html! {
            section #operations {
                h2 { "Operations" }
                table {
                    thead { tr { th { "Operation" } th.number { "Cases" } th.number { "Failed" } th.number { "Inconclusive" } th.number { "Time" } } }
                    tbody {
                        @for info in &run.operations {
                            @let tally = stats.by_operation.get(&info.label).copied().unwrap_or_default();
                            @let cases = tally.passed + tally.failed + tally.inconclusive;
                            tr.bad[tally.failed > 0].untested[cases == 0] {
                                td {
                                    (operation(info))
                                    @if cases == 0 { @if let Some(why) = self.skipped.get(&info.label) { span.why { (why) } } }
                                }
                                td.number { (thousands(cases)) }
                                td.number.failed { (some(tally.failed)) }
                                td.number { (some(tally.inconclusive)) }
                                td.number { @if let Some(elapsed) = self.elapsed.get(&info.label) { (lasted(*elapsed)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl<W: Write + Send> Reporter for Html<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(run) => self.run = Some(run.clone()),
            Event::Failure(failure) => self.failures.push(failure.clone()),
            Event::OperationFinished { operation, outcome, .. } => {
                *self.elapsed.entry(operation.label.clone()).or_default() += outcome.elapsed;
                if let Some(reason) = &outcome.skipped {
                    self.skipped.insert(operation.label.clone(), self.redaction.text(reason).into_owned());
                }
            }
            Event::Note(note) => self.notes.push(self.redaction.text(note).into_owned()),
            Event::Interrupted => self.interrupted = true,
            Event::RunFinished(stats) => {
                let Some(run) = &self.run else { return Ok(()) };
                let page = self.page(run, stats).into_string();
                self.out.write_all(page.as_bytes())?;
                self.out.flush()?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Method and path.
fn operation(info: &OperationInfo) -> Markup {
    html! { span.operation { span.method data-method=(info.method) { (info.method) } " " span.path { (info.path) } } }
}

/// The figures by check, each with a bar of what passed.
fn checks(run: &RunStarted, stats: &Stats) -> Markup {
    let row = |check: Check| {
        let tally = stats.by_check.get(&check).copied().unwrap_or_default();
        let Tally { passed, failed, inconclusive } = tally;
        let all = (passed + failed + inconclusive).max(1) as f64;
        let share = |part: u64| format!("flex-grow:{:.4}", part as f64 / all);
        html! {
            tr.bad[failed > 0].untested[passed + failed + inconclusive == 0] {
                td { code { (check) } }
                td.bar {
                    div {
                        @if passed > 0 { span.passed style=(share(passed)) {} }
                        @if inconclusive > 0 { span.inconclusive style=(share(inconclusive)) {} }
                        @if failed > 0 { span.failed style=(share(failed)) {} }
                    }
                }
                td.number { (some(passed)) }
                td.number.failed { (some(failed)) }
                td.number { (some(inconclusive)) }
            }
        }
    };
    html! {
        section #checks {
            h2 { "Checks" }
            table {
                thead { tr { th { "Check" } th {} th.number { "Passed" } th.number { "Failed" } th.number { "Inconclusive" } } }
                tbody { @for check in &run.checks { (row(*check)) } }
            }
        }
    }
}

/// A number, or nothing for none: zeros hide what matters.
fn some(number: u64) -> String {
    if number == 0 { String::new() } else { thousands(number) }
}

/// JSON with line breaks; anything else as it is.
fn pretty(text: &str) -> String {
    let value =
        serde_json::from_str::<serde_json::Value>(text).ok().filter(|value| value.is_object() || value.is_array());
    value.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| text.to_owned())
}
