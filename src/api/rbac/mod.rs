//! `/rbac/`: who may do what.

mod assignments;
pub mod permissions;
pub mod roles;
