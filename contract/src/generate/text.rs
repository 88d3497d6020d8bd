//! Texts: of a pattern, of a format, or just of letters.

use proptest::{
    prelude::{Just, Strategy, any, prop},
    strategy::BoxedStrategy,
    string::string_regex,
};
use regex::Regex;

/// How many characters more than needed a text may have, where there is no limit.
const LONGER: usize = 24;

/// Texts of a length without other rules. No control characters and no blanks at either end: that servers trim or
/// refuse them is a rule that no schema states.
pub(crate) fn plain(minimum: usize, maximum: Option<usize>) -> BoxedStrategy<String> {
    let most = maximum.unwrap_or(usize::MAX).min(minimum.saturating_add(LONGER)).max(minimum);
    let solid = prop_oneof_chars();
    let inner = proptest::prop_oneof![9 => prop_oneof_chars(), 1 => Just(' ').boxed()];
    (prop::collection::vec(inner, minimum..=most), solid.clone(), solid)
        .prop_map(|(mut letters, first, last)| {
            if let Some(letter) = letters.last_mut().filter(|letter| letter.is_whitespace()) {
                *letter = last;
            }
            if let Some(letter) = letters.first_mut().filter(|letter| letter.is_whitespace()) {
                *letter = first;
            }
            letters.into_iter().collect()
        })
        .boxed()
}

fn prop_oneof_chars() -> BoxedStrategy<char> {
    let range = |from: char, to: char| prop::char::range(from, to);
    proptest::prop_oneof![
        6 => range('a', 'z'),
        2 => range('A', 'Z'),
        2 => range('0', '9'),
        2 => range('!', '~'),
        1 => range('à', 'ÿ'),
        1 => range('α', 'ω'),
        1 => range('一', '龥'),
        1 => range('😀', '🙏'),
    ]
    .boxed()
}

/// Texts that match a pattern and keep to the limits; nothing if the pattern cannot be read.
pub(crate) fn matching(pattern: &str, minimum: usize, maximum: Option<usize>) -> Option<BoxedStrategy<String>> {
    let (body, open_start, open_end) = unanchored(pattern);
    let regex = Regex::new(&ascii(pattern)).ok()?;
    let core = string_regex(&body).ok()?;
    // A pattern without anchors may stand anywhere in the text; what it describes is enough.
    let _ = (open_start, open_end);
    let most = maximum.unwrap_or(usize::MAX);
    let long = (core, string_regex(&body).ok()?, string_regex(&body).ok()?).prop_map(move |(first, second, third)| {
        // Too short: several in a row may match too.
        let mut text = first;
        for more in [second, third] {
            if text.chars().count() < minimum {
                text.push_str(&more);
            }
        }
        text.chars().take(most).collect::<String>()
    });
    Some(
        long.prop_filter("the pattern and the limits", move |text| {
            let count = text.chars().count();
            count >= minimum && count <= most && regex.is_match(text)
        })
        .boxed(),
    )
}

/// A text of an exact length that matches a pattern.
pub(crate) fn exactly(pattern: Option<&str>, sample: &str, length: usize) -> Option<String> {
    let mut letters: Vec<char> = sample.chars().collect();
    if letters.is_empty() && length > 0 {
        letters.push('a');
    }
    let grown: String = letters.iter().cycle().take(length).collect();
    match pattern {
        None => Some(grown),
        Some(pattern) => Regex::new(&ascii(pattern)).ok().filter(|regex| regex.is_match(&grown)).map(|_| grown),
    }
}

/// Whether a text matches a pattern, as JSON Schema means it; true if the pattern cannot be read.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(&ascii(pattern)).map_or(true, |regex| regex.is_match(text))
}

/// A pattern without its anchors, in ASCII.
fn unanchored(pattern: &str) -> (String, bool, bool) {
    let pattern = ascii(pattern);
    let (start, end) = (pattern.starts_with('^'), pattern.ends_with('$') && !pattern.ends_with("\\$"));
    let inner = &pattern[usize::from(start)..pattern.len() - usize::from(end)];
    (inner.to_owned(), !start, !end)
}

