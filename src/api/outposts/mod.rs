//! Outposts: programs that speak a protocol on behalf of the server, where they run, and what they are told.

mod accounts;
mod config;
pub mod connections;
pub mod instances;
pub mod served;
mod state;

pub(in crate::api) use accounts::equip_for;
