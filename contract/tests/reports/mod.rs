//! What a run leaves behind, compared with `golden/`, and read by those who will read it.
//!
//! `UPDATE_SNAPSHOTS=1` writes the files anew; look at them then.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path, sync::Arc, time::Duration};
use vestibule_contract::{
    check::{Check, Outcome},
    event::{
        Case, CheckResult, Event, Failure, Kind, OperationInfo, OperationOutcome, Phase, Request, Response, RunStarted,
        Stats, Tally,
    },
    report::{
        self, Format, Reporter, Secret, har::Har, html::Html, junit::Junit, ndjson::Ndjson, progress::Lines,
        redact::Redaction, summary::Summary, vcr::Vcr,
    },
};

/// What must not be in any report. The first is given on the command line; the others only sound like secrets.
const SECRETS: [&str; 4] = ["open-sesame", "cookie-monster", "url-password", "query-token"];

/// A moment of the run.
fn at(milliseconds: i64) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2024-06-01T12:00:00Z").unwrap().to_utc() + TimeDelta::milliseconds(milliseconds)
}

fn operation(method: &str, path: &str, tag: &str) -> Arc<OperationInfo> {
    Arc::new(OperationInfo {
        label: format!("{method} {path}"),
        id: None,
        method: method.into(),
        path: path.into(),
        tags: vec![tag.into()],
    })
}

