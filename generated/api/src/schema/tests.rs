//! The check as a whole: tables of schema, input and answer. Texts marked "recorded" were sent by the real server, the
//! rest are what a Django REST framework 3.15 serializer answers.

use super::{
    check::{NO_DATA, NO_FILE, NOT_JSON_OBJECT, NULL, REPORTED, REQUIRED},
    scalar::{BAD_BOOLEAN, BAD_INTEGER, BAD_NUMBER, LONG_NUMBER},
    text::{
        BAD_DATE, BAD_DATE_TIME, BAD_EMAIL, BAD_PATTERN, BAD_SLUG, BAD_URL, BAD_UUID, BLANK, NOT_FILE, NOT_STRING, NUL,
        TIME_RANGE,
    },
    *,
};
use crate::limits::{LIST_ITEMS, TEXT_LENGTH};
use serde_json::json;

mod properties;

const fn text(min: u32, max: u32, pattern: Option<&'static str>, format: Format) -> Schema {
    Schema::String { min, max, pattern, format }
}

static NAME: Schema = text(1, 10, None, Format::Text);
static NOTE: Schema = text(0, 0, None, Format::Text);
static CODE: Schema = text(3, 0, None, Format::Text);
static SLUG: Schema = text(1, 50, Some("^[-a-zA-Z0-9_]+$"), Format::Text);
static LOGIN: Schema = text(1, 0, Some(r"^[\w.@+-]+$"), Format::Text);
static UUID: Schema = text(0, 0, None, Format::Uuid);
static DATE_TIME: Schema = text(0, 0, None, Format::DateTime);
static DATE: Schema = text(0, 0, None, Format::Date);
static EMAIL: Schema = text(0, 30, None, Format::Email);
static URL: Schema = text(1, 200, None, Format::Uri);
static OPEN_URL: Schema = text(0, 0, None, Format::Uri);
static BYTES: Schema = text(0, 0, None, Format::Binary);
static MODE: Schema = Schema::Enum(&["proxy", "forward", "5", "True"]);
static DIGITS: Schema = Schema::IntegerEnum(&[6, 8]);
static ORDER: Schema = Schema::Integer { min: -2147483648, max: 2147483647 };
static LONG: Schema = Schema::Integer { min: i64::MIN, max: i64::MAX };
static SCORE: Schema = Schema::Number { min: 0.0, max: 1.5 };
static NULL_BOOLEAN: Schema = Schema::Nullable(&Schema::Boolean);
static NULL_UUID: Schema = Schema::Nullable(&UUID);
static NULL_LONG: Schema = Schema::Nullable(&LONG);
static NULL_NAME: Schema = Schema::Nullable(&NAME);
static NULL_MODE: Schema = Schema::Nullable(&MODE);
static NULL_TIME: Schema = Schema::Nullable(&DATE_TIME);
static NAMES: Schema = Schema::Array(&NAME);
static MODES: Schema = Schema::Array(&MODE);
static UUIDS: Schema = Schema::Array(&UUID);
static LONGS: Schema = Schema::Array(&LONG);
static LISTS: Schema = Schema::Array(&MODES);
static FREE_MAP: Schema = Schema::Map(&Schema::Any);
static NUMBER_MAP: Schema = Schema::Map(&ORDER);
static PERSON: Schema = Schema::Object(&[
    Field { name: "name", help: "", required: true, schema: &NAME },
    Field { name: "order", help: "", required: false, schema: &ORDER },
]);
static PEOPLE: Schema = Schema::Array(&PERSON);

/// What the check makes of a value in a field of this name.
fn field_named(name: &'static str, schema: &'static Schema, value: Value) -> Result<Value, Value> {
    let fields: &'static [Field] = Box::leak(Box::new([Field { name, help: "", required: true, schema }]));
    let schema = Schema::Object(fields);
    let pick = |mut value: Value| {
        assert_eq!(value.as_object().map(Map::len), Some(1), "{value}");
        value[name].take()
    };
    let checked = schema.check(json!({ name: value })).map(pick).map_err(|errors| pick(errors.to_json()));
    if let Ok(accepted) = &checked {
        let again = schema.check(json!({ name: accepted })).expect("accepted before");
        assert_eq!(again, json!({ name: accepted }), "accepted unchanged");
    }
    checked
}

fn accepts(name: &'static str, schema: &'static Schema, cases: &[(Value, Value)]) {
    for (given, expected) in cases {
        assert_eq!(field_named(name, schema, given.clone()).as_ref(), Ok(expected), "{name}: {given}");
    }
}

fn refuses(name: &'static str, schema: &'static Schema, message: &str, cases: &[Value]) {
    for given in cases {
        assert_eq!(field_named(name, schema, given.clone()), Err(json!([message])), "{name}: {given}");
    }
}

