//! `vestibule diff`.

use crate::{
    allow::AllowList,
    changes::{self, Change, rules::Class},
    notes,
    report::{self, Report},
};
use clap::{Args, ValueEnum};
use std::{
    fs,
    io::{self, IsTerminal, Write},
    process::ExitCode,
};
use vestibule_spec::{Document, Error};

/// Compares two OpenAPI documents.
///
/// Prints what changed: by default as Markdown for release notes, in the form of openapi-diff formatted by prettier.
/// The other forms list every change with its class: breaking, data, compatible or documentation. Exits with 0, with 1
/// if --fail-on found something, and with 2 if a document cannot be read.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  vestibule diff 1.0.yml 2.0.yml                            release notes
  vestibule diff https://example.com/schema.yml schema.yml --format text
  vestibule diff released.yml schema.yml --format text --fail-on breaking --allow accepted.yml")]
pub struct Arguments {
    /// The older document: a file in YAML or JSON, or a URL (http, https)
    #[arg(required_unless_present = "rules")]
    pub old: Option<String>,
    /// The newer document
    #[arg(required_unless_present = "rules")]
    pub new: Option<String>,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    pub format: Format,
    /// Write the report to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<String>,
    /// Exit with 1 if there are changes that --allow does not accept
    #[arg(long, value_enum, value_name = "WHICH")]
    pub fail_on: Option<FailOn>,
    /// Accepted changes, a YAML list of entries with `rule`, `reason` and, if they are to match less, `operation` and
    /// `location`, in which `*` stands for anything; an entry that matches no change is an error
    #[arg(long, value_name = "FILE")]
    pub allow: Option<String>,
    /// List the rules that classify changes, and exit
    #[arg(long)]
    pub rules: bool,
}

/// Forms of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For release notes
    Markdown,
    /// For people at a terminal
    Text,
    /// For programs
    Json,
    /// One page that needs nothing but itself
    Html,
}

/// What makes the exit status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Breaking changes
    Breaking,
    /// Changes of any class
    Any,
}

/// Exit status for what could not be compared at all.
const UNREADABLE: u8 = 2;

/// Runs the command.
pub async fn run(arguments: Arguments) -> ExitCode {
    match compare(&arguments).await {
        Ok(code) => code,
        Err(reason) => {
            complain(&format!("vestibule: {reason}"));
            ExitCode::from(UNREADABLE)
        }
    }
}

/// Standard error may be closed; the exit status still tells.
fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}

async fn compare(arguments: &Arguments) -> Result<ExitCode, String> {
    let colour = arguments.output.is_none()
        && io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    if arguments.rules {
        write(arguments, &report::rules(colour))?;
        return Ok(ExitCode::SUCCESS);
    }
    let (Some(old), Some(new)) = (&arguments.old, &arguments.new) else {
        return Err(String::from("two documents are needed"));
    };
    let text = |error: Error| error.to_string();
    let allowed = arguments.allow.as_deref().map(AllowList::load).transpose().map_err(text)?.unwrap_or_default();
    let (old, new) = (Document::load(old).await.map_err(text)?, Document::load(new).await.map_err(text)?);
    let changes = crate::with_large_stack(|| changes::compare(&old, &new))?;
    let verdicts = allowed.judge(&changes).map_err(text)?;
    let listed: Vec<_> = changes.iter().zip(verdicts.iter().map(Option::as_deref)).collect();
    let report = Report { old: &old.source, new: &new.source, changes: listed };
    let output = match arguments.format {
        Format::Markdown => markdown(&old, &new, &changes)?,
        Format::Text => report::text(&report, colour),
        Format::Json => report::json(&report).map_err(|error| error.to_string())?,
        Format::Html => report::html(&report),
    };
    write(arguments, &output)?;
    Ok(verdict(arguments, &report))
}

fn markdown(old: &Document, new: &Document, changes: &[Change]) -> Result<String, String> {
    let notes = notes::markdown(old, new)?;
    if notes.is_empty() && changes.is_empty() {
        return Ok(String::from("no changes\n"));
    }
    if notes.is_empty() {
        let count = changes.len();
        complain(&format!("vestibule: release notes do not tell of the {count} changes; --format text lists them"));
    }
    Ok(notes)
}

fn verdict(arguments: &Arguments, report: &Report<'_>) -> ExitCode {
    let counts = |class: Class| match arguments.fail_on {
        Some(FailOn::Any) => true,
        Some(FailOn::Breaking) => class == Class::Breaking,
        None => false,
    };
    let failing: Vec<&Change> = report
        .changes
        .iter()
        .filter(|(change, accepted)| accepted.is_none() && counts(change.class))
        .map(|(change, _)| *change)
        .collect();
    if failing.is_empty() {
        return ExitCode::SUCCESS;
    }
    for change in failing.iter().take(20) {
        let operation = change.operation.as_deref().unwrap_or("document");
        complain(&format!("{}: {operation}: {}: {} [{}]", change.class, change.location, change.message, change.rule));
    }
    let (count, plural) = (failing.len(), if failing.len() == 1 { "" } else { "s" });
    complain(&format!("vestibule: {count} change{plural} not accepted"));
    ExitCode::FAILURE
}

fn write(arguments: &Arguments, output: &str) -> Result<(), String> {
    match &arguments.output {
        Some(path) => fs::write(path, output).map_err(|error| format!("{path}: cannot be written: {error}")),
        None => match io::stdout().write_all(output.as_bytes()) {
            // Whoever closed the pipe has seen enough.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("cannot write: {error}")),
            _ => Ok(()),
        },
    }
}
