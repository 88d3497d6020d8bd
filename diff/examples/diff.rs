//! `vestibule diff` without the rest of vestibule, which builds in seconds.

use clap::Parser;
use std::process::ExitCode;
use vestibule_diff::cli::{Arguments, run};

/// Compares two OpenAPI documents.
#[derive(Parser)]
#[command(name = "diff")]
struct CommandLine {
    #[command(flatten)]
    arguments: Arguments,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run(CommandLine::parse().arguments).await
}