fn wrong(schema: &Schema, value: Value) -> Value {
    schema.check(value).expect_err("should be refused").to_json()
}

#[test]
fn strings() {
    accepts(
        "name",
        &NAME,
        &[
            (json!("x"), json!("x")),
            (json!("  fx-trim  "), json!("fx-trim")),
            (json!("\u{1c}x\u{a0}"), json!("x")),
            (json!("ünïcødé-🙂"), json!("ünïcødé-🙂")),
            (json!(12345), json!("12345")),
            (json!(1.5), json!("1.5")),
            (json!(1e16), json!("1e+16")),
        ],
    );
    refuses("name", &NAME, NOT_STRING, &[json!(true), json!({"wrong": "type"}), json!([]), json!(["x"])]);
    refuses("name", &NAME, BLANK, &[json!(""), json!("   "), json!("\n\u{1c}")]);
    refuses("name", &NAME, NULL, &[json!(null)]);
    refuses("name", &NAME, NUL, &[json!("a\0b")]);
    refuses("name", &NAME, "Ensure this field has no more than 10 characters.", &[json!("üüüüüüüüüüü"), json!(1e10)]);
    accepts("name", &NAME, &[(json!("üüüüüüüüüü"), json!("üüüüüüüüüü"))]);
    refuses("code", &CODE, "Ensure this field has at least 3 characters.", &[json!(" ab "), json!("üü")]);
    accepts("note", &NOTE, &[(json!(""), json!("")), (json!("  "), json!(""))]);
    accepts("name", &NULL_NAME, &[(json!(null), json!(null)), (json!("x"), json!("x"))]);
    refuses("name", &NULL_NAME, BLANK, &[json!("")]);
    let several = field_named("name", &NAME, json!("a\0bcdefghijklm"));
    assert_eq!(several, Err(json!(["Ensure this field has no more than 10 characters.", NUL])));
}

