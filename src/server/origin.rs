//! Where a request comes from and where it went to, as far as that can be believed.
//!
//! Headers that a proxy adds count only from a trusted one. Of the addresses in `X-Forwarded-For`, each proxy wrote the last
//! one of those that it knew: the list is read from its end for as long as trusted proxies are named, and whoever comes
//! before them is the client. What a client wrote further to the left is never looked at. A request that says twice where
//! it goes or who sends it is refused: two programs on its way may each believe another half.

use crate::{config::Config, domain::host};
use http::{HeaderMap, Version, header, uri::Authority};
use std::net::{IpAddr, SocketAddr};
use vestibule_api::ApiError;

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_HOST: &str = "x-forwarded-host";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// Facts about both ends of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// `http` or `https`, as the client speaks to the server or the first proxy.
    pub(super) scheme: &'static str,
    /// Host and port that the client asked for, in a form that is one; empty where an old client names none.
    pub(super) host: String,
    /// The client's address.
    pub(super) client: Option<IpAddr>,
}

/// Finds out about a request to `target`, the host in its first line if there is one, that `peer` has sent.
///
/// # Errors
/// 400 when the host is missing, said twice, or none; when the credentials are said twice.
pub(super) fn of(
    config: &Config,
    version: Version,
    target: Option<&Authority>,
    headers: &HeaderMap,
    peer: Option<IpAddr>,
) -> Result<Origin, ApiError> {
    let refused = |what: &str| ApiError::BadRequest(what.to_owned());
    for (name, message) in [
        (header::HOST, "More than one Host header was sent."),
        (header::AUTHORIZATION, "More than one Authorization header was sent."),
    ] {
        if headers.get_all(name).iter().nth(1).is_some() {
            return Err(refused(message));
        }
    }
    let proxied = peer.is_some_and(|peer| config.trusts(peer));
    let forwarded = |name: &str| {
        let first = headers.get(name).filter(|_| proxied)?.as_bytes().split(|byte| *byte == b',').next()?;
        Some(String::from_utf8_lossy(first).trim().to_owned()).filter(|first| !first.is_empty())
    };
    let header = headers.get(header::HOST).map(|host| String::from_utf8_lossy(host.as_bytes()).into_owned());
    if header.is_none() && target.is_none() && version == Version::HTTP_11 {
        return Err(refused("The Host header is missing."));
    }
    // A target that names its host goes before the header (RFC 9112, 3.2.2).
    let asked = target.map(ToString::to_string).or(header).unwrap_or_default();
    let host = forwarded(FORWARDED_HOST).unwrap_or_else(|| asked.clone());
    for named in [&asked, &host] {
        if !named.is_empty() && !host::is_authority(named) {
            return Err(refused("The host that the request names is none."));
        }
    }
    let secure = forwarded(FORWARDED_PROTO).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"));
    Ok(Origin { scheme: if secure { "https" } else { "http" }, host, client: client(config, headers, peer) })
}

/// The nearest address that belongs to no trusted proxy; the farthest proxy, where there is no other.
fn client(config: &Config, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<IpAddr> {
    let mut nearest = peer?.to_canonical();
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
    let steps = lines.iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    for step in steps {
        if !config.trusts(nearest) {
            break;
        }
        // A proxy that writes no address says nothing about who comes before it.
        let Some(address) = std::str::from_utf8(step).ok().and_then(address) else { break };
        nearest = address;
    }
    Some(nearest)
}

/// An address, with or without brackets and port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    bare.parse::<IpAddr>().ok().or_else(with_port).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Arguments;

    const PROXY: &str = "10.0.0.1";

    fn ask(peer: &str, version: Version, headers: &[(&'static str, &str)]) -> Result<Origin, ApiError> {
        let config = Config::read(&Arguments::default(), |_| None).unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        of(&config, version, None, &map, peer.parse().ok())
    }

    fn origin(peer: &str, headers: &[(&'static str, &str)]) -> Result<Origin, ApiError> {
        ask(peer, Version::HTTP_11, headers)
    }

    fn client_of(peer: &str, lines: &[&str]) -> String {
        let mut headers = vec![("host", "a.test")];
        headers.extend(lines.iter().map(|line| (FORWARDED_FOR, *line)));
        origin(peer, &headers).unwrap().client.unwrap().to_string()
    }

    #[test]
    fn the_client_is_who_the_nearest_proxies_name() {
        for (peer, lines, expected) in [
            ("198.51.100.7", &["203.0.113.1"][..], "198.51.100.7"),
            (PROXY, &[], PROXY),
            (PROXY, &["203.0.113.1"], "203.0.113.1"),
            // What stands to the left of the first stranger is what the stranger says.
            (PROXY, &["192.0.2.66, 203.0.113.1"], "203.0.113.1"),
            (PROXY, &["192.0.2.66, 203.0.113.1, 10.0.0.2"], "203.0.113.1"),
            (PROXY, &["192.0.2.66", "203.0.113.1", "10.0.0.2"], "203.0.113.1"),
            (PROXY, &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            (PROXY, &["203.0.113.1:4711"], "203.0.113.1"),
            (PROXY, &["[2001:db8::1]:4711"], "2001:db8::1"),
            (PROXY, &["[2001:db8::1]"], "2001:db8::1"),
            (PROXY, &["::ffff:203.0.113.1"], "203.0.113.1"),
            (PROXY, &["203.0.113.1, nonsense"], PROXY),
            ("::ffff:10.0.0.1", &["203.0.113.1, "], PROXY),
        ] {
            assert_eq!(client_of(peer, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn a_host_is_believed_from_the_request_or_a_trusted_proxy_if_it_is_one() {
        let headers = [("host", "a.test:80"), (FORWARDED_HOST, "b.test, c.test"), (FORWARDED_PROTO, "https")];
        let both = |peer| origin(peer, &headers).map(|origin| (origin.scheme, origin.host)).unwrap();
        assert_eq!(both(PROXY), ("https", "b.test".to_owned()));
        assert_eq!(both("198.51.100.7"), ("http", "a.test:80".to_owned()));
        for host in ["evil.test\"><b>", "a b", "a/b", "user@a.test", "a.test:port", "[::1", "a.test:99999", ":80"] {
            assert!(matches!(origin(PROXY, &[("host", host)]), Err(ApiError::BadRequest(_))), "{host}");
            let forwarded = [("host", "a.test"), (FORWARDED_HOST, host)];
            assert!(matches!(origin(PROXY, &forwarded), Err(ApiError::BadRequest(_))), "{host}");
            assert!(origin("198.51.100.7", &forwarded).is_ok(), "nobody reads that");
        }
        for host in ["[::1]:9000", "[0:0::1]", "127.0.0.1", "a.test.", "a_b.test", "xn--mller-kva.test", "LOCALHOST"] {
            assert_eq!(origin(PROXY, &[("host", host)]).unwrap().host, host);
        }
    }

    #[test]
    fn nothing_is_said_twice_and_newer_clients_name_the_host() {
        for twice in [("host", "a.test"), ("authorization", "Bearer x")] {
            let headers = [("host", "b.test"), twice, twice];
            assert!(matches!(origin(PROXY, &headers), Err(ApiError::BadRequest(_))), "{twice:?}");
        }
        assert!(matches!(origin(PROXY, &[]), Err(ApiError::BadRequest(_))));
        assert_eq!(ask(PROXY, Version::HTTP_10, &[]).unwrap().host, "");
        assert_eq!(origin(PROXY, &[("host", "")]).unwrap().host, "");
    }
}
