//! The same seed gives the same requests.

use crate::planted::{self, Fault, Server, TOKEN};
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

/// What the server makes up (keys) differs from run to run.
fn masked(request: &str) -> String {
    let uuid = regex::Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap();
    let number = regex::Regex::new("(books/|\"book\":)[0-9]+").unwrap();
    number.replace_all(&uuid.replace_all(request, "KEY"), "${1}KEY").into_owned()
}

async fn requests(seed: u64) -> Requests {
    let server = Server::start(Fault::None).await;
    let document = Document::parse("library.yml", planted::DOCUMENT).unwrap();
    let settings = Settings { seed, max_examples: 20, ..Settings::new(&server.url).token(TOKEN) };
    let collector = Collector::default();
    engine::run(document, settings, vec![Box::new(collector.clone())]).await.unwrap();
    std::mem::take(&mut *collector.0.lock().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_requests() {
    let (first, second, other) = (requests(7).await, requests(7).await, requests(8).await);
    let sent = first.values().map(Vec::len).sum::<usize>();
    assert!(sent > 500, "too little was sent: {sent}");
    for (of, requests) in &first {
        assert_eq!(Some(requests), second.get(of), "{of}");
    }
    assert_eq!(first.len(), second.len());
    assert_ne!(first, other);
}
