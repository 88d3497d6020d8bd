//! Where an OAuth2 client may send users back to. Clients of 2024.6 write and read a text with one URI a line, in which
//! any line could be a regular expression, so that the dots of a plain address stood for any letter (CVE-2024-52289).
//! Here every URI has a mode of its own, and a line is a pattern only if it cannot be an address.

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// An address, or a pattern of addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedirectUri {
    /// How addresses are compared with it.
    pub matching_mode: MatchingMode,
    /// The address or the pattern. The pattern `*` stands for any address, as it did in 2024.6.
    pub url: String,
}

/// How addresses are compared with a redirect URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MatchingMode {
    /// Letter by letter.
    Strict,
    /// By a regular expression.
    Regex,
}

/// The pattern that any address matches, though it is no regular expression.
const ANY: &str = "*";

/// Longest pattern that is taken.
const LONGEST_PATTERN: usize = 2048;

/// Most bytes of a pattern once it is compiled: a few letters can ask for megabytes, and there may be many patterns.
const COMPILED_PATTERN: usize = 128 * 1024;

/// Groups and repetitions in one another. Each takes some of the stack, and stars are one in another when they only follow
/// each other.
const NESTED_PATTERN: u32 = 32;

/// The URIs that a client sent: a JSON list of them, or a text. A line of the text that is stored already stays what it
/// is, so that writing what was read changes nothing; others are parted at blanks, too, because no URI has any.
pub fn read(sent: &str, stored: &[RedirectUri]) -> Vec<RedirectUri> {
    if let Ok(listed) = serde_json::from_str(sent) {
        return listed;
    }
    let mut uris = vec![];
    for line in sent.lines().map(str::trim) {
        match stored.iter().find(|uri| uri.url == line) {
            Some(uri) => uris.push(uri.clone()),
            None => uris.extend(line.split_whitespace().map(|url| guessed(url, url == sent.trim()))),
        }
    }
    uris
}

/// The URIs as text: one a line, whatever their modes.
pub fn text(uris: &[RedirectUri]) -> String {
    uris.iter().map(|uri| uri.url.as_str()).collect::<Vec<_>>().join("\n")
}

/// A text as [`text`] would write it: without blanks around the lines and without empty ones.
pub fn lines(sent: &str) -> String {
    sent.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Checks that patterns are patterns, that each URI can be a line, and that no address leads to a script that the browser
/// would run (CVE-2024-21637).
///
/// # Errors
/// What is wrong with the first one that is refused.
pub fn check(uris: &[RedirectUri]) -> Result<(), String> {
    uris.iter().try_for_each(|RedirectUri { matching_mode, url }| {
        let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let unfit = match matching_mode {
            MatchingMode::Strict => url.contains(char::is_whitespace),
            MatchingMode::Regex if url != ANY && !is_pattern(url) => {
                return Err(format!("Invalid Regex Pattern: {url}"));
            }
            MatchingMode::Regex => false,
        };
        if unfit || url.contains(char::is_control) || matches!(scheme.as_str(), "javascript" | "data" | "vbscript") {
            return Err(format!("Invalid redirect URI: {url}"));
        }
        Ok(())
    })
}

/// A URI whose mode nobody told; `alone` if the text has no other.
fn guessed(url: &str, alone: bool) -> RedirectUri {
    /// What no address has: letters that must be encoded there, and what only repetition or the end of a pattern means.
    static MARKS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[\\^|{}]|\.[*+]|[)\]][*+?]|\$$").ok());
    let marked = MARKS.as_ref().is_some_and(|marks| marks.is_match(url)) && is_pattern(url);
    let pattern = marked || (alone && url == ANY);
    let matching_mode = if pattern { MatchingMode::Regex } else { MatchingMode::Strict };
    RedirectUri { matching_mode, url: url.to_owned() }
}

