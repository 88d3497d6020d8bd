//! The configuration by which `kubectl` finds a cluster, as JSON.
//!
//! Only what stands in it counts: a program that is to be run for a token, or a file on the machine of the server, is
//! nothing that somebody who may write such a configuration should be able to ask for.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use url::Url;

/// A cluster, and how to ask it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Where its API is.
    pub server: Url,
    /// The certificates that its own must be signed by, in PEM; none for those that this machine trusts.
    pub authority: Option<String>,
    /// Whether its certificate counts for nothing.
    pub insecure: bool,
    /// How it is asked.
    pub access: Access,
}

/// By what a cluster lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    None,
    /// A bearer token.
    Token(String),
    /// Name and password.
    Password(String, String),
    /// A certificate and its key, in PEM.
    Certificate(String),
}

/// The cluster of the current context. `None` when the configuration is none, is not complete, or asks for programs or files.
pub fn read(config: &Value) -> Option<Cluster> {
    let context = named(config, "contexts", config.get("current-context")?.as_str()?)?.get("context")?;
    let cluster = named(config, "clusters", context.get("cluster")?.as_str()?)?.get("cluster")?;
    let user = named(config, "users", context.get("user")?.as_str()?)?.get("user")?;
    let elsewhere = ["exec", "auth-provider", "tokenFile", "client-certificate", "client-key"];
    if elsewhere.iter().any(|key| user.get(key).is_some()) || cluster.get("certificate-authority").is_some() {
        return None;
    }
    let server: Url = cluster.get("server")?.as_str()?.parse().ok()?;
    let authority = match cluster.get("certificate-authority-data") {
        Some(data) => Some(decode(data)?),
        None => None,
    };
    let text = |key: &str| user.get(key).and_then(Value::as_str).map(str::to_owned);
    let access = if let Some(token) = text("token") {
        Access::Token(token)
    } else if let Some(certificate) = user.get("client-certificate-data") {
        Access::Certificate(format!("{}\n{}", decode(certificate)?, decode(user.get("client-key-data")?)?))
    } else if let Some(name) = text("username") {
        Access::Password(name, text("password").unwrap_or_default())
    } else {
        Access::None
    };
    let insecure = cluster.get("insecure-skip-tls-verify").and_then(Value::as_bool).unwrap_or_default();
    let http = matches!(server.scheme(), "http" | "https") && server.has_host();
    http.then_some(Cluster { server, authority, insecure, access })
}

/// The entry of this name in a list.
fn named<'a>(config: &'a Value, list: &str, name: &str) -> Option<&'a Value> {
    config.get(list)?.as_array()?.iter().find(|entry| entry.get("name").and_then(Value::as_str) == Some(name))
}

fn decode(data: &Value) -> Option<String> {
    String::from_utf8(STANDARD.decode(data.as_str()?).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn config(user: &Value) -> Value {
        json!({
            "current-context": "here",
            "contexts": [{ "name": "there" }, { "name": "here", "context": { "cluster": "c", "user": "u" } }],
            "clusters": [{ "name": "c", "cluster": {
                "server": "https://k.test:6443", "certificate-authority-data": STANDARD.encode("CA"),
            } }],
            "users": [{ "name": "u", "user": user }],
        })
    }

    #[test]
    fn the_current_context_counts() {
        let cluster = read(&config(&json!({ "token": "t" }))).unwrap();
        assert_eq!((cluster.server.as_str(), cluster.authority.as_deref()), ("https://k.test:6443/", Some("CA")));
        assert_eq!((cluster.access, cluster.insecure), (Access::Token("t".into()), false));
        let keys = json!({ "client-certificate-data": STANDARD.encode("C"), "client-key-data": STANDARD.encode("K") });
        assert_eq!(read(&config(&keys)).unwrap().access, Access::Certificate("C\nK".into()));
        assert_eq!(read(&config(&json!({}))).unwrap().access, Access::None);
    }

    #[test]
    fn programs_and_files_are_not_asked_for() {
        for user in [
            json!({ "exec": { "command": "sh" } }),
            json!({ "tokenFile": "/etc/passwd" }),
            json!({ "client-certificate": "/x", "client-key": "/y" }),
        ] {
            assert_eq!(read(&config(&user)), None, "{user}");
        }
        for wrong in [json!({}), json!([]), json!({ "current-context": "x" }), json!({ "current-context": 1 })] {
            assert_eq!(read(&wrong), None, "{wrong}");
        }
    }
}