#[test]
fn text_or_something_else() {
    static NOTE_OR_PEOPLE: Schema = Schema::TextOr(&PEOPLE);
    accepts(
        "note",
        &NOTE_OR_PEOPLE,
        &[
            (json!(" a "), json!("a")),
            (json!(""), json!("")),
            (json!(5), json!("5")),
            (json!([]), json!("[]")),
            (json!([{"name": " x ", "order": "5", "z": 1}]), json!(r#"[{"name":"x","order":5}]"#)),
        ],
    );
    refuses("note", &NOTE_OR_PEOPLE, NOT_STRING, &[json!({"wrong": "type"}), json!(true)]);
    refuses("note", &NOTE_OR_PEOPLE, NULL, &[json!(null)]);
    refuses("note", &NOTE_OR_PEOPLE, NUL, &[json!("a\0b")]);
    let inside = field_named("note", &NOTE_OR_PEOPLE, json!([{"name": "x"}, {}]));
    assert_eq!(inside, Err(json!([{}, {"name": [REQUIRED]}])));
}

#[test]
fn patterns() {
    // Recorded: a slug has its own words for everything but null and nothing.
    refuses(
        "slug",
        &SLUG,
        BAD_SLUG,
        &[json!({"wrong": "type"}), json!("bad id!"), json!(true), json!(1.5), json!("ä")],
    );
    refuses("slug", &SLUG, BLANK, &[json!("")]);
    refuses("slug", &SLUG, NULL, &[json!(null)]);
    accepts("slug", &SLUG, &[(json!("a-B_9"), json!("a-B_9")), (json!(" a\n"), json!("a")), (json!(5), json!("5"))]);
    let several = field_named("slug", &SLUG, json!("a b".repeat(50)));
    assert_eq!(several, Err(json!(["Ensure this field has no more than 50 characters.", BAD_SLUG])));
    refuses("login", &LOGIN, BAD_PATTERN, &[json!("a b")]);
    refuses("login", &LOGIN, NOT_STRING, &[json!([])]);
    accepts("login", &LOGIN, &[(json!("ä.b@c"), json!("ä.b@c"))]);
    static BROKEN: Schema = text(1, 0, Some("(?!x)("), Format::Text);
    refuses("name", &BROKEN, BAD_PATTERN, &[json!("a"), json!("b")]);
}

#[test]
fn addresses() {
    let bad = [json!("x y z"), json!("notanemail"), json!({}), json!(5), json!(false)];
    refuses("email", &EMAIL, BAD_EMAIL, &bad);
    accepts("email", &EMAIL, &[(json!(" a@b.test "), json!("a@b.test")), (json!(""), json!(""))]);
    // Recorded: a URLField has its own words for what is not text, a checked text has not.
    refuses("acs_url", &URL, BAD_URL, &[json!("x y z"), json!({"wrong": 1}), json!(5), json!("http://x")]);
    refuses("acs_url", &URL, BLANK, &[json!("")]);
    refuses("external_host", &OPEN_URL, NOT_STRING, &[json!({"wrong": 1})]);
    refuses("external_host", &OPEN_URL, BAD_URL, &[json!("x y z"), json!(5), json!("ldap://x")]);
    accepts(
        "meta_launch_url",
        &OPEN_URL,
        &[
            (json!(""), json!("")),
            (json!(" http://x/%(username)s "), json!("http://x/%(username)s")),
            (json!("blank://blank"), json!("blank://blank")),
        ],
    );
    accepts("server_uri", &OPEN_URL, &[(json!("ldap://a,ldaps://b:636"), json!("ldap://a,ldaps://b:636"))]);
    let several = field_named("acs_url", &URL, json!(format!("http://x/\0{}", "y".repeat(200))));
    assert_eq!(several, Err(json!(["Ensure this field has no more than 200 characters.", NUL, BAD_URL])));
}

#[test]
fn uuids() {
    let uuid = json!("12345678-1234-1234-1234-1234567890ab");
    for name in ["flow", "pk"] {
        accepts(
            name,
            &UUID,
            &[
                (uuid.clone(), uuid.clone()),
                (json!("12345678-1234-1234-1234-1234567890AB"), uuid.clone()),
                (json!("123456781234123412341234567890AB"), uuid.clone()),
                (json!("{12345678-1234-1234-1234-1234567890AB}"), uuid.clone()),
                (json!("urn:uuid:12345678-1234-1234-1234-1234567890AB"), uuid.clone()),
                (json!(5), json!("00000000-0000-0000-0000-000000000005")),
            ],
        );
    }
    for (given, quoted) in [
        (json!("not-a-uuid"), "not-a-uuid"),
        (json!({"wrong": 1}), "{'wrong': 1}"),
        (json!(-5), "-5"),
        (json!(1.5), "1.5"),
        (json!([]), "[]"),
        (json!("12345678-1234-1234-1234-1234567890abc"), "12345678-1234-1234-1234-1234567890abc"),
    ] {
        refuses("flow", &UUID, &format!("“{quoted}” is not a valid UUID."), std::slice::from_ref(&given));
        refuses("pk", &UUID, BAD_UUID, &[given]);
    }
    refuses("flow", &UUID, "Incorrect type. Expected pk value, received bool.", &[json!(true)]);
    // Recorded: empty text is null for what points at another object.
    refuses("flow", &UUID, NULL, &[json!(""), json!(null)]);
    accepts("flow", &NULL_UUID, &[(json!(""), json!(null)), (json!(null), json!(null)), (uuid.clone(), uuid)]);
    refuses("pk", &UUID, BAD_UUID, &[json!("")]);
    let long = field_named("flow", &UUID, json!("ü".repeat(1_000_000))).expect_err("no UUID");
    assert!(long.to_string().len() < 1000);
}

#[test]
fn integer_keys() {
    accepts(
        "user",
        &LONG,
        &[(json!(5), json!(5)), (json!(" 5 "), json!(5)), (json!(5.0), json!(5)), (json!("1_0"), json!(10))],
    );
    for (given, kind) in [
        (json!("not-a-number"), "str"),
        (json!("5.0"), "str"),
        (json!(true), "bool"),
        (json!([]), "list"),
        (json!({}), "dict"),
        (json!(5.7), "float"),
    ] {
        refuses("provider", &LONG, &format!("Incorrect type. Expected pk value, received {kind}."), &[given]);
    }
    refuses("user", &LONG, NULL, &[json!(""), json!(null)]);
    accepts("user", &NULL_LONG, &[(json!(""), json!(null)), (json!(null), json!(null)), (json!("7"), json!(7))]);
    let given = json!(u64::MAX);
    refuses("user", &LONG, "Invalid pk \"18446744073709551615\" - object does not exist.", &[given]);
    // Other names and other limits are ordinary numbers.
    refuses("code", &LONG, BAD_INTEGER, &[json!(""), json!("x"), json!(true)]);
    refuses("code", &NULL_LONG, BAD_INTEGER, &[json!("")]);
    refuses("user", &ORDER, BAD_INTEGER, &[json!("")]);
}

#[test]
fn numbers() {
    accepts(
        "order",
        &ORDER,
        &[
            (json!(5), json!(5)),
            (json!("5"), json!(5)),
            (json!(" -5 "), json!(-5)),
            (json!("5.00 "), json!(5)),
            (json!("5."), json!(5)),
            (json!(100), json!(100)),
            (json!("100"), json!(100)),
            (json!(5.0), json!(5)),
            (json!(1e3), json!(1000)),
            (json!(-0.0), json!(0)),
        ],
    );
    let bad = ["not-a-number", "", "5.5", "1e3", "0x5", "5.0.0", ".0", "."].map(Value::from);
    refuses("order", &ORDER, BAD_INTEGER, &bad);
    refuses("order", &ORDER, BAD_INTEGER, &[json!(5.5), json!(1e16), json!(true), json!([]), json!({})]);
    refuses("order", &ORDER, NULL, &[json!(null)]);
    let high = [json!(2147483648u64), json!("9".repeat(1000)), json!(u64::MAX)];
    refuses("order", &ORDER, "Ensure this value is less than or equal to 2147483647.", &high);
    let low = [json!(-2147483649i64), json!(format!("-{}", "9".repeat(999)))];
    refuses("order", &ORDER, "Ensure this value is greater than or equal to -2147483648.", &low);
    refuses("order", &ORDER, LONG_NUMBER, &[json!("9".repeat(1001)), json!("x".repeat(1_000_000))]);
    accepts("days", &LONG, &[(json!(i64::MIN), json!(i64::MIN)), (json!(i64::MAX), json!(i64::MAX))]);
    refuses("days", &LONG, "Ensure this value is less than or equal to 9223372036854775807.", &[json!(u64::MAX)]);

    accepts(
        "score",
        &SCORE,
        &[(json!(1), json!(1.0)), (json!("0.5"), json!(0.5)), (json!(" 1e-1 "), json!(0.1)), (json!(true), json!(1.0))],
    );
    let bad = ["", "x", "nan", "inf", "-Infinity", "1e999", "0x1p3"].map(Value::from);
    refuses("score", &SCORE, BAD_NUMBER, &bad);
    refuses("score", &SCORE, BAD_NUMBER, &[json!([]), json!({})]);
    refuses("score", &SCORE, "Ensure this value is less than or equal to 1.5.", &[json!(2), json!("1.6")]);
    refuses("score", &SCORE, "Ensure this value is greater than or equal to 0.", &[json!(-0.1)]);
    refuses("score", &SCORE, LONG_NUMBER, &[json!("1".repeat(1001))]);
}

#[test]
fn booleans() {
    for schema in [&Schema::Boolean, &NULL_BOOLEAN] {
        for yes in
            [json!(true), json!(1), json!(1.0)].into_iter().chain(["t", "Y", "yes", "TRUE", "on", "1"].map(Value::from))
        {
            accepts("enabled", schema, &[(yes, json!(true))]);
        }
        for no in [json!(false), json!(0), json!(-0.0)]
            .into_iter()
            .chain(["f", "N", "no", "False", "off", "0"].map(Value::from))
        {
            accepts("enabled", schema, &[(no, json!(false))]);
        }
        let bad = ["maybe", "1.0", "true ", "None", "ｔｒｕｅ"].map(Value::from);
        refuses("enabled", schema, BAD_BOOLEAN, &bad);
        refuses("enabled", schema, BAD_BOOLEAN, &[json!(2), json!([]), json!({}), json!(0.5)]);
    }
    for nothing in ["", "null", "NULL"] {
        refuses("enabled", &Schema::Boolean, BAD_BOOLEAN, &[json!(nothing)]);
        accepts("enabled", &NULL_BOOLEAN, &[(json!(nothing), json!(null))]);
    }
    refuses("enabled", &Schema::Boolean, NULL, &[json!(null)]);
}

#[test]
fn times() {
    let utc = json!("2024-01-02T03:04:05Z");
    accepts(
        "expires",
        &DATE_TIME,
        &[
            (utc.clone(), utc.clone()),
            (json!("2024-01-02T05:04:05+02:00"), utc.clone()),
            (json!("2024-01-02 03:04:05"), utc.clone()),
            (json!("2024-01-02T03:04:05.120000"), json!("2024-01-02T03:04:05.120Z")),
        ],
    );
    let bad = [json!("x y z"), json!(""), json!(5), json!(true), json!([]), json!(" 2024-01-02")];
    refuses("expires", &DATE_TIME, BAD_DATE_TIME, &bad);
    refuses("expires", &DATE_TIME, TIME_RANGE, &[json!("0001-01-01T00:00:00+05:00")]);
    refuses("expires", &DATE_TIME, NULL, &[json!(null)]);
    refuses("expires", &NULL_TIME, BAD_DATE_TIME, &[json!("")]);
    accepts("expires", &NULL_TIME, &[(json!(null), json!(null)), (json!("2024-01-02T03:04:05"), utc)]);
    accepts("day", &DATE, &[(json!("2024-1-2"), json!("2024-01-02"))]);
    refuses("day", &DATE, BAD_DATE, &[json!("x"), json!(""), json!("2024-01-02T00:00"), json!(5)]);
}

#[test]
fn choices() {
    accepts("mode", &MODE, &[(json!("proxy"), json!("proxy")), (json!(5), json!("5")), (json!(true), json!("True"))]);
    for (given, quoted) in [
        (json!("not-an-enum"), "not-an-enum"),
        (json!(""), ""),
        (json!("Proxy"), "Proxy"),
        (json!(" proxy"), " proxy"),
        (json!(["proxy"]), "['proxy']"),
        (json!({"b": "c'd", "e": null}), "{'b': \"c'd\", 'e': None}"),
        (json!(1.5), "1.5"),
    ] {
        refuses("mode", &MODE, &format!("\"{quoted}\" is not a valid choice."), std::slice::from_ref(&given));
        refuses("mode", &NULL_MODE, &format!("\"{quoted}\" is not a valid choice."), &[given]);
    }
    refuses("mode", &MODE, NULL, &[json!(null)]);
    accepts("mode", &NULL_MODE, &[(json!(null), json!(null))]);
    accepts("mode", &Schema::Enum(&["", "a"]), &[(json!(""), json!(""))]);
    accepts("digits", &DIGITS, &[(json!(6), json!(6)), (json!("8"), json!(8))]);
    refuses("digits", &DIGITS, "\"7\" is not a valid choice.", &[json!(7), json!("7")]);
    refuses("digits", &DIGITS, "\"6.0\" is not a valid choice.", &[json!(6.0)]);
    refuses("digits", &DIGITS, "\"True\" is not a valid choice.", &[json!(true)]);
}

#[test]
fn lists() {
    accepts("names", &NAMES, &[(json!([]), json!([])), (json!(["a", 5]), json!(["a", "5"]))]);
    for schema in [&NAMES, &UUIDS, &LONGS] {
        for (given, kind) in [
            (json!("not-a-list"), "str"),
            (json!(""), "str"),
            (json!(5), "int"),
            (json!(1.5), "float"),
            (json!(true), "bool"),
            (json!({}), "dict"),
        ] {
            refuses("providers", schema, &format!("Expected a list of items but got type \"{kind}\"."), &[given]);
        }
        refuses("providers", schema, NULL, &[json!(null)]);
    }
    let places = field_named("names", &NAMES, json!(["a", true, "", null]));
    assert_eq!(places, Err(json!({"1": [NOT_STRING], "2": [BLANK], "3": [NULL]})));
    // Recorded: backends of a password stage.
    let places = field_named("backends", &MODES, json!(["nope"]));
    assert_eq!(places, Err(json!({"0": ["\"nope\" is not a valid choice."]})));
    let places = field_named("lists", &LISTS, json!([["proxy"], ["x"], 5]));
    let expected =
        json!({"1": {"0": ["\"x\" is not a valid choice."]}, "2": ["Expected a list of items but got type \"int\"."]});
    assert_eq!(places, Err(expected));
    // Recorded: keys stop at the first error.
    refuses("groups", &UUIDS, "“x” is not a valid UUID.", &[json!(["x"]), json!(["x", "y"])]);
    refuses("groups", &UUIDS, "“” is not a valid UUID.", &[json!([""])]);
    refuses("groups", &UUIDS, "Invalid pk \"None\" - object does not exist.", &[json!([null])]);
    refuses("users", &LONGS, "Incorrect type. Expected pk value, received str.", &[json!([5, "x"]), json!([""])]);
    refuses("users", &LONGS, "Invalid pk \"None\" - object does not exist.", &[json!([null])]);
    accepts("users", &LONGS, &[(json!(["5", 6]), json!([5, 6]))]);
}

#[test]
fn maps() {
    // Recorded: attributes.
    refuses("attributes", &FREE_MAP, NOT_JSON_OBJECT, &[json!("not-an-object"), json!([]), json!(""), json!(5)]);
    refuses("attributes", &FREE_MAP, NULL, &[json!(null)]);
    let free = json!({"wrong": "type", " a ": [" b ", null, {"c": 1.5}]});
    accepts("attributes", &FREE_MAP, &[(free.clone(), free.clone())]);
    accepts(
        "attributes",
        &Schema::Any,
        &[(free.clone(), free), (json!(null), json!(null)), (json!(" x"), json!(" x"))],
    );
    for schema in [&FREE_MAP, &Schema::Any] {
        refuses("attributes", schema, NUL, &[json!({"a": [{"b": "\0"}]}), json!({"a": {"\0": 1}})]);
    }
    refuses("map", &NUMBER_MAP, "Expected a dictionary of items but got type \"list\".", &[json!([])]);
    assert_eq!(field_named("map", &NUMBER_MAP, json!({"a": "1", "b": "x"})), Err(json!({"b": [BAD_INTEGER]})));
    assert_eq!(field_named("map", &NUMBER_MAP, json!({"\0": 1})), Err(json!({"\0": [NUL]})));
    accepts("map", &NUMBER_MAP, &[(json!({"a": "1"}), json!({"a": 1}))]);
}

#[test]
fn objects() {
    let accepted = PERSON.check(json!({"name": " a ", "order": "5", "pk": 7, "unknown": {}})).expect("fits");
    assert_eq!(accepted, json!({"name": "a", "order": 5}));
    assert_eq!(PERSON.check(json!({"name": "a"})).expect("fits"), json!({"name": "a"}));
    // Recorded: bodies that are not objects.
    for (given, kind) in
        [(json!([]), "list"), (json!("x"), "str"), (json!(1), "int"), (json!(1.5), "float"), (json!(true), "bool")]
    {
        let message = format!("Invalid data. Expected a dictionary, but got {kind}.");
        assert_eq!(wrong(&PERSON, given), json!({"non_field_errors": [message]}));
    }
    assert_eq!(wrong(&PERSON, json!(null)), json!({"non_field_errors": [NO_DATA]}));
    assert_eq!(wrong(&PEOPLE, json!(null)), json!({"non_field_errors": [NO_DATA]}));
    assert_eq!(wrong(&PERSON, json!({})), json!({"name": [REQUIRED]}));
    let both = wrong(&PERSON, json!({"name": null, "order": null}));
    assert_eq!(both, json!({"name": [NULL], "order": [NULL]}));
    assert_eq!(wrong(&NAME, json!("")), json!({"non_field_errors": [BLANK]}));
    assert_eq!(wrong(&NAMES, json!([""])), json!({"0": [BLANK]}));

    refuses("person", &PERSON, NULL, &[json!(null)]);
    let inner = field_named("person", &PERSON, json!({"order": "x"}));
    assert_eq!(inner, Err(json!({"name": [REQUIRED], "order": [BAD_INTEGER]})));
    let inner = field_named("person", &PERSON, json!("x"));
    assert_eq!(inner, Err(json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]})));
    // Recorded: flow_set.
    let inner = field_named("flow_set", &PEOPLE, json!("not-a-list"));
    assert_eq!(inner, Err(json!({"non_field_errors": ["Expected a list of items but got type \"str\"."]})));
    let inner = field_named("flow_set", &PEOPLE, json!([{}, {"name": "a"}, null, 5, {"name": "b"}]));
    let expected = json!([
        {"name": [REQUIRED]},
        {},
        [NULL],
        {"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]},
    ]);
    assert_eq!(inner, Err(expected));
    accepts("flow_set", &PEOPLE, &[(json!([{"name": 5, "x": 1}]), json!([{"name": "5"}]))]);
}

