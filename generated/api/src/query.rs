//! Query parameters: typed, with the words of the reference for what cannot be read.
//!
//! Unknown names are ignored, an empty value counts as absent, the last of repeated values counts, and a boolean that
//! is none is ignored. Everything else that cannot be read is reported, for all parameters at once, and so is what would
//! ask the database for more than [`limits`](crate::limits) allow.

use crate::{
    ApiError, Errors, PageQuery,
    limits::{FILTER_VALUES, SEARCH_LENGTH, SEARCH_WORDS},
    schema::{text::read_uuid, time},
};
use chrono::{DateTime, NaiveDate, Utc};
use std::{
    collections::HashSet,
    num::{IntErrorKind, ParseIntError},
    str::FromStr,
};
use uuid::Uuid;

/// A query being read.
#[derive(Debug)]
pub struct Query<'a> {
    pairs: &'a [(String, String)],
    errors: Errors,
}

impl<'a> Query<'a> {
    /// Starts reading.
    pub fn new(pairs: &'a [(String, String)]) -> Self {
        Self { pairs, errors: Errors::default() }
    }

    /// The error of a required parameter that is not there.
    pub fn missing(name: &str) -> ApiError {
        ApiError::field(name, "This field is required.")
    }

    /// Notes that a required parameter is not there, unless it has an error already.
    pub fn require(&mut self, name: &str, present: bool) {
        if !present && !self.errors.has(name) {
            self.errors.add(name, "This field is required.");
        }
    }

    /// The end of reading.
    ///
    /// # Errors
    /// [`ApiError::Validation`] with everything that could not be read.
    pub fn finish(self) -> Result<(), ApiError> {
        self.errors.into_result()
    }

    /// The four list parameters.
    pub fn page(&mut self) -> PageQuery {
        let page = PageQuery {
            // An empty number is a page that does not exist, not the first one.
            page: self.text_or_empty("page"),
            page_size: self.text("page_size"),
            ordering: self.text("ordering"),
            search: self.text("search"),
        };
        if page.search.as_deref().is_some_and(|text| text.chars().nth(SEARCH_LENGTH).is_some()) {
            self.errors.add("search", format!("Ensure this search has no more than {SEARCH_LENGTH} characters."));
        } else if page.words().len() > SEARCH_WORDS {
            self.errors.add("search", format!("Ensure this search has no more than {SEARCH_WORDS} words."));
        }
        page
    }

    /// A text.
    pub fn text(&mut self, name: &str) -> Option<String> {
        self.last(name).map(str::to_owned)
    }

