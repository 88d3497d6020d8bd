//! YAML from outside, read within limits.
//!
//! The reader below knows few: it keeps all tokens of a text before it builds a value, compares each with every open
//! bracket, and writes out what an alias stands for as often as it occurs. So a text is looked through before it is read,
//! and what is built is counted.

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor};
use std::{cell::Cell, fmt};
use vestibule_spec::brackets;
use yaml_serde::{
    Mapping, Value,
    value::{Tag, TaggedValue},
};

/// Most bytes of a text.
const BYTES: usize = 1024 * 1024;

/// Most places in it where a token can begin or end.
const MARKS: usize = 150_000;

/// Maps, lists and tags in one another.
const DEPTH: usize = 64;

/// Comparisons of open brackets that reading may cost: less than half a second.
const COMPARISONS: usize = 20_000_000;

/// Most values, with aliases written out.
const VALUES: usize = 100_000;

/// Most bytes of all scalars, with aliases written out.
const WRITTEN_OUT: usize = 4 * BYTES;

/// Reads a text in time and space that grow no faster than the text.
///
/// # Errors
/// Why it cannot be read, for people.
pub fn read(text: &str) -> Result<Value, String> {
    if text.len() > BYTES {
        return Err(format!("The file is larger than {} KiB.", BYTES / 1024));
    }
    if brackets::excess(text, DEPTH, COMPARISONS).is_some() {
        return Err(Budget::TOO_DEEP.to_owned());
    }
    if marks(text) > MARKS {
        return Err(Budget::TOO_MANY.to_owned());
    }
    let budget = Budget { values: Cell::new(VALUES), bytes: Cell::new(WRITTEN_OUT), exceeded: Cell::new(None) };
    let builder = Builder { budget: &budget, depth: 0 };
    builder
        .deserialize(yaml_serde::Deserializer::from_str(text))
        .map_err(|error| budget.exceeded.get().map_or_else(|| format!("The file is not YAML: {error}."), str::to_owned))
}

/// Between two tokens stands one of these.
fn marks(text: &str) -> usize {
    let is_mark = |pair: &[u8]| match pair {
        [b'-' | b'?', next, ..] => next.is_ascii_whitespace(),
        [first, ..] => matches!(first, b',' | b'[' | b']' | b'{' | b'}' | b':' | b'\n' | b'*' | b'!' | b'&'),
        [] => false,
    };
    text.as_bytes().windows(2).filter(|pair| is_mark(pair)).count()
}

/// What may still be built.
struct Budget {
    values: Cell<usize>,
    bytes: Cell<usize>,
    /// What there was too much of.
    exceeded: Cell<Option<&'static str>>,
}

impl Budget {
    const TOO_DEEP: &str = "The file is nested too deeply.";
    const TOO_MANY: &str = "The file has too many values.";
    const TOO_LONG: &str = "The file is too long once its aliases are written out.";

    fn fail<E: Error>(&self, reason: &'static str) -> E {
        self.exceeded.set(Some(reason));
        E::custom(reason)
    }

    fn spend<E: Error>(&self, bytes: usize) -> Result<(), E> {
        let values = self.values.get().checked_sub(1).ok_or_else(|| self.fail(Self::TOO_MANY))?;
        let left = self.bytes.get().checked_sub(bytes).ok_or_else(|| self.fail(Self::TOO_LONG))?;
        self.values.set(values);
        self.bytes.set(left);
        Ok(())
    }
}

/// Builds a value.
#[derive(Clone, Copy)]
struct Builder<'b> {
    budget: &'b Budget,
    depth: usize,
}

impl Builder<'_> {
    /// The builder of what is inside.
    fn inner<E: Error>(self) -> Result<Self, E> {
        if self.depth == DEPTH {
            return Err(self.budget.fail(Budget::TOO_DEEP));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }

    fn scalar<E: Error>(self, value: impl Into<Value>) -> Result<Value, E> {
        self.budget.spend(0)?;
        Ok(value.into())
    }
}

impl<'de> DeserializeSeed<'de> for Builder<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Builder<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of YAML")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.scalar(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.scalar(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.scalar(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.budget.spend(value.len())?;
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.budget.spend(0)?;
        let (inner, mut list) = (self.inner()?, vec![]);
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(Value::Sequence(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.budget.spend(0)?;
        let (inner, mut map) = (self.inner()?, Mapping::new());
        while let Some(key) = entries.next_key_seed(inner)? {
            if map.contains_key(&key) {
                let name = key.as_str().unwrap_or("…");
                return Err(A::Error::custom(format!("the key {name:?} is there twice")));
            }
            map.insert(key, entries.next_value_seed(inner)?);
        }
        Ok(Value::Mapping(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        let (tag, contents) = tagged.variant::<String>()?;
        self.budget.spend(tag.len())?;
        if tag.is_empty() {
            return Err(A::Error::custom("a tag has no name"));
        }
        let value = contents.newtype_variant_seed(self.inner()?)?;
        Ok(Value::Tagged(Box::new(TaggedValue { tag: Tag::new(tag), value })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_is_what_the_reader_builds() {
        let text =
            "a: [1, -2, 2.5, true, ~, x, !T y, !U [z], !V {k: v}]\n? [k]\n: &b {c: d}\ne: *b\nf: .inf\n'': |\n  x\n";
        assert_eq!(read(text), Ok(yaml_serde::from_str::<Value>(text).unwrap()));
        assert!(read("a: 1\na: 2").is_err_and(|reason| reason.contains("there twice")));
        assert_eq!(read(""), Ok(Value::Null));
    }

    #[test]
    fn nesting_is_limited_in_every_form() {
        for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("[\"]\", ", "]"), ("!T [", "]"), ("? ", "")] {
            for depth in [100, 30_000] {
                let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                assert_eq!(read(&text), Err(Budget::TOO_DEEP.to_owned()), "{open} {depth}");
            }
        }
    }

    #[test]
    fn aliases_are_limited_by_what_they_stand_for() {
        let long = format!("a: &a {}\nb: [{}]", "x".repeat(100_000), "*a,".repeat(1_000));
        assert_eq!(read(&long), Err(Budget::TOO_LONG.to_owned()));
        let many = format!("a: &a [{}]\nb: [{}]", "1,".repeat(1_000), "*a,".repeat(1_000));
        assert_eq!(read(&many), Err(Budget::TOO_MANY.to_owned()));
        assert_eq!(read(&"- 1\n".repeat(100_000)), Err(Budget::TOO_MANY.to_owned()));
        assert!(read(&"x".repeat(BYTES + 1)).is_err());
    }
}
