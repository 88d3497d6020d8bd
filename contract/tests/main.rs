//! All integration tests of the contract tester, in one binary.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "how tests fail")]

mod mutation;
#[allow(clippy::result_large_err, reason = "a refusal of the planted server is an answer like any other")]
mod planted;
mod repeat;
mod reports;
