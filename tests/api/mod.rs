//! The resources, one file each, in the folders of `src/api`.

mod admin;
mod auth;
mod authenticators;
pub(crate) mod core;
mod crypto;
mod enterprise;
mod events;
mod examples;
mod expressions;
mod flows;
mod managed;
mod oauth2;
mod outposts;
mod policies;
mod propertymappings;
mod providers;
mod rac;
mod rbac;
mod root;
mod sources;
mod stages;
mod tenants;
mod twins;
mod used_by;