/// The classes of a pattern spelled out as JSON Schema (ECMA 262) means them: without other alphabets.
fn ascii(pattern: &str) -> String {
    let (mut text, mut inside) = (String::new(), false);
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                let class = letters.next();
                let range = match class {
                    Some('w') => Some("A-Za-z0-9_"),
                    Some('d') => Some("0-9"),
                    Some('s') => Some(" \\t\\n\\r"),
                    _ => None,
                };
                match (range, class) {
                    (Some(range), _) if inside => text.push_str(range),
                    (Some(range), _) => text.push_str(&format!("[{range}]")),
                    (None, Some('/')) => text.push('/'),
                    (None, Some(class)) => text.extend(['\\', class]),
                    (None, None) => text.push('\\'),
                }
            }
            '[' if inside => text.push_str("\\["),
            _ => {
                inside = match letter {
                    '[' => true,
                    ']' => false,
                    _ => inside,
                };
                text.push(letter);
            }
        }
    }
    text
}

/// Texts of a format; nothing if it is not known.
pub(crate) fn formatted(format: &str) -> Option<BoxedStrategy<String>> {
    let regex = |pattern: &str| string_regex(pattern).ok().map(Strategy::boxed);
    let host = "[a-z][a-z0-9]{0,8}\\.(example|test)";
    match format {
        "uuid" => Some(
            any::<u128>()
                .prop_map(|n| uuid::Builder::from_random_bytes(n.to_be_bytes()).into_uuid().to_string())
                .boxed(),
        ),
        "date" => regex("20[0-4][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"),
        "time" => regex("([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"),
        "date-time" => regex(
            "20[0-4][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[01]):[0-5]0)",
        ),
        "duration" => regex("P([1-9][0-9]?D|T[1-9][0-9]?[HMS])"),
        "email" | "idn-email" => regex(&format!("[a-z][a-z0-9]{{0,10}}([.+_-][a-z0-9]{{1,6}})?@{host}")),
        "hostname" | "idn-hostname" => regex(host),
        "ipv4" => regex("(10|172|192|203)(\\.(0|1[0-9]{0,2}|2[0-4]?[0-9]|[3-9][0-9]?)){3}"),
        "ipv6" => regex("2001:db8(:[0-9a-f]{1,4}){6}"),
        "uri" | "url" | "iri" => regex(&format!(
            "https?://{host}(:[1-9][0-9]{{1,3}})?(/[a-z0-9_-]{{1,8}}){{0,3}}(\\?[a-z]{{1,4}}=[a-z0-9]{{0,4}})?"
        )),
        "uri-reference" | "iri-reference" => regex("(/[a-z0-9_-]{1,8}){1,3}"),
        "byte" => regex("([A-Za-z0-9+/]{4}){1,8}"),
        "binary" => Some(plain(0, None)),
        "int32" | "int64" | "password" => None,
        _ => None,
    }
}

/// Texts that are certainly not of a format.
pub(crate) fn unformatted(format: &str) -> &'static [&'static str] {
    match format {
        "uuid" => &["not-a-uuid", "12345678-1234-1234-1234-12345678901", "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"],
        "date" => &["not a date", "2024-13-01", "2024-02-30"],
        "date-time" => &["not a date", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z", "2024-01-01T25:00:00Z"],
        "time" => &["not a time", "25:00:00Z"],
        "email" => &["nobody", "@example.test", "two@at@example.test", "with blank@example.test"],
        "ipv4" => &["256.1.1.1", "1.2.3", "address"],
        "ipv6" => &["2001:db8::g", "address"],
        // `http://` is one: RFC 3986 lets the host be empty.
        "uri" | "url" => &["no address", "://"],
        _ => &[],
    }
}
