//! The kinds of sources.

use super::types::TYPES;
use crate::api::{kinds::Kind, resource::Model};
use vestibule_api::models::TypeCreate;

/// The component of the form for OAuth sources of every type.
const OAUTH_FORM: &str = "ak-source-oauth-form";

/// All kinds, in the order of their names.
pub const KINDS: &[Kind] = &[
    Kind {
        kind: "ldap",
        model: Model { app: "authentik_sources_ldap", name: "ldapsource", verbose: "LDAP Source" },
        verbose_plural: "LDAP Sources",
        component: "ak-source-ldap-form",
        description: "Take over users and groups of a directory, and ask it for passwords.",
        icon: Some("/static/authentik/sources/ldap.png"),
        enterprise: false,
    },
    Kind {
        kind: "oauth",
        model: Model { app: "authentik_sources_oauth", name: "oauthsource", verbose: "OAuth Source" },
        verbose_plural: "OAuth Sources",
        component: OAUTH_FORM,
        description: "Log in with an account at a service that speaks OAuth or OpenID Connect.",
        icon: None,
        enterprise: false,
    },
    Kind {
        kind: "plex",
        model: Model { app: "authentik_sources_plex", name: "plexsource", verbose: "Plex Source" },
        verbose_plural: "Plex Sources",
        component: "ak-source-plex-form",
        description: "Log in with a Plex account.",
        icon: Some("/static/authentik/sources/plex.svg"),
        enterprise: false,
    },
    Kind {
        kind: "saml",
        model: Model { app: "authentik_sources_saml", name: "samlsource", verbose: "SAML Source" },
        verbose_plural: "SAML Sources",
        component: "ak-source-saml-form",
        description: "Log in at another SAML identity provider.",
        icon: Some("/static/authentik/sources/saml.png"),
        enterprise: false,
    },
    Kind {
        kind: "scim",
        model: Model { app: "authentik_sources_scim", name: "scimsource", verbose: "SCIM Source" },
        verbose_plural: "SCIM Sources",
        component: "ak-source-scim-form",
        description: "Let another system push users and groups over SCIM.",
        icon: Some("/static/authentik/sources/scim.png"),
        enterprise: false,
    },
];

/// What can be created: an entry for each type of OAuth source, and for each other kind. In the order of their names.
pub fn types() -> Vec<TypeCreate> {
    let others = KINDS.iter().filter(|kind| kind.kind != "oauth").map(Kind::type_create);
    let oauth = TYPES.iter().map(|of| TypeCreate {
        name: format!("{} OAuth Source", of.title),
        description: format!("Log in with an account at {}.", of.description),
        component: OAUTH_FORM.to_owned(),
        model_name: format!("{}oauthsource", of.name),
        icon_url: Some(of.icon()),
        requires_enterprise: Some(false),
    });
    let mut types: Vec<TypeCreate> = others.chain(oauth).collect();
    types.sort_by(|a, b| a.name.cmp(&b.name));
    types
}
