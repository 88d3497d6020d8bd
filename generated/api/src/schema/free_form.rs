//! JSON of any shape: what it may not hold, and how large it may be.

use crate::limits::{JSON_BYTES, JSON_DEPTH};
use serde_json::Value;
use std::io::{Error, Write};

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// There is a null character in it.
    Nul,
    /// Lists and objects lie too deep in one another.
    Deep,
    /// Its JSON is too long.
    Long,
}

/// Looks at a value, no deeper and no further than it may be.
pub(super) fn look(value: &Value) -> Result<(), Fault> {
    below(value, JSON_DEPTH)?;
    serde_json::to_writer(Room(JSON_BYTES), value).map_err(|_| Fault::Long)
}

fn below(value: &Value, depth: usize) -> Result<(), Fault> {
    let text = |text: &str| if text.contains('\0') { Err(Fault::Nul) } else { Ok(()) };
    let inner = depth.checked_sub(1).ok_or(Fault::Deep);
    match value {
        Value::String(value) => text(value),
        Value::Array(items) => inner.and_then(|depth| items.iter().try_for_each(|item| below(item, depth))),
        Value::Object(entries) => inner
            .and_then(|depth| entries.iter().try_for_each(|(key, value)| text(key).and_then(|()| below(value, depth)))),
        _ => Ok(()),
    }
}

/// Takes so many bytes and keeps none.
struct Room(usize);

impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| Error::other("too long"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_limited_in_bytes_and_depth() {
        let nested = |depth: usize| (0..depth).fold(json!(1), |inner, _| json!([inner]));
        let long = |length: usize| json!("x".repeat(length));
        assert_eq!(look(&nested(JSON_DEPTH)), Ok(()));
        assert_eq!(look(&nested(JSON_DEPTH + 1)), Err(Fault::Deep));
        assert_eq!(look(&long(JSON_BYTES - 2)), Ok(()));
        assert_eq!(look(&long(JSON_BYTES - 1)), Err(Fault::Long));
        assert_eq!(look(&json!({"a\0": 1})), Err(Fault::Nul));
    }
}