static PROXY: Schema = Schema::Object(&[
    Field { name: "name", help: "", required: true, schema: &NAME },
    Field { name: "authorization_flow", help: "", required: true, schema: &UUID },
    Field { name: "external_host", help: "", required: true, schema: &OPEN_URL },
]);
static SAML: Schema = Schema::Object(&[Field { name: "acs_url", help: "", required: true, schema: &URL }]);
static PROVIDERS: &[(&str, &Schema)] = &[("proxy.proxyprovider", &PROXY), ("saml.samlprovider", &SAML)];
static TRANSACTION: Schema = Schema::Object(&[
    Field { name: "app", help: "", required: true, schema: &PERSON },
    Field {
        name: "provider",
        help: "",
        required: true,
        schema: &Schema::Sibling { tag: "provider_model", variants: PROVIDERS },
    },
    Field {
        name: "provider_model",
        help: "",
        required: true,
        schema: &Schema::Enum(&["proxy.proxyprovider", "saml.samlprovider", "scim.scimprovider"]),
    },
]);

#[test]
fn siblings() {
    let app = json!({"name": "a"});
    let uuid = "12345678-1234-1234-1234-1234567890ab";
    let proxy = json!({"name": 5, "authorization_flow": uuid.to_uppercase(), "external_host": "http://x", "pk": 1});
    let accepted = TRANSACTION.check(json!({"app": app, "provider_model": "proxy.proxyprovider", "provider": proxy}));
    let expected = json!({
        "app": app,
        "provider_model": "proxy.proxyprovider",
        "provider": {"name": "5", "authorization_flow": uuid, "external_host": "http://x"},
    });
    assert_eq!(accepted.as_ref(), Ok(&expected));
    assert_eq!(TRANSACTION.check(expected.clone()), Ok(expected));

    assert_eq!(
        wrong(&TRANSACTION, json!({})),
        json!({"app": [REQUIRED], "provider": [REQUIRED], "provider_model": [REQUIRED]})
    );
    // Recorded: the tag is wrong, and nothing is said of the provider's fields.
    let bad = wrong(&TRANSACTION, json!({"app": app, "provider_model": "x", "provider": {}}));
    assert_eq!(bad, json!({"provider_model": ["\"x\" is not a valid choice."]}));
    let bad = wrong(&TRANSACTION, json!({"app": app, "provider": {"name": 5}}));
    assert_eq!(bad, json!({"provider_model": [REQUIRED]}));
    // Recorded: a provider that is no dictionary.
    for (given, kind) in [(json!("x"), "str"), (json!([]), "list"), (json!(""), "str")] {
        let message = format!("Expected a dictionary of items but got type \"{kind}\".");
        for (model, error) in [("saml.samlprovider", None), ("x", Some("\"x\" is not a valid choice."))] {
            let bad = wrong(&TRANSACTION, json!({"app": app, "provider_model": model, "provider": given}));
            assert_eq!(bad["provider"], json!([message]));
            assert_eq!(bad.get("provider_model"), error.map(|error| json!([error])).as_ref());
        }
    }
    let bad = wrong(&TRANSACTION, json!({"app": app, "provider_model": "saml.samlprovider", "provider": null}));
    assert_eq!(bad, json!({"provider": [NULL]}));
    // Recorded: wrong types inside. Errors of the application come with those of the provider.
    let provider = json!({"authorization_flow": {"wrong": 1}, "external_host": {"wrong": 1}, "name": "tx4"});
    let bad = wrong(&TRANSACTION, json!({"app": {}, "provider_model": "proxy.proxyprovider", "provider": provider}));
    let expected = json!({
        "app": {"name": [REQUIRED]},
        "provider": {"authorization_flow": ["“{'wrong': 1}” is not a valid UUID."], "external_host": [NOT_STRING]},
    });
    assert_eq!(bad, expected);
    // A tag that the parent allows and the union does not know.
    let bad = wrong(&TRANSACTION, json!({"app": app, "provider_model": "scim.scimprovider", "provider": {}}));
    assert_eq!(bad, json!({"provider_model": ["\"scim.scimprovider\" is not a valid choice."]}));
}

