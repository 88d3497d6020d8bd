//! The only room that speaks SQL.
//!
//! [`Db`] opens a database and hands out [`Conn`]ections: a read connection for requests that change nothing, a
//! transaction for those that do. Statements are built once with `sea-query` and run on SQLite or PostgreSQL alike;
//! [`Table`] derives from a Rust struct how its rows are stored, and [`table`] has the few statements every table
//! needs.

pub mod access;
mod changes;
mod checkpoint;
pub mod column;
mod conn;
pub mod deadline;
pub mod dialect;
mod error;
pub mod events;
pub mod expired;
mod keyring;
pub mod list;
mod listener;
pub mod mails;
pub mod membership;
mod open;
mod pages;
pub mod permissions;
mod places;
mod postgres;
pub mod power;
pub mod query;
pub mod reputation;
mod row;
pub mod seal;
mod shape;
mod sqlite;
pub mod stages;
pub mod table;
pub mod tables;
pub mod targets;
mod together;
pub mod tokens;
pub mod users;
mod writer;

pub use changes::Changes;
pub use conn::{Conn, counted, counted_elsewhere};
pub use error::DbError;
pub use keyring::Keyring;
pub use list::{List, Term, Window};
pub use open::{Db, FULL, OpenError};
pub use row::{AnyRow, Field, Row};
pub use shape::{Shape, Statement};
pub use table::{Entity, Part};
pub use vestibule_derive::Table;
