//! What values look like: addresses, sizes, durations, networks.

use ipnet::IpNet;
use serde_json::json;
use std::{
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    time::Duration,
};
use tracing::level_filters::LevelFilter;
use vestibule_api::schemas;

/// `127.0.0.1:9000`, `localhost:9000`, and `:9000` for all addresses.
pub(super) fn listen(text: &str) -> Option<SocketAddr> {
    let text = if text.starts_with(':') { format!("0.0.0.0{text}") } else { text.to_owned() };
    text.parse().ok().or_else(|| text.to_socket_addrs().ok()?.next())
}

/// A text of one line; it may be empty.
pub(super) fn text(text: &str) -> Option<String> {
    (!text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// A key for secrets: long enough not to be guessed, and one of a list.
pub(super) fn secret_key(text: &str) -> Option<String> {
    let fits = text.chars().count() >= 32 && !text.contains([',', ' ']) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

/// Truth values, those of Python included.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// A sender of mail: an address, with or without a name.
pub(super) fn sender(text: &str) -> Option<String> {
    text.parse::<lettre::message::Mailbox>().ok().map(|_| text.to_owned())
}

/// Names of levels, those of Python's logging included.
pub(super) fn level(text: &str) -> Option<LevelFilter> {
    match text.to_lowercase().as_str() {
        "trace" => Some(LevelFilter::TRACE),
        "debug" => Some(LevelFilter::DEBUG),
        "info" => Some(LevelFilter::INFO),
        "warn" | "warning" => Some(LevelFilter::WARN),
        "error" | "critical" | "fatal" => Some(LevelFilter::ERROR),
        "off" => Some(LevelFilter::OFF),
        _ => None,
    }
}

/// Bytes: a number, alone or with a unit. `K` and `KiB` are 1,024.
pub(super) fn size(text: &str) -> Option<usize> {
    let (number, unit) = split_unit(text)?;
    let factor: usize = match unit.to_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => return None,
    };
    usize::try_from(number).ok()?.checked_mul(factor)
}

/// A number above zero.
pub(super) fn count(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number| *number > 0)
}

/// A duration above zero: a number of seconds, or with a unit.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split_unit(text)?;
    let milliseconds: u64 = match unit.to_lowercase().as_str() {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    Some(Duration::from_millis(number.checked_mul(milliseconds)?)).filter(|d| !d.is_zero())
}

fn split_unit(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim()))
}

/// Networks, separated by commas; a lone address is a network of one.
pub(super) fn networks(text: &str) -> Option<Vec<IpNet>> {
    list(text).map(|part| part.parse().ok().or_else(|| part.parse::<IpAddr>().ok().map(IpNet::from))).collect()
}

/// The parts of a list, separated by commas or white space.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty())
}

/// What can stand in an `Authorization` header.
pub(super) fn token(text: &str) -> Option<String> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic())).then(|| text.to_owned())
}

/// What a client could give a user as e-mail address, so that the user can be saved again; not none.
pub(super) fn email(text: &str) -> Option<String> {
    let fits = schemas::PATCHED_USER_REQUEST.check(json!({ "email": text })).is_ok();
    (fits && !text.trim().is_empty()).then(|| text.trim().to_owned())
}

/// A database URL that the store can open.
pub(super) fn database(text: &str) -> Option<String> {
    let known = is_postgres(text) || text.strip_prefix("sqlite://").is_some_and(|path| !path.is_empty());
    known.then(|| text.to_owned())
}

/// The address of a server, without anything that could stand after it.
pub(super) fn external_url(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let more = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
    let somebody = !url.username().is_empty() || url.password().is_some();
    (web && !more && !somebody).then(|| url.origin().ascii_serialization())
}

/// Whether a URL names a PostgreSQL.
pub(super) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations_have_units() {
        for (text, bytes) in [("0", 0), ("17", 17), ("2k", 2048), ("10 MiB", 10 << 20), ("1GB", 1 << 30)] {
            assert_eq!(size(text), Some(bytes), "{text}");
        }
        for text in ["", "ten", "-1", "1.5M", "1T", "99999999999999999999", "18446744073709551615G"] {
            assert_eq!(size(text), None, "{text}");
        }
        for (text, ms) in [("30", 30_000), ("500ms", 500), ("2m", 120_000), ("1h", 3_600_000)] {
            assert_eq!(duration(text), Some(Duration::from_millis(ms)), "{text}");
        }
        for text in ["", "0", "0ms", "-3s", "1d", "soon"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_of_a_user_keeps_to_the_contract() {
        assert_eq!(email("root@example.com").as_deref(), Some("root@example.com"));
        let long = format!("{}@example.com", "x".repeat(250));
        for text in ["", " ", "root", "root@", "@example.com", "root@exam ple.com", "a@b@c", long.as_str()] {
            assert_eq!(email(text), None, "{text}");
        }
    }

    #[test]
    fn an_external_url_is_that_of_a_server() {
        for (text, expected) in [
            ("https://id.example.com", "https://id.example.com"),
            ("https://ID.example.com:443/", "https://id.example.com"),
            ("http://[::1]:9000", "http://[::1]:9000"),
        ] {
            assert_eq!(external_url(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "id.example.com",
            "ftp://a.test",
            "https://",
            "https://a.test/x",
            "https://a.test?",
            "https://u@a.test",
        ] {
            assert_eq!(external_url(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_may_be_short() {
        assert_eq!(listen(":9000"), "0.0.0.0:9000".parse().ok());
        assert_eq!(listen("[::1]:80"), "[::1]:80".parse().ok());
        assert!(listen("localhost:9000").is_some_and(|a| a.ip().is_loopback()));
        for text in ["", "9000", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:"] {
            assert_eq!(listen(text), None, "{text}");
        }
        assert_eq!(networks("10.0.0.0/8, ::1").map(|n| n.len()), Some(2));
        assert_eq!(networks("10.0.0.0/33"), None);
        assert_eq!(networks("").map(|n| n.len()), Some(0));
    }
}