#[test]
fn siblings_of_loose_parents() {
    static LOOSE: Schema = Schema::Object(&[Field {
        name: "provider",
        help: "",
        required: false,
        schema: &Schema::Nullable(&Schema::Sibling { tag: "model", variants: PROVIDERS }),
    }]);
    assert_eq!(LOOSE.check(json!({})), Ok(json!({})));
    assert_eq!(LOOSE.check(json!({"provider": null})), Ok(json!({"provider": null})));
    assert_eq!(wrong(&LOOSE, json!({"provider": {}})), json!({"model": [REQUIRED]}));
    assert_eq!(wrong(&LOOSE, json!({"provider": {}, "model": null})), json!({"model": [NULL]}));
    // A tag that is no field of the parent stays, else the answer could not be decoded.
    let whole = json!({"provider": {"acs_url": "http://a.test"}, "model": "saml.samlprovider"});
    assert_eq!(LOOSE.check(whole.clone()), Ok(whole));
}

#[test]
fn tagged() {
    static PASSWORD: Schema = Schema::Object(&[
        Field { name: "component", help: "", required: false, schema: &NOTE },
        Field { name: "password", help: "", required: true, schema: &NAME },
    ]);
    static CHALLENGE: Schema = Schema::Tagged {
        tag: "component",
        variants: &[("ak-person", &PERSON), ("ak-password", &PASSWORD), ("ak-map", &NUMBER_MAP)],
    };
    for given in [
        json!({"component": "ak-person", "name": "a"}),
        json!({"component": "ak-password", "password": "a"}),
        json!({"component": "ak-map", "a": 1}),
    ] {
        assert_eq!(CHALLENGE.check(given.clone()), Ok(given));
    }
    let accepted = CHALLENGE.check(json!({"component": "ak-person", "name": 5, "x": 1}));
    assert_eq!(accepted, Ok(json!({"component": "ak-person", "name": "5"})));
    assert_eq!(wrong(&CHALLENGE, json!({})), json!({"component": [REQUIRED]}));
    assert_eq!(wrong(&CHALLENGE, json!({"component": null})), json!({"component": [NULL]}));
    assert_eq!(
        wrong(&CHALLENGE, json!({"component": ["x"]})),
        json!({"component": ["\"['x']\" is not a valid choice."]})
    );
    assert_eq!(wrong(&CHALLENGE, json!({"component": "ak-password"})), json!({"password": [REQUIRED]}));
    let not_an_object = json!({"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]});
    assert_eq!(wrong(&CHALLENGE, json!("x")), not_an_object);
    assert_eq!(field_named("challenge", &CHALLENGE, json!("x")), Err(not_an_object));
}

#[test]
fn forms() {
    static UPLOAD: Schema = Schema::Object(&[
        Field { name: "file", help: "", required: true, schema: &Schema::File },
        Field { name: "name", help: "", required: true, schema: &NAME },
        Field { name: "clear", help: "", required: false, schema: &Schema::Boolean },
        Field { name: "note", help: "", required: false, schema: &NOTE },
        Field { name: "flow", help: "", required: false, schema: &NULL_UUID },
        Field { name: "icon", help: "", required: false, schema: &Schema::Nullable(&Schema::File) },
    ]);
    let form = |fields: Value, files: &[&str]| match fields {
        Value::Object(fields) => UPLOAD.check_form(fields, files).map_err(|errors| errors.to_json()),
        _ => unreachable!("forms are objects"),
    };
    // Recorded: nothing sent.
    assert_eq!(form(json!({}), &["x"]), Err(json!({"file": [NO_FILE], "name": [REQUIRED]})));
    assert_eq!(form(json!({"name": "a"}), &["file"]), Ok(json!({"name": "a"})));
    let empty = json!({"name": "a", "clear": "", "note": "", "flow": ""});
    assert_eq!(form(empty, &["file"]), Ok(json!({"name": "a", "note": "", "flow": null})));
    assert_eq!(form(json!({"name": ""}), &["file"]), Err(json!({"name": [BLANK]})));
    assert_eq!(form(json!({"name": "a", "file": "x"}), &[]), Err(json!({"file": [NOT_FILE]})));
    // A value alone says nothing of the files.
    assert_eq!(UPLOAD.check(json!({"name": "a", "clear": "true"})), Ok(json!({"name": "a", "clear": true})));
    accepts("bytes", &BYTES, &[(json!(" a "), json!(" a "))]);
    refuses("bytes", &BYTES, NOT_FILE, &[json!(5)]);
}

#[test]
fn answers_stay_small() {
    let long = json!("x".repeat(1_000_000));
    for schema in [&MODE, &DIGITS, &UUID, &ORDER, &LONG, &SLUG, &URL, &OPEN_URL, &EMAIL, &DATE_TIME, &NAME] {
        let error = field_named("user", schema, long.clone()).expect_err("too long");
        assert!(error.to_string().len() < 1000, "{schema:?}");
    }
    let many = Value::Array(vec![json!(""); LIST_ITEMS]);
    let error = field_named("names", &NAMES, many.clone()).expect_err("blank");
    assert_eq!(error.as_object().map(Map::len), Some(REPORTED));
    let error = field_named("people", &PEOPLE, many).expect_err("no objects");
    assert_eq!(error.as_array().map(Vec::len), Some(REPORTED));
    let many = |number| Value::Object((0..number).map(|key| (key.to_string(), json!("x"))).collect());
    let error = field_named("map", &NUMBER_MAP, many(LIST_ITEMS)).expect_err("no numbers");
    assert_eq!(error.as_object().map(Map::len), Some(REPORTED));
    let wrong = json!(["Ensure this field has no more than 1000 elements."]);
    assert_eq!(field_named("map", &NUMBER_MAP, many(LIST_ITEMS + 1)), Err(wrong.clone()));
    assert_eq!(field_named("names", &NAMES, json!(vec!["x"; LIST_ITEMS + 1])), Err(wrong));
}

#[test]
fn what_has_no_limit_of_its_own_has_the_usual_one() {
    let text = |length: usize| json!("ü".repeat(length));
    assert_eq!(field_named("note", &NOTE, text(TEXT_LENGTH)), Ok(text(TEXT_LENGTH)));
    let wrong = json!(["Ensure this field has no more than 32768 characters."]);
    assert_eq!(field_named("note", &NOTE, text(TEXT_LENGTH + 1)), Err(wrong));
}

#[test]
fn answers_decode() {
    #[derive(serde::Deserialize)]
    struct Model {
        name: String,
        order: i64,
        score: f64,
        enabled: bool,
        flow: uuid::Uuid,
        expires: chrono::DateTime<chrono::Utc>,
        day: chrono::NaiveDate,
    }
    static MODEL: Schema = Schema::Object(&[
        Field { name: "name", help: "", required: true, schema: &NAME },
        Field { name: "order", help: "", required: true, schema: &ORDER },
        Field { name: "score", help: "", required: true, schema: &SCORE },
        Field { name: "enabled", help: "", required: true, schema: &Schema::Boolean },
        Field { name: "flow", help: "", required: true, schema: &UUID },
        Field { name: "expires", help: "", required: true, schema: &DATE_TIME },
        Field { name: "day", help: "", required: true, schema: &DATE },
    ]);
    let given = json!({
        "name": 5, "order": "6.0", "score": "1", "enabled": "on", "flow": "123456781234123412341234567890AB",
        "expires": "2024-1-2 3:4", "day": "20240102",
    });
    let model: Model = serde_json::from_value(MODEL.check(given).expect("fits")).expect("decodes");
    assert_eq!((model.name.as_str(), model.order, model.score, model.enabled), ("5", 6, 1.0, true));
    assert_eq!(model.flow.to_string(), "12345678-1234-1234-1234-1234567890ab");
    assert_eq!(
        (model.expires.to_rfc3339().as_str(), model.day.to_string().as_str()),
        ("2024-01-02T03:04:00+00:00", "2024-01-02")
    );
}
