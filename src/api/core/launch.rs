//! Where applications start.

use crate::{
    api::context::{Caller, Context, Principal},
    domain::redirect_uri::{MatchingMode, RedirectUri},
    store::{
        table,
        tables::{Application, OAuth2Provider, Provider, ProxyProvider, User},
    },
};
use serde::Deserialize;
use serde_json::Value;
use std::{collections::HashMap, sync::Arc};
use url::Url;
use vestibule_api::ApiError;

/// What is known of the providers' addresses, and who is going to open them.
pub(super) struct Launch {
    kinds: HashMap<i64, String>,
    addresses: HashMap<i64, String>,
    user: Option<Arc<Principal>>,
}

impl Launch {
    /// Loads what the addresses of these providers are made of, by two queries.
    pub(super) async fn of(ctx: &mut Context, providers: &[Provider]) -> Result<Self, ApiError> {
        let of_kind = |kind: &str| providers.iter().filter(|p| p.kind == kind).map(|p| p.id).collect::<Vec<_>>();
        let oauth2: Vec<OAuth2Provider> = table::find_all(&mut ctx.db, "id", of_kind("oauth2")).await?;
        let proxy: Vec<ProxyProvider> = table::find_all(&mut ctx.db, "id", of_kind("proxy")).await?;
        let oauth2 = oauth2.iter().filter_map(|p| Some((p.id, origin(&p.redirect_uris.0)?)));
        let proxy = proxy.into_iter().map(|p| (p.id, p.external_host));
        Ok(Self {
            kinds: providers.iter().map(|p| (p.id, p.kind.clone())).collect(),
            addresses: oauth2.chain(proxy).collect(),
            user: match &ctx.caller {
                Caller::User(principal) => Some(principal.clone()),
                Caller::Anonymous => None,
            },
        })
    }

    /// Where the application starts: its own address, else the one of its provider, with facts about the user filled in.
    pub(super) fn url(&self, row: &Application) -> Option<String> {
        let url = if row.meta_launch_url.is_empty() { self.of_provider(row)? } else { row.meta_launch_url.clone() };
        match &self.user {
            Some(principal) => Some(fill(&url, &principal.user).unwrap_or(url)),
            None => Some(url),
        }
    }

    fn of_provider(&self, row: &Application) -> Option<String> {
        let provider = row.provider?.0;
        match self.kinds.get(&provider)?.as_str() {
            "saml" => Some(format!("/application/saml/{}/sso/binding/init/", row.slug)),
            "rac" => Some(format!("/application/rac/{}/", row.slug)),
            _ => self.addresses.get(&provider).cloned(),
        }
    }
}

/// Where the first address to which answers may go lies, without its path. Nobody can open a pattern of addresses.
fn origin(redirect_uris: &Value) -> Option<String> {
    let RedirectUri { matching_mode, url } = Deserialize::deserialize(redirect_uris.get(0)?).ok()?;
    let url = Url::parse(&url).ok().filter(|_| matching_mode == MatchingMode::Strict)?;
    let host = url.host_str()?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{host}{port}", url.scheme()))
}

/// Puts facts about the user in the places of `%(username)s` and the like; `%%` is a percent sign. `None` when the text
/// has any other percent sign: it is then a plain URL.
fn fill(url: &str, user: &User) -> Option<String> {
    let mut filled = String::new();
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('%') {
        filled.push_str(before);
        if let Some(after) = after.strip_prefix('%') {
            filled.push('%');
            rest = after;
            continue;
        }
        let (name, after) = after.strip_prefix('(')?.split_once(')')?;
        rest = after.strip_prefix('s')?;
        filled.push_str(&match name {
            "id" | "pk" => user.id.to_string(),
            "uuid" => user.uuid.to_string(),
            "username" => user.username.clone(),
            "name" => user.name.clone(),
            "email" => user.email.clone(),
            "path" => user.path.clone(),
            "type" => user.r#type.clone(),
            _ => return None,
        });
    }
    Some(filled + rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn facts_about_the_user_are_filled_in_and_other_percent_signs_leave_the_url_alone() {
        let now = chrono::DateTime::UNIX_EPOCH;
        let user = User {
            uuid: uuid::Uuid::nil(),
            username: "ann".into(),
            name: "Ann".into(),
            password_change_date: now,
            date_joined: now,
            ..User::default()
        };
        assert_eq!(fill("https://a/%(username)s/x%%20", &user).as_deref(), Some("https://a/ann/x%20"));
        for url in ["https://a/%20", "https://a/%(password)s", "https://a/%(username)d", "https://a/%(username", "%"] {
            assert_eq!(fill(url, &user), None, "{url}");
        }
    }

    #[test]
    fn the_origin_is_that_of_the_first_address() {
        let of_first = |mode: &str, url: &str| {
            let second = json!({ "matching_mode": "strict", "url": "https://b.test" });
            origin(&json!([{ "matching_mode": mode, "url": url }, second]))
        };
        assert_eq!(of_first("strict", "https://a.test:8443/cb?x=1").as_deref(), Some("https://a.test:8443"));
        assert_eq!(of_first("strict", "cb"), None);
        for pattern in [".*", r"https://.*\.a\.test/cb", "https://a.test/cb"] {
            assert_eq!(of_first("regex", pattern), None, "{pattern}");
        }
        assert_eq!(origin(&json!([])), None);
    }
}
