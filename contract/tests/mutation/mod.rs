//! Does the tool find what is wrong, and nothing else?

use crate::planted::{self, Fault, Server, TOKEN};
use std::collections::HashSet;

/// A fault in an operation that the contract does not have would prove nothing.
#[test]
fn every_fault_is_in_an_operation_of_the_contract() {
    let document: serde_json::Value = yaml_serde::from_str(planted::DOCUMENT).unwrap();
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

/// Serves for other tools, until it is killed: `PLANTED=MinimumOffByOne cargo test -p vestibule-contract serve -- --ignored
/// --nocapture`. Without a fault it is the faithful twin.
#[tokio::test]
#[ignore = "does not end"]
async fn serve() {
    let wanted = std::env::var("PLANTED").unwrap_or_default();
    let fault = Fault::ALL.iter().find(|fault| format!("{fault:?}") == wanted).copied().unwrap_or(Fault::None);
    let server = Server::start(fault).await;
    println!("{fault:?} at {}, token {TOKEN}", server.url);
    std::future::pending::<()>().await;
}