    /// A required text, which may be empty.
    pub fn text_or_empty(&mut self, name: &str) -> Option<String> {
        self.pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    /// True or false; anything else counts as absent.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        match self.last(name)?.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    /// An integer, or the key of another object.
    pub fn integer(&mut self, name: &str, relation: bool) -> Option<i64> {
        let text = self.last(name)?;
        let value = parse_integer(text);
        if value.is_none() {
            let words = if relation {
                "Select a valid choice. That choice is not one of the available choices."
            } else {
                "Enter a number."
            };
            self.errors.add(name, words);
        }
        value
    }

    /// A number.
    pub fn number(&mut self, name: &str) -> Option<f64> {
        let value = self.last(name)?.parse().ok();
        self.checked(name, value, "Enter a number.")
    }

    /// A UUID of an object, or of another one that it refers to.
    pub fn uuid(&mut self, name: &str, relation: bool) -> Option<Uuid> {
        let text = self.last(name)?;
        let value = read_uuid(text);
        if value.is_none() {
            let words =
                if relation { format!("“{text}” is not a valid UUID.") } else { "Enter a valid UUID.".into() };
            self.errors.add(name, words);
        }
        value
    }

    /// A moment, in any form that a body may have.
    pub fn date_time(&mut self, name: &str) -> Option<DateTime<Utc>> {
        let value = time::date_time(self.last(name)?).ok();
        self.checked(name, value, "Enter a valid date/time.")
    }

    /// A calendar date.
    pub fn date(&mut self, name: &str) -> Option<NaiveDate> {
        let value = time::date(self.last(name)?);
        self.checked(name, value, "Enter a valid date.")
    }

    /// A value of an enum.
    pub fn parsed<T: FromStr>(&mut self, name: &str) -> Option<T> {
        let text = self.last(name)?;
        let value = text.parse().ok();
        self.checked(name, value, &no_choice(text))
    }

    /// One of several texts.
    pub fn choice(&mut self, name: &str, choices: &[&str]) -> Option<String> {
        let text = self.last(name)?;
        let value = choices.contains(&text).then(|| text.to_owned());
        self.checked(name, value, &no_choice(text))
    }

    /// Several texts.
    pub fn text_list(&mut self, name: &str, commas: bool) -> Vec<String> {
        self.all(name, commas).into_iter().map(str::to_owned).collect()
    }

    /// Several booleans; what is none is left out.
    pub fn boolean_list(&mut self, name: &str, commas: bool) -> Vec<bool> {
        self.all(name, commas).into_iter().filter_map(|text| text.to_ascii_lowercase().parse().ok()).collect()
    }

    /// Several keys of other objects.
    pub fn integer_list(&mut self, name: &str, commas: bool, _relation: bool) -> Vec<i64> {
        self.list(name, commas, parse_integer, |text| format!("“{text}” is not a valid value."))
    }

    /// Several numbers.
    pub fn number_list(&mut self, name: &str, commas: bool) -> Vec<f64> {
        self.list(name, commas, |text| text.parse().ok(), |_| "Enter a number.".into())
    }

    /// Several UUIDs.
    pub fn uuid_list(&mut self, name: &str, commas: bool, _relation: bool) -> Vec<Uuid> {
        self.list(name, commas, read_uuid, |text| format!("“{text}” is not a valid UUID."))
    }

    /// Several moments.
    pub fn date_time_list(&mut self, name: &str, commas: bool) -> Vec<DateTime<Utc>> {
        self.list(name, commas, |text| time::date_time(text).ok(), |_| "Enter a valid date/time.".into())
    }

    /// Several calendar dates.
    pub fn date_list(&mut self, name: &str, commas: bool) -> Vec<NaiveDate> {
        self.list(name, commas, time::date, |_| "Enter a valid date.".into())
    }

    /// Several values of an enum.
    pub fn parsed_list<T: FromStr>(&mut self, name: &str, commas: bool) -> Vec<T> {
        self.list(name, commas, |text| text.parse().ok(), no_choice)
    }

    /// Several of some texts.
    pub fn choice_list(&mut self, name: &str, commas: bool, choices: &[&str]) -> Vec<String> {
        self.list(name, commas, |text| choices.contains(&text).then(|| text.to_owned()), no_choice)
    }

    /// The last value that is not empty counts, if the last one is not.
    fn last(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.pairs.iter().rev().find(|(key, _)| key == name)?;
        Some(value.trim()).filter(|text| !text.is_empty())
    }

    /// The values of a parameter, each once: none of them twice makes a list longer.
    fn all(&mut self, name: &str, commas: bool) -> Vec<&'a str> {
        let values = self.pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let parts = values.flat_map(move |value| value.split(move |c| commas && c == ','));
        let mut seen = HashSet::new();
        let parts = parts.map(str::trim).filter(|text| !text.is_empty() && seen.insert(*text));
        let all: Vec<&str> = parts.take(FILTER_VALUES + 1).collect();
        if all.len() > FILTER_VALUES {
            self.errors.add(name, format!("Ensure this filter has no more than {FILTER_VALUES} values."));
            return vec![];
        }
        all
    }

    fn list<T>(
        &mut self,
        name: &str,
        commas: bool,
        parse: impl Fn(&str) -> Option<T>,
        words: impl Fn(&str) -> String,
    ) -> Vec<T> {
        let mut values = vec![];
        for text in self.all(name, commas) {
            match parse(text) {
                Some(value) => values.push(value),
                None if !self.errors.has(name) => self.errors.add(name, words(text)),
                None => {}
            }
        }
        values
    }

    fn checked<T>(&mut self, name: &str, value: Option<T>, words: &str) -> Option<T> {
        if value.is_none() {
            self.errors.add(name, words);
        }
        value
    }
}

fn no_choice(text: &str) -> String {
    format!("Select a valid choice. {text} is not one of the available choices.")
}

