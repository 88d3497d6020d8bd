//! Bytes from outside, made up at random, for everything that reads them: nothing panics, what is read keeps within its
//! limits, and every answer is one that the contract knows.
//!
//! The same inputs in every run, unless `FUZZ=n` asks for others, and n times as many.

use crate::support::{TestApp, for_each_database};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::Value;
use std::env;
use uuid::Uuid;
use vestibule::{
    api::attributes::AttributeFilter,
    domain::{
        certificate::{self, Algorithm},
        duration, host, mail, redirect_uri,
        work::{Party, Work},
        xml, yaml,
    },
    server::json,
};
use vestibule_api::{
    Query,
    limits::{FILTER_VALUES, SEARCH_WORDS},
};

/// How many inputs a parser gets that is called directly, and one behind HTTP.
const CALLS: u32 = 2_000;
const REQUESTS: u32 = 150;

/// Makes inputs.
fn runner(cases: u32) -> TestRunner {
    let times: Option<u32> = env::var("FUZZ").ok().and_then(|times| times.parse().ok());
    let config = Config { cases: cases * times.unwrap_or(1), failure_persistence: None, ..Config::default() };
    match times {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    }
}

/// Calls a parser with many inputs.
fn call<S: Strategy>(inputs: &S, parse: impl Fn(S::Value)) {
    let checked = runner(CALLS).run(inputs, |input| {
        parse(input);
        Ok(())
    });
    checked.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Some inputs.
fn made<S: Strategy>(inputs: &S) -> Vec<S::Value> {
    let mut runner = runner(REQUESTS);
    (0..runner.config().cases).map(|_| inputs.new_tree(&mut runner).unwrap().current()).collect()
}

/// Words of a language, which `¦` parts, one after the other, some of them very often, and now and then something else.
fn soup(words: &'static str) -> impl Strategy<Value = String> {
    let words: Vec<&str> = words.split('¦').collect();
    let word = prop_oneof![20 => select(words).prop_map(str::to_owned), 1 => any::<String>(), 1 => "[a-z0-9]{1,9}"];
    let times = prop_oneof![20 => Just(1_usize), 1 => 2_usize..300, 1 => Just(3_000)];
    let repeated = (word, times).prop_map(|(word, times)| if word.len() < 20 { word.repeat(times) } else { word });
    vec(repeated, 0..40).prop_map(|words| words.concat())
}

const YAML: &str = concat!(
    "[¦]¦{¦}¦, ¦: ¦- ¦? ¦\n¦\n  ¦\n    ¦\"¦'¦# ¦&a ¦*a¦*a, ¦!T ¦!<x> ¦!KeyOf ¦!Context ¦!Format ¦!Find ¦",
    "!If ¦!Condition ¦!Env ¦%s¦|\n¦>-\n¦~¦1.5¦.inf¦0x1f¦true¦<<: ¦---\n¦...\n¦%YAML 1.2\n¦\t¦",
    "version: 1\n¦context: ¦entries:\n¦- model: ¦authentik_flows.flow¦\n  identifiers: {slug: f}¦",
    "\n  attrs: ¦{name: F, title: T, designation: enrollment}¦\n  state: ¦absent¦created¦\n  id: a¦",
    "\n  conditions: [¦AND¦OR",
);

const XML: &str = concat!(
    "<¦>¦</¦/>¦<a¦<a>¦</a>¦ b='c'¦ xmlns:x='y'¦ x:z=\"1\"¦<!--¦-->¦<![CDATA[¦]]>¦<?x ¦?>¦&amp;¦&#0;¦",
    "&#x10ffff;¦<!DOCTYPE a [¦<!ENTITY e \"e\">¦&e;¦]>¦\"¦'¦=¦",
    "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"x\">¦",
    "<md:SPSSODescriptor>¦<md:AssertionConsumerService Location=\"http://sp\"/>¦",
    "</md:SPSSODescriptor></md:EntityDescriptor>¦",
    "<ds:X509Certificate xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">¦MIIB¦</ds:X509Certificate>",
);

const JSON: &str = concat!(
    "[¦]¦{¦}¦,¦:¦\"a\"¦\"a\":¦\"name\":¦\"attributes\":¦\"users\":¦null¦true¦1¦-¦1e999¦0.1¦\"\\u0000\"¦",
    "\"\\ud800\"¦\"¦\\¦ ¦\n¦[[¦]]¦{\"a\":¦99999999999999999999",
);

const FORMS: &str = concat!(
    "--x¦--x--¦\r\n¦\r\n\r\n¦Content-Disposition: form-data; ¦name=\"file\"¦; filename=\"a\"¦",
    "name=\"clear\"¦Content-Type: text/yaml¦Content-Transfer-Encoding: base64¦true¦\0¦:¦\n¦version: 1",
);

const TEXTS: &str = concat!(
    "https://¦a.test¦/¦.*¦(¦)¦[¦]¦{9}¦{1000}¦\\w¦\\p{L}¦*¦+¦?¦|¦^¦$¦\n¦ ¦javascript:¦data:¦#¦@¦:¦%¦hours¦",
    "weeks¦=¦;¦1¦-¦1e300¦inf¦nan¦.¦[::1]¦\0¦ü",
);

const PEM: &str =
    "-----BEGIN CERTIFICATE-----\n¦-----END CERTIFICATE-----\n¦MIIB¦\n¦=¦-----BEGIN PRIVATE KEY-----\n¦Proc-Type: 4\n";

const QUERIES: &str = concat!(
    "a¦ ¦,¦-¦__¦{¦}¦[¦]¦\"¦:¦1¦null¦{\"a\":¦{\"a__b\":¦0¦-1¦last¦true¦name¦pk¦%¦_¦\\¦'¦\0¦ü¦2024-01-01¦",
    "T00:00:00Z¦00000000-0000-4000-8000-000000000000¦9223372036854775808",
);

const FILTERS: &str = "search¦ordering¦page¦page_size¦attributes¦members_by_pk¦is_active¦path¦expires";

#[test]
fn files_are_read_within_limits() {
    fn values(value: &yaml_serde::Value) -> usize {
        1 + match value {
            yaml_serde::Value::Sequence(list) => list.iter().map(values).sum(),
            yaml_serde::Value::Mapping(map) => map.iter().map(|(key, value)| values(key) + values(value)).sum(),
            yaml_serde::Value::Tagged(tagged) => values(&tagged.value),
            _ => 0,
        }
    }
    call(&soup(YAML), |text| {
        if let Ok(value) = yaml::read(&text) {
            assert!(values(&value) <= 100_000);
        }
    });
    call(&soup(XML), |text| {
        if let Ok(document) = xml::read(&text) {
            assert!(document.descendants().all(|node| node.attributes().len() <= 64 && node.ancestors().count() <= 70));
        }
    });
    call(&soup(JSON), |text| drop(json::parse(text.as_bytes())));
    call(&vec(any::<u8>(), 0..300), |bytes| drop(json::parse(&bytes)));
}

#[test]
fn texts_are_read() {
    // Patterns are compiled, which takes long in a debug build: short texts have as many forms.
    let short = soup(TEXTS).prop_map(|text| text.chars().take(300).collect::<String>());
    call(&short, |text| {
        let _ = (duration::parse(&text), host::name(&text), mail::is_address(&text));
        let uris = redirect_uri::read(&text, &[]);
        if redirect_uri::check(&uris).is_ok() {
            assert_eq!(redirect_uri::read(&redirect_uri::text(&uris), &uris), uris, "what was read is read again");
        }
    });
    call(&soup(QUERIES), |text| drop(AttributeFilter::read(Some(&text))));
    call(&vec((select(vec!["search", "ordering", "page", "n", "at"]), soup(QUERIES)), 0..9), |pairs| {
        let pairs: Vec<(String, String)> = pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut query = Query::new(&pairs);
        let words = query.page().words().len();
        assert!(query.integer_list("n", true, false).len() <= FILTER_VALUES);
        let _ = (query.uuid_list("n", false, true), query.date_time("at"), query.date("at"), query.boolean("n"));
        assert!(query.finish().is_err() || words <= SEARCH_WORDS);
    });
}

#[test]
fn certificates_and_keys_are_read() {
    let request = certificate::Request {
        common_name: "x".into(),
        alt_names: vec!["a.test".into(), "::1".into()],
        validity_days: 9,
        algorithm: Algorithm::EcdsaP256,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let now = chrono::DateTime::from_timestamp(1_767_225_600, 0).unwrap();
    let pair = runtime
        .block_on(certificate::generate(&Work::default(), &Party::Server, request, Uuid::from_u128(7), now))
        .unwrap();
    let valid = [pair.certificate, pair.private_key];
    assert!(certificate::is_pair(&valid[0], &valid[1]));
    // What other bytes say instead of some, in one of the two.
    let changes = vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    call(&(0_usize..2, changes, any::<bool>()), |(which, changes, cut)| {
        let mut changed = valid.clone();
        let (_, mut der) =
            x509_parser::pem::parse_x509_pem(changed[which].as_bytes()).map(|(rest, pem)| (rest.len(), pem)).unwrap();
        for (at, byte) in &changes {
            let at = at.index(der.contents.len());
            der.contents[at] = *byte;
            if cut {
                der.contents.truncate(at + 1);
            }
        }
        changed[which] = pem(&der.label, &der.contents);
        let [certificate, key] = &changed;
        let _ = (certificate::details(certificate), certificate::private_key_type(key));
        let _ = (certificate::is_private_key(key), certificate::is_pair(certificate, key));
    });
    call(&soup(PEM), |text| {
        let _ = (certificate::details(&text), certificate::private_key_type(&text), certificate::is_pair(&text, &text));
    });
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let base64 = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[test]
fn uploads_and_bodies_are_answered_as_the_contract_says() {
    for_each_database(async |app| {
        let admin = app.admin();
        for text in made(&soup(YAML)) {
            let form = Form::new().part("file", Part::text(text).file_name("a.yaml"));
            admin.upload("/flows/instances/import/", form).await;
        }
        let flow = admin.get("/flows/instances/").await.results()[0]["pk"].as_str().unwrap().to_owned();
        for (number, text) in made(&soup(XML)).into_iter().enumerate() {
            let form = Form::new().part("file", Part::text(text).file_name("a.xml"));
            let form = form.text("name", number.to_string()).text("authorization_flow", flow.clone());
            admin.upload("/providers/saml/import_metadata/", form).await;
        }
        for (path, media, bodies) in [
            ("/core/groups/", "application/json", made(&soup(JSON))),
            ("/flows/instances/import/", "multipart/form-data; boundary=x", made(&soup(FORMS))),
        ] {
            for body in bodies {
                admin.send(Method::POST, path, |r| r.header("content-type", media).body(body)).await;
            }
        }
        alive(&app).await;
    });
}

#[test]
fn queries_are_answered_as_the_contract_says() {
    let names: Vec<&str> = FILTERS.split('¦').collect();
    for_each_database(async |app| {
        for pairs in made(&vec((select(names.clone()), soup(QUERIES)), 1..4)) {
            for path in ["/core/users/", "/core/groups/", "/core/tokens/", "/flows/instances/"] {
                let short: Vec<_> =
                    pairs.iter().map(|(name, value)| (name, value.chars().take(3_000).collect::<String>())).collect();
                app.admin().send(Method::GET, path, |request| request.query(&short)).await;
            }
        }
        alive(&app).await;
    });
}

/// The answers were checked when they came; what is left to see is that others still get some.
async fn alive(app: &TestApp) {
    let me: Value = app.admin().get("/core/users/me/").await.expect(200);
    assert_eq!(me["user"]["username"], "akadmin");
}
