//! Reads `defaults/*.yml` into the database. The format is explained in `defaults/00-instance.yml`.

use super::BootstrapError;
use crate::{
    api::context::Random,
    store::{Conn, DbError, seal},
};
use chrono::{DateTime, Utc};
use sea_query::{Alias, Expr, InsertStatement, Value};
use serde::Deserialize;
use std::collections::HashMap;
use uuid::Uuid;
use yaml_serde::{Mapping, Value as Yaml};

macro_rules! files {
    ($($name:literal)*) => { &[$((concat!($name, ".yml"), include_str!(concat!("../../defaults/", $name, ".yml")))),*] };
}

/// The files in the order in which they are read.
pub(super) const FILES: &[(&str, &str)] = files![
    "00-instance" "10-flows" "20-policies" "30-stages" "40-bindings" "50-property-mappings" "60-brand" "70-outpost"
    "80-notifications"
];

/// A row to be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    table: String,
    /// What the entry is called in these files.
    id: Option<String>,
    values: Mapping,
}

/// Entries that were written, by name: the values of their columns.
type Written = HashMap<String, HashMap<String, Value>>;

/// Writes the objects of all files.
pub(super) async fn create(conn: &mut Conn, random: &Random, now: DateTime<Utc>) -> Result<(), BootstrapError> {
    let mut loader = Loader { random, now, written: Written::new() };
    for (file, text) in FILES {
        loader.load(conn, file, text).await?;
    }
    Ok(())
}

/// Writes entries and remembers what later ones may refer to.
pub(super) struct Loader<'a> {
    random: &'a Random,
    now: DateTime<Utc>,
    written: Written,
}

impl<'a> Loader<'a> {
    #[cfg(test)]
    pub(super) fn new(random: &'a Random, now: DateTime<Utc>) -> Self {
        Self { random, now, written: Written::new() }
    }

    /// Writes the entries of one file.
    pub(super) async fn load(&mut self, conn: &mut Conn, file: &str, text: &str) -> Result<(), BootstrapError> {
        let entries: Vec<Entry> =
            yaml_serde::from_str(text).map_err(|e| BootstrapError::Defaults(format!("{file}: {e}")))?;
        for (index, entry) in entries.into_iter().enumerate() {
            let name = entry.id.as_deref().unwrap_or(&entry.table);
            let place = format!("{file}, entry {} ({name})", index + 1);
            self.write(conn, entry, &place).await?;
        }
        Ok(())
    }

    async fn write(&mut self, conn: &mut Conn, entry: Entry, place: &str) -> Result<(), BootstrapError> {
        let values = self.values(&entry, place)?;
        let failed = |error: DbError| BootstrapError::Defaults(format!("{place}: {error}"));
        let stored = seal::named(conn, &entry.table, &values).map_err(failed)?;
        let mut insert = InsertStatement::new();
        insert
            .into_table(Alias::new(entry.table.as_str()))
            .columns(stored.iter().map(|(column, _)| Alias::new(column.as_str())))
            .values_panic(stored.into_iter().map(|(_, value)| Expr::val(value)));
        let Some(name) = entry.id else {
            return conn.execute(&insert).await.map(drop).map_err(failed);
        };
        let mut row: HashMap<String, Value> = values.into_iter().collect();
        if row.contains_key("id") {
            conn.execute(&insert).await.map_err(failed)?;
        } else {
            let (key,): (i64,) = conn.one(insert.returning_col("id")).await.map_err(failed)?;
            row.insert("id".to_owned(), key.into());
        }
        match self.written.insert(name, row) {
            None => Ok(()),
            Some(_) => Err(BootstrapError::Defaults(format!("{place}: the id is taken"))),
        }
    }

