//! Names of hosts, of which there are many spellings.

use std::net::{IpAddr, Ipv6Addr};
use url::Host;

/// One spelling for a host, with or without a port: lower case, international names in their ASCII form, addresses of
/// IPv6 short and without brackets, no dots at the ends. What is no host stays what it is, in lower case.
pub fn name(authority: &str) -> String {
    let text = without_port(authority.trim()).trim_matches('.');
    match Host::parse(text) {
        Ok(Host::Domain(name)) => name,
        Ok(Host::Ipv4(address)) => address.to_string(),
        Ok(Host::Ipv6(address)) => address.to_string(),
        Err(_) => text.parse::<Ipv6Addr>().map_or_else(|_| text.to_lowercase(), |address| address.to_string()),
    }
}

/// Whether a host is that of a domain or lies below it; both as [`name`] spells them.
pub fn is_within(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether this is a host, with or without a port, and nothing else: no user, no path, no markup.
pub fn is_authority(text: &str) -> bool {
    let Ok(authority) = text.parse::<http::uri::Authority>() else { return false };
    let host = authority.host();
    let port = text.strip_prefix(host).unwrap_or("no host at the beginning");
    let port = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    port && Host::parse(host).is_ok()
}

/// Whether a host, as [`name`] spells it, is this machine for everybody.
pub fn is_loopback(host: &str) -> bool {
    is_within(host, "localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        // Colons stand in an address of IPv6, too, which has brackets where a port may follow.
        Some((host, port))
            if port.bytes().all(|b| b.is_ascii_digit()) && (host.ends_with(']') || !host.contains(':')) =>
        {
            host
        }
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_host_become_one() {
        for (text, expected) in [
            ("a.test", "a.test"),
            ("A.Test:9000", "a.test"),
            ("a.test.", "a.test"),
            ("a.test.:443", "a.test"),
            (".a.test", "a.test"),
            ("MÜLLER.test", "xn--mller-kva.test"),
            ("xn--mller-kva.test", "xn--mller-kva.test"),
            ("a_b.test", "a_b.test"),
            ("127.0.0.1:80", "127.0.0.1"),
            ("[::1]:9000", "::1"),
            ("[0:0::1]", "::1"),
            ("::1", "::1"),
            ("2001:DB8::1", "2001:db8::1"),
            ("No Host", "no host"),
            ("", ""),
            (".", ""),
            (":80", ""),
            ("[", "["),
        ] {
            assert_eq!(name(text), expected, "{text}");
        }
    }

    #[test]
    fn below_a_domain_is_after_a_dot() {
        assert!(is_within("a.test", "a.test") && is_within("x.a.test", "a.test"));
        assert!(!is_within("xa.test", "a.test") && !is_within("test", "a.test") && !is_within("a.test", ""));
        // Nothing is below an address.
        assert!(!is_within(&name("127.0.0.1"), &name("1")) && !is_within(&name("127.0.0.1"), &name("0.1")));
    }
}
