//! Small documents and what is generated from them, compared exactly.
//!
//! `ACCEPT_GOLDEN=1 cargo test -p vestibule-codegen --test output` writes what is generated now; then read the diff.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests say what they expect by failing")]

use std::{env, fs, path::Path};
use vestibule_codegen::{Spec, api, models};

#[test]
fn output_is_as_accepted() {
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yml") {
            compare(&path);
        }
    }
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden"))
}

fn compare(document: &Path) {
    let name = document.file_stem().unwrap().to_str().unwrap();
    let compiled = include_str!("golden.rs").lines().find(|line| line.starts_with("golden!(")).unwrap();
    assert!(compiled.contains(name), "{name} is not compiled by golden.rs");
    let spec = Spec::read(document).unwrap();
    for (kind, code) in [("models", models(&spec).unwrap()), ("api", api(&spec).unwrap())] {
        let file = folder().join(format!("{name}.{kind}.rs"));
        if env::var_os("ACCEPT_GOLDEN").is_some() {
            fs::write(&file, &code).unwrap();
        }
        let accepted = fs::read_to_string(&file).unwrap_or_default();
        let line = accepted.lines().zip(code.lines()).position(|(old, new)| old != new);
        let line = line.unwrap_or(accepted.lines().count().min(code.lines().count())) + 1;
        assert!(accepted == code, "{} differs from line {line}:\n{}", file.display(), context(&code, line));
    }
}

fn context(code: &str, line: usize) -> String {
    code.lines().skip(line.saturating_sub(3)).take(8).collect::<Vec<_>>().join("\n")
}

#[test]
fn only_text_without_limits_can_be_sent_in_another_form() {
    let document = fs::read_to_string(folder().join("sibling.yml")).unwrap();
    let limited = document.replace("type: string, x-also", "type: string, maxLength: 9, x-also");
    assert_ne!(limited, document);
    let error = api(&Spec::parse(&limited).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "OAuth2ProviderRequest.redirect_uris: x-also needs text without limits");
}
