//! `/rac/`: remote access in the browser.

pub mod connection_tokens;
pub mod endpoints;
