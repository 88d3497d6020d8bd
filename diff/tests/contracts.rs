//! Our own releases: what each changed is on record, and nothing breaks callers without a reason on record.

use insta::Settings;
use std::{fs, path::PathBuf};
use vestibule_diff::{
    allow::AllowList,
    changes::{self, rules::Class},
    notes,
    report::{self, Report},
};
use vestibule_spec::Document;

/// The released contracts in `snapshots/contracts`, oldest first. A release adds its copy of `schema.yml` here.
const RELEASED: [&str; 2] = ["2024.4", "2024.6"];

/// Shows what has changed and accepts it.
const ACCEPT: &str = "To see what changed: git diff schema.yml, or `vestibule diff snapshots/contracts/2024.6.yml schema.yml --format \
                      text`. To accept it: INSTA_UPDATE=always cargo test -p vestibule-diff contracts";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> Document {
    Document::parse(path, fs::read(root().join(path)).unwrap()).unwrap()
}

fn released(version: &str) -> Document {
    read(&format!("snapshots/contracts/{version}.yml"))
}

fn working() -> (Document, Document) {
    (released(RELEASED[RELEASED.len() - 1]), read("schema.yml"))
}

fn check(name: &str, text: &str) {
    let mut settings = Settings::new();
    settings.set_snapshot_path(root().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(ACCEPT);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn changes_between_releases_are_on_record() {
    for pair in RELEASED.windows(2) {
        let notes = notes::markdown(&released(pair[0]), &released(pair[1])).unwrap();
        check(&format!("api_changes_{}_{}", pair[0], pair[1]), &notes);
    }
}

#[test]
fn changes_since_the_last_release_are_on_record() {
    let (old, new) = working();
    let changes = changes::compare(&old, &new);
    let listed = changes.iter().map(|change| (change, None)).collect();
    let report = Report { old: &old.source, new: &new.source, changes: listed };
    check("api_changes_next", &report::text(&report, false));
}

#[test]
fn what_breaks_callers_has_a_reason_on_record() {
    let (old, new) = working();
    let changes = changes::compare(&old, &new);
    let path = root().join("snapshots/accepted_changes.yml");
    let accepted = AllowList::load(path.to_str().unwrap()).unwrap_or_else(|error| panic!("{error}"));
    let verdicts = accepted.judge(&changes).unwrap_or_else(|error| panic!("{error}"));
    let breaking: Vec<String> = changes
        .iter()
        .zip(verdicts)
        .filter(|(change, reason)| change.class == Class::Breaking && reason.is_none())
        .map(|(change, _)| {
            format!("{} {}", change.operation.as_deref().unwrap_or("document"), crate::support::line(change))
        })
        .collect();
    assert!(
        breaking.is_empty(),
        "schema.yml breaks callers of {}: {breaking:#?}. Where that is intended, say why in snapshots/accepted_changes.yml.",
        RELEASED[RELEASED.len() - 1]
    );
}
