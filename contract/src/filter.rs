//! Which operations are tested: Schemathesis' options.

use crate::event::OperationInfo;
use clap::Args;
use regex::Regex;
use std::path::PathBuf;

/// Which operations are tested. All values of one option are alternatives; different options must hold together for
/// `--include-…`, and any `--exclude-…` that fits is enough to leave an operation out.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Filters")]
pub struct Filter {
    /// Test only operations with this tag.
    #[arg(long, value_name = "TAG")]
    pub include_tag: Vec<String>,
    /// Leave out operations with this tag.
    #[arg(long, value_name = "TAG")]
    pub exclude_tag: Vec<String>,
    /// Test only operations of this path.
    #[arg(long, value_name = "PATH")]
    pub include_path: Vec<String>,
    /// Leave out operations of this path.
    #[arg(long, value_name = "PATH")]
    pub exclude_path: Vec<String>,
    /// Test only operations whose path matches.
    #[arg(long, value_name = "REGEX")]
    pub include_path_regex: Vec<Regex>,
    /// Leave out operations whose path matches.
    #[arg(long, value_name = "REGEX")]
    pub exclude_path_regex: Vec<Regex>,
    /// Test only operations with this method.
    #[arg(long, value_name = "METHOD")]
    pub include_method: Vec<String>,
    /// Leave out operations with this method.
    #[arg(long, value_name = "METHOD")]
    pub exclude_method: Vec<String>,
    /// Test only the operation of this `operationId`.
    #[arg(long, value_name = "ID")]
    pub include_operation_id: Vec<String>,
    /// Leave out the operation of this `operationId`.
    #[arg(long, value_name = "ID")]
    pub exclude_operation_id: Vec<String>,
    /// Test only operations whose `operationId` matches.
    #[arg(long, value_name = "REGEX")]
    pub include_operation_id_regex: Vec<Regex>,
    /// Leave out operations whose `operationId` matches.
    #[arg(long, value_name = "REGEX")]
    pub exclude_operation_id_regex: Vec<Regex>,
    /// Leave out the operations whose `operationId`s this file lists, one a line; `#` begins a comment.
    #[arg(long, value_name = "FILE")]
    pub exclude_operation_id_file: Vec<PathBuf>,
}

impl Filter {
    /// Reads the files that are named.
    pub fn read_files(&mut self) -> Result<(), String> {
        for file in std::mem::take(&mut self.exclude_operation_id_file) {
            let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
            let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
            self.exclude_operation_id.extend(lines.filter(|line| !line.is_empty()).map(ToOwned::to_owned));
        }
        Ok(())
    }

    /// Whether an operation is tested.
    pub fn selects(&self, operation: &OperationInfo) -> bool {
        self.includes(operation) && !self.excludes(operation)
    }

    /// Whether an operation is one of those wanted, before any are left out.
    fn includes(&self, operation: &OperationInfo) -> bool {
        let id = operation.id.as_deref().unwrap_or_default();
        let method = |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case(&operation.method));
        let tag = |names: &[String]| names.iter().any(|name| operation.tags.contains(name));
        let any = |regexes: &[Regex], text: &str| regexes.iter().any(|regex| regex.is_match(text));
        let wanted = |given: bool, fits: bool| !given || fits;
        let ids = !self.include_operation_id.is_empty() || !self.include_operation_id_regex.is_empty();
        let paths = !self.include_path.is_empty() || !self.include_path_regex.is_empty();
        wanted(!self.include_tag.is_empty(), tag(&self.include_tag))
            && wanted(!self.include_method.is_empty(), method(&self.include_method))
            && wanted(
                paths,
                self.include_path.contains(&operation.path) || any(&self.include_path_regex, &operation.path),
            )
            && wanted(
                ids,
                self.include_operation_id.iter().any(|i| i == id) || any(&self.include_operation_id_regex, id),
            )
    }

    /// Whether an operation is left out: then nothing is sent to it, not even to make objects for others.
    pub fn excludes(&self, operation: &OperationInfo) -> bool {
        let id = operation.id.as_deref().unwrap_or_default();
        let any = |regexes: &[Regex], text: &str| regexes.iter().any(|regex| regex.is_match(text));
        self.exclude_tag.iter().any(|tag| operation.tags.contains(tag))
            || self.exclude_method.iter().any(|method| method.eq_ignore_ascii_case(&operation.method))
            || self.exclude_path.contains(&operation.path)
            || any(&self.exclude_path_regex, &operation.path)
            || self.exclude_operation_id.iter().any(|i| i == id)
            || any(&self.exclude_operation_id_regex, id)
    }
}
