//! What a reviewer reads first: one line an operation, and the operations that are not built yet.

use crate::support::on_sqlite;
use reqwest::Method;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::PathBuf,
};
use vestibule_api::{OPERATIONS, Operation, Permission};

/// Set to 1, it makes the tests write what they would compare.
const ACCEPT: &str = "UPDATE_SNAPSHOTS=1 cargo test --test main snapshots";

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(name)
}

fn accepting() -> bool {
    std::env::var_os("UPDATE_SNAPSHOTS").is_some()
}

/// The operations without handler, which are answered with 501 by the dispatcher.
pub(crate) fn unrouted() -> BTreeSet<&'static str> {
    let built: BTreeSet<&str> = vestibule::api::routes().iter().map(|route| route.operation.id).collect();
    // The dispatcher does not answer the schema itself.
    OPERATIONS.iter().map(|o| o.id).filter(|id| !built.contains(id) && *id != "schema_retrieve").collect()
}

/// All operations that answer 501, those included whose handler does so after its checks.
pub(crate) fn not_implemented() -> BTreeSet<&'static str> {
    unrouted().into_iter().chain(vestibule::api::UNFINISHED.iter().copied()).collect()
}

/// Who may call an operation, in the words of `x-permission`.
fn permission(operation: &Operation) -> String {
    match operation.permission {
        Permission::Anonymous => "anonymous".to_owned(),
        Permission::Authenticated => "authenticated".to_owned(),
        Permission::Superuser => "superuser".to_owned(),
        Permission::Model(all) => all.join(" "),
    }
}

#[test]
fn operations_are_as_reviewed() {
    let mut tags: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for operation in OPERATIONS.iter() {
        let Operation { id, method, path, .. } = operation;
        let line = format!("{:6} {path}  {id}  {}", method.as_str(), permission(operation));
        tags.entry(operation.tag).or_default().push(line);
    }
    let mut text = String::new();
    for (tag, lines) in tags {
        let _ = writeln!(text, "# {tag}\n\n{}\n", lines.join("\n"));
    }
    as_reviewed("operations.txt", &format!("{}\n", text.trim_end()));
}

#[test]
fn what_is_beside_the_admin_api_is_as_reviewed() {
    on_sqlite(async |app| {
        let specification = app.anonymous().beside(Method::GET, "/-/openapi.json").await.expect(200);
        let mut text = String::new();
        for (path, item) in specification["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let keys = |value: &Value| value.as_object().into_iter().flatten().map(|(k, _)| k.clone()).collect();
                let statuses: Vec<String> = keys(&operation["responses"]);
                let security: Vec<String> = keys(&operation["security"][0]);
                let id = operation["operationId"].as_str().unwrap();
                let who = if security.is_empty() { "anonymous" } else { &security.join(" ") };
                let _ = writeln!(text, "{:6} {path}  {id}  {who}  {}", method.to_uppercase(), statuses.join(" "));
            }
        }
        as_reviewed("beside.txt", &text);
    });
}

fn as_reviewed(name: &str, text: &str) {
    if accepting() {
        std::fs::write(path(name), text).unwrap();
    }
    let stored = std::fs::read_to_string(path(name)).unwrap_or_default();
    let changed: Vec<&str> = text.lines().filter(|line| !stored.lines().any(|s| s == *line)).collect();
    let gone: Vec<&str> = stored.lines().filter(|line| !text.lines().any(|t| t == *line)).collect();
    assert!(text == stored, "{name} has changed. New: {changed:#?}, gone: {gone:#?}. To accept: {ACCEPT}");
}

#[test]
fn what_is_not_implemented_becomes_less() {
    let file = path("not_implemented.txt");
    let now = not_implemented();
    let stored = std::fs::read_to_string(&file).unwrap_or_default();
    let before: BTreeSet<&str> = stored.lines().collect();
    let lost: Vec<_> = now.difference(&before).collect();
    assert!(
        lost.is_empty() || !file.exists(),
        "Operations that answer 501 and are not in snapshots/not_implemented.txt: {lost:#?}. The list may only become \
         shorter. Register their family in src/api/mod.rs; if a new release of the contract added them, add them by hand."
    );
    if accepting() {
        std::fs::write(&file, now.iter().map(|id| format!("{id}\n")).collect::<String>()).unwrap();
        return;
    }
    let built: Vec<_> = before.difference(&now).collect();
    assert!(built.is_empty(), "Now answered, so not to be listed any more: {built:#?}. To accept: {ACCEPT}");
}
