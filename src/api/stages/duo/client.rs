//! The Admin API of Duo.

use crate::domain::outgoing;
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// How many accounts Duo tells at once. It would tell three times as many, which may be more than is read.
const PAGE: usize = 100;
/// How many accounts are read at most.
const MOST: usize = 30_000;

const NO_ANSWER: &str = "Duo did not answer as its API does.";

/// An account at Duo.
#[derive(Debug, Deserialize)]
pub(super) struct Account {
    /// How Duo calls it.
    pub(super) user_id: String,
    /// The name of the user.
    pub(super) username: String,
}

/// By what the API is reached.
pub(super) struct Admin<'a> {
    /// The host; HTTPS unless it says something else.
    pub(super) host: &'a str,
    /// The integration key.
    pub(super) key: &'a str,
    /// The secret key.
    pub(super) secret: &'a str,
    /// Now.
    pub(super) now: DateTime<Utc>,
}

impl Admin<'_> {
    /// All accounts.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub(super) async fn accounts(&self) -> Result<Vec<Account>, String> {
        let mut accounts: Vec<Account> = vec![];
        let mut offset = 0;
        while offset < MOST {
            let mut answer = self.get("/admin/v1/users", &format!("limit={PAGE}&offset={offset}")).await?;
            let page: Vec<Account> = serde_json::from_value(answer["response"].take()).map_err(|_| NO_ANSWER)?;
            accounts.extend(page);
            let next = answer["metadata"]["next_offset"].as_u64().and_then(|next| usize::try_from(next).ok());
            // One that leads back would never end.
            match next.filter(|next| *next > offset) {
                Some(next) => offset = next,
                None => return Ok(accounts),
            }
        }
        Err(format!("Duo has more than {MOST} accounts."))
    }

    async fn get(&self, path: &str, query: &str) -> Result<Value, String> {
        let base = if self.host.contains("://") { self.host.to_owned() } else { format!("https://{}", self.host) };
        let base = Url::parse(&base).map_err(|_| "The host of the Duo API is none.")?;
        let host = base[url::Position::BeforeHost..url::Position::AfterPort].to_lowercase();
        let date = self.now.to_rfc2822();
        let signature = sign(self.secret, &[&date, "GET", &host, path, query]);
        let credentials = STANDARD.encode(format!("{}:{signature}", self.key));
        let url = format!("{}{path}?{query}", base.origin().ascii_serialization());
        let credentials = format!("Basic {credentials}");
        let reply = outgoing::get_as(&url, |request| request.header("date", date).header("authorization", credentials));
        let reply = reply.await.map_err(|error| format!("Duo cannot be asked: {error}"))?;
        let answer: Value = serde_json::from_str(&reply.body).map_err(|_| NO_ANSWER)?;
        match answer["stat"].as_str() {
            Some("OK") => Ok(answer),
            _ => Err(answer["message"].as_str().map_or_else(|| NO_ANSWER.to_owned(), |m| format!("Duo says: {m}"))),
        }
    }
}

/// What shows that a request comes from who knows the secret, as Duo wants it.
fn sign(secret: &str, lines: &[&str]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    let tag = hmac::sign(&key, lines.join("\n").as_bytes());
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::sign;

    /// RFC 2202, test case 2.
    #[test]
    fn signatures_are_hmacs() {
        let signature = sign("Jefe", &["what do ya want for nothing?"]);
        assert_eq!(signature, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    }
}
