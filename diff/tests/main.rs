//! What is reported, in which words, and what it means.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests say what they expect by failing")]

mod classes;
mod command;
mod contracts;
mod drift;
mod hostile;
mod markdown;
mod notes;
mod properties;
mod support;
