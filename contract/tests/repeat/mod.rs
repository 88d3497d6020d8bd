//! What was found can be seen again: the same seed gives the same requests, and a `curl` line the same answer.

use crate::{
    mutation,
    planted::{self, Fault, Server, TOKEN},
};
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex},
};
use vestibule_contract::{engine, event::Event, load::Document, report::Reporter, settings::Settings};

/// The requests of a run, by phase and operation.
type Requests = BTreeMap<String, Vec<String>>;

#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Requests>>);

impl Reporter for Collector {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Case(case) = event {
            let body = case.request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
            let path = case.request.url.splitn(4, '/').last().unwrap_or_default().to_owned();
            let request = format!("{} {path} {} {}", case.request.method, case.description, body);
            let of = format!("{} {}", case.phase, case.operation.label);
            self.0.lock().unwrap().entry(of).or_default().push(masked(&request));
        }
        Ok(())
    }
}

/// What the server makes up (keys, times) differs from request to request.
fn masked(text: &str) -> String {
    let uuid = regex::Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap();
    let number = regex::Regex::new("(books/|\"book\":)[0-9]+").unwrap();
    let time = regex::Regex::new("\"2024-06-01T[0-9:]{8}Z\"").unwrap();
    let text = uuid.replace_all(text, "KEY");
    time.replace_all(&number.replace_all(&text, "${1}KEY"), "TIME").into_owned()
}

async fn requests(seed: u64) -> Requests {
    let server = Server::start(Fault::None).await;
    let document = Document::parse("library.yml", planted::DOCUMENT).unwrap();
    let settings = Settings { seed, max_examples: 30, ..Settings::new(&server.url).token(TOKEN) };
    let collector = Collector::default();
    engine::run(document, settings, vec![Box::new(collector.clone())]).await.unwrap();
    std::mem::take(&mut *collector.0.lock().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_requests() {
    let (first, second, other) = (requests(7).await, requests(7).await, requests(8).await);
    let sent = first.values().map(Vec::len).sum::<usize>();
    assert!(sent > 2000, "too little was sent: {sent}");
    for (of, requests) in &first {
        assert_eq!(Some(requests), second.get(of), "{of}");
    }
    assert_eq!(first.len(), second.len());
    assert_ne!(first, other);
}

/// Status and body that a `curl` line gets.
fn repeat(line: &str) -> (u16, Vec<u8>) {
    let line = format!("{line} --silent --write-out '%{{stderr}}%{{http_code}}'");
    let output = std::process::Command::new("sh").args(["-c", &line]).output().unwrap();
    let status = String::from_utf8_lossy(&output.stderr).trim().parse();
    (status.unwrap_or_else(|_| panic!("{line}: {output:?}")), output.stdout)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_curl_line_repeats_its_failure() {
    for fault in [
        Fault::CreatedIs200,
        Fault::ForeignProperty,
        Fault::AcceptsEmptyText,
        Fault::AcceptsForeignOrder,
        Fault::RefusesUnicode,
        Fault::CrashOnZero,
        Fault::CrashOnLongText,
        Fault::IgnoresToken,
        Fault::UndocumentedDelete,
    ] {
        let server = Server::start(fault).await;
        let document = Document::parse("library.yml", planted::DOCUMENT).unwrap();
        let mut settings = Settings { seed: 1, max_examples: 20, ..Settings::new(&server.url).token(TOKEN) };
        settings.filter.include_operation_id = vec![fault.operation().to_owned()];
        let failures = mutation::Collector::default();
        engine::run(document, settings, vec![Box::new(failures.clone())]).await.unwrap();
        let found = failures.take();
        let alone = found.iter().find(|failure| failure.history.is_empty() && fault.checks().contains(&failure.check));
        let failure = alone.unwrap_or_else(|| panic!("{fault:?} was not found"));
        let response = failure.case.response.as_ref().unwrap();
        let line = failure.curl.clone();
        let (status, body) = tokio::task::spawn_blocking(move || repeat(&line)).await.unwrap();
        assert_eq!(status, response.status, "{fault:?}: {}", failure.curl);
        assert_eq!(masked(&String::from_utf8_lossy(&body)), masked(&String::from_utf8_lossy(&response.body)));
    }
}
