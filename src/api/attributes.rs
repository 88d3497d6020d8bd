//! The filter `?attributes=`: a JSON object whose keys and values the attributes of a row must hold.

use super::page::Column;
use crate::store::dialect;
use sea_query::SelectStatement;
use serde_json::Value;
use vestibule_api::ApiError;

/// How many values a filter may compare; far more than people write, and few enough for any database.
const MAX_VALUES: usize = 100;

/// How deep they may lie.
const MAX_DEPTH: usize = 16;

/// A filter that was read.
pub struct AttributeFilter(Vec<(Vec<String>, Value)>);

impl AttributeFilter {
    /// Reads the parameter. A key such as `a__b` looks into `a`.
    ///
    /// # Errors
    /// 400 in the reference's words; 400 for a filter that is too large.
    pub fn read(text: Option<&str>) -> Result<Self, ApiError> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Self(vec![])) };
        let refuse = |message: &str| Err(ApiError::field("attributes", message));
        let Ok(value) = serde_json::from_str(text) else { return refuse("filter: failed to parse JSON") };
        let Value::Object(entries) = &value else { return refuse("filter: value must be key:value mapping") };
        if values(&value) > MAX_VALUES {
            return refuse("filter: too many values");
        }
        if depth(&value) > MAX_DEPTH {
            return refuse("filter: nested too deeply");
        }
        if text.contains("\\u0000") {
            return refuse("Null characters are not allowed.");
        }
        let path = |key: &str| key.split("__").map(str::to_owned).collect();
        Ok(Self(entries.iter().map(|(key, value)| (path(key), value.clone())).collect()))
    }

    /// Adds the conditions.
    pub fn apply(&self, select: &mut SelectStatement, (table, column): Column, postgres: bool) {
        for (path, value) in &self.0 {
            select.and_where(dialect::json_equals(table, column, path, value, postgres));
        }
    }
}

/// How many values there are, nested ones included.
fn values(value: &Value) -> usize {
    match value {
        Value::Object(entries) => 1 + entries.iter().map(|(k, v)| k.split("__").count() + values(v)).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(values).sum::<usize>(),
        _ => 1,
    }
}

/// How many objects and lists stand in one another; a key such as `a__b` stands for two. As deep as JSON is read, no more.
fn depth(value: &Value) -> usize {
    match value {
        Value::Object(entries) => entries.iter().map(|(k, v)| k.split("__").count() + depth(v)).max().unwrap_or(1),
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
