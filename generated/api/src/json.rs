//! Answers as JSON: what `serde_json` writes, byte for byte, with texts looked through many bytes at a time. A list is
//! mostly texts, and most of them stand in JSON as they are.

use crate::limits::ANSWER_BYTES;
use serde::{
    Serialize,
    ser::{self, Error as _},
};
use serde_json::Error;
use std::{cell::RefCell, fmt::Display};

/// How much memory a thread keeps for the next answer.
const KEPT: usize = 1 << 20;

thread_local! {
    /// Where answers are written before they are copied to where they fit exactly: growing to their size would copy more.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(vec![]) };
}

/// What the error says of a value that is too long, before its position.
const TOO_LONG: &str = "too long";

/// Whether an error of [`to_vec`] is about the length.
pub(crate) fn is_too_long(error: &Error) -> bool {
    error.to_string().starts_with(TOO_LONG)
}

/// A value as JSON.
///
/// # Errors
/// For a list that is too long to be an answer, for a map whose keys are no texts, and whatever the value itself refuses.
pub(crate) fn to_vec<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    let mut writer = Writer(BUFFER.take());
    writer.0.clear();
    let written = value.serialize(&mut writer);
    let bytes = written.map(|()| writer.0.as_slice().to_vec());
    writer.0.shrink_to(KEPT);
    BUFFER.set(writer.0);
    bytes
}

struct Writer(Vec<u8>);

impl Writer {
    fn raw(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn begin(&mut self, bytes: &[u8], end: &'static [u8]) -> Result<Compound<'_>, Error> {
        self.0.extend_from_slice(bytes);
        Ok(Compound { writer: self, empty: true, end })
    }

    /// Begins what stands in an object of its own, under the name of its variant.
    fn variant(&mut self, name: &str) -> Result<(), Error> {
        self.raw(b"{")?;
        ser::Serializer::serialize_str(&mut *self, name)?;
        self.raw(b":")
    }
}

/// Whether a text stands in JSON as it is. There is no way out in the middle of a chunk, so that the compiler compares all
/// its bytes at once.
fn is_plain(text: &[u8]) -> bool {
    let plain = |chunk: &[u8]| {
        chunk.iter().fold(true, |plain, byte| plain & (*byte >= b' ') & (*byte != b'"') & (*byte != b'\\'))
    };
    let mut chunks = text.chunks_exact(32);
    chunks.all(plain) && plain(chunks.remainder())
}

/// Numbers, as `serde_json` writes them.
macro_rules! numbers {
    ($($name:ident $type:ty;)*) => {$(
        fn $name(self, value: $type) -> Result<(), Error> {
            serde_json::to_writer(&mut self.0, &value)
        }
    )*};
}

impl<'w> ser::Serializer for &'w mut Writer {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<'w>;
    type SerializeTuple = Compound<'w>;
    type SerializeTupleStruct = Compound<'w>;
    type SerializeTupleVariant = Compound<'w>;
    type SerializeMap = Compound<'w>;
    type SerializeStruct = Compound<'w>;
    type SerializeStructVariant = Compound<'w>;

    numbers! {
        serialize_i8 i8;
        serialize_i16 i16;
        serialize_i32 i32;
        serialize_i64 i64;
        serialize_u8 u8;
        serialize_u16 u16;
        serialize_u32 u32;
        serialize_u64 u64;
        serialize_f32 f32;
        serialize_f64 f64;
        serialize_char char;
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.raw(if value { b"true" } else { b"false" })
    }

    fn serialize_str(self, text: &str) -> Result<(), Error> {
        if !is_plain(text.as_bytes()) {
            return serde_json::to_writer(&mut self.0, text);
        }
        self.0.reserve(text.len() + 2);
        self.raw(b"\"")?;
        self.raw(text.as_bytes())?;
        self.raw(b"\"")
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Error> {
        ser::Serializer::collect_str(&mut serde_json::Serializer::new(&mut self.0), value)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.raw(b"null")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.raw(b"null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.raw(b"null")
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), Error> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.variant(name)?;
        value.serialize(&mut *self)?;
        self.raw(b"}")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'w>, Error> {
        self.begin(b"[", b"]")
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'w>, Error> {
        self.begin(b"[", b"]")
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'w>, Error> {
        self.begin(b"[", b"]")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Compound<'w>, Error> {
        self.variant(name)?;
        self.begin(b"[", b"]}")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'w>, Error> {
        self.begin(b"{", b"}")
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'w>, Error> {
        self.begin(b"{", b"}")
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Compound<'w>, Error> {
        self.variant(name)?;
        self.begin(b"{", b"}}")
    }
}

/// A list or an object that has been begun.
struct Compound<'w> {
    writer: &'w mut Writer,
    empty: bool,
    end: &'static [u8],
}

impl Compound<'_> {
    /// An item of a list. Only lists grow with what is stored, so only here the length is looked at.
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        if self.writer.0.len() > ANSWER_BYTES {
            return Err(Error::custom(TOO_LONG));
        }
        if !std::mem::take(&mut self.empty) {
            self.writer.raw(b",")?;
        }
        value.serialize(&mut *self.writer)
    }

