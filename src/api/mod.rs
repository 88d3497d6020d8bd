//! The handlers, one file a resource, and what they share.
//!
//! [`routes`] lists the families that are implemented. An operation of the contract that no family here answers is
//! answered with 501, and stands in `snapshots/not_implemented.txt`, which may only become shorter.

pub mod attributes;
pub mod auth;
pub mod blueprint;
pub mod context;
pub mod core;
pub mod crypto;
pub mod events;
pub mod expressions;
pub mod flows;
pub mod kinds;
pub mod media;
pub mod page;
pub mod permission;
pub mod policies;
pub mod propertymappings;
pub mod providers;
pub mod rbac;
pub mod remembered;
pub mod resource;
pub mod root;
pub mod settings;
pub mod stages;
pub mod used_by;

use context::Context;
use vestibule_api::Route;

/// Operations whose handler checks what it can and then answers 501, because what they need does not exist yet:
/// sessions.
pub const UNFINISHED: &[&str] = &["core_users_impersonate_create"];

/// All implemented operations.
pub fn routes() -> Vec<Route<Context>> {
    [
        vestibule_api::core_applications::routes(),
        vestibule_api::core_brands::routes(),
        vestibule_api::core_groups::routes(),
        vestibule_api::core_tokens::routes(),
        vestibule_api::core_transactional_applications::routes(),
        vestibule_api::core_users::routes(),
        vestibule_api::crypto_certificatekeypairs::routes(),
        vestibule_api::flows_bindings::routes(),
        vestibule_api::flows_instances::routes(),
        vestibule_api::policies_all::routes(),
        vestibule_api::policies_dummy::routes(),
        vestibule_api::rbac_permissions_assigned_by_roles::routes(),
        vestibule_api::rbac_permissions_assigned_by_users::routes(),
        vestibule_api::rbac_roles::routes(),
        vestibule_api::root_config::routes(),
        vestibule_api::stages_all::routes(),
        vestibule_api::stages_dummy::routes(),
        propertymappings::routes(),
        providers::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
