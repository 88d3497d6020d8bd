//! A second opinion: the crate `drift` compares the same documents, and every change that one of the two reports and the
//! other does not is explained here.
//!
//! The documents are our own contracts. `VESTIBULE_REFERENCE_PAIR` may name a folder with two others, which sort by
//! name; authentik's schemas of 2024.4.2 and 2024.6 pass as well.

use drift::ChangeClass;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};
use vestibule_diff::changes::{self, Change, rules::Class};
use vestibule_spec::Document;

/// What `drift` says, its class, our rule and class for the same.
type Counterpart = (&'static str, ChangeClass, &'static str, &'static [Class]);

const BOTH: [Counterpart; 8] = [
    // Drift calls an operation that an older server does not have forward-incompatible. We call it compatible: it has
    // no callers that could notice.
    ("operation was added", ChangeClass::ForwardIncompatible, "operation-added", &[Class::Compatible]),
    ("operation was removed", ChangeClass::BackwardIncompatible, "operation-removed", &[Class::Breaking]),
    ("optional parameter was added", ChangeClass::ForwardIncompatible, "parameter-added", &[Class::Data]),
    ("parameter was removed", ChangeClass::BackwardIncompatible, "parameter-removed", &[Class::Breaking]),
    // Drift sees that something differs, but not yet what.
    ("string schema changed", ChangeClass::Unhandled, "enum-value-added", &[Class::Breaking, Class::Data]),
    ("object properties changed", ChangeClass::Unhandled, "response-property-added", &[Class::Compatible]),
    ("oneOf schema count changed", ChangeClass::Unhandled, "variant-added", &[Class::Data]),
    ("schema metadata changed", ChangeClass::Trivial, "schema-description-changed", &[Class::Documentation]),
];

/// Rules whose changes drift does not report.
const OURS_ONLY: [&str; 3] = [
    // It compares `nullable` only together with other things.
    "nullable-removed",
    // It does not look at the words of operations, nor at those of the document.
    "operation-description-changed",
    "info-changed",
];

fn documents() -> [Document; 2] {
    let own = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../snapshots/contracts");
    let folder = std::env::var_os("VESTIBULE_REFERENCE_PAIR").map_or_else(own, PathBuf::from);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yml"));
    files.sort();
    [0, 1].map(|index| Document::parse(files[index].to_str().unwrap(), fs::read(&files[index]).unwrap()).unwrap())
}

/// `METHOD /path/` of the place where drift met something, which is the last part of its path.
fn operation(path: &str) -> String {
    let (_, place) = path.rsplit_once("#/paths/").unwrap_or_else(|| panic!("not in an operation: {path}"));
    let mut parts = place.split('/');
    let path = parts.next().unwrap().replace("~1", "/").replace("~0", "~");
    format!("{} {path}", parts.next().unwrap().to_uppercase())
}

/// What drift says without the names in it.
fn kind(message: &str) -> String {
    let words: Vec<&str> = message.split(' ').collect();
    match words.as_slice() {
        ["The", "operation", _, "was", what] => format!("operation was {what}"),
        ["A", "new,", "optional", "parameter", _, "was", "added"] => String::from("optional parameter was added"),
        ["The", "parameter", _, "was", "removed"] => String::from("parameter was removed"),
        _ => message.to_owned(),
    }
}

/// The operations in which drift reports each kind of change.
fn theirs(old: &Document, new: &Document) -> BTreeMap<(String, ChangeClass), BTreeSet<String>> {
    let mut found: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for change in drift::compare(&old.value, &new.value).unwrap() {
        for info in &change.changes {
            let kind = kind(&info.message);
            let operations = change.paths.iter().map(|path| {
                let path = if kind == "operation was added" { &path.new } else { &path.old };
                operation(&path.to_string())
            });
            found.entry((kind.clone(), info.class)).or_default().extend(operations);
        }
    }
    found
}

#[test]
fn drift_reports_the_same_changes() {
    let [old, new] = documents();
    let ours = changes::compare(&old, &new);
    let mut theirs = theirs(&old, &new);
    let operations = |rule: &str| -> BTreeSet<String> {
        ours.iter().filter(|change| change.rule == rule).filter_map(|change| change.operation.clone()).collect()
    };
    for (kind, class, rule, classes) in BOTH {
        let mut reported = theirs.remove(&(kind.to_owned(), class)).unwrap_or_default();
        if kind == "schema metadata changed" {
            // The mapping of a discriminator counts as metadata there; here its new entries belong to the new variants.
            let variants = operations("variant-added");
            reported.retain(|operation| !variants.contains(operation));
        }
        let found = operations(rule);
        assert!(reported.is_subset(&found), "{kind}: only drift reports {:?}", reported.difference(&found));
        // Drift names a schema inside another only for the operation that it met first. So what we report elsewhere must
        // be what we report there, too.
        let messages = |within: &dyn Fn(&str) -> bool| -> BTreeSet<&str> {
            let of_rule = ours.iter().filter(|change| change.rule == rule);
            of_rule
                .filter(|change| within(change.operation.as_deref().unwrap_or_default()))
                .map(|change| &*change.message)
                .collect()
        };
        let (here, elsewhere) = (messages(&|name| reported.contains(name)), messages(&|name| !reported.contains(name)));
        assert!(elsewhere.is_subset(&here), "{kind}: only we report {:?}", elsewhere.difference(&here));
        let other: Vec<&Change> =
            ours.iter().filter(|change| change.rule == rule && !classes.contains(&change.class)).collect();
        assert!(other.is_empty(), "{other:?}");
    }
    assert!(theirs.is_empty(), "only drift reports {theirs:?}");
    let explained = |rule: &str| OURS_ONLY.contains(&rule) || BOTH.iter().any(|(_, _, ours, _)| *ours == rule);
    let unexplained: Vec<&Change> = ours.iter().filter(|change| !explained(change.rule)).collect();
    assert!(unexplained.is_empty(), "only we report {unexplained:?}");
}
