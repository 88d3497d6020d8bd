//! Proves that a server does what its OpenAPI document says.

pub mod check;
pub mod curl;
pub mod event;
pub mod report;
