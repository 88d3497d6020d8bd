//! Vestibule: an identity provider with authentik's admin API in one binary.
//!
//! `schema.yml` is the only description of the API. From it, `vestibule_api` is generated: models, one trait per
//! resource family, and the operation table. The rooms of this crate, in the order of a request:
//!
//! - [`server`] takes HTTP: routes, content negotiation, authentication, the transaction; and it has the endpoints beside
//!   the admin API, which describe themselves.
//! - [`api`] has the handlers, one file a resource, over a handful of shared helpers.
//! - [`domain`] has the rules that need neither HTTP nor SQL: passwords, certificates.
//! - [`store`] is the only room that speaks SQL, to SQLite or PostgreSQL.
//! - [`tasks`] has what the server does without being asked.
//! - [`bootstrap`] creates what a fresh installation has; [`config`] reads the settings; [`admin`] is the way back in.

pub mod admin;
pub mod api;
pub mod bootstrap;
pub mod config;
pub mod domain;
pub mod server;
pub mod store;
pub mod tasks;
