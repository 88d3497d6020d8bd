//! Where links in answers and mail lead.
//!
//! A link may carry a secret, and whoever sends a request chooses its Host header: a link built from that would take the
//! secret wherever the sender likes. See [`base`] for what is believed instead.

use super::context::Context;
use crate::{
    domain::host,
    store::{Entity, tables::Brand},
};
use std::sync::Arc;
use vestibule_api::ApiError;

/// The domain of the brand that every server begins with: it is no host.
const PLACEHOLDER: &str = "authentik-default";

/// The address before the path of a link in the answer to this request, `scheme://host`.
///
/// # Errors
/// When the brands cannot be read.
pub async fn base_url(ctx: &mut Context) -> Result<String, ApiError> {
    if let Some(url) = &ctx.app.config.external_url {
        return Ok(url.clone());
    }
    let domains = domains(ctx).await?;
    let host = base(&domains, &ctx.request.host).map_or_else(|| ctx.app.config.listen.to_string(), str::to_owned);
    Ok(format!("{}://{host}", ctx.request.scheme))
}

/// The host of links: the one that was asked for, where it belongs to a brand; else the domain of the first brand, since the
/// host is not known. Where no brand has a domain, as after the first start, one of this machine is taken as it is: it
/// leads nobody anywhere else.
fn base<'a>(domains: &'a [String], asked: &'a str) -> Option<&'a str> {
    let name = host::name(asked);
    if domains.iter().any(|domain| host::is_within(&name, &host::name(domain))) {
        return Some(asked);
    }
    domains.first().map(String::as_str).or_else(|| host::is_loopback(&name).then_some(asked))
}

/// The domains of the brands that have one, that of the default one first. Remembered as the settings are.
async fn domains(ctx: &mut Context) -> Result<Arc<Vec<String>>, ApiError> {
    let app = ctx.app.clone();
    let in_transaction = ctx.db.in_transaction();
    let mut look_up = async || ctx.db.all(&Brand::select()).await.map(|brands| Some(Arc::new(of(brands))));
    let found = if in_transaction {
        // What this transaction has changed is not to be remembered: it may be given up.
        match app.domains.known(&(), app.db.changes()) {
            Some(known) => Some(known),
            None => look_up().await?,
        }
    } else {
        app.domains.get((), app.db.changes(), look_up).await?
    };
    Ok(found.unwrap_or_default())
}

fn of(mut brands: Vec<Brand>) -> Vec<String> {
    brands.sort_by(|a, b| (!a.default, &a.domain).cmp(&(!b.default, &b.domain)));
    let domains = brands.into_iter().map(|brand| brand.domain.trim_matches('.').to_owned());
    domains.filter(|domain| domain != PLACEHOLDER && host::is_authority(domain)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_brands_or_to_this_machine() {
        let brand = |domain: &str, default| Brand { domain: domain.into(), default, ..Brand::default() };
        let first = of(vec![brand(PLACEHOLDER, true)]);
        let all = of(vec![brand("b.test", false), brand("a.test:8443", false), brand("not a host", false)]);
        let own = of(vec![brand("a.test", false), brand("z.test", true)]);
        for (domains, asked, expected) in [
            (&first, "localhost:9000", Some("localhost:9000")),
            (&first, "127.0.0.1:9000", Some("127.0.0.1:9000")),
            (&first, "[::1]:9000", Some("[::1]:9000")),
            (&first, "x.localhost", Some("x.localhost")),
            (&first, "evil.test", None),
            (&first, "localhost.evil.test", None),
            (&first, PLACEHOLDER, None),
            (&first, "", None),
            (&all, "b.test:9000", Some("b.test:9000")),
            (&all, "x.a.test", Some("x.a.test")),
            (&all, "evil.test", Some("a.test:8443")),
            (&all, "localhost", Some("a.test:8443")),
            (&own, "evil.test", Some("z.test")),
        ] {
            assert_eq!(base(domains, asked), expected, "{asked}");
        }
    }
}
