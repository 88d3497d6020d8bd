//! What stands beside the code: the README says what is true, and the licences of dependencies fit.

mod licences;

use std::fs;

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