    /// The values of the columns, null ones left out. What a `format` needs of this entry must stand before it.
    fn values(&self, entry: &Entry, place: &str) -> Result<Vec<(String, Value)>, BootstrapError> {
        let mut values: Vec<(String, Value)> = vec![];
        for (column, yaml) in &entry.values {
            let column = column.as_str().unwrap_or_default();
            let value = self.value(yaml, entry.id.as_deref(), &values);
            match value.map_err(|reason| BootstrapError::Defaults(format!("{place}, column {column:?}: {reason}")))? {
                Some(value) => values.push((column.to_owned(), value)),
                None => continue,
            }
        }
        Ok(values)
    }

    fn value(&self, yaml: &Yaml, own: Option<&str>, before: &[(String, Value)]) -> Result<Option<Value>, String> {
        Ok(Some(match yaml {
            Yaml::Null => return Ok(None),
            Yaml::Bool(value) => (*value).into(),
            Yaml::String(text) => text.as_str().into(),
            Yaml::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(integer), _) => integer.into(),
                (None, Some(float)) => float.into(),
                (None, None) => return Err("the number does not fit".to_owned()),
            },
            Yaml::Mapping(map) => match self.special(map, own, before) {
                Some(value) => value?,
                None => json(yaml)?,
            },
            Yaml::Sequence(_) => json(yaml)?,
            Yaml::Tagged(_) => return Err("tags mean nothing here".to_owned()),
        }))
    }

    /// The maps that stand for something else.
    fn special(&self, map: &Mapping, own: Option<&str>, before: &[(String, Value)]) -> Option<Result<Value, String>> {
        let text = |key: &str| map.get(key).and_then(Yaml::as_str);
        match map.len() {
            1 if text("uuid") == Some("new") => Some(Ok(self.random.uuid().into())),
            1 if text("time") == Some("now") => Some(Ok(self.now.into())),
            1 if map.contains_key("secret") => {
                let length = map.get("secret").and_then(Yaml::as_u64).and_then(|n| usize::try_from(n).ok());
                Some(length.map(|n| self.random.text(n).into()).ok_or_else(|| "secret needs a length".to_owned()))
            }
            1 if map.contains_key("format") => Some(self.format(text("format")?, own, before).map(Value::from)),
            1 if map.contains_key("ref") => Some(self.column(text("ref")?, "id")),
            2 if map.contains_key("ref") && map.contains_key("column") => {
                Some(self.column(text("ref")?, text("column")?))
            }
            _ => None,
        }
    }

    /// A column of an entry above.
    fn column(&self, id: &str, column: &str) -> Result<Value, String> {
        let row = self.written.get(id).ok_or_else(|| format!("there is no entry {id:?} above"))?;
        row.get(column).cloned().ok_or_else(|| format!("entry {id:?} has no value in column {column:?}"))
    }

    /// `{ID}` and `{ID:hex}` replaced by the key of that entry.
    fn format(&self, template: &str, own: Option<&str>, before: &[(String, Value)]) -> Result<String, String> {
        let mut text = String::new();
        let mut rest = template;
        while let Some((head, tail)) = rest.split_once('{') {
            let (name, tail) = tail.split_once('}').ok_or("a brace is not closed")?;
            let (id, hex) = name.strip_suffix(":hex").map_or((name, false), |id| (id, true));
            let key = match before.iter().find(|(column, _)| own == Some(id) && column == "id") {
                Some((_, key)) => key.clone(),
                None => self.column(id, "id")?,
            };
            text.push_str(head);
            match key {
                Value::Uuid(Some(key)) if hex => text.push_str(&Uuid::simple(key).to_string()),
                Value::Uuid(Some(key)) => text.push_str(&key.to_string()),
                Value::BigInt(Some(key)) => text.push_str(&key.to_string()),
                _ => return Err(format!("entry {id:?} has no key")),
            }
            rest = tail;
        }
        Ok(text + rest)
    }
}

fn json(yaml: &Yaml) -> Result<Value, String> {
    serde_json::to_value(yaml).map(Value::from).map_err(|error| error.to_string())
}
