//! Sending.

use crate::event::{Request, Response};
use reqwest::{Client, Method, redirect::Policy};
use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

/// Sends requests, not faster than allowed.
#[derive(Debug)]
pub(crate) struct Transport {
    client: Client,
    /// Time between two requests, and when the next may go.
    pace: Option<(Duration, Mutex<Instant>)>,
}

impl Transport {
    pub(crate) fn new(timeout: Duration, rate: Option<Rate>) -> Result<Self, String> {
        let client = Client::builder()
            .timeout(timeout)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("vestibule-contract/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| e.to_string())?;
        let pace = rate.map(|rate| (rate.between, Mutex::new(Instant::now())));
        Ok(Self { client, pace })
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn send(&self, request: &Request) -> Result<Response, String> {
        self.wait().await;
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|e| e.to_string())?;
        let mut builder = self.client.request(method, &request.url);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let start = Instant::now();
        let answer = builder.send().await.map_err(|e| describe(&e))?;
        let status = answer.status().as_u16();
        let version = format!("{:?}", answer.version());
        let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let body = answer.bytes().await.map_err(|e| describe(&e))?.to_vec();
        Ok(Response { status, version, headers, body, elapsed: start.elapsed() })
    }

    async fn wait(&self) {
        let Some((between, next)) = &self.pace else { return };
        let at = {
            let mut next = next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let at = (*next).max(Instant::now());
            *next = at + *between;
            at
        };
        tokio::time::sleep_until(at.into()).await;
    }
}

/// An error with its causes, which say more than itself.
fn describe(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// How many requests may be sent in a time: `100/s`, `600/m`, `1000/h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    between: Duration,
}

impl std::str::FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a rate like 100/s, 600/m or 1000/h");
        let (count, unit) = text.split_once('/').ok_or_else(wrong)?;
        let count: f64 = count.trim().parse().map_err(|_| wrong())?;
        let seconds = match unit.trim() {
            "s" | "second" => 1.0,
            "m" | "minute" => 60.0,
            "h" | "hour" => 3600.0,
            _ => return Err(wrong()),
        };
        let between = Duration::try_from_secs_f64(seconds / count).map_err(|_| wrong())?;
        Ok(Self { between })
    }
}
