//! The tags of blueprints, and what they stand for.
//!
//! `!KeyOf id` is the key of the object of an entry above, `!Find [model, [field, value], …]` the key of one that
//! exists, `!Context name` or `!Context [name, default]` a value of the blueprint's context, `!Format [text, …]` a text
//! with `%s` filled in, `!If [condition, then, else]` one of two values, `!Condition [AND, …]` a truth value.
//! `!Enumerate [items, SEQ or MAP, value]` is a list or a map with a value for every item, in which `!Index 0` is the index or
//! key of the item and `!Value 0` the item; with 1 those of the enumeration around it. `!Env [name, default]` is the default: a
//! blueprint does not see the environment of the server, so `!Env name` is refused like every tag that is not known.

use super::models;
use crate::api::context::Context;
use futures::future::BoxFuture;
use serde_json::{Map, Value};
use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
};
use yaml_serde::{Mapping, Value as Yaml};

/// Why a blueprint cannot be applied: for people, or a fault of the server.
#[derive(Debug)]
pub(super) enum Failure {
    /// Said in the log of the import.
    Blueprint(String),
    /// Ends the request.
    Server(vestibule_api::ApiError),
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self::Blueprint(reason)
    }
}

impl From<vestibule_api::ApiError> for Failure {
    fn from(error: vestibule_api::ApiError) -> Self {
        Self::Server(error)
    }
}

/// How many bytes the values of a blueprint may take once its tags are replaced.
const RESOLVED: usize = 4 * 1024 * 1024;

/// What every value takes beside its text.
const VALUE: usize = 32;

/// What a look into the database counts like.
const SEARCH: usize = 1_024;

/// How much of a value a message shows.
const SHOWN: usize = 200;

/// How many bytes the values of a blueprint may still take: a few letters can refer to as much as it holds.
#[derive(Debug)]
pub(super) struct Allowance(AtomicUsize);

impl Default for Allowance {
    fn default() -> Self {
        Self(RESOLVED.into())
    }
}

impl Allowance {
    fn spend(&self, bytes: usize) -> Result<(), String> {
        let left = self.0.load(Ordering::Relaxed).checked_sub(bytes);
        self.0.store(left.unwrap_or(0), Ordering::Relaxed);
        let most = RESOLVED / 1024 / 1024;
        left.map(drop).ok_or_else(|| format!("The blueprint takes more than {most} MiB once its tags are replaced."))
    }
}

/// What the values of an entry may refer to.
pub(super) struct Scope<'a> {
    /// The context of the blueprint.
    pub(super) context: &'a Mapping,
    /// Keys of the objects of entries above, by what the entries are called.
    pub(super) keys: &'a HashMap<String, Value>,
    /// What values may still take.
    pub(super) allowance: &'a Allowance,
    /// The item that an enumeration is at.
    pub(super) item: Option<&'a Item<'a>>,
}

/// An item of a list or a map that is enumerated.
pub(super) struct Item<'a> {
    index: Value,
    value: Value,
    /// That of the enumeration around it.
    outer: Option<&'a Item<'a>>,
}

