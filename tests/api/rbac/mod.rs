//! `/rbac/`.

mod assignments;
mod permissions;
mod roles;
