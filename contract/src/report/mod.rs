//! What a run leaves behind: files for machines and people, progress while it goes on, and a summary.
//!
//! Formats, names of options and what counts as a secret are Schemathesis', so that tools that read its reports read these.

pub mod har;
pub mod html;
pub mod junit;
pub mod ndjson;
pub mod progress;
pub mod redact;
pub mod summary;
mod text;
pub mod vcr;

use crate::event::Event;
use chrono::{DateTime, Utc};
use redact::Redaction;
use std::{
    fs::{self, File},
    io::{self, BufWriter, IsTerminal},
    path::{Path, PathBuf},
};

/// Makes something of the events of a run. They arrive in order, on one thread.
pub trait Reporter: Send {
    /// Takes note of an event. An error ends the run: a report that cannot be written is not a passed test.
    fn event(&mut self, event: &Event) -> io::Result<()>;
}

/// A credential that was given to the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// What stands in its place in commands: the name of a shell variable.
    pub name: String,
    /// The credential itself, without a scheme like `Bearer`.
    pub value: String,
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// XML that every CI system shows.
    Junit,
    /// Every request and answer as a cassette of VCR (YAML).
    Vcr,
    /// Every request and answer as browsers export them.
    Har,
    /// Everything that happened, one JSON object a line.
    Ndjson,
    /// A page for people, complete in one file.
    Html,
}

impl Format {
    /// All, in the order in which they are listed.
    pub const ALL: [Self; 5] = [Self::Junit, Self::Vcr, Self::Har, Self::Ndjson, Self::Html];

    /// The name on the command line and in file names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Junit => "junit",
            Self::Vcr => "vcr",
            Self::Har => "har",
            Self::Ndjson => "ndjson",
            Self::Html => "html",
        }
    }

    /// How the name of its file ends.
    const fn extension(self) -> &'static str {
        match self {
            Self::Junit => "xml",
            Self::Vcr => "yaml",
            Self::Har => "json",
            Self::Ndjson => "ndjson",
            Self::Html => "html",
        }
    }
}

/// Which reports to make.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Reports")]
pub struct Arguments {
    /// Reports to write, separated by commas
    #[arg(long = "report", value_name = "FORMAT", value_enum, value_delimiter = ',')]
    pub formats: Vec<Format>,
    /// Folder for reports without a path of their own
    #[arg(long = "report-dir", value_name = "FOLDER", default_value = "./contract-report")]
    pub folder: PathBuf,
    /// Write a JUnit report to this file
    #[arg(long = "report-junit-path", value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write a VCR cassette to this file
    #[arg(long = "report-vcr-path", value_name = "FILE")]
    pub vcr: Option<PathBuf>,
    /// Write a HAR file to this file
    #[arg(long = "report-har-path", value_name = "FILE")]
    pub har: Option<PathBuf>,
    /// Write events to this file
    #[arg(long = "report-ndjson-path", value_name = "FILE")]
    pub ndjson: Option<PathBuf>,
    /// Write a page to this file
    #[arg(long = "report-html-path", value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Keep the exact bytes of bodies in VCR and HAR, as base64
    #[arg(long = "report-preserve-bytes")]
    pub preserve_bytes: bool,
    /// Whether secrets are left out of reports and of what is shown
    #[arg(
        long = "output-sanitize", value_name = "BOOLEAN", default_value = "true",
        value_parser = clap::builder::BoolishValueParser::new(), action = clap::ArgAction::Set
    )]
    pub sanitize: bool,
    /// The same as `--output-sanitize false`
    #[arg(long = "no-sanitize")]
    pub no_sanitize: bool,
    /// No colours, and lines in place of bars
    #[arg(long = "no-color", env = "NO_COLOR", value_parser = clap::builder::FalseyValueParser::new())]
    pub plain: bool,
}

impl Arguments {
    /// What is kept out of reports.
    pub fn redaction(&self, secrets: Vec<Secret>) -> Redaction {
        if self.sanitize && !self.no_sanitize { Redaction::new(secrets) } else { Redaction::off() }
    }

    /// Where the file of a format goes, if it is wanted.
    fn path(&self, format: Format, now: DateTime<Utc>) -> Option<PathBuf> {
        let own = match format {
            Format::Junit => &self.junit,
            Format::Vcr => &self.vcr,
            Format::Har => &self.har,
            Format::Ndjson => &self.ndjson,
            Format::Html => &self.html,
        };
        let default = || {
            let name = format!("{}-{}.{}", format.name(), now.format("%Y%m%dT%H%M%SZ"), format.extension());
            self.formats.contains(&format).then(|| self.folder.join(name))
        };
        own.clone().or_else(default)
    }
}

/// Everything that reports: the files that were asked for, progress on standard error, and a summary on standard output.
///
/// Files are made now, so that a path that cannot be written is known before the first request.
pub fn make(arguments: &Arguments, secrets: Vec<Secret>, now: DateTime<Utc>) -> io::Result<Vec<Box<dyn Reporter>>> {
    let redaction = arguments.redaction(secrets);
    let (mut reporters, mut written): (Vec<Box<dyn Reporter>>, _) = (Vec::new(), Vec::new());
    for format in Format::ALL {
        let Some(path) = arguments.path(format, now) else { continue };
        let file = BufWriter::new(create(&path)?);
        let (redaction, exact) = (redaction.clone(), arguments.preserve_bytes);
        reporters.push(match format {
            Format::Junit => Box::new(junit::Junit::new(file, redaction)),
            Format::Vcr => Box::new(vcr::Vcr::new(file, redaction, exact)),
            Format::Har => Box::new(har::Har::new(file, redaction, exact)),
            Format::Ndjson => Box::new(ndjson::Ndjson::new(file, redaction)),
            Format::Html => Box::new(html::Html::new(file, redaction)),
        });
        written.push((format, path));
    }
    let coloured = |terminal: bool| terminal && !arguments.plain;
    let bars = coloured(io::stderr().is_terminal());
    reporters.push(if bars {
        Box::new(progress::Bars::new(redaction.clone()))
    } else {
        Box::new(progress::Lines::new(io::stderr(), redaction.clone()))
    });
    let colour = coloured(io::stdout().is_terminal());
    reporters.push(Box::new(summary::Summary::new(io::stdout(), redaction, colour, written)));
    Ok(reporters)
}

/// Makes a file and the folders above it.
fn create(path: &Path) -> io::Result<File> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| File::create(path));
    made.map_err(|e| io::Error::new(e.kind(), format!("cannot write {}: {e}", path.display())))
}