/// Whether a text is a regular expression that takes linear time and little space.
fn is_pattern(text: &str) -> bool {
    text.len() <= LONGEST_PATTERN
        && RegexBuilder::new(text).size_limit(COMPILED_PATTERN).nest_limit(NESTED_PATTERN).build().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(matching_mode: MatchingMode, url: &str) -> RedirectUri {
        RedirectUri { matching_mode, url: url.to_owned() }
    }

    #[test]
    fn a_line_is_a_pattern_only_if_it_cannot_be_an_address() {
        let patterns = [
            r"https://a\.x/.*",
            "https://a.x/.*",
            "http://localhost:.*/cb",
            ".*",
            "*",
            "https://a.x/(b|c)",
            "https://a.x/[a-z]+",
            "https://a.x/.+/cb",
            "https://a.x/(cb)?",
            "^https://a.x/cb",
            "https://a.x/cb$",
            "https://a.x/[0-9]{4}",
            r"https://\w+\.a\.x/[^/]+/\w+",
        ];
        for line in patterns {
            assert_eq!(read(line, &[]), [uri(MatchingMode::Regex, line)], "{line}");
            assert_eq!(check(&read(line, &[])), Ok(()), "{line}");
        }
        let addresses = [
            "https://foo.example.com",
            "https://a.x/cb?b=1",
            "http://[::1]/cb",
            "app:/cb",
            "https://a.x/$x",
            "https://a.x/(b",
            "https://a.x/(b)",
            "https://a.x/\\",
            "https://a.x/(?=b).*",
        ];
        for line in addresses {
            assert_eq!(read(line, &[]), [uri(MatchingMode::Strict, line)], "{line}");
            assert_eq!(check(&read(line, &[])), Ok(()), "{line}");
        }
        assert_eq!(read("*\nhttps://a.x", &[])[0], uri(MatchingMode::Strict, "*"));
        let long = format!("https://a.x/{}.*", "a".repeat(LONGEST_PATTERN));
        assert_eq!(read(&long, &[])[0].matching_mode, MatchingMode::Strict);
    }

    #[test]
    fn text_comes_back_line_for_line() {
        let sent = " https://a.x/cb \r\n\nhttps://b.x/.*  app:/cb\n";
        assert_eq!(text(&read(sent, &[])), "https://a.x/cb\nhttps://b.x/.*\napp:/cb");
        assert_eq!(read(" \n", &[]), []);
        assert_eq!(read("", &[]), []);
    }

    #[test]
    fn what_is_stored_keeps_its_mode() {
        let stored = [uri(MatchingMode::Regex, "https://a.x/cb"), uri(MatchingMode::Regex, "https://[^ ]+/cb")];
        assert_eq!(read(&text(&stored), &stored), stored);
        assert_eq!(read("https://a.x/cb", &[]), [uri(MatchingMode::Strict, "https://a.x/cb")]);
    }

    #[test]
    fn a_list_says_the_modes_itself() {
        let list = r#"[{"matching_mode":"regex","url":"https://a.x/cb"},{"matching_mode":"strict","url":".*"}]"#;
        let uris = [uri(MatchingMode::Regex, "https://a.x/cb"), uri(MatchingMode::Strict, ".*")];
        assert_eq!(read(list, &[uri(MatchingMode::Strict, "https://a.x/cb")]), uris);
        assert_eq!(read("[]", &[]), []);
        // A pattern may begin like a list.
        assert_eq!(read("[a-z]+://a.x", &[]), [uri(MatchingMode::Regex, "[a-z]+://a.x")]);
    }

    #[test]
    fn some_are_refused() {
        let wrong = [
            uri(MatchingMode::Regex, "("),
            uri(MatchingMode::Regex, "(?=a)"),
            uri(MatchingMode::Regex, &format!("a{}", "*".repeat(200))),
            uri(MatchingMode::Regex, r"((\pL{99}){99}){9}"),
            uri(MatchingMode::Regex, "a\nb"),
            uri(MatchingMode::Strict, "https://a.x/ b"),
            uri(MatchingMode::Strict, "JavaScript:x"),
            uri(MatchingMode::Regex, "data:.*"),
        ];
        for uri in wrong {
            assert!(check(std::slice::from_ref(&uri)).is_err(), "{uri:?}");
        }
    }
}
