//! A request as a command line.

use crate::event::Request;
use std::fmt::Write;

/// What `curl` adds by itself.
const AUTOMATIC: &[&str] = &["accept-encoding", "connection", "content-length", "host", "user-agent"];

/// A command that sends a request again, byte for byte, from a POSIX shell. It is one line.
pub fn line(request: &Request) -> String {
    line_with(request, |name, value| quote(&format!("{name}: {value}")))
}

/// As [`line`]; `header` makes the shell word of a header from its name and value.
pub(crate) fn line_with(request: &Request, header: impl Fn(&str, &str) -> String) -> String {
    let method = match request.method.as_str() {
        // `-X HEAD` waits for a body that never comes.
        "HEAD" => "--head".to_owned(),
        method => format!("-X {method}"),
    };
    let body = request.body.as_deref();
    // What a shell cannot have in a word, and what a terminal would not show, comes by a pipe. So it is always one line.
    let shown = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(char::is_control));
    let piped = body.filter(|bytes| !shown(bytes));
    let mut line = String::new();
    if let Some(bytes) = piped {
        let _ = write!(line, "printf '{}' | ", octal(bytes));
    }
    let _ = write!(line, "curl {method}");
    for (name, value) in &request.headers {
        let lower = name.to_ascii_lowercase();
        if AUTOMATIC.contains(&lower.as_str()) || (lower == "accept" && value == "*/*") {
            continue;
        }
        // An empty header ends in a semicolon: with a colon, curl would leave it out.
        if value.is_empty() {
            let _ = write!(line, " -H {}", quote(&format!("{name};")));
        } else {
            let _ = write!(line, " -H {}", header(name, value));
        }
    }
    let has_type = request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    match body {
        Some(bytes) => {
            if !has_type {
                // curl would say that it is a form.
                line.push_str(" -H 'Content-Type:'");
            }
            match std::str::from_utf8(bytes) {
                Ok(text) if piped.is_none() => drop(write!(line, " --data-raw {}", quote(text))),
                _ => line.push_str(" --data-binary @-"),
            }
        }
        None if matches!(request.method.as_str(), "POST" | "PUT" | "PATCH") => line.push_str(" -H 'Content-Length: 0'"),
        None => {}
    }
    // Braces and brackets of a URL are its own, not a pattern for curl.
    if request.url.contains(['{', '}', '[', ']']) {
        line.push_str(" --globoff");
    }
    if request.url.contains("/../") || request.url.contains("/./") {
        line.push_str(" --path-as-is");
    }
    let _ = write!(line, " {}", quote(&request.url));
    line
}

/// A shell word that means exactly this text.
pub(crate) fn quote(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Bytes as a format of `printf`.
fn octal(bytes: &[u8]) -> String {
    let byte = |b: &u8| match b {
        b'%' => "%%".to_owned(),
        b' '..=b'~' if *b != b'\'' && *b != b'\\' => char::from(*b).to_string(),
        b => format!("\\{b:03o}"),
    };
    bytes.iter().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Request {
        Request {
            method: method.into(),
            url: "http://localhost/books/?search=a'b&x={1}".into(),
            headers: headers.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect(),
            body: body.map(Into::into),
        }
    }

    #[test]
    fn quotes_whatever_is_in_it() {
        let headers =
            [("Content-Type", "application/json"), ("Host", "localhost"), ("X-Empty", ""), ("X-Other", "a b")];
        assert_eq!(
            line(&request("PUT", &headers, Some(br#"{"name": "it's"}"#))),
            concat!(
                r#"curl -X PUT -H 'Content-Type: application/json' -H 'X-Empty;' -H 'X-Other: a b' "#,
                r#"--data-raw '{"name": "it'\''s"}' --globoff 'http://localhost/books/?search=a'\''b&x={1}'"#
            )
        );
    }

    #[test]
    fn pipes_what_no_shell_word_can_hold() {
        let line = line(&request("POST", &[("Content-Type", "image/png")], Some(b"\x00%'\xffA")));
        assert!(line.starts_with(r"printf '\000%%\047\377A' | curl -X POST"), "{line}");
        assert!(line.contains("--data-binary @-"), "{line}");
    }

    #[test]
    fn is_one_line_whatever_the_body_is() {
        let line = line(&request("POST", &[("Content-Type", "text/plain")], Some(b"a\n\x1b[31mb")));
        assert!(line.starts_with(r"printf 'a\012\033[31mb' | curl -X POST"), "{line}");
    }

    #[test]
    fn says_that_a_post_is_empty() {
        assert!(line(&request("POST", &[], None)).contains("-H 'Content-Length: 0'"));
        assert!(line(&request("HEAD", &[], None)).starts_with("curl --head "));
    }
}
