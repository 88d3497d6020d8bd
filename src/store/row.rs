//! Reading rows of either database, by the position of their columns.

use super::{
    DbError, Entity,
    column::{Column, Ref, Sealing, Target},
    keyring::Keyring,
};
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use sea_query::Value;
use sqlx::postgres::PgRow;
use uuid::Uuid;

/// A row that a statement gave, with the keys of what is sealed in it.
#[derive(Clone, Copy)]
pub struct AnyRow<'r> {
    pub(super) cells: Cells<'r>,
    keys: &'r Keyring,
}

/// What a driver gave.
#[derive(Clone, Copy)]
pub(super) enum Cells<'r> {
    /// Of SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
    /// Of PostgreSQL.
    Postgres(&'r PgRow),
}

impl<'r> AnyRow<'r> {
    pub(super) fn sqlite(row: &'r rusqlite::Row<'r>, keys: &'r Keyring) -> Self {
        Self { cells: Cells::Sqlite(row), keys }
    }

    pub(super) fn postgres(row: &'r PgRow, keys: &'r Keyring) -> Self {
        Self { cells: Cells::Postgres(row), keys }
    }

    /// A value.
    ///
    /// # Errors
    /// When there is none in this place, it is of another type, or may be sealed: that takes [`AnyRow::column`].
    pub fn get<T: Field>(self, place: usize) -> Result<T, DbError> {
        match T::SEALING {
            Sealing::Never => self.stored(place),
            _ => Err(DbError::Other("a secret is read without its column".into())),
        }
    }

    /// The value of a column.
    ///
    /// # Errors
    /// When there is none in this place, it is of another type, or cannot be opened.
    pub fn column<T: Field>(self, place: usize, column: &Column) -> Result<T, DbError> {
        let stored = self.stored::<T>(place)?;
        match T::SEALING {
            Sealing::Never => Ok(stored),
            _ => stored.open(|sealed| self.keys.open(column, sealed)),
        }
    }

    fn stored<T: Field>(self, place: usize) -> Result<T, DbError> {
        match self.cells {
            Cells::Sqlite(row) => {
                let value = row.get_ref(place)?;
                T::from_sqlite(value).map_err(|e| DbError::Other(format!("column {place} cannot be read: {e}")))
            }
            Cells::Postgres(row) => Ok(T::from_postgres(row, place)?),
        }
    }
}

impl Cells<'_> {
    /// How many bytes the values of varying length have, about.
    fn size(self) -> usize {
        match self {
            Self::Sqlite(row) => {
                let columns = (0..).map_while(|column| row.get_ref(column).ok());
                let size = |value| if let ValueRef::Text(b) | ValueRef::Blob(b) = value { b.len() } else { 0 };
                columns.map(size).sum()
            }
            Self::Postgres(row) => {
                let columns = (0..sqlx::Row::len(row)).filter_map(|column| sqlx::Row::try_get_raw(row, column).ok());
                columns.filter_map(|value| value.as_bytes().ok().map(<[u8]>::len)).sum()
            }
        }
    }
}

/// What a statement may read: no answer is larger, so none is lost, and nobody can ask for all the memory there is.
const MOST: usize = 64 << 20;

/// So many rows are not measured: a usual page costs nothing, and they are limited one by one when they are written.
const FEW: usize = 20;

/// How much of that is left.
#[derive(Default)]
pub(super) struct Budget {
    rows: usize,
    bytes: usize,
}

impl Budget {
    /// Takes note of a row.
    ///
    /// # Errors
    /// [`DbError::TooMuch`] when there were too many already, or too large ones.
    pub(super) fn take(&mut self, row: Cells<'_>) -> Result<(), DbError> {
        self.rows += 1;
        if self.rows > FEW {
            self.bytes += row.size();
        }
        if self.bytes > MOST { Err(DbError::TooMuch) } else { Ok(()) }
    }
}

/// A type that a column can be read into.
pub trait Field: Sized {
    /// The table that values refer to.
    const REFERS: Option<fn() -> Target> = None;
    /// Whether nobody may read the values.
    const SECRET: bool = false;
    /// Whether there may be none.
    const NULLABLE: bool = false;
    /// How values are kept from whoever reads the database without the server.
    const SEALING: Sealing = Sealing::Never;

    /// A text as a value for the database, if it can be one.
    fn parse(text: &str) -> Option<Value>;

    /// Reads a value of SQLite.
    ///
    /// # Errors
    /// When it is of another type.
    fn from_sqlite(value: ValueRef<'_>) -> FromSqlResult<Self>;

    /// Reads a column of PostgreSQL.
    ///
    /// # Errors
    /// When it is of another type.
    fn from_postgres(row: &PgRow, column: usize) -> Result<Self, sqlx::Error>;

    /// The value that was sealed, by what opens a text.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn open(self, _: impl FnOnce(String) -> Result<String, DbError>) -> Result<Self, DbError> {
        Ok(self)
    }
}

