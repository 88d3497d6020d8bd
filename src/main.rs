//! The command line.

use clap::{Parser, Subcommand};
use rustix::fs::Mode;
use std::{
    io::{self, IsTerminal, Write},
    process::ExitCode,
};
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use vestibule::{
    admin, bootstrap,
    config::{self, Arguments, Config, LogFormat},
    domain::{aside, expression::worker},
    server,
};

/// Requests allocate a few hundred small things, in all threads at once; the system's allocator has them wait for each
/// other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// An identity provider with authentik's admin API in one binary.
///
/// Without any settings, `vestibule serve` listens on 127.0.0.1:9000 and keeps everything in ./data. On the first start
/// it shows the password and the API token of the administrator, once.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 120)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server; creates the database and the default objects when they are not there yet
    Serve(Arguments),
    /// Bring the database up to date, create the default objects if it is new, and exit
    Migrate(Arguments),
    /// Get back in: for whoever has the machine of the server, which may be running meanwhile
    #[command(subcommand)]
    Admin(admin::Command),
    /// Print all settings with their environment variables and defaults, as Markdown
    Config,
    /// Print the OpenAPI document of the API, as YAML
    Schema,
    /// Show what changed between two OpenAPI documents, and whom it breaks
    Diff(vestibule_diff::cli::Arguments),
    /// Test whether a server does what an OpenAPI document says
    ///
    /// Sends requests made from the document, valid ones and invalid ones, and checks what comes back. Objects that
    /// requests refer to are found or made; only objects of the run itself are changed or deleted, but use a server whose
    /// data may be lost. Names of options, checks and phases are those of Schemathesis. Exit status: 0 nothing failed,
    /// 1 something did, 2 it could not be found out.
    Contract(Box<vestibule_contract::cli::Arguments>),
    /// Run expressions for the server that starts this
    #[command(hide = true)]
    ExpressionWorker,
}

fn main() -> ExitCode {
    // Before anything is created: what the server writes, temporary files of SQLite included, is for its own account.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let done = match CommandLine::parse().command {
        Command::Serve(arguments) => configure(&arguments).and_then(|config| block_on(server::serve(config))),
        Command::Migrate(arguments) => configure(&arguments).and_then(|config| block_on(migrate(config))),
        Command::Admin(command) => configure(command.settings())
            .and_then(|config| block_on(admin::run(config, command)))
            .and_then(|done| print(&done)),
        Command::Config => print(&config::markdown()),
        Command::Schema => print(vestibule_api::SCHEMA_YAML),
        // Its exit status says what it found.
        Command::Diff(arguments) => match runtime() {
            Ok(runtime) => return runtime.block_on(vestibule_diff::cli::run(arguments)),
            Err(reason) => Err(reason),
        },
        Command::Contract(arguments) => match runtime() {
            Ok(runtime) => return runtime.block_on(vestibule_contract::cli::run(*arguments)),
            Err(reason) => Err(reason),
        },
        Command::ExpressionWorker => {
            // Expressions may be endless, and those who ask the server for something else do not wait for them.
            aside::lower_priority();
            worker::run(&mut io::stdin().lock(), &mut io::stdout().lock())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            // Standard error may be closed; the exit code still tells.
            let _ = writeln!(io::stderr(), "vestibule: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the settings and starts logging.
fn configure(arguments: &Arguments) -> Result<Config, String> {
    let config = Config::read(arguments, |name| std::env::var(name).ok())
        .map_err(|error| format!("{error} `vestibule config` lists all settings."))?;
    let log = tracing_subscriber::fmt()
        .with_max_level(config.log_level)
        .with_writer(BoxMakeWriter::new(io::stderr))
        .with_ansi(io::stderr().is_terminal());
    match config.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    let exposed: Vec<String> = config.exposed().iter().map(|path| path.display().to_string()).collect();
    if !exposed.is_empty() {
        let close = format!("chmod -R go-rwx {}", exposed.join(" "));
        tracing::warn!(close, "other accounts of this machine have rights to files of the server; close them");
    }
    Ok(config)
}

fn block_on<T>(work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    runtime()?.block_on(work)
}

fn runtime() -> Result<tokio::runtime::Runtime, String> {
    // SQLite runs its short statements in these threads: one more than processors, because they wait for its locks and
    // for the disk now and then. With more still, they wait for each other.
    let threads = 1 + std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .map_err(|error| format!("The threads of the server cannot be started: {error}. Is a process limit too low?"))
}

async fn migrate(config: Config) -> Result<(), String> {
    let app = server::open(config).await?;
    let first = bootstrap::run(&app).await.map_err(|error| error.to_string())?;
    app.db.close().await;
    match first {
        Some(first) => print(&format!("{first}\n")),
        None => print("The database is up to date.\n"),
    }
}

/// Writes to standard output. That nobody reads on (`| head`) is no failure.
fn print(text: &str) -> Result<(), String> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("Nothing can be printed: {error}.")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        CommandLine::command().debug_assert();
        let serve =
            CommandLine::parse_from(["vestibule", "serve", "--listen", ":80", "--data=/srv", "--log-format=json"]);
        let Command::Serve(arguments) = serve.command else { panic!("another command") };
        assert_eq!((arguments.listen.as_deref(), arguments.data.as_deref()), (Some(":80"), Some("/srv")));
    }

    #[test]
    fn every_setting_with_an_argument_has_one() {
        let mut command = CommandLine::command();
        let help = command.find_subcommand_mut("serve").map(|serve| serve.render_long_help().to_string());
        let help = help.unwrap_or_default();
        for setting in config::SETTINGS {
            assert_eq!(help.contains(&format!("--{} ", setting.name)), setting.argument, "{}: {help}", setting.name);
            assert!(!setting.argument || help.contains(&setting.variable()), "{help}");
        }
    }
}
