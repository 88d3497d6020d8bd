//! `$ref`.

use crate::{Document, Error, limits};
use serde_json::Value;

/// What the value refers to, if it is a reference.
pub(crate) fn target(value: &Value) -> Option<&str> {
    value.as_object()?.get("$ref")?.as_str()
}

/// `~1` and `~0` of a JSON pointer.
pub(crate) fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// A pointer in a URL may be percent-encoded: `#/components/schemas/a%20b`.
pub(crate) fn decode_percent(pointer: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(pointer.len());
    let mut rest = pointer.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first == b'%'
            && let [high, low, tail @ ..] = rest
        {
            let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            bytes.push(digit(*high)? << 4 | digit(*low)?);
            rest = tail;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Every reference of the document must lead to something that is none, within the document.
pub(crate) fn check(document: &Document) -> Result<(), Error> {
    walk(document, &document.value, &mut String::new(), false)
}

/// Objects whose members have names of the author's choice: a property may well be called `default`, or even `$ref`.
const NAMED: [&str; 9] = [
    "callbacks",
    "headers",
    "parameters",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
];

/// `named`: whether the names of the members are the author's.
fn walk(document: &Document, value: &Value, pointer: &mut String, named: bool) -> Result<(), Error> {
    let length = pointer.len();
    match value {
        Value::Object(object) => {
            if !named
                && let Some(reference) = target(value)
                && let Err(reason) = lead(document, reference)
            {
                return Err(document.error(&format!("{pointer}/$ref"), reason));
            }
            for (name, member) in object {
                // What is data for the API and not a description of it may hold anything.
                let data = matches!(name.as_str(), "example" | "examples" | "default" | "enum" | "const");
                if !named && (data || name.starts_with("x-")) {
                    continue;
                }
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                walk(document, member, pointer, !named && NAMED.contains(&name.as_str()))?;
                pointer.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                walk(document, item, pointer, false)?;
                pointer.truncate(length);
            }
        }
        _ => {}
    }
    Ok(())
}

/// Follows a reference to its end.
fn lead(document: &Document, reference: &str) -> Result<(), String> {
    let mut current = reference;
    for _ in 0..limits::REFERENCES {
        if !current.starts_with('#') {
            return Err(format!("the reference {current:?} leads to another document, which is not supported"));
        }
        let next = document.follow(current).ok_or_else(|| format!("the reference {current:?} leads nowhere"))?;
        match target(next) {
            Some(further) => current = further,
            None => return Ok(()),
        }
    }
    Err(format!("the reference {reference:?} leads to references only, in a circle"))
}
