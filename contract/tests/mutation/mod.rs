//! Does the tool find what is wrong, and nothing else?

use crate::planted::{self, Fault, Server, TOKEN};
use futures::StreamExt;
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashSet},
    fs, io,
    path::Path,
    sync::{Arc, Mutex},
};
use vestibule_contract::{
    check::Check::{EnsureResourceAvailability, UseAfterFree},
    engine,
    event::{Event, Failure, Stats},
    load::Document,
    report::Reporter,
    settings::Settings,
};

/// Keeps the failures of a run.
#[derive(Clone, Default)]
pub(crate) struct Collector(Arc<Mutex<Vec<Arc<Failure>>>>);

impl Collector {
    pub(crate) fn take(&self) -> Vec<Arc<Failure>> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Reporter for Collector {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Failure(failure) = event {
            self.0.lock().unwrap().push(failure.clone());
        }
        Ok(())
    }
}

/// Tests a server with a fault: the figures, and what was found.
async fn test(fault: Fault, seed: u64, change: impl FnOnce(&mut Settings)) -> (Stats, Vec<Arc<Failure>>) {
    let server = Server::start(fault).await;
    let document = Document::parse("library.yml", planted::DOCUMENT).unwrap();
    let mut settings = Settings { seed, ..Settings::new(&server.url).token(TOKEN) };
    change(&mut settings);
    let collector = Collector::default();
    let finished = engine::run(document, settings, vec![Box::new(collector.clone())]).await.unwrap();
    (finished.stats, collector.take())
}

/// A tool that cries wolf proves nothing.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_found_in_the_faithful_twin() {
    for seed in 1..=2 {
        let (stats, failures) = test(Fault::None, seed, |settings| settings.max_examples = 50).await;
        let told: Vec<String> = failures.iter().map(|f| describe(f)).collect();
        assert!(told.is_empty(), "seed {seed}:\n{}", told.join("\n\n"));
        assert_eq!(stats.errors, 0, "every request is answered");
        assert_eq!(stats.operations, 25);
    }
}

fn describe(failure: &Failure) -> String {
    let Failure { check, title, message, curl, .. } = failure;
    format!("{check} in {}: {title}\n{message}\n{}\n{curl}", failure.case.operation.label, failure.case.description)
}

/// Where a fault is, by the contract.
struct Place {
    label: String,
    path: String,
    tag: String,
}

impl Place {
    fn of(fault: Fault) -> Self {
        let document: Value = yaml_serde::from_str(planted::DOCUMENT).unwrap();
        let paths = document["paths"].as_object().unwrap().iter();
        let mut all = paths.flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |(m, o)| (path, m, o)));
        let (path, method, operation) = all.find(|(.., o)| o["operationId"] == fault.operation()).unwrap();
        let tag = operation["tags"][0].as_str().unwrap().to_owned();
        Self { label: format!("{} {path}", method.to_uppercase()), path: path.clone(), tag }
    }
}

/// The failures that say what a fault is, where it is.
async fn hunt(fault: Fault, place: &Place) -> Vec<Arc<Failure>> {
    // One operation is wrong: the others need not be tested, only used. Sequences take the whole family.
    let sequence = fault.checks().iter().all(|check| matches!(check, UseAfterFree | EnsureResourceAvailability));
    let narrow = |settings: &mut Settings| {
        settings.max_examples = 30;
        match sequence {
            true => settings.filter.include_tag = vec![place.tag.clone()],
            false => settings.filter.include_operation_id = vec![fault.operation().to_owned()],
        }
    };
    let (_, mut failures) = test(fault, 1, narrow).await;
    failures.retain(|failure| {
        let mut steps = failure.history.iter().chain([&failure.case]);
        fault.checks().contains(&failure.check) && steps.any(|case| case.operation.path == place.path)
    });
    failures
}

/// Every fault, and the check that found it; `golden/mutation.md` has the table.
#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_found() {
    let at_a_time = std::thread::available_parallelism().map_or(2, usize::from);
    let hunts = futures::stream::iter(Fault::ALL.iter().map(async |fault| {
        let place = Place::of(*fault);
        let found = hunt(*fault, &place).await;
        // Shown with `--nocapture`.
        let told = found.iter().map(|failure| failure.title.as_str()).collect::<Vec<_>>().join("; ");
        println!("{fault:?}: {told}");
        let checks: BTreeSet<&str> = found.iter().map(|failure| failure.check.name()).collect();
        (*fault, place.label, checks.into_iter().collect::<Vec<_>>().join(", "))
    }));
    let results: Vec<_> = hunts.buffered(at_a_time).collect().await;
    let missed: Vec<Fault> =
        results.iter().filter(|(.., checks)| checks.is_empty()).map(|(fault, ..)| *fault).collect();
    assert!(missed.is_empty(), "{} of {} were not found: {missed:?}", missed.len(), results.len());
    let mut table = String::from("| Fault | Operation | Found by |\n|---|---|---|\n");
    for (fault, label, checks) in &results {
        table.push_str(&format!("| {fault:?} | `{label}` | {checks} |\n"));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/mutation.md");
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &table).unwrap();
    }
    assert!(table == fs::read_to_string(&path).unwrap_or_default(), "the table is not as it was:\n{table}");
}

/// A fault in an operation that the contract does not have would prove nothing.
#[test]
fn every_fault_is_in_an_operation_of_the_contract() {
    let document: Value = yaml_serde::from_str(planted::DOCUMENT).unwrap();
    let methods = document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let known: HashSet<&str> = methods.filter_map(|operation| operation["operationId"].as_str()).collect();
    for fault in Fault::ALL {
        assert!(known.contains(fault.operation()), "{fault:?} is in an unknown operation");
        assert!(!fault.checks().is_empty());
    }
}

/// A fault that can be seen by hand is there, and not in the faithful twin.
#[tokio::test]
async fn faults_are_planted() {
    let status = async |fault, body: &'static str| {
        let server = Server::start(fault).await;
        let url = format!("{}/authors/", server.url);
        let request = reqwest::Client::new().post(url).bearer_auth(TOKEN).header("content-type", "application/json");
        request.body(body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(status(Fault::None, r#"{"name": "Ada"}"#).await, 201);
    assert_eq!(status(Fault::CreatedIs200, r#"{"name": "Ada"}"#).await, 200);
    assert_eq!(status(Fault::None, r#"{"name": ""}"#).await, 400);
    assert_eq!(status(Fault::AcceptsEmptyText, r#"{"name": ""}"#).await, 201);
}