fn headers(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

fn case(id: u64, operation: &Arc<OperationInfo>, phase: Phase, description: &str, path: &str) -> Case {
    Case {
        id,
        operation: operation.clone(),
        phase,
        description: description.into(),
        kind: Kind::Positive,
        request: Request {
            method: operation.method.clone(),
            url: format!("http://user:url-password@localhost:9000{path}"),
            headers: headers(&[("Authorization", "Bearer open-sesame"), ("Cookie", "session=cookie-monster")]),
            body: None,
        },
        response: Err("the server did not answer in 10 s".into()),
        started: at(id as i64 * 4000),
        checks: Vec::new(),
    }
}

fn response(status: u16, media: &str, body: &[u8]) -> Result<Response, String> {
    let headers = headers(&[
        ("content-type", media),
        ("Set-Cookie", "session=cookie-monster; Path=/; HttpOnly"),
        ("vary", "Accept"),
        ("vary", "Origin"),
    ]);
    Ok(Response {
        status,
        version: "HTTP/1.1".into(),
        headers,
        body: body.into(),
        elapsed: Duration::from_micros(12_500),
    })
}

fn checked(check: Check, outcome: Outcome) -> CheckResult {
    CheckResult { check, outcome }
}

/// A run with everything that can happen in it.
fn events() -> Vec<Event> {
    let list = operation("GET", "/books/", "books");
    let create = operation("POST", "/books/", "books");
    let retrieve = operation("GET", "/books/{id}/", "books");
    let cover = operation("POST", "/books/{id}/cover/", "books");
    let status = operation("GET", "/status/", "status");
    let passed = |check| checked(check, Outcome::Passed);
    let failed = |check, title: &str, message: &str| {
        checked(check, Outcome::Failed { title: title.into(), message: message.into() })
    };

    let mut fine =
        case(1, &list, Phase::Coverage, "page_size, the maximum", "/books/?page_size=100&token=query-token&q=%C3%A4");
    fine.response = response(200, "application/json", "{\"results\": [], \"note\": \"grün\\nopen-sesame\"}".as_bytes());
    fine.checks = vec![passed(Check::NotAServerError), passed(Check::ResponseSchemaConformance)];

    // Whatever a server says, it stays text.
    let hostile =
        "\u{85}\u{feff}12:30:45<script>alert('é')</script> ]]> & \u{0}\u{1b}[31m \u{1f600} \"quoted\"\r\n- yaml: {{x}}";
    let mut broken = case(2, &create, Phase::Coverage, "title, one character more than maxLength", "/books/");
    broken.kind = Kind::Negative;
    broken.request.headers.push(("Content-Type".into(), "application/json".into()));
    broken.request.body = Some(json!({ "title": "it's <b>", "pages": 1 }).to_string().into_bytes());
    broken.response = response(500, "text/html; charset=utf-8", hostile.as_bytes());
    broken.checks = vec![
        failed(Check::NotAServerError, "Server error", "The server answered 500."),
        checked(Check::NegativeDataRejection, Outcome::Inconclusive("the server failed".into())),
    ];

    let lost = case(3, &status, Phase::Fuzzing, "random data", "/status/");

    let mut upload = case(4, &cover, Phase::Fuzzing, "random data", "/books/7/cover/");
    upload.request.headers.push(("Content-Type".into(), "image/png".into()));
    upload.request.body = Some(b"\x89PNG\r\n\x00'".to_vec());
    upload.response = response(200, "application/octet-stream", b"\x00\xff\xfe");
    upload.checks = vec![passed(Check::NotAServerError)];

    let mut made = case(5, &create, Phase::Stateful, "create", "/books/");
    made.request.headers.push(("Content-Type".into(), "application/json".into()));
    made.request.body = Some(b"{\"title\":\"a\"}".to_vec());
    made.response = response(201, "application/json", b"{\"id\":8}");
    made.checks = vec![passed(Check::NotAServerError)];
    let mut missing = case(6, &retrieve, Phase::Stateful, "retrieve what was created", "/books/8/");
    missing.response = response(404, "application/json", b"{\"detail\":\"Not found.\"}");
    missing.checks = vec![failed(
        Check::EnsureResourceAvailability,
        "Created and not there",
        "POST /books/ answered 201.\nThen GET answered 404.",
    )];

    let [fine, broken, lost, upload, made, missing] = [fine, broken, lost, upload, made, missing].map(Arc::new);
    let failure = |number, check, title: &str, message: &str, case: &Arc<Case>, history: Vec<Arc<Case>>| {
        let (title, message, case) = (title.into(), message.into(), case.clone());
        Event::Failure(Arc::new(Failure {
            number,
            check,
            title,
            message,
            case,
            history,
            curl: String::new(),
            seed: 42,
        }))
    };
    let finished =
        |phase, operation: &Arc<OperationInfo>, cases, failures, skipped: Option<&str>| Event::OperationFinished {
            phase,
            operation: operation.clone(),
            outcome: OperationOutcome {
                cases,
                checks: cases * 2,
                failures,
                skipped: skipped.map(Into::into),
                elapsed: Duration::from_millis(1500),
            },
        };
    let tally = |passed, failed, inconclusive| Tally { passed, failed, inconclusive };
    let started = RunStarted {
        schema: "http://localhost:9000/schema.yml?token=query-token".into(),
        title: "Library <1>".into(),
        version: "1.0.0".into(),
        base: "http://user:url-password@localhost:9000".into(),
        seed: 42,
        operations: [&list, &create, &retrieve, &cover, &status].map(Clone::clone).into(),
        operations_in_schema: 21,
        checks: Check::ALL.into(),
        phases: vec![Phase::Coverage, Phase::Fuzzing, Phase::Stateful],
        workers: 2,
        started: at(0),
        command:
            "vestibule contract --schema library.yml --url http://user:url-password@localhost:9000 --token open-sesame"
                .into(),
    };
    vec![
        Event::RunStarted(started),
        Event::PhaseStarted(Phase::Coverage),
        Event::OperationStarted { phase: Phase::Coverage, operation: list.clone() },
        Event::Case(fine),
        finished(Phase::Coverage, &list, 1, 0, None),
        Event::OperationStarted { phase: Phase::Coverage, operation: create.clone() },
        Event::Case(broken.clone()),
        failure(1, Check::NotAServerError, "Server error", "The server answered 500.", &broken, Vec::new()),
        finished(Phase::Coverage, &create, 1, 1, None),
        Event::PhaseFinished(Phase::Coverage),
        Event::PhaseStarted(Phase::Fuzzing),
        Event::Case(lost),
        Event::Case(upload),
        finished(Phase::Fuzzing, &cover, 1, 0, None),
        finished(Phase::Fuzzing, &status, 1, 0, Some("no references: a book, and open-sesame")),
        Event::PhaseFinished(Phase::Fuzzing),
        Event::Note("the schema notes no permissions".into()),
        Event::PhaseStarted(Phase::Stateful),
        Event::Case(made.clone()),
        Event::Case(missing.clone()),
        failure(
            2,
            Check::EnsureResourceAvailability,
            "Created and not there",
            "POST /books/ answered 201.\nThen GET answered 404.",
            &missing,
            vec![made],
        ),
        finished(Phase::Stateful, &create, 2, 1, None),
        Event::Interrupted,
        Event::PhaseFinished(Phase::Stateful),
        Event::RunFinished(Stats {
            operations: 5,
            cases: 12_345,
            checks: 67_890,
            failures: 2,
            errors: 1,
            by_check: BTreeMap::from([
                (Check::NotAServerError, tally(12_343, 1, 0)),
                (Check::ResponseSchemaConformance, tally(9_000, 0, 0)),
                (Check::NegativeDataRejection, tally(4_000, 0, 17)),
                (Check::EnsureResourceAvailability, tally(0, 1, 0)),
            ]),
            by_operation: BTreeMap::from([
                ("GET /books/".into(), tally(12_000, 0, 0)),
                ("POST /books/".into(), tally(343, 1, 1)),
                ("GET /books/{id}/".into(), tally(0, 1, 0)),
            ]),
            elapsed: Duration::from_millis(83_400),
        }),
    ]
}

fn redaction() -> Redaction {
    Redaction::new(vec![Secret { name: "TOKEN".into(), value: SECRETS[0].into() }])
}

/// What a reporter makes of the run.
fn tell(mut reporter: impl Reporter) {
    for event in events() {
        reporter.event(&event).unwrap();
    }
}

/// A report as text, compared with what it was.
fn golden(name: &str, write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut written = Vec::new();
    write(&mut written);
    let text = String::from_utf8(written).unwrap();
    for secret in SECRETS {
        assert!(!text.contains(secret), "{name} tells {secret}");
        assert!(!text.contains(&STANDARD.encode(secret)), "{name} tells {secret}");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(text == expected, "{name} is not as it was; UPDATE_SNAPSHOTS=1 writes it anew");
    text
}

#[test]
fn junit_has_a_test_case_for_each_operation() {
    let text = golden("junit.xml", |out| tell(Junit::new(out, redaction())));
    let document = roxmltree::Document::parse(&text).unwrap();
    let suites = document.root_element();
    assert_eq!(
        (suites.attribute("tests"), suites.attribute("failures"), suites.attribute("errors")),
        (Some("5"), Some("2"), Some("1"))
    );
    let cases: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    let outcome = |name: &str| {
        let case = cases.iter().find(|case| case.attribute("name") == Some(name)).unwrap();
        case.children().find(|node| node.is_element()).map_or("success", |node| node.tag_name().name()).to_owned()
    };
    assert_eq!(outcome("GET /books/"), "success");
    assert_eq!(outcome("POST /books/"), "failure");
    assert_eq!(outcome("GET /books/{id}/"), "failure");
    assert_eq!(outcome("GET /status/"), "error");
}

#[test]
fn a_cassette_is_read_back() {
    let text = golden("vcr.yaml", |out| tell(Vcr::new(out, redaction(), false)));
    let cassette: Value = yaml_serde::from_str(&text).unwrap();
    let interactions = cassette["http_interactions"].as_array().unwrap();
    assert_eq!(interactions.len(), 6);
    let body = interactions[1]["response"]["body"]["string"].as_str().unwrap();
    assert!(body.starts_with("\u{85}\u{feff}12:30:45<script>") && body.ends_with("\r\n- yaml: {{x}}"), "{body:?}");
    assert_eq!(interactions[1]["response"]["status"]["code"], "500");
    assert_eq!(interactions[2]["response"], Value::Null);

    let mut exact = Vec::new();
    tell(Vcr::new(&mut exact, redaction(), true));
    let cassette: Value = yaml_serde::from_slice(&exact).unwrap();
    let body = cassette["http_interactions"][3]["response"]["body"]["base64_string"].as_str().unwrap();
    assert_eq!(STANDARD.decode(body).unwrap(), b"\x00\xff\xfe");
}

#[test]
fn har_has_what_the_format_requires() {
    let text = golden("har.json", |out| tell(Har::new(out, redaction(), false)));
    let har: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(har["log"]["version"], "1.2");
    let entries = har["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 6);
    for entry in entries {
        for (part, keys) in [
            (
                "request",
                &["method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"][..],
            ),
            (
                "response",
                &[
                    "status",
                    "statusText",
                    "httpVersion",
                    "cookies",
                    "headers",
                    "content",
                    "redirectURL",
                    "headersSize",
                    "bodySize",
                ],
            ),
            ("timings", &["send", "wait", "receive"]),
        ] {
            for key in keys {
                assert!(!entry[part][key].is_null(), "{part}.{key} is missing in {entry}");
            }
        }
        assert!(entry["startedDateTime"].is_string() && entry["time"].is_number() && entry["cache"].is_object());
    }
    assert_eq!(entries[3]["response"]["content"]["encoding"], "base64");
    assert_eq!(entries[0]["request"]["queryString"][2], json!({ "name": "q", "value": "ä" }));
}

#[test]
fn every_line_of_ndjson_is_an_event() {
    let text = golden("events.ndjson", |out| tell(Ndjson::new(out, redaction())));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&String> = lines.iter().flat_map(|line| line.as_object().unwrap().keys()).collect();
    assert_eq!(names.len(), lines.len());
    assert_eq!((names[0].as_str(), names[names.len() - 1].as_str()), ("Initialize", "EngineFinished"));
}

#[test]
fn the_page_needs_nothing_else_and_escapes_everything() {
    let text = golden("page.html", |out| tell(Html::new(out, redaction())));
    assert!(text.starts_with("<!DOCTYPE html>") && text.ends_with("</html>"));
    for external in ["src=", "href=", "url(", "@import", "<link", "<img", "<iframe"] {
        assert!(!text.contains(external), "{external} refers to something else");
    }
    // Ours is the only script.
    assert_eq!(text.matches("<script").count(), 1);
    assert!(text.contains("&lt;script&gt;alert"));
    assert!(text.contains("Library &lt;1&gt;"));
}

#[test]
fn logs_get_lines_and_a_summary() {
    golden("progress.txt", |out| tell(Lines::new(out, redaction())));
    let reports = || vec![(Format::Junit, "report/junit.xml".into())];
    let text = golden("summary.txt", |out| tell(Summary::new(out, redaction(), false, reports())));
    assert!(!text.contains("\u{1b}[32m"));
    let mut coloured = Vec::new();
    tell(Summary::new(&mut coloured, redaction(), true, reports()));
    assert!(String::from_utf8(coloured).unwrap().contains("\u{1b}[31m"));
}

#[test]
fn nothing_is_redacted_on_demand() {
    let mut written = Vec::new();
    tell(Ndjson::new(&mut written, Redaction::off()));
    let text = String::from_utf8(written).unwrap();
    assert!(text.contains("Bearer open-sesame") && text.contains("query-token") && text.contains("url-password"));
}

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    reports: report::Arguments,
}

#[test]
fn files_are_where_the_command_line_wants_them() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("a/b/own.xml");
    let command = Command::try_parse_from([
        "contract",
        "--report",
        "har,html",
        "--report-dir",
        folder.path().to_str().unwrap(),
        "--report-junit-path",
        own.to_str().unwrap(),
    ]);
    let arguments = command.unwrap().reports;
    // Bars and the summary are for people, and would be in the way of the test's own output.
    drop(report::make(&arguments, Vec::new(), at(0)).unwrap());
    let mut files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["a", "har-20240601T120000Z.json", "html-20240601T120000Z.html"]);
    assert!(own.exists());

    let command = Command::try_parse_from(["contract", "--report-vcr-path", own.join("no").to_str().unwrap()]).unwrap();
    let error = report::make(&command.reports, Vec::new(), at(0)).err().unwrap();
    assert!(error.to_string().starts_with("cannot write "), "{error}");
}
