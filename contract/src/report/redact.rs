//! Keeps secrets out of what a run leaves behind.
//!
//! By default, values of headers and of query parameters whose names sound like secrets become [`FILTERED`], by the rules of
//! Schemathesis: exact names and parts of names. The credentials given on the command line are also replaced wherever else
//! they occur, in bodies for example. Bodies are left alone otherwise: they are the evidence.

use super::Secret;
use crate::{
    curl,
    event::{Case, Failure, Request},
};
use std::borrow::Cow;

/// What stands in place of a secret.
pub const FILTERED: &str = "[Filtered]";

/// Names that sound like secrets only as a whole; Schemathesis' list without those that a part below covers.
const NAMES: &[&str] = &[
    "_csrf",
    "_xsrf",
    "connect.sid",
    "cookie",
    "csrf",
    "ip_address",
    "mysql_pwd",
    "phpsessid",
    "remote-addr",
    "remote_addr",
    "set-cookie",
    "set_cookie",
    "x-forwarded-for",
    "x-real-ip",
    "x_forwarded_for",
    "x_real_ip",
];

/// Parts of names that sound like secrets.
const PARTS: &[&str] = &["token", "key", "secret", "password", "auth", "session", "passwd", "credential"];

/// Shorter credentials are not looked for in texts: `tok` is in too many words.
const SHORTEST: usize = 8;

/// What is replaced.
#[derive(Debug, Clone, Default)]
pub struct Redaction {
    enabled: bool,
    secrets: Vec<Secret>,
}

impl Redaction {
    /// Replaces secrets, the given ones wherever they occur.
    pub fn new(secrets: Vec<Secret>) -> Self {
        Self { enabled: true, secrets }
    }

    /// Replaces nothing.
    pub fn off() -> Self {
        Self::default()
    }

    /// The value of a header as it may be shown.
    pub fn header<'a>(&self, name: &str, value: &'a str) -> Cow<'a, str> {
        if self.enabled && is_secret(name) && name_of_challenge(name).is_none() {
            FILTERED.into()
        } else {
            self.text(value)
        }
    }

    /// A URL as it may be shown: without user, password and secret parameters.
    pub fn url(&self, url: &str) -> String {
        if !self.enabled {
            return url.to_owned();
        }
        let (rest, fragment) = url.split_once('#').map_or((url, None), |(rest, fragment)| (rest, Some(fragment)));
        let (base, query) = rest.split_once('?').map_or((rest, None), |(base, query)| (base, Some(query)));
        let mut shown = match base.split_once("://") {
            Some((scheme, rest)) => {
                let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
                match authority.rsplit_once('@') {
                    Some((_, host)) => format!("{scheme}://{FILTERED}@{host}{path}"),
                    None => base.to_owned(),
                }
            }
            None => base.to_owned(),
        };
        if let Some(query) = query {
            let pairs = query.split('&').map(|pair| match pair.split_once('=') {
                Some((name, _)) if is_secret(&decoded(name)) => format!("{name}=%5BFiltered%5D"),
                _ => pair.to_owned(),
            });
            shown = format!("{shown}?{}", pairs.collect::<Vec<_>>().join("&"));
        }
        if let Some(fragment) = fragment {
            shown = format!("{shown}#{fragment}");
        }
        self.text(&shown).into_owned()
    }

    /// A text without the given credentials.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut shown = Cow::Borrowed(text);
        for secret in self.searched() {
            if shown.contains(&secret.value) {
                shown = shown.replace(&secret.value, FILTERED).into();
            }
        }
        shown
    }

    /// A body without the given credentials.
    pub fn body<'a>(&self, body: &'a [u8]) -> Cow<'a, [u8]> {
        match std::str::from_utf8(body) {
            Ok(text) => match self.text(text) {
                Cow::Borrowed(_) => body.into(),
                Cow::Owned(text) => text.into_bytes().into(),
            },
            // A credential in the middle of a picture cannot be cut out without breaking it.
            Err(_) => {
                let holds = |s: &Secret| body.windows(s.value.len()).any(|window| window == s.value.as_bytes());
                if self.searched().any(holds) { FILTERED.as_bytes().into() } else { body.into() }
            }
        }
    }

    /// The command that sends a case again. The given credentials are variables in it, so that it still works after
    /// `TOKEN=…`.
    pub fn curl(&self, request: &Request) -> String {
        if !self.enabled {
            return curl::line(request);
        }
        let mut shown = request.clone();
        shown.url = self.url(&request.url);
        shown.body = request.body.as_deref().map(|body| self.body(body).into_owned());
        curl::line_with(&shown, |name, value| {
            // In double quotes, a shell replaces the variable; the scheme before it must not hold anything else to replace.
            let plain = |scheme: &&str| scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ');
            let given = |secret: &Secret| {
                let scheme = value.strip_suffix(secret.value.as_str()).filter(plain)?;
                is_secret(name).then(|| format!("\"{name}: {scheme}${}\"", secret.name))
            };
            match self.secrets.iter().find_map(given) {
                Some(word) => word,
                None => curl::quote(&format!("{name}: {}", self.header(name, value))),
            }
        })
    }

    /// The commands that lead to a failure, one a line.
    pub fn curl_of(&self, failure: &Failure) -> String {
        let steps: Vec<String> = steps(failure).map(|case| self.curl(&case.request)).collect();
        steps.join("\n")
    }

    /// A command line as it may be shown.
    pub fn command(&self, command: &str) -> String {
        if !self.enabled {
            return command.to_owned();
        }
        // Short credentials too: here they are words of their own.
        let words = command.split(' ').map(|word| {
            match self.secrets.iter().find(|s| !s.value.is_empty() && word.ends_with(&s.value)) {
                Some(secret) => format!("{}{FILTERED}", &word[..word.len() - secret.value.len()]),
                None if word.contains("://") => self.url(word),
                None => word.to_owned(),
            }
        });
        self.text(&words.collect::<Vec<_>>().join(" ")).into_owned()
    }

    /// The credentials that are looked for in texts.
    fn searched(&self) -> impl Iterator<Item = &Secret> {
        self.secrets.iter().filter(|secret| self.enabled && secret.value.len() >= SHORTEST)
    }
}

