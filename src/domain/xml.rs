//! XML from outside, read within limits.
//!
//! The reader below compares every attribute of an element with those before it, and looks names up among all namespaces
//! that are declared around them: both are quadratic. So a text is looked through before it is read.

use roxmltree::{Document, ParsingOptions};

/// Most bytes of a text.
const BYTES: usize = 1024 * 1024;

/// Most elements, texts and comments.
const NODES: u32 = 50_000;

/// Elements in one another.
const DEPTH: usize = 64;

/// Most attributes of one element.
const ATTRIBUTES: usize = 64;

/// Most declarations of namespaces, all in all.
const NAMESPACES: usize = 256;

/// Reads a text in time and space that grow no faster than the text. Document types are refused, and with them entities.
///
/// # Errors
/// `None` when it is too large, the reader's error when it is not XML.
pub fn read(text: &str) -> Result<Document<'_>, Option<roxmltree::Error>> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.len() > BYTES || text.matches("xmlns").count() > NAMESPACES || !is_modest(text) {
        return Err(None);
    }
    let options = ParsingOptions { nodes_limit: NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(Some)
}

/// Whether no element has too many attributes or lies too deep. As far as a text is XML this sees it as the reader does,
/// and where it ceases to be, the reader stops.
fn is_modest(text: &str) -> bool {
    let (mut rest, mut depth) = (text, 0_usize);
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let passed = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")]
            .into_iter()
            .find(|(begin, _)| rest.starts_with(begin));
        if let Some((begin, end)) = passed {
            let Some(at) = rest[begin.len()..].find(end) else { return true };
            rest = &rest[begin.len() + at + end.len()..];
            continue;
        }
        let Some(tag) = Tag::read(rest) else { return true };
        depth = match (rest.starts_with("</"), tag.is_empty) {
            (true, _) => depth.saturating_sub(1),
            (false, true) => depth,
            (false, false) => depth + 1,
        };
        if tag.attributes > ATTRIBUTES || depth > DEPTH {
            return false;
        }
        rest = &rest[tag.length..];
    }
    true
}

/// A tag: its length, its attributes, whether its element ends with it.
struct Tag {
    length: usize,
    attributes: usize,
    is_empty: bool,
}

impl Tag {
    /// The tag at the beginning of a text, if it ends; one that has too many attributes already ends there.
    fn read(text: &str) -> Option<Self> {
        let (mut quote, mut attributes, mut before) = (None, 0, b'<');
        for (at, byte) in text.bytes().enumerate() {
            match (quote, byte) {
                (Some(open), byte) if byte == open => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'=') => attributes += 1,
                (None, b'>') => return Some(Self { length: at + 1, attributes, is_empty: before == b'/' }),
                (None, _) => {}
            }
            if attributes > ATTRIBUTES {
                return Some(Self { length: at, attributes, is_empty: false });
            }
            before = byte;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_too_large(text: &str) -> bool {
        matches!(read(text), Err(None))
    }

    #[test]
    fn what_is_too_large_is_not_read() {
        let attributes = |number: usize| (0..number).map(|n| format!(" a{n}='='")).collect::<String>();
        let nested = |depth: usize| format!("{}{}", "<a b='>'>".repeat(depth), "</a>".repeat(depth));
        let namespaces = |number: usize| format!("<a>{}</a>", "<b xmlns:c='d'/>".repeat(number));
        assert!(read(&format!("<a{}/>", attributes(ATTRIBUTES))).is_ok());
        assert!(is_too_large(&format!("<a{}/>", attributes(ATTRIBUTES + 1))));
        assert!(is_too_large(&format!("<!-- < --><?x < ?><a><![CDATA[<]]><b{}", attributes(40_000))));
        assert!(read(&nested(DEPTH)).is_ok() && is_too_large(&nested(DEPTH + 1)));
        assert!(read(&namespaces(NAMESPACES)).is_ok() && is_too_large(&namespaces(NAMESPACES + 1)));
        assert!(is_too_large(&format!("<a>{}</a>", " ".repeat(BYTES))));
        assert!(matches!(
            read(&format!("<a>{}</a>", "<b/>".repeat(60_000))),
            Err(Some(roxmltree::Error::NodesLimitReached))
        ));
        assert!(matches!(read("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>"), Err(Some(_))));
    }
}
