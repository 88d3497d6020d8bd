//! `/rbac/`: who may do what.

mod assignments;
pub mod roles;
