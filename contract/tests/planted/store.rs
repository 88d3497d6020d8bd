//! What the library keeps, in memory.

use hyper::body::Bytes;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use uuid::Uuid;

/// A thing that is kept: the properties of its answer.
pub(crate) type Row = Map<String, Value>;

/// A kind of things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Family {
    Authors,
    Books,
    Loans,
    Tags,
}

impl Family {
    /// The first word of the operations of a family.
    pub(crate) fn of(operation: &str) -> Option<Self> {
        Some(match operation.split('_').next()? {
            "authors" => Self::Authors,
            "books" => Self::Books,
            "loans" => Self::Loans,
            "tags" => Self::Tags,
            _ => return None,
        })
    }

    /// The property that is the key.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Authors => "author_id",
            Self::Books => "id",
            Self::Loans => "loan_uuid",
            Self::Tags => "slug",
        }
    }

    /// What the properties are that a body need not have.
    pub(crate) fn defaults(self) -> Row {
        let defaults = match self {
            Self::Authors => json!({ "born": null, "website": null, "email": "", "country": "", "active": true }),
            Self::Books => json!({
                "price": 0, "isbn": null, "rating": null, "summary": null, "keywords": [], "attributes": {},
            }),
            Self::Loans => json!({ "due": null, "note": "", "renewals": 0 }),
            Self::Tags => json!({}),
        };
        match defaults {
            Value::Object(defaults) => defaults,
            _ => Row::new(),
        }
    }

    /// Where another family holds keys of this one: the family and its property.
    pub(crate) fn users(self) -> Option<(Family, &'static str)> {
        match self {
            Self::Authors => Some((Self::Books, "author")),
            Self::Books => Some((Self::Loans, "book")),
            Self::Loans | Self::Tags => None,
        }
    }
}

/// Everything that is kept. The newest comes last.
#[derive(Default)]
pub(crate) struct Store {
    rows: HashMap<Family, Vec<(String, Row)>>,
    /// Pictures and their captions, by book.
    pub(crate) covers: HashMap<String, (Bytes, String)>,
    made: u64,
}

impl Store {
    /// The number of the next thing.
    fn next(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// Completes a body with what the server decides, and keeps it.
    pub(crate) fn insert(&mut self, family: Family, body: Row) -> (String, Row) {
        let number = self.next();
        let mut row = family.defaults();
        // Only what is documented is kept.
        row.extend(body);
        let key = match family {
            Family::Authors | Family::Loans => {
                // The bits of version and variant are set, so that strict readers take it for a random UUID.
                let key = Uuid::from_u128((u128::from(number) << 80) | (4 << 76) | (8 << 60) | u128::from(number));
                row.insert(family.key().into(), json!(key));
                key.to_string()
            }
            Family::Books => {
                row.insert("available".into(), json!(true));
                row.insert("id".into(), json!(number));
                number.to_string()
            }
            Family::Tags => field(&row, "slug").as_str().unwrap_or_default().to_owned(),
        };
        if matches!(family, Family::Authors | Family::Books) {
            row.insert("created".into(), json!(time(number)));
        }
        self.rows.entry(family).or_default().push((key.clone(), row.clone()));
        (key, row)
    }

    pub(crate) fn get(&self, family: Family, key: &str) -> Option<&Row> {
        self.all(family).iter().find(|(k, _)| k == key).map(|(_, row)| row)
    }

    /// Puts other values in place of some of a row.
    pub(crate) fn replace(&mut self, family: Family, key: &str, row: Row) {
        let kept = self.rows.entry(family).or_default().iter_mut().find(|(k, _)| k == key);
        kept.expect("a row that was found").1 = row;
    }

    pub(crate) fn remove(&mut self, family: Family, key: &str) {
        self.rows.entry(family).or_default().retain(|(k, _)| k != key);
        if family == Family::Books {
            self.covers.remove(key);
        }
    }

    pub(crate) fn all(&self, family: Family) -> &[(String, Row)] {
        self.rows.get(&family).map_or(&[], Vec::as_slice)
    }

    /// Whether something of another family holds the key.
    pub(crate) fn is_used(&self, family: Family, key: &str) -> bool {
        family.users().is_some_and(|(other, property)| {
            self.all(other).iter().any(|(_, row)| plain(row.get(property).unwrap_or(&Value::Null)) == key)
        })
    }
}

/// A time for the thing with a number.
fn time(number: u64) -> String {
    format!(
        "2024-06-{:02}T{:02}:{:02}:{:02}Z",
        number / 86400 % 30 + 1,
        number / 3600 % 24,
        number / 60 % 60,
        number % 60
    )
}

/// A property, or null: what a fault accepts need not have it.
pub(crate) fn field<'a>(row: &'a Row, name: &str) -> &'a Value {
    row.get(name).unwrap_or(&Value::Null)
}

/// A key as text.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
