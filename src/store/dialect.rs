//! The few places where SQLite and PostgreSQL need different words.

use sea_query::{Asterisk, Cond, Expr, ExprTrait, Func, Query};
use serde_json::Value as Json;

/// The key of a row as the text that object permissions store: digits, or a UUID as 32 hexadecimal digits.
pub fn object_id(table: &'static str, key: &'static str, integer: bool) -> Expr {
    let column = Expr::col((table, key));
    if integer { column.cast_as("text") } else { Func::lower(hex(column)).into() }
}

/// A UUID as 32 hexadecimal digits. The function is SQLite's own; PostgreSQL got it by a migration.
pub fn hex(uuid: Expr) -> Expr {
    Func::cust("hex").arg(uuid).into()
}

/// A value inside a JSON column as text, by keys from the outside in; JSON texts come without quotes.
pub fn json_text(table: &'static str, column: &'static str, path: &[String], postgres: bool) -> Expr {
    if postgres {
        let keys = path.iter().map(|key| Expr::val(key.as_str()));
        return Func::cust("jsonb_extract_path_text")
            .args(std::iter::once(Expr::col((table, column))).chain(keys))
            .into();
    }
    // Keys are quoted for SQLite's path language, in which a quote cannot be escaped: such keys match nothing.
    let path: String =
        std::iter::once("$".to_owned()).chain(path.iter().map(|k| format!(".\"{}\"", k.replace('"', "")))).collect();
    Func::cust("json_extract").args([Expr::col((table, column)), Expr::val(path)]).into()
}

/// As [`json_text`], for plain keys that the program knows, in the words by which a migration indexes it.
pub fn json_field(table: &str, column: &str, path: &[&str], postgres: bool) -> Expr {
    Expr::cust(if postgres {
        format!("({table}.{column} #>> '{{{}}}')", path.join(","))
    } else {
        format!("json_extract({table}.{column}, '$.{}')", path.join("."))
    })
}

/// Whether the value inside a JSON column, by keys from the outside in, equals this one. Objects are equal when they
/// have the same keys and values, in any order.
pub fn json_equals(table: &'static str, column: &'static str, path: &[String], value: &Json, postgres: bool) -> Expr {
    if postgres {
        let keys = path.iter().map(|key| Expr::val(key.as_str()));
        let inner = Func::cust("jsonb_extract_path").args(std::iter::once(Expr::col((table, column))).chain(keys));
        return Expr::expr(inner).eq(Expr::val(value.clone()));
    }
    let mut all = vec![];
    let start = path.iter().try_fold("$".to_owned(), |path, key| sqlite_key(&path, key));
    match start {
        Some(path) => sqlite_equals((table, column), &path, value, &mut all),
        None => all.push(Expr::val(1).eq(0)),
    }
    all.into_iter().fold(Cond::all(), Cond::add).into()
}

/// A key appended to a path in SQLite's language, in which a quote cannot be escaped.
fn sqlite_key(path: &str, key: &str) -> Option<String> {
    (!key.contains('"')).then(|| format!("{path}.\"{key}\""))
}

/// SQLite compares JSON as text, so this goes down to the single values.
fn sqlite_equals(column: (&'static str, &'static str), path: &str, value: &Json, all: &mut Vec<Expr>) {
    let call = |name: &'static str| Expr::expr(Func::cust(name).args([Expr::col(column), Expr::val(path)]));
    let kind = |name: &str| call("json_type").eq(name);
    match value {
        Json::Null => all.push(kind("null")),
        Json::Bool(value) => all.push(kind(if *value { "true" } else { "false" })),
        Json::String(text) => {
            all.push(kind("text"));
            all.push(call("json_extract").eq(text.as_str()));
        }
        Json::Number(number) => {
            all.push(call("json_type").is_in(["integer", "real"]));
            all.push(match number.as_i64() {
                Some(number) => call("json_extract").eq(number),
                None => call("json_extract").eq(number.as_f64()),
            });
        }
        Json::Array(items) => {
            all.push(kind("array"));
            all.push(call("json_array_length").eq(i64::try_from(items.len()).unwrap_or(i64::MAX)));
            for (index, item) in items.iter().enumerate() {
                sqlite_equals(column, &format!("{path}[{index}]"), item, all);
            }
        }
        Json::Object(entries) => {
            all.push(kind("object"));
            let keys = Query::select()
                .expr(Func::count(Expr::col(Asterisk)))
                .from_function(Func::cust("json_each").args([Expr::col(column), Expr::val(path)]), "entries")
                .to_owned();
            all.push(Expr::from(keys).eq(i64::try_from(entries.len()).unwrap_or(i64::MAX)));
            for (key, value) in entries {
                match sqlite_key(path, key) {
                    Some(path) => sqlite_equals(column, &path, value, all),
                    None => all.push(Expr::val(1).eq(0)),
                }
            }
        }
    }
}

/// Whether a text starts with another, in the same letter case.
pub fn starts_with(column: Expr, text: &str) -> Expr {
    let length = i32::try_from(text.chars().count()).unwrap_or(i32::MAX);
    Expr::expr(Func::cust("substr").args([column, Expr::val(1), Expr::val(length)])).eq(text)
}

/// Longest pattern; SQLite refuses those of more than 50,000 bytes.
const LONGEST_PATTERN: usize = 40_000;

/// Whether a text contains another, upper and lower case of ASCII letters alike (all that both databases fold). `%` and
/// `_` stand for themselves. A text that is longer than a pattern may be is in none that anybody searches.
pub fn contains(column: Expr, text: &str) -> Expr {
    let escaped: String = text
        .to_ascii_lowercase()
        .chars()
        .flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] })
        .collect();
    if escaped.len() > LONGEST_PATTERN {
        return Expr::val(1).eq(0);
    }
    Expr::expr(Func::lower(column)).like(sea_query::LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

/// Whether a text equals another, upper and lower case of ASCII letters alike.
pub fn equals(column: Expr, text: &str) -> Expr {
    Expr::expr(Func::lower(column)).eq(text.to_ascii_lowercase())
}

/// The texts under a key of the objects in the list that a JSON column holds, one a line.
pub fn json_lines(table: &'static str, column: &'static str, key: &str, postgres: bool) -> Expr {
    let (lines, key) = if postgres {
        let items = "jsonb_array_elements($2) WITH ORDINALITY AS items (item, place)";
        let lines = format!("(SELECT string_agg(item ->> $1, chr(10) ORDER BY place) FROM {items})");
        (lines, key.to_owned())
    } else {
        let lines = "(SELECT group_concat(json_extract(value, ?), char(10) ORDER BY key) FROM json_each(?))";
        (lines.to_owned(), format!("$.\"{key}\""))
    };
    Expr::cust_with_exprs(lines, [Expr::val(key), Expr::col((table, column))])
}
