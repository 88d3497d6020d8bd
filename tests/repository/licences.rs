//! The licences of what is linked, and of what would be linked elsewhere, fit.

use super::ROOT;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

/// What we ship for.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// The licences of packages that only other platforms need.
const ELSEWHERE: &str = "snapshots/licences_elsewhere.txt";

/// Licences that may be in the binary. Each has its duties; none makes others share their code, beyond MPL's files.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Of every package, by name and version, the licence that it says. With no platform, of those for any.
///
/// Not `--offline`: a build for one package of the workspace leaves the dependencies of others to be fetched. Once all are
/// there, cargo asks nobody.
fn licences(platform: Option<&str>) -> BTreeMap<String, String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--locked", "--manifest-path"]).arg(format!("{ROOT}/Cargo.toml"));
    if let Some(platform) = platform {
        // Without, cargo wants the sources of all platforms, of which a build fetches only its own.
        cargo.args(["--filter-platform", platform]);
    }
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .map(|package| (format!("{} {}", text(&package["name"]), text(&package["version"])), text(&package["license"])))
        .collect()
}

/// The packages of `Cargo.lock`, by name and version.
fn locked() -> BTreeSet<String> {
    let lock = fs::read_to_string(format!("{ROOT}/Cargo.lock")).unwrap();
    let value = |package: &str, key: &str| {
        let (_, rest) = package.split_once(&format!("\n{key} = \"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let packages = lock.split("[[package]]").skip(1);
    packages.map(|package| format!("{} {}", value(package, "name"), value(package, "version"))).collect()
}

fn refused(licences: &BTreeMap<String, String>) -> Vec<(&String, &String)> {
    licences.iter().filter(|(_, expression)| !fits(&expression.replace('/', " OR "))).collect()
}

/// Needs no network, unlike an advisory database; enough to notice the day a dependency comes under another licence.
#[test]
fn dependencies_have_licences_that_may_be_linked() {
    let here = licences(Some(PLATFORM));
    assert_eq!(refused(&here), []);

    // Nobody has the sources of the other packages at hand. What they said is on record, version by version.
    let elsewhere: BTreeSet<String> = locked().into_iter().filter(|package| !here.contains_key(package)).collect();
    let path = format!("{ROOT}/{ELSEWHERE}");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        let all = licences(None);
        let lines = elsewhere.iter().map(|package| format!("{package}: {}\n", all[package]));
        fs::write(&path, lines.collect::<String>()).unwrap();
    }
    let recorded = fs::read_to_string(path).unwrap();
    let recorded = recorded.lines().map(|line| line.split_once(": ").unwrap());
    let recorded: BTreeMap<String, String> =
        recorded.map(|(package, licence)| (package.to_owned(), licence.to_owned())).collect();
    assert!(
        recorded.keys().eq(&elsewhere),
        "{ELSEWHERE} does not fit Cargo.lock: {:?}. To write it: UPDATE_SNAPSHOTS=1 cargo test --test main repository \
         -- --test-threads 1",
        recorded.keys().cloned().collect::<BTreeSet<_>>().symmetric_difference(&elsewhere).collect::<Vec<_>>()
    );
    assert_eq!(refused(&recorded), []);
}

/// Whether an SPDX expression leaves a choice that is allowed.
fn fits(expression: &str) -> bool {
    let tokens: Vec<String> =
        expression.replace('(', " ( ").replace(')', " ) ").split_whitespace().map(str::to_owned).collect();
    let mut place = 0;
    let result = any(&tokens, &mut place);
    result && place == tokens.len()
}

fn any(tokens: &[String], place: &mut usize) -> bool {
    let mut result = all(tokens, place);
    while tokens.get(*place).is_some_and(|t| t == "OR") {
        *place += 1;
        result |= all(tokens, place);
    }
    result
}

fn all(tokens: &[String], place: &mut usize) -> bool {
    let mut result = one(tokens, place);
    while tokens.get(*place).is_some_and(|t| t == "AND") {
        *place += 1;
        result &= one(tokens, place);
    }
    result
}

fn one(tokens: &[String], place: &mut usize) -> bool {
    let token = tokens.get(*place).map(String::as_str);
    *place += 1;
    match token {
        Some("(") => {
            let result = any(tokens, place);
            *place += 1;
            result
        }
        Some(licence) => {
            // An exception only permits more.
            if tokens.get(*place).is_some_and(|t| t == "WITH") {
                *place += 2;
            }
            LICENCES.contains(&licence)
        }
        None => false,
    }
}

#[test]
fn licence_expressions_are_read() {
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("GPL-2.0 OR Apache-2.0 WITH LLVM-exception", true),
        ("(GPL-3.0 AND MIT) OR AGPL-3.0", false),
        ("", false),
    ] {
        assert_eq!(fits(expression), expected, "{expression}");
    }
}
