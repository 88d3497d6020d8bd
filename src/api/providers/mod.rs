//! Providers: how applications get their users.

pub mod all;
pub mod google_workspace;
pub mod kinds;
pub mod ldap;
pub mod microsoft_entra;
pub mod oauth2;
mod preview;
pub mod proxy;
pub mod rac;
pub mod radius;
pub mod saml;
pub mod saml_metadata;
pub mod scim;
pub mod shared;
pub mod summary;
pub mod twins;

use super::context::Context;
use vestibule_api::Route;

/// The operations of all families below `/providers/`.
pub fn routes() -> Vec<Route<Context>> {
    [
        vestibule_api::providers_all::routes(),
        vestibule_api::providers_google_workspace::routes(),
        vestibule_api::providers_ldap::routes(),
        vestibule_api::providers_microsoft_entra::routes(),
        vestibule_api::providers_oauth2::routes(),
        vestibule_api::providers_proxy::routes(),
        vestibule_api::providers_rac::routes(),
        vestibule_api::providers_radius::routes(),
        vestibule_api::providers_saml::routes(),
        vestibule_api::providers_scim::routes(),
        twins::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
