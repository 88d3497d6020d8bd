//! Requests to other servers that the answer to a request depends on.
//!
//! They have a short deadline and a small answer, go to where the caller or the administrator says and to no other host, and
//! nothing of the answer is shown beside what is asked for.

use reqwest::{Client, RequestBuilder, Url, redirect::Policy};
use serde_json::Value;
use std::{sync::OnceLock, time::Duration};

/// How long all of it may take.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(3);
/// The largest answer.
const LARGEST: usize = 1024 * 1024;
/// How often a server may send us on.
const REDIRECTS: usize = 3;

/// Whether requests can be sent there.
pub fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// What another server said.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// The body of a successful answer as JSON.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn json(&self) -> Result<Value, String> {
        if !(200..300).contains(&self.status) {
            return Err(format!("The server answered with the status {}.", self.status));
        }
        serde_json::from_slice(&self.body).map_err(|_| "The server did not answer with JSON.".to_owned())
    }
}

/// A GET request.
///
/// # Errors
/// What is wrong with the address, for people.
pub fn get(url: &str) -> Result<RequestBuilder, String> {
    if !is_web_address(url) {
        return Err("Enter a valid URL.".to_owned());
    }
    Ok(client()?.get(url))
}

/// Sends a request and waits for the answer, whatever its status is.
///
/// # Errors
/// Why there is none, for people.
pub async fn send(request: RequestBuilder) -> Result<Reply, String> {
    let mut response = request.send().await.map_err(|error| explain(&error))?;
    let mut body = vec![];
    while let Some(chunk) = response.chunk().await.map_err(|error| explain(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err("The server answered with more than is read.".to_owned());
        }
    }
    Ok(Reply { status: response.status().as_u16(), body })
}

fn explain(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "did not answer in time"
    } else if error.is_connect() {
        "cannot be reached"
    } else {
        "did not answer properly"
    };
    let host = error.url().and_then(Url::host_str).unwrap_or_default();
    format!("The server {host} {what}.")
}

/// The one client, made when it is first needed: reading the certificates of the system takes a while.
fn client() -> Result<Client, String> {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    if let Some(client) = CLIENT.get() {
        return Ok(client.clone());
    }
    let on_one_host = Policy::custom(|attempt| {
        let previous = attempt.previous();
        let same = previous.first().is_some_and(|first| first.origin() == attempt.url().origin());
        if same && previous.len() <= REDIRECTS { attempt.follow() } else { attempt.stop() }
    });
    let built = Client::builder()
        .redirect(on_one_host)
        .timeout(DEADLINE)
        .connect_timeout(CONNECT)
        .user_agent(concat!("vestibule/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| format!("No request can be sent: {error}"))?;
    Ok(CLIENT.get_or_init(|| built).clone())
}
