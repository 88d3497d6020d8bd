//! What a statement can fail with, the same for both databases.

/// A failed statement.
#[derive(Debug)]
pub enum DbError {
    /// A unique constraint: the table, and its columns joined by `_`.
    Unique {
        /// Table name.
        table: String,
        /// Column names joined by `_`.
        columns: String,
    },
    /// A foreign key names a row that is not there, or a row that others need was to go.
    ForeignKey,
    /// The transaction lost against another one and may be tried again as a whole.
    Conflict,
    /// All there is of something is taken, for longer than anybody should wait. The text is for the log.
    Busy(String),
    /// A statement took longer than anybody waits for it.
    TooLong,
    /// A statement gives more than an answer can hold.
    TooMuch,
    /// The connection has gone, and what was sent on it with it. The text is for the log.
    Lost(String),
    /// A text holds the character zero, which PostgreSQL cannot store or compare.
    NullCharacter,
    /// Anything else; the text is for the log.
    Other(String),
}

impl std::fmt::Display for DbError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unique { table, columns } => write!(f, "not unique: {table} ({columns})"),
            Self::ForeignKey => f.write_str("a referenced row is missing"),
            Self::NullCharacter => f.write_str("a text holds a null character"),
            Self::Conflict => f.write_str("lost against a concurrent transaction"),
            Self::TooMuch => f.write_str("a statement gives more than is read"),
            Self::TooLong => f.write_str("a statement took too long"),
            Self::Busy(text) | Self::Lost(text) | Self::Other(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for DbError {}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(db) = &error else {
            let text = error.to_string();
            return if matches!(error, sqlx::Error::Io(_)) { Self::Lost(text) } else { Self::Other(text) };
        };
        if db.is_unique_violation() {
            // The name of the constraint is "users_username_key".
            let table = db.table().unwrap_or_default().to_owned();
            let constraint = db.constraint().unwrap_or_default();
            let columns = constraint.strip_prefix(&format!("{table}_")).unwrap_or(constraint);
            let columns = columns.strip_suffix("_key").unwrap_or(columns).to_owned();
            return Self::Unique { table, columns };
        }
        if db.is_foreign_key_violation() {
            return Self::ForeignKey;
        }
        match db.code().as_deref() {
            // Serialization failure, deadlock.
            Some("40001" | "40P01") => Self::Conflict,
            // Character not in repertoire, untranslatable character.
            Some("22021" | "22P05") => Self::NullCharacter,
            // The server ends: at once, after a crash, or this connection only. Or it has not begun yet.
            Some("57P01" | "57P02" | "57P03") => Self::Lost(error.to_string()),
            // Too many connections, of all or of this user.
            Some("53300") => Self::Busy(error.to_string()),
            // By `statement_timeout`, or because nobody waits for it any more.
            Some("57014") => Self::TooLong,
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ffi;
        let rusqlite::Error::SqliteFailure(code, text) = &error else { return Self::Other(error.to_string()) };
        match code.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
                // "UNIQUE constraint failed: users.username"
                let list = text.as_deref().and_then(|text| text.split_once("constraint failed: "));
                let list = list.map_or("", |(_, list)| list);
                let table = list.split('.').next().unwrap_or_default().to_owned();
                let columns: Vec<_> = list.split(", ").filter_map(|c| c.split_once('.')).map(|(_, c)| c).collect();
                Self::Unique { table, columns: columns.join("_") }
            }
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::ForeignKey,
            ffi::SQLITE_INTERRUPT => Self::TooLong,
            ffi::SQLITE_BUSY | ffi::SQLITE_BUSY_SNAPSHOT => Self::Conflict,
            _ => Self::Other(error.to_string()),
        }
    }
}
