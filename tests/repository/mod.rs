//! What stands beside the code: the README says what is true, and the licences of dependencies fit.

use std::{collections::BTreeSet, fs, process::Command};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Puts `content` between two marks of the README. It is a fault unless it was there, or is being accepted.
fn readme(begin: &str, end: &str, content: &str) {
    let path = format!("{ROOT}/README.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(begin).unwrap();
    let (stands, after) = rest.split_once(end).unwrap();
    if stands == content {
        return;
    }
    assert!(
        std::env::var_os("UPDATE_SNAPSHOTS").is_some(),
        "README.md is out of date after {begin}. To accept: UPDATE_SNAPSHOTS=1 cargo test --test main repository \
         -- --test-threads 1"
    );
    fs::write(path, format!("{before}{begin}{content}{end}{after}")).unwrap();
}

#[test]
fn the_readme_has_the_settings_and_counts_of_the_code() {
    let table = vestibule::config::markdown();
    readme("<!-- configuration -->\n", "<!-- /configuration -->", &table);
    readme("<!-- operations -->", "<!-- -->", &vestibule_api::OPERATIONS.len().to_string());
    let unbuilt = crate::contract::snapshots::not_implemented().len();
    readme("<!-- not implemented -->", "<!-- -->", &unbuilt.to_string());
}

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

/// Offline, unlike an advisory database; enough to notice the day a dependency comes under another licence.
#[test]
fn dependencies_have_licences_that_may_be_linked() {
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--manifest-path"])
        .arg(format!("{ROOT}/Cargo.toml"))
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&cargo.stdout).unwrap();
    let mut refused = BTreeSet::new();
    for package in metadata["packages"].as_array().unwrap() {
        let expression = package["license"].as_str().unwrap_or_default();
        if !fits(&expression.replace('/', " OR ")) {
            refused.insert(format!("{}: {expression:?}", package["name"]));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
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