/// The requests that lead to a failure, the last of which shows it.
pub(crate) fn steps(failure: &Failure) -> impl Iterator<Item = &Case> {
    let last = failure.history.last().is_none_or(|case| case.id != failure.case.id).then_some(&*failure.case);
    failure.history.iter().map(|case| &**case).chain(last)
}

/// Whether a name sounds like a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    NAMES.contains(&name.as_str()) || PARTS.iter().any(|part| name.contains(part))
}

/// `WWW-Authenticate` sounds like a secret and says only how to prove who one is.
fn name_of_challenge(name: &str) -> Option<&str> {
    Some(name).filter(|name| name.eq_ignore_ascii_case("www-authenticate"))
}

/// The name of a query parameter without its encoding.
fn decoded(name: &str) -> String {
    url::form_urlencoded::parse(name.as_bytes()).map(|(name, _)| name.into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redaction() -> Redaction {
        let secret = |name: &str, value: &str| Secret { name: name.into(), value: value.into() };
        Redaction::new(vec![secret("TOKEN", "open-sesame"), secret("PLAIN", "tok")])
    }

    #[test]
    fn headers_that_sound_like_secrets_are_filtered() {
        let redaction = redaction();
        for name in ["Authorization", "cookie", "Set-Cookie", "X-API-Key", "X-Auth", "x-forwarded-for", "Session-Id"] {
            assert_eq!(redaction.header(name, "value"), FILTERED, "{name}");
            assert_eq!(Redaction::off().header(name, "value"), "value");
        }
        assert_eq!(redaction.header("Content-Type", "text/html"), "text/html");
        assert_eq!(redaction.header("WWW-Authenticate", "Bearer"), "Bearer");
        assert_eq!(redaction.header("X-Echo", "open-sesame!"), "[Filtered]!");
    }

    #[test]
    fn urls_lose_users_and_secret_parameters_only() {
        let url = "http://me:pw@host/a/?q=1&to%6ben=x&empty=&token#f";
        assert_eq!(redaction().url(url), "http://[Filtered]@host/a/?q=1&to%6ben=%5BFiltered%5D&empty=&token#f");
        assert_eq!(Redaction::off().url(url), url);
        assert_eq!(redaction().url("./schema.yml"), "./schema.yml");
    }

    #[test]
    fn credentials_are_found_in_bodies_when_long_enough() {
        assert_eq!(
            &*redaction().body(b"{\"key\": \"open-sesame\", \"other\": \"tok\"}"),
            b"{\"key\": \"[Filtered]\", \"other\": \"tok\"}"
        );
        assert_eq!(&*redaction().body(b"\xff open-sesame"), FILTERED.as_bytes());
        assert_eq!(&*Redaction::off().body(b"open-sesame"), b"open-sesame");
    }

    #[test]
    fn commands_name_given_credentials_and_hide_others() {
        let headers = [("Authorization", "Bearer open-sesame"), ("Cookie", "a=b"), ("X", "y")];
        let request = Request {
            method: "GET".into(),
            url: "http://host/?key=1".into(),
            headers: headers.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect(),
            body: None,
        };
        assert_eq!(
            redaction().curl(&request),
            r#"curl -X GET -H "Authorization: Bearer $TOKEN" -H 'Cookie: [Filtered]' -H 'X: y' 'http://host/?key=%5BFiltered%5D'"#
        );
        assert!(Redaction::off().curl(&request).contains("-H 'Authorization: Bearer open-sesame'"));
        assert_eq!(
            redaction().command("contract --token open-sesame --principal plain=tok --url http://u:p@h/"),
            "contract --token [Filtered] --principal plain=[Filtered] --url http://[Filtered]@h/"
        );
    }
}