impl Scope<'_> {
    /// All values of a map.
    pub(super) async fn map(&self, ctx: &mut Context, map: &Mapping) -> Result<Map<String, Value>, Failure> {
        let mut resolved = Map::new();
        for (key, value) in map {
            let key = key.as_str().ok_or_else(|| "A key is not text.".to_owned())?;
            self.allowance.spend(key.len())?;
            resolved.insert(key.to_owned(), self.value(ctx, value).await?);
        }
        Ok(resolved)
    }

    /// One value.
    pub(super) fn value<'a>(&'a self, ctx: &'a mut Context, value: &'a Yaml) -> BoxFuture<'a, Result<Value, Failure>> {
        Box::pin(async move {
            self.allowance.spend(VALUE + value.as_str().map_or(0, str::len))?;
            Ok(match value {
                Yaml::Null => Value::Null,
                Yaml::Bool(truth) => Value::Bool(*truth),
                Yaml::String(text) => Value::String(text.clone()),
                Yaml::Number(_) => serde_json::to_value(value).map_err(|e| format!("A number does not fit: {e}."))?,
                Yaml::Sequence(list) => Value::Array(self.list(ctx, list).await?),
                Yaml::Mapping(map) => Value::Object(self.map(ctx, map).await?),
                Yaml::Tagged(tagged) => {
                    let tag = tagged.tag.to_string();
                    self.tag(ctx, tag.trim_start_matches('!'), &tagged.value).await?
                }
            })
        })
    }

    async fn list(&self, ctx: &mut Context, list: &[Yaml]) -> Result<Vec<Value>, Failure> {
        let mut resolved = vec![];
        for value in list {
            resolved.push(self.value(ctx, value).await?);
        }
        Ok(resolved)
    }

    /// A list or a map with a value for every item of another.
    async fn enumerate(&self, ctx: &mut Context, value: &Yaml) -> Result<Value, Failure> {
        let wrong =
            || "!Enumerate takes a list or a map, SEQ or MAP, and a value; for MAP a key and a value.".to_owned();
        let Some([items, output, body]) = value.as_sequence().map(Vec::as_slice) else { return Err(wrong().into()) };
        let items: Vec<(Value, Value)> = match self.value(ctx, items).await? {
            Value::Array(list) => list.into_iter().enumerate().map(|(index, item)| (index.into(), item)).collect(),
            Value::Object(map) => map.into_iter().map(|(key, item)| (key.into(), item)).collect(),
            _ => return Err(wrong().into()),
        };
        let output = self.value(ctx, output).await?;
        let (mut list, mut map) = (vec![], Map::new());
        for (index, value) in items {
            let item = Item { index, value, outer: self.item };
            let Scope { context, keys, allowance, .. } = *self;
            let made = Scope { context, keys, allowance, item: Some(&item) }.value(ctx, body).await?;
            match (output.as_str(), made) {
                (Some("SEQ"), made) => list.push(made),
                (Some("MAP"), Value::Array(mut pair)) if pair.len() == 2 => {
                    let value = pair.pop().unwrap_or_default();
                    let key = pair.pop().and_then(|key| key.as_str().map(str::to_owned)).ok_or_else(wrong)?;
                    map.insert(key, value);
                }
                _ => return Err(wrong().into()),
            }
        }
        Ok(if output == "MAP" { Value::Object(map) } else { Value::Array(list) })
    }

    /// The item that so many enumerations around are at.
    fn item(&self, outwards: &Value) -> Option<&Item<'_>> {
        let mut item = self.item?;
        for _ in 0..outwards.as_u64()? {
            item = item.outer?;
        }
        Some(item)
    }

    async fn tag(&self, ctx: &mut Context, tag: &str, value: &Yaml) -> Result<Value, Failure> {
        if tag == "Enumerate" {
            return self.enumerate(ctx, value).await;
        }
        let arguments = match value {
            Yaml::Sequence(list) => self.list(ctx, list).await?,
            other => vec![self.value(ctx, other).await?],
        };
        let wrong = || format!("!{tag} does not take {}.", shown(&Value::Array(arguments.clone()).to_string()));
        match (tag, arguments.as_slice()) {
            ("KeyOf", [Value::String(id)]) => {
                let unknown = || format!("!KeyOf {}: no entry above has this id.", shown(id));
                Ok(self.keys.get(id).cloned().ok_or_else(unknown)?)
            }
            ("Context", [Value::String(name), default @ ..]) if default.len() < 2 => match self.context.get(name) {
                Some(plain) => self.value(ctx, plain).await,
                None => Ok(default.first().cloned().unwrap_or(Value::Null)),
            },
            ("Format", [Value::String(text), values @ ..]) => {
                let filled = format(text, values)?;
                self.allowance.spend(filled.len())?;
                Ok(Value::String(filled))
            }
            ("If", [condition, then, otherwise]) => Ok(if truth(condition) { then.clone() } else { otherwise.clone() }),
            ("If", [condition]) => Ok(Value::Bool(truth(condition))),
            ("Condition", [Value::String(operator), values @ ..]) => {
                Ok(Value::Bool(combine(operator, values).ok_or_else(wrong)?))
            }
            ("Find", [Value::String(model), pairs @ ..]) if !pairs.is_empty() => {
                self.allowance.spend(SEARCH)?;
                let mut conditions = Map::new();
                for pair in pairs {
                    let [Value::String(field), value] = pair.as_array().map(Vec::as_slice).unwrap_or_default() else {
                        return Err(wrong().into());
                    };
                    conditions.insert(field.clone(), value.clone());
                }
                Ok(models::find(ctx, model, conditions).await?.unwrap_or(Value::Null))
            }
            ("Index" | "Value", [outwards]) => {
                let item = self.item(outwards).ok_or_else(wrong)?;
                let found = if tag == "Index" { &item.index } else { &item.value };
                self.allowance.spend(VALUE + found.to_string().len())?;
                Ok(found.clone())
            }
            ("Env", [_, default]) => Ok(default.clone()),
            ("KeyOf" | "Context" | "Format" | "If" | "Condition" | "Find" | "Index" | "Value", _) => {
                Err(wrong().into())
            }
            ("Env", _) => {
                Err("!Env is refused: a blueprint does not see the environment of the server.".to_owned().into())
            }
            _ => Err(format!("!{} is not known.", shown(tag)).into()),
        }
    }
}

