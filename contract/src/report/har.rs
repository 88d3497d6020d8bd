//! Every request with its answer as browsers export them: HAR 1.2, for their developer tools and for HAR viewers.

use super::{
    Reporter,
    redact::Redaction,
    text::{checks, moment, reason, recorded, status},
};
use crate::event::{Case, Event, Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Writes a HAR file as the run goes on.
pub struct Har<W> {
    out: W,
    redaction: Redaction,
    exact: bool,
    begun: bool,
}

impl<W: Write + Send> Har<W> {
    /// A HAR file; with `exact`, bodies are base64 and lose nothing.
    pub fn new(out: W, redaction: Redaction, exact: bool) -> Self {
        Self { out, redaction, exact, begun: false }
    }

    /// One exchange. Names that begin with `_` are ours, as the format allows.
    fn entry(&self, case: &Case) -> Value {
        let url = self.redaction.url(&case.request.url);
        let elapsed = case.response.as_ref().map_or(0.0, |r| r.elapsed.as_secs_f64() * 1000.0);
        let version = case.response.as_ref().map_or("", |r| r.version.as_str());
        let mut request = json!({
            "method": case.request.method,
            "url": url,
            "httpVersion": version,
            "headers": self.headers(&case.request.headers),
            "queryString": query(&url),
            "cookies": self.cookies(&case.request.headers, "cookie"),
            "headersSize": -1,
            "bodySize": case.request.body.as_ref().map_or(0, Vec::len),
        });
        if let Some(body) = &case.request.body {
            let media = first(&case.request.headers, "content-type").unwrap_or_default();
            request["postData"] = json!({ "mimeType": media });
            self.content(&mut request["postData"], body, "_encoding");
        }
        let response = match &case.response {
            Ok(response) => self.response(response),
            Err(_) => json!({
                "status": 0, "statusText": "", "httpVersion": "", "headers": [], "cookies": [], "content": { "size": 0, "mimeType": "" },
                "redirectURL": "", "headersSize": -1, "bodySize": -1,
            }),
        };
        let mut entry = json!({
            "startedDateTime": moment(case.started),
            "time": elapsed,
            "request": request,
            "response": response,
            "cache": {},
            "timings": { "send": 0, "wait": elapsed, "receive": 0 },
            "_operation": case.operation.label,
            "_phase": case.phase.name(),
            "_status": status(case),
            "_checks": checks(&self.redaction, case),
        });
        if let Err(reason) = &case.response {
            entry["response"]["_error"] = json!(self.redaction.text(reason));
        }
        entry
    }

    fn response(&self, response: &Response) -> Value {
        let mut content = json!({
            "size": response.body.len(),
            "mimeType": response.header("content-type").unwrap_or_default(),
        });
        if !response.body.is_empty() {
            self.content(&mut content, &response.body, "encoding");
        }
        json!({
            "status": response.status,
            "statusText": reason(response.status),
            "httpVersion": response.version,
            "headers": self.headers(&response.headers),
            "cookies": self.cookies(&response.headers, "set-cookie"),
            "content": content,
            "redirectURL": response.header("location").map(|location| self.redaction.url(location)).unwrap_or_default(),
            "headersSize": -1,
            "bodySize": response.body.len(),
        })
    }

    /// Puts a body where it belongs; `encoding` names the place of its encoding.
    fn content(&self, place: &mut Value, body: &[u8], encoding: &str) {
        let shown = self.redaction.body(body);
        let (shown, length) = recorded(&shown);
        match std::str::from_utf8(shown) {
            Ok(text) if !self.exact => place["text"] = json!(text),
            _ => {
                place["text"] = json!(STANDARD.encode(shown));
                place[encoding] = json!("base64");
            }
        }
        if let Some(length) = length {
            place["comment"] = json!(format!("{} of {length} bytes", shown.len()));
        }
    }

    fn headers(&self, headers: &[(String, String)]) -> Vec<Value> {
        headers
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": self.redaction.header(name, value) }))
            .collect()
    }

    fn cookies(&self, headers: &[(String, String)], header: &str) -> Vec<Value> {
        let named = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(header));
        let values = named.map(|(name, value)| self.redaction.header(name, value));
        values.flat_map(|value| if header == "cookie" { sent(&value) } else { set(&value) }).collect()
    }
}

impl<W: Write + Send> Reporter for Har<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(_) => {
                let creator = json!({ "name": "Vestibule", "version": env!("CARGO_PKG_VERSION") });
                write!(self.out, r#"{{"log":{{"version":"1.2","creator":{creator},"pages":[],"entries":["#)
            }
            Event::Case(case) => {
                let separator = if self.begun { ",\n" } else { "\n" };
                self.begun = true;
                write!(self.out, "{separator}{}", self.entry(case))
            }
            Event::RunFinished(_) => {
                self.out.write_all(b"\n]}}\n")?;
                self.out.flush()
            }
            _ => Ok(()),
        }
    }
}

/// The parameters of a URL, decoded.
fn query(url: &str) -> Vec<Value> {
    let (_, query) = url.split_once('?').unwrap_or_default();
    let query = query.split('#').next().unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes()).map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

/// The cookies of a `Cookie` header.
fn sent(value: &str) -> Vec<Value> {
    let pairs = value.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

/// The cookie of a `Set-Cookie` header.
fn set(value: &str) -> Vec<Value> {
    let mut parts = value.split(';').map(str::trim);
    let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return Vec::new() };
    let mut cookie = Map::from_iter([("name".to_owned(), json!(name)), ("value".to_owned(), json!(value))]);
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        match attribute.to_ascii_lowercase().as_str() {
            "path" => cookie.insert("path".into(), json!(value)),
            "domain" => cookie.insert("domain".into(), json!(value)),
            "expires" => cookie.insert("expires".into(), json!(value)),
            "httponly" => cookie.insert("httpOnly".into(), json!(true)),
            "secure" => cookie.insert("secure".into(), json!(true)),
            _ => None,
        };
    }
    vec![Value::Object(cookie)]
}

/// The first header of a name.
fn first<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}
