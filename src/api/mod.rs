//! The handlers, one file a resource, and what they share.
//!
//! [`routes`] lists the families that are implemented. An operation of the contract that no family here answers is
//! answered with 501, and stands in `snapshots/not_implemented.txt`, which may only become shorter.

pub mod admin;
pub mod attributes;
pub mod auth;
pub mod authenticators;
pub mod blueprint;
pub mod context;
pub mod core;
pub mod crypto;
pub mod derived;
pub mod enterprise;
pub mod events;
pub mod expressions;
pub mod fields;
pub mod filter;
pub mod flows;
pub mod kinds;
pub mod links;
pub mod managed;
pub mod media;
pub mod oauth2;
pub mod outposts;
pub mod page;
pub mod permission;
pub mod policies;
pub mod propertymappings;
pub mod providers;
pub mod rac;
pub mod rbac;
pub mod remembered;
pub mod resource;
pub mod root;
pub mod settings;
pub mod sources;
pub mod stages;
pub mod tenants;
pub mod used_by;

use context::Context;
use resource::Resource;
use std::collections::HashMap;
use vestibule_api::{ApiError, Route};

/// Operations whose handler checks what it can and then answers 501, because what they need does not exist yet:
/// sessions.
pub const UNFINISHED: &[&str] = &["core_users_impersonate_create"];

/// Lists the families: those that are stored, and those that store nothing of their own.
macro_rules! families {
    (stored { $($stored:ident)* } other { $($other:ident)* }) => {
        /// All implemented operations.
        pub fn routes() -> Vec<Route<Context>> {
            [$(vestibule_api::$stored::routes(),)* $(vestibule_api::$other::routes(),)*].into_iter().flatten().collect()
        }

        /// What may refer to other objects.
        fn referrers() -> Vec<used_by::Referrer> {
            vec![
                $(used_by::Referrer::of::<vestibule_api::$stored::Family>(),)*
            ]
        }

        /// What people call objects of a model, by their keys as permissions hold them; of those that the caller may view.
        async fn describe(
            ctx: &mut Context,
            model: &str,
            keys: Vec<String>,
        ) -> Result<HashMap<String, String>, ApiError> {
            $(if vestibule_api::$stored::Family::MODEL.is(model) {
                return Box::pin(rbac::permissions::labels::<vestibule_api::$stored::Family>(ctx, keys)).await;
            })*
            Ok(HashMap::new())
        }

        /// What people call a model. One without objects yet is called by its name.
        fn verbose_name(model: &str) -> String {
            $(if vestibule_api::$stored::Family::MODEL.is(model) {
                return vestibule_api::$stored::Family::MODEL.verbose.to_owned();
            })*
            crate::domain::permissions::split(model).1.to_owned()
        }

        /// The filters that a family does not know, with its name.
        #[cfg(test)]
        fn unknown_filters() -> Vec<(&'static str, &'static str)> {
            [$(filter::unknown::<vestibule_api::$stored::Family>()),*].into_iter().flatten().collect()
        }
    };
}

families! {
    stored {
        authenticators_duo
        authenticators_sms
        authenticators_static
        authenticators_totp
        authenticators_webauthn
        core_applications
        core_authenticated_sessions
        core_brands
        core_groups
        core_tokens
        core_user_consent
        core_users
        crypto_certificatekeypairs
        enterprise_license
        events_events
        events_notifications
        events_rules
        events_system_tasks
        events_transports
        flows_bindings
        flows_instances
        managed_blueprints
        oauth2_access_tokens
        oauth2_authorization_codes
        oauth2_refresh_tokens
        outposts_instances
        outposts_service_connections_all
        outposts_service_connections_docker
        outposts_service_connections_kubernetes
        policies_all
        policies_bindings
        policies_dummy
        policies_event_matcher
        policies_expression
        policies_password
        policies_password_expiry
        policies_reputation
        policies_reputation_scores
        propertymappings_all
        propertymappings_ldap
        propertymappings_notification
        propertymappings_provider_google_workspace
        propertymappings_provider_microsoft_entra
        propertymappings_rac
        propertymappings_saml
        propertymappings_scim
        propertymappings_scope
        providers_all
        providers_google_workspace
        providers_google_workspace_groups
        providers_google_workspace_users
        providers_ldap
        providers_microsoft_entra
        providers_microsoft_entra_groups
        providers_microsoft_entra_users
        providers_oauth2
        providers_proxy
        providers_rac
        providers_radius
        providers_saml
        providers_scim
        providers_scim_groups
        providers_scim_users
        rac_connection_tokens
        rac_endpoints
        rbac_permissions
        rbac_roles
        sources_all
        sources_ldap
        sources_oauth
        sources_plex
        sources_saml
        sources_scim
        sources_scim_groups
        sources_scim_users
        sources_user_connections_all
        sources_user_connections_oauth
        sources_user_connections_plex
        sources_user_connections_saml
        stages_all
        stages_authenticator_duo
        stages_authenticator_sms
        stages_authenticator_static
        stages_authenticator_totp
        stages_authenticator_validate
        stages_authenticator_webauthn
        stages_authenticator_webauthn_device_types
        stages_captcha
        stages_consent
        stages_deny
        stages_dummy
        stages_email
        stages_identification
        stages_invitation_invitations
        stages_invitation_stages
        stages_password
        stages_prompt_prompts
        stages_prompt_stages
        stages_source
        stages_user_delete
        stages_user_login
        stages_user_logout
        stages_user_write
        tenants_domains
        tenants_tenants
    }
    other {
        admin_apps
        admin_metrics
        admin_models
        admin_settings
        admin_system
        admin_version
        admin_workers
        authenticators_admin_all
        authenticators_admin_duo
        authenticators_admin_sms
        authenticators_admin_static
        authenticators_admin_totp
        authenticators_admin_webauthn
        authenticators_all
        core_transactional_applications
        outposts_ldap
        outposts_proxy
        outposts_radius
        rbac_permissions_assigned_by_roles
        rbac_permissions_assigned_by_users
        root_config
    }
}

#[cfg(test)]
mod tests {
    use super::unknown_filters;

    /// A parameter that the contract gains is named here until its field exists, or the family says what it does.
    #[test]
    fn every_filter_of_the_contract_is_answered() {
        assert_eq!(unknown_filters(), []);
    }
}
