//! The only room that speaks SQL.
//!
//! [`Db`] opens a database and hands out [`Conn`]ections: a read connection for requests that change nothing, a
//! transaction for those that do. Statements are built once with `sea-query` and run on SQLite or PostgreSQL alike;
//! [`table!`](table::table) describes a table once as a Rust struct, and [`table`] has the few statements every table
//! needs.

pub mod access;
pub mod applications;
mod changes;
mod conn;
mod counts;
pub mod dialect;
mod error;
pub mod events;
mod kind_table;
pub mod membership;
mod open;
pub mod permissions;
mod postgres;
pub mod query;
mod row;
mod sqlite;
pub mod stages;
pub mod table;
pub mod tables;
pub mod tokens;
pub mod users;
mod writer;

pub use changes::Changes;
pub use conn::{Conn, counted};
pub use error::DbError;
pub use open::{Db, OpenError};
pub use row::{AnyRow, Field, Row};
pub use table::{Entity, Joined, Table};
