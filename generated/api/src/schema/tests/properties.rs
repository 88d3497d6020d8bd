//! Nothing panics, and what was accepted is accepted again unchanged, for any value and any schema.

use super::super::*;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::json;

const KEYS: &[&str] = &["a", "b", "user", "pk", "server_uri", "users", "\0"];
const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "b",
    "user",
    "5",
    "-5.0 ",
    "1e3",
    "true",
    "null",
    "\0",
    "2024-01-02",
    "2024-1-2 3:4+0530",
    "a@b.cd",
    "http://a.bc",
    "ldap://a,ldap://b",
    "12345678123412341234123456789012",
    "é…\u{1c}",
    "0x",
    "inf",
];
const PATTERNS: &[Option<&str>] = &[None, Some("^[-a-zA-Z0-9_]+$"), Some("^[a-z ]*$"), Some("(")];
const FORMATS: &[Format] =
    &[Format::Text, Format::Uuid, Format::DateTime, Format::Date, Format::Uri, Format::Email, Format::Binary];
const INTEGERS: &[i64] = &[i64::MIN, -5, 0, 5, i64::MAX];

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

fn schemas() -> impl Strategy<Value = &'static Schema> {
    let integers = || select(INTEGERS);
    let reals = || select(&[f64::NEG_INFINITY, -0.5, 0.0, 5.0, f64::INFINITY, f64::NAN][..]);
    let leaf = prop_oneof![
        Just(&Schema::Any),
        Just(&Schema::Boolean),
        Just(&Schema::File),
        (0..4u32, 0..20u32, select(PATTERNS), select(FORMATS))
            .prop_map(|(min, max, pattern, format)| { leak(Schema::String { min, max, pattern, format }) }),
        vec(select(TEXTS), 0..4).prop_map(|choices| leak(Schema::Enum(leak(choices)))),
        vec(select(INTEGERS), 0..4).prop_map(|choices| leak(Schema::IntegerEnum(leak(choices)))),
        (integers(), integers()).prop_map(|(min, max)| leak(Schema::Integer { min, max })),
        (reals(), reals()).prop_map(|(min, max)| leak(Schema::Number { min, max })),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let variants = || {
            vec((select(TEXTS), inner.clone()), 0..4)
                .prop_map(|variants| -> &'static [(&'static str, &'static Schema)] { leak(variants) })
        };
        let field = (select(KEYS), any::<bool>(), inner.clone()).prop_map(|(name, required, schema)| Field {
            name,
            help: "",
            required,
            schema,
        });
        prop_oneof![
            inner.clone().prop_map(|item| leak(Schema::Array(item))),
            inner.clone().prop_map(|item| leak(Schema::Map(item))),
            inner.clone().prop_map(|item| leak(Schema::Nullable(item))),
            inner.clone().prop_map(|other| leak(Schema::TextOr(other))),
            vec(field, 0..5).prop_map(|fields| leak(Schema::Object(leak(fields)))),
            (select(KEYS), variants()).prop_map(|(tag, variants)| leak(Schema::Tagged { tag, variants })),
            (select(KEYS), variants()).prop_map(|(tag, variants)| leak(Schema::Sibling { tag, variants })),
        ]
    })
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-10..10i64).prop_map(Value::from),
        select(TEXTS).prop_map(Value::from),
        ".*".prop_map(Value::from),
        "[0-9T: .,+Z-]{0,30}".prop_map(Value::from),
        "(https?|ldap)://[a-z0-9.:@/%()\\[\\]-]{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((select(KEYS), inner), 0..6)
                .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

/// A value that has a chance to fit.
fn fitting(schema: &'static Schema) -> BoxedStrategy<Value> {
    match schema {
        Schema::Enum(choices) if !choices.is_empty() => select(*choices).prop_map(Value::from).boxed(),
        Schema::Integer { .. } | Schema::Number { .. } => (-10..10i64).prop_map(Value::from).boxed(),
        Schema::String { .. } => select(TEXTS).prop_map(Value::from).boxed(),
        Schema::Array(item) => vec(fitting(item), 0..3).prop_map(Value::from).boxed(),
        Schema::Map(item) => vec((select(KEYS), fitting(item)), 0..3)
            .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            .boxed(),
        Schema::Nullable(inner) => prop_oneof![Just(Value::Null), Just(json!("")), fitting(inner)].boxed(),
        Schema::Object(fields) => fields
            .iter()
            .map(entries)
            .collect::<Vec<_>>()
            .prop_map(|entries| entries.into_iter().flatten().collect())
            .boxed(),
        Schema::Tagged { tag, variants } if !variants.is_empty() => select(*variants)
            .prop_flat_map(|(name, schema)| (Just(name), fitting(schema)))
            .prop_map(|(name, mut value)| {
                if let Value::Object(map) = &mut value {
                    map.insert((*tag).to_owned(), name.into());
                }
                value
            })
            .boxed(),
        _ => values().boxed(),
    }
}

/// A field, and for a sibling union also its tag.
fn entries(field: &'static Field) -> BoxedStrategy<Vec<(String, Value)>> {
    match field.schema {
        Schema::Sibling { tag, variants } if !variants.is_empty() => select(*variants)
            .prop_flat_map(|(name, schema)| (Just(name), fitting(schema)))
            .prop_map(|(name, value)| vec![((*tag).to_owned(), name.into()), (field.name.to_owned(), value)])
            .boxed(),
        schema => fitting(schema).prop_map(|value| vec![(field.name.to_owned(), value)]).boxed(),
    }
}

fn holds(schema: &'static Schema, value: Value) {
    match schema.check(value) {
        Ok(accepted) => assert_eq!(schema.check(accepted.clone()), Ok(accepted)),
        Err(errors) => assert!(!errors.is_empty()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn never_panics_and_accepts_again((schema, value) in (schemas(), values())) {
        holds(schema, value);
    }

    #[test]
    fn what_fits_is_accepted_again((schema, value) in schemas().prop_flat_map(|schema| (Just(schema), fitting(schema)))) {
        holds(schema, value);
    }
}
