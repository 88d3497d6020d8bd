//! `/rbac/`.

mod assignments;
mod roles;