    /// The key of an entry: a text, or a number or truth value in quotes.
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        let before = self.writer.0.len() + usize::from(!self.empty);
        self.item(key)?;
        match self.writer.0.get(before) {
            Some(b'"') => Ok(()),
            Some(b'-' | b'0'..=b'9' | b't' | b'f') => {
                self.writer.0.insert(before, b'"');
                self.writer.raw(b"\"")
            }
            _ => Err(Error::custom("key must be a string")),
        }
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.writer.raw(b":")?;
        value.serialize(&mut *self.writer)
    }

    fn finish(self) -> Result<(), Error> {
        self.writer.raw(self.end)
    }
}

/// Lists of all kinds.
macro_rules! lists {
    ($($trait:ident $method:ident;)*) => {$(
        impl ser::$trait for Compound<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.item(value)
            }

            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        }
    )*};
}

lists! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

impl ser::SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.value(value)
    }

    fn end(self) -> Result<(), Error> {
        self.finish()
    }
}

/// Objects with fields that are known.
macro_rules! objects {
    ($($trait:ident)*) => {$(
        impl ser::$trait for Compound<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                self.item(name)?;
                self.value(value)
            }

            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        }
    )*};
}

objects! { SerializeStruct SerializeStructVariant }

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(Serialize)]
    enum Any {
        Unit,
        Newtype(i32),
        Tuple(i32, &'static str),
        Struct { a: Option<f64>, b: () },
    }

    #[derive(Serialize)]
    struct Unit;

    #[derive(Serialize)]
    struct Pair(u8, char);

    fn same(value: &impl Serialize) {
        assert_eq!(
            String::from_utf8(to_vec(value).unwrap()).unwrap(),
            serde_json::to_string(value).unwrap(),
            "written otherwise"
        );
    }

    #[test]
    fn everything_is_written_as_serde_json_writes_it() {
        same(&json!({"a": [1, -2, 2.5, 1e300, true, false, null, "x"], "b": {}, "c": [], "d": {"e": [[], {}]}}));
        same(&(i64::MIN, u64::MAX, f32::MAX, f64::NAN, f64::INFINITY, -0.0, 1.0, 1e-7));
        same(&[Any::Unit, Any::Newtype(1), Any::Tuple(1, "x"), Any::Struct { a: None, b: () }]);
        same(&Any::Struct { a: Some(0.1), b: () });
        same(&(Unit, Pair(1, '"'), 'x', Some(Some(1)), (), [0_u8; 3]));
        same(&(uuid::Uuid::from_u128(7), chrono::DateTime::<chrono::Utc>::MIN_UTC, chrono::NaiveDate::MAX));
        same(&BTreeMap::from([(true, 1), (false, 2)]));
        same(&BTreeMap::from([(-1, "a"), (20, "b")]));
        same(&BTreeMap::from([("a\"b", 1), ("", 2)]));
        same(&BTreeMap::<String, ()>::new());
    }

    #[test]
    fn texts_are_written_as_serde_json_writes_them() {
        for length in [0, 1, 31, 32, 33, 64, 100] {
            same(&"x".repeat(length));
            for odd in (0..=0x20).map(char::from).chain(['"', '\\', '/', '\u{7f}', '\u{80}', 'ß', '\u{2028}', '🙂'])
            {
                for at in [0, length / 2, length] {
                    let mut text = "x".repeat(length);
                    text.insert(at, odd);
                    same(&text);
                }
            }
        }
    }

    #[test]
    fn no_answer_grows_without_end() {
        let text = "x".repeat(1 << 20);
        let lists = |number: usize| vec![text.as_str(); number];
        assert!(to_vec(&lists(ANSWER_BYTES >> 20)).is_ok());
        assert!(is_too_long(&to_vec(&lists((ANSWER_BYTES >> 20) + 2)).unwrap_err()));
    }

    #[test]
    fn keys_are_texts() {
        assert!(to_vec(&BTreeMap::from([((1, 2), 3)])).is_err());
        assert!(to_vec(&BTreeMap::from([(None::<i32>, 3)])).is_err());
        assert_eq!(to_vec(&1).unwrap(), b"1", "what was left of a failure is gone");
    }
}
