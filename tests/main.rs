//! All integration tests, in one binary: linking it once is faster than linking thirty.
//!
//! `support` starts a server for every test, on a database of its own; `api` has the tests of the resources, in the
//! folders of `src/api`; `contract` has what holds for every operation and is read off the operation table.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "how tests fail and speak; they may make up keys"
)]

mod api;
mod attacks;
mod contract;
mod durability;
mod repository;
mod store;
mod support;
mod tasks;
