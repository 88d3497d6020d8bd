//! Plain data on its way into the interpreter and back.

use monty_types::MontyObject;
use serde_json::{Map, Number, Value};

/// A value for the interpreter.
pub(super) fn into_python(value: Value) -> Result<MontyObject, String> {
    Ok(match value {
        Value::Null => MontyObject::None,
        Value::Bool(truth) => MontyObject::Bool(truth),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => MontyObject::Int(integer),
            (None, Some(float)) if number.is_f64() => MontyObject::Float(float),
            _ => return Err(format!("the number {number} is too large")),
        },
        Value::String(text) => MontyObject::String(text),
        Value::Array(list) => MontyObject::List(list.into_iter().map(into_python).collect::<Result<_, _>>()?),
        Value::Object(map) => {
            let pair = |(key, value)| Ok((MontyObject::String(key), into_python(value)?));
            MontyObject::dict(map.into_iter().map(pair).collect::<Result<Vec<_>, String>>()?)
        }
    })
}

/// A value of the interpreter as plain data; keys of dictionaries as Python's `json` writes them.
pub(super) fn from_python(value: &MontyObject) -> Result<Value, String> {
    let list = |values: &[MontyObject]| values.iter().map(from_python).collect::<Result<Vec<_>, _>>().map(Value::Array);
    match value {
        MontyObject::None => Ok(Value::Null),
        MontyObject::Bool(truth) => Ok(Value::Bool(*truth)),
        MontyObject::Int(integer) => Ok(Value::from(*integer)),
        MontyObject::Float(float) => {
            Number::from_f64(*float).map(Value::Number).ok_or_else(|| format!("{float} is no number of JSON"))
        }
        MontyObject::String(text) => Ok(Value::from(text.as_str())),
        MontyObject::List(values)
        | MontyObject::Tuple(values)
        | MontyObject::Set(values)
        | MontyObject::FrozenSet(values) => list(values),
        MontyObject::Dict(pairs) => {
            let mut map = Map::new();
            for (key, value) in pairs {
                map.insert(self::key(key)?, from_python(value)?);
            }
            Ok(Value::Object(map))
        }
        MontyObject::DateTime(time) => {
            let (date, clock) = ((time.year, time.month, time.day), (time.hour, time.minute, time.second));
            let zone = match time.offset_seconds {
                None => String::new(),
                Some(offset) => {
                    let (sign, offset) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
                    format!("{sign}{:02}:{:02}", offset / 3600, offset / 60 % 60)
                }
            };
            let fraction = if time.microsecond == 0 { String::new() } else { format!(".{:06}", time.microsecond) };
            let date = format!("{:04}-{:02}-{:02}T", date.0, date.1, date.2);
            Ok(format!("{date}{:02}:{:02}:{:02}{fraction}{zone}", clock.0, clock.1, clock.2).into())
        }
        MontyObject::ClassInstance(object) => {
            Err(format!("the result holds a {}, which is no plain data", object.class_type.name))
        }
        other => Err(format!("the result holds {}, which is no plain data", other.py_repr())),
    }
}

fn key(key: &MontyObject) -> Result<String, String> {
    Ok(match key {
        MontyObject::String(text) => text.clone(),
        MontyObject::None => "null".to_owned(),
        MontyObject::Bool(truth) => truth.to_string(),
        MontyObject::Int(integer) => integer.to_string(),
        other => return Err(format!("the result has a key {}, which is no text", other.py_repr())),
    })
}
