//! The command line.

use crate::{
    check::Check,
    engine,
    event::Phase,
    filter::Filter,
    hints::Hints,
    load::Document,
    model::Api,
    report::{self, Secret},
    settings::Settings,
    transport::Rate,
};
use clap::Args;
use std::{path::PathBuf, process::ExitCode, str::FromStr, time::Duration};

/// What `vestibule contract` is asked to do. Names and meanings are Schemathesis' where it has them.
#[derive(Debug, Args)]
#[group(id = "contract")]
pub struct Arguments {
    /// OpenAPI document: a file or an address
    #[arg(long, value_name = "FILE|URL")]
    schema: String,
    /// Address of the server, with what stands before the paths of the document; by default the path of its first
    /// server is added to an address without a path
    #[arg(long, short = 'u', value_name = "BASE")]
    url: String,
    /// Bearer token to send with every request
    #[arg(long, value_name = "TOKEN", env = "VESTIBULE_CONTRACT_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Header to send with every request
    #[arg(long, short = 'H', value_name = "NAME: VALUE", value_parser = header)]
    header: Vec<(String, String)>,
    /// Caller for the authorisation matrix: `plain` for one without permissions, or the name of the only permission
    /// it has; without any they are made as the hints say
    #[arg(long, value_name = "NAME=TOKEN", value_parser = principal)]
    principal: Vec<(String, String)>,
    #[command(flatten)]
    filter: Filter,
    /// Checks to make
    #[arg(long, short, value_name = "CHECKS", value_delimiter = ',', default_value = "all")]
    checks: Vec<Several<Check>>,
    /// Checks to leave out
    #[arg(long, value_name = "CHECKS", value_delimiter = ',')]
    exclude_checks: Vec<Check>,
    /// Phases to run: examples, coverage, fuzzing, stateful, authorization
    #[arg(long, value_name = "PHASES", value_delimiter = ',', default_value = "all")]
    phases: Vec<Several<Phase>>,
    /// Random requests an operation
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 100)]
    max_examples: u32,
    /// End the run after so many failures
    #[arg(long, value_name = "COUNT")]
    max_failures: Option<u64>,
    /// Everything random comes from it; chosen and shown if left out
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Operations to test at a time
    #[arg(long, short, value_name = "COUNT", default_value_t = 1)]
    workers: usize,
    /// Most requests in a time: `100/s`, `600/m`, `1000/h`
    #[arg(long, value_name = "RATE")]
    rate_limit: Option<Rate>,
    /// Seconds an answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0)]
    request_timeout: f64,
    /// Status that any operation may answer, whether the document lists it or not
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    allow_status: Vec<u16>,
    /// Change and delete objects that were there before the run, too
    #[arg(long)]
    destructive: bool,
    /// Do not look for the smallest request that shows a failure
    #[arg(long)]
    no_shrink: bool,
    /// What no document tells, as YAML: rules of fields, known findings, how callers are made
    #[arg(long, value_name = "FILE")]
    hints: Option<PathBuf>,
    #[command(flatten)]
    report: report::Arguments,
}

/// One of many, or all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Several<T> {
    All,
    One(T),
}

impl<T: FromStr<Err = String>> FromStr for Several<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "all" { Ok(Self::All) } else { text.parse().map(Self::One) }
    }
}

fn chosen<T: Copy + PartialEq>(all: &[T], wanted: &[Several<T>]) -> Vec<T> {
    let fits = |one: &T| wanted.iter().any(|w| matches!(w, Several::All) || *w == Several::One(*one));
    all.iter().copied().filter(fits).collect()
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("not of the form `Name: value`")?;
    Ok((name.trim().to_lowercase(), value.trim().to_owned()))
}

fn principal(text: &str) -> Result<(String, String), String> {
    let (name, token) = text.split_once('=').ok_or("not of the form NAME=TOKEN")?;
    Ok((name.to_owned(), token.to_owned()))
}

/// Runs the command: 0 if nothing failed, 1 if something did, 2 if it could not be found out.
pub async fn run(arguments: Arguments) -> ExitCode {
    let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    let command = words.collect::<Vec<_>>().join(" ");
    match test(arguments, command).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            use std::io::Write as _;
            // Standard error may be closed; the exit status still tells.
            let _ = writeln!(std::io::stderr(), "vestibule contract: {reason}");
            ExitCode::from(2)
        }
    }
}

async fn test(arguments: Arguments, command: String) -> Result<bool, String> {
    let document = Document::load(&arguments.schema).await?;
    let reporters = report::make(&arguments.report, secrets(&arguments), engine::now()).map_err(|e| e.to_string())?;
    let settings = settings(arguments, command, &document)?;
    let finished = engine::run(document, settings, reporters).await?;
    Ok(finished.stats.failures == 0 && finished.stats.errors == 0 && !finished.interrupted)
}

/// What reports must not show.
fn secrets(arguments: &Arguments) -> Vec<Secret> {
    let secret = |name: &str, value: &str| Secret { name: name.to_owned(), value: value.to_owned() };
    let bare = |value: &str| value.split_once(' ').map_or(value, |(_, credential)| credential).to_owned();
    let secretive = ["authorization", "cookie", "x-api-key", "proxy-authorization"];
    let headers = arguments.header.iter().filter(|(name, _)| secretive.contains(&name.as_str()));
    let headers = headers.map(|(name, value)| secret(&name.to_uppercase().replace('-', "_"), &bare(value)));
    let token = arguments.token.iter().map(|token| secret("TOKEN", token));
    let principals = arguments.principal.iter().map(|(name, token)| {
        secret(&format!("TOKEN_{}", name.to_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_")), token)
    });
    token.chain(headers).chain(principals).collect()
}

/// A seed nobody chose; it is shown, so that the run can be repeated.
fn any_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    // The keys of a new hasher are random. Short enough to type.
    RandomState::new().build_hasher().finish() % 1_000_000_000
}

fn settings(arguments: Arguments, command: String, document: &Document) -> Result<Settings, String> {
    let hints = arguments.hints.as_deref().map_or_else(|| Ok(Hints::default()), Hints::load)?;
    let mut filter = arguments.filter;
    filter.read_files()?;
    let mut base = arguments.url.trim_end_matches('/').to_owned();
    let address = url::Url::parse(&base).map_err(|e| format!("{base}: {e}"))?;
    if matches!(address.path(), "" | "/") {
        base.push_str(&Api::new(document.clone(), &hints).prefix());
    }
    let mut settings = Settings::new(base);
    settings.headers = arguments.header;
    if let Some(token) = arguments.token {
        settings = settings.token(&token);
    }
    let checks = chosen(&Check::ALL, &arguments.checks);
    Ok(Settings {
        principals: arguments.principal,
        filter,
        checks: checks.into_iter().filter(|check| !arguments.exclude_checks.contains(check)).collect(),
        phases: chosen(&Phase::ALL, &arguments.phases),
        max_examples: arguments.max_examples,
        max_failures: arguments.max_failures,
        seed: arguments.seed.unwrap_or_else(any_seed),
        workers: arguments.workers.max(1),
        rate_limit: arguments.rate_limit,
        request_timeout: Duration::try_from_secs_f64(arguments.request_timeout).map_err(|e| e.to_string())?,
        allowed_statuses: arguments.allow_status,
        destructive: arguments.destructive,
        no_shrink: arguments.no_shrink,
        hints,
        command,
        ..settings
    })
}