/// The beginning of a text, for a message.
fn shown(text: &str) -> String {
    let mut letters = text.chars();
    let beginning: String = letters.by_ref().take(SHOWN).collect();
    if letters.next().is_some() { beginning + "…" } else { beginning }
}

/// A text with the values in the places of `%s`.
fn format(text: &str, values: &[Value]) -> Result<String, String> {
    let (mut filled, mut values) = (String::new(), values.iter());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('%') {
        filled.push_str(before);
        rest = match behind.chars().next() {
            Some('s' | 'd') => {
                let value =
                    values.next().ok_or_else(|| format!("!Format {:?}: there are too few values.", shown(text)))?;
                filled.push_str(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
                &behind[1..]
            }
            Some('%') => {
                filled.push('%');
                &behind[1..]
            }
            _ => return Err(format!("!Format {:?}: only %s, %d and %% are understood.", shown(text))),
        };
    }
    filled.push_str(rest);
    match values.next() {
        None => Ok(filled),
        Some(_) => Err(format!("!Format {:?}: there are too many values.", shown(text))),
    }
}

/// Whether a value counts as true, as in Python.
pub(super) fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

fn combine(operator: &str, values: &[Value]) -> Option<bool> {
    let mut values = values.iter().map(truth);
    let first = values.next()?;
    let negated = operator.starts_with('N') || operator == "XNOR";
    let joined = match operator {
        "AND" | "NAND" => values.fold(first, |a, b| a & b),
        "OR" | "NOR" => values.fold(first, |a, b| a | b),
        "XOR" | "XNOR" => values.fold(first, |a, b| a ^ b),
        "NOT" => first,
        _ => return None,
    };
    Some(joined != negated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn texts_are_filled_in() {
        assert_eq!(format("a-%s-%s", &[json!("x"), json!(3)]), Ok("a-x-3".to_owned()));
        assert_eq!(format("100%%", &[]), Ok("100%".to_owned()));
        assert!(format("%s", &[]).is_err() && format("x", &[json!(1)]).is_err() && format("%é", &[]).is_err());
        assert!(format("50%", &[]).is_err());
    }

    #[test]
    fn truth_values_are_combined() {
        for (operator, expected) in
            [("AND", false), ("NAND", true), ("OR", true), ("NOR", false), ("XOR", true), ("XNOR", false)]
        {
            assert_eq!(combine(operator, &[json!("x"), json!("")]), Some(expected), "{operator}");
        }
        assert_eq!(combine("NOT", &[json!(0)]), Some(true));
        assert_eq!((combine("MAYBE", &[json!(1)]), combine("AND", &[])), (None, None));
    }
}