/// Types that both drivers know, and whether they may be null.
macro_rules! fields {
    ($($type:ty => $read:expr;)*) => {$(
        impl Field for $type {
            fn parse(text: &str) -> Option<Value> {
                text.parse::<Self>().ok().map(Into::into)
            }

            fn from_sqlite(value: ValueRef<'_>) -> FromSqlResult<Self> {
                $read(value)
            }

            fn from_postgres(row: &PgRow, column: usize) -> Result<Self, sqlx::Error> {
                sqlx::Row::try_get(row, column)
            }
        }

        impl Field for Option<$type> {
            const NULLABLE: bool = true;

            fn parse(text: &str) -> Option<Value> {
                <$type>::parse(text)
            }

            fn from_sqlite(value: ValueRef<'_>) -> FromSqlResult<Self> {
                if value == ValueRef::Null { Ok(None) } else { $read(value).map(Some) }
            }

            fn from_postgres(row: &PgRow, column: usize) -> Result<Self, sqlx::Error> {
                sqlx::Row::try_get(row, column)
            }
        }
    )*};
}

fields! {
    String => FromSql::column_result;
    bool => FromSql::column_result;
    i64 => FromSql::column_result;
    f64 => FromSql::column_result;
    Uuid => FromSql::column_result;
    serde_json::Value => FromSql::column_result;
    DateTime<Utc> => time;
}

impl<T: Entity> Field for Option<Ref<T>> {
    const REFERS: Option<fn() -> Target> = Ref::<T>::REFERS;
    const NULLABLE: bool = true;

    fn parse(text: &str) -> Option<Value> {
        Ref::<T>::parse(text)
    }

    fn from_sqlite(value: ValueRef<'_>) -> FromSqlResult<Self> {
        if value == ValueRef::Null { Ok(None) } else { Ref::from_sqlite(value).map(Some) }
    }

    fn from_postgres(row: &PgRow, column: usize) -> Result<Self, sqlx::Error> {
        if sqlx::ValueRef::is_null(&sqlx::Row::try_get_raw(row, column)?) {
            return Ok(None);
        }
        Ref::from_postgres(row, column).map(Some)
    }
}

/// A time as it is written, RFC 3339. In the form in which this program writes it, that takes a tenth of what the driver
/// takes, which tries several notations.
fn time(value: ValueRef<'_>) -> FromSqlResult<DateTime<Utc>> {
    let text = value.as_str()?;
    match in_utc(text.as_bytes()) {
        Some(time) => Ok(time),
        None => DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()).map_err(FromSqlError::other),
    }
}

/// `2026-01-01T00:00:00.123456+00:00`, with three or six digits of the second or without.
fn in_utc(text: &[u8]) -> Option<DateTime<Utc>> {
    let (date, rest) = text.strip_suffix(b"+00:00")?.split_at_checked(19)?;
    let number = |digits: &[u8]| {
        digits
            .iter()
            .try_fold(0_u32, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
    };
    let [y, z, a, b, b'-', m, n, b'-', d, e, b'T', h, i, b':', k, l, b':', s, t] = *date else { return None };
    let microseconds = match *rest {
        [] => 0,
        [b'.', a, b, c] => number(&[a, b, c])? * 1_000,
        [b'.', a, b, c, d, e, f] => number(&[a, b, c, d, e, f])?,
        _ => return None,
    };
    let year = i32::try_from(number(&[y, z, a, b])?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(&[m, n])?, number(&[d, e])?)?;
    Some(date.and_hms_micro_opt(number(&[h, i])?, number(&[k, l])?, number(&[s, t])?, microseconds)?.and_utc())
}

/// A struct or tuple that consecutive columns of a row can be read into.
pub trait Row: Sized + Send + Unpin {
    /// How many columns it takes.
    const WIDTH: usize;

    /// Reads it from the columns that begin at this one.
    ///
    /// # Errors
    /// When a column does not fit.
    fn read(row: AnyRow<'_>, at: usize) -> Result<Self, DbError>;
}

/// Tuples of single columns.
macro_rules! tuples {
    ($($($type:ident)+;)*) => {$(
        impl<$($type: Field + Send + Unpin),+> Row for ($($type,)+) {
            const WIDTH: usize = [$(stringify!($type)),+].len();

            #[allow(unused_assignments, reason = "the position after the last column")]
            fn read(row: AnyRow<'_>, mut at: usize) -> Result<Self, DbError> {
                Ok(($({
                    let value: $type = row.get(at)?;
                    at += 1;
                    value
                },)+))
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_the_library_reads_them() {
        for text in [
            "2026-01-01T00:00:00+00:00",
            "2024-02-29T23:59:59.123+00:00",
            "9999-12-31T23:59:59.999999+00:00",
            "0001-01-01T00:00:00.000001+00:00",
        ] {
            assert_eq!(in_utc(text.as_bytes()), Some(DateTime::parse_from_rfc3339(text).unwrap().to_utc()), "{text}");
        }
        for other in [
            "2026-01-01T00:00:00Z",
            "2026-01-01T02:00:00+02:00",
            "2023-02-29T00:00:00+00:00",
            "2026-01-01T24:00:00+00:00",
            "2026-01-01 00:00:00+00:00",
            "2026-01-01T00:00:00.1+00:00",
            "+2026-01-1T00:00:00+00:00",
            "+10000-01-01T00:00:00+00:00",
            "",
        ] {
            assert_eq!(in_utc(other.as_bytes()), None, "{other}");
        }
        assert!(time(ValueRef::Text(b"2026-01-01T02:00:00+02:00")).is_ok());
    }
}
