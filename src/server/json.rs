//! Reading JSON bodies strictly: UTF-8, bounded depth, a bounded number of values, no duplicate keys.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::cell::Cell;
use vestibule_api::ApiError;

/// Most values of a document. One of two bytes takes a good hundred in memory.
const VALUES: usize = 200_000;

/// A JSON document from bytes.
///
/// # Errors
/// 400 with the place and the reason. Depth is limited by `serde_json` (128).
pub fn parse(bytes: &[u8]) -> Result<Value, ApiError> {
    let failed = |reason: String| ApiError::BadRequest(format!("JSON parse error - {reason}"));
    let text = std::str::from_utf8(bytes).map_err(|e| failed(format!("not UTF-8: {e}")))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let left = Cell::new(VALUES);
    let value = Strict(&left).deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|e| failed(e.to_string()))
}

/// Builds a [`Value`] and refuses an object that names a key twice: which of the two counts differs between parsers,
/// and that is how checks are passed with one value and used with another. Counts how many values there may still be.
#[derive(Clone, Copy)]
struct Strict<'a>(&'a Cell<usize>);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.0.get().checked_sub(1);
        self.0.set(left.ok_or_else(|| D::Error::custom(format!("more than {VALUES} values")))?);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(Value::String(v))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = vec![];
        while let Some(value) = seq.next_element_seed(self)? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("duplicate key {key:?}")));
            }
            object.insert(key, map.next_value_seed(self)?);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_json_allows() {
        let value = parse(br#" {"a": [1, -2, 2.5, true, null, "x"], "b": {}} "#).unwrap();
        assert_eq!(value, serde_json::json!({"a": [1, -2, 2.5, true, null, "x"], "b": {}}));
    }

    #[test]
    fn refuses_with_a_reason() {
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        let many = format!("[{}0]", "0,".repeat(VALUES));
        for (bytes, reason) in [
            (&b"{\"a\":1,\"a\":2}"[..], "duplicate key"),
            (b"{\"name\":", "EOF"),
            (b"{\"name\": NaN}", "expected"),
            (b"\xff\xfe", "UTF-8"),
            (b"{} x", "trailing"),
            (b"{\"name\": \"\\ud800\"}", "hex escape"),
            (deep.as_bytes(), "recursion limit"),
            (many.as_bytes(), "more than 200000 values"),
        ] {
            let ApiError::BadRequest(text) = parse(bytes).unwrap_err() else { panic!("wrong kind") };
            assert!(text.starts_with("JSON parse error - ") && text.contains(reason), "{text}");
        }
    }
}
