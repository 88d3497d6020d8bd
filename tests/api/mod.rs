//! The resources, one file each, in the folders of `src/api`.

mod auth;
pub(crate) mod core;
mod crypto;
mod events;
mod examples;
mod expressions;
mod flows;
mod policies;
mod propertymappings;
mod providers;
mod rbac;
mod root;
mod sources;
mod twins;
mod used_by;