/// An integer: `5`, and `5.0` as well. One that no column can hold becomes the nearest that one can: as a filter it finds nothing, as it should.
fn parse_integer(text: &str) -> Option<i64> {
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    };
    whole
        .parse()
        .or_else(|error: ParseIntError| match error.kind() {
            IntErrorKind::PosOverflow => Ok(i64::MAX),
            IntErrorKind::NegOverflow => Ok(i64::MIN),
            _ => Err(error),
        })
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn errors(query: Query<'_>) -> Value {
        query.finish().map_or_else(|e| e.body(""), |()| json!({}))
    }

    #[test]
    fn moments_and_days_are_read_as_in_bodies() {
        let moment = "2030-01-02T00:00:00Z".parse().ok();
        for text in [
            "2030-01-02T00:00:00Z",
            // What the published client for Python sends.
            "2030-01-02T00:00:00.000000+0000",
            "2030-01-02T01:00+01",
            "2030-01-02 00:00",
            "20300102T000000",
            "2030-1-2 0:00",
            "2030-01-02",
        ] {
            let pairs = pairs(&[("at", text)]);
            assert_eq!(Query::new(&pairs).date_time("at"), moment, "{text}");
            assert_eq!(Query::new(&pairs).date_time_list("at", false), moment.as_slice(), "{text}");
        }
        for text in ["2030-01-02", "2030-1-2", "20300102"] {
            let pairs = pairs(&[("on", text)]);
            assert_eq!(Query::new(&pairs).date("on"), NaiveDate::from_ymd_opt(2030, 1, 2), "{text}");
            assert_eq!(Query::new(&pairs).date_list("on", false).len(), 1, "{text}");
        }
        for text in ["soon", "2030-13-01", "2030-01-02T25:00", "9999-12-31T23:59:59-05:00"] {
            let pairs = pairs(&[("at", text)]);
            let mut query = Query::new(&pairs);
            assert_eq!(query.date_time("at"), None, "{text}");
            assert_eq!(errors(query), json!({ "at": ["Enter a valid date/time."] }), "{text}");
        }
    }

    #[test]
    fn uuids_are_read_as_in_bodies() {
        let forms = [
            "01234567-89ab-cdef-0123-456789abcdef",
            "0123456789ABCDEF0123456789ABCDEF",
            "0123-4567-89ab-cdef-0123-4567-89ab-cdef",
            "{01234567-89ab-cdef-0123-456789abcdef}",
            "urn:uuid:01234567-89ab-cdef-0123-456789abcdef",
        ];
        for text in forms {
            let pairs = pairs(&[("id", text)]);
            assert_eq!(Query::new(&pairs).uuid("id", true), Uuid::parse_str(forms[0]).ok(), "{text}");
            assert_eq!(Query::new(&pairs).uuid_list("id", false, true).len(), 1, "{text}");
        }
    }

    #[test]
    fn values_are_read() {
        let pairs = pairs(&[
            ("n", "1"),
            ("n", "5.0"),
            ("b", "TRUE"),
            ("odd", "maybe"),
            ("empty", ""),
            ("id", "0123456789abcdef0123456789abcdef"),
            ("at", "2024-06-01T02:00:00+02:00"),
            ("day", "2024-06-01"),
            ("many", "a"),
            ("many", ""),
            ("many", "b,c"),
        ]);
        let mut query = Query::new(&pairs);
        assert_eq!(query.integer("n", false), Some(5));
        assert_eq!(query.boolean("b"), Some(true));
        assert_eq!(query.boolean("odd"), None);
        assert_eq!(query.text("empty"), None);
        assert_eq!(query.text_or_empty("empty").as_deref(), Some(""));
        assert_eq!(query.integer("empty", false), None);
        assert!(query.uuid("id", false).is_some());
        assert_eq!(query.date_time("at"), query.date_time("day"));
        assert_eq!(query.text_list("many", false), ["a", "b,c"]);
        assert_eq!(query.text_list("many", true), ["a", "b", "c"]);
        assert_eq!(errors(query), json!({}));
    }

    #[test]
    fn everything_unreadable_is_reported_at_once() {
        let pairs =
            pairs(&[("n", "x"), ("user", "x"), ("uuid", "x"), ("flow", "x"), ("at", "x"), ("ids", "x"), ("e", "x")]);
        let mut query = Query::new(&pairs);
        query.integer("n", false);
        query.integer("user", true);
        query.uuid("uuid", false);
        query.uuid("flow", true);
        query.date_time("at");
        query.integer_list("ids", false, false);
        query.choice("e", &["y"]);
        query.require("gone", false);
        assert_eq!(
            errors(query),
            json!({
                "n": ["Enter a number."],
                "user": ["Select a valid choice. That choice is not one of the available choices."],
                "uuid": ["Enter a valid UUID."],
                "flow": ["“x” is not a valid UUID."],
                "at": ["Enter a valid date/time."],
                "ids": ["“x” is not a valid value."],
                "e": ["Select a valid choice. x is not one of the available choices."],
                "gone": ["This field is required."],
            })
        );
    }
}
