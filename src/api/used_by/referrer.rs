//! How objects are named where they refer to another one.

use crate::store::{
    Entity,
    tables::{
        Brand, EntraGroup, EntraUser, Flow, FlowStageBinding, GoogleGroup, GoogleUser, GoogleWorkspaceProvider, Group,
        LdapProvider, MicrosoftEntraProvider, OAuth2Provider, Outpost, Policy, PolicyBinding, PropertyMapping,
        Provider, ProxyProvider, Role, SamlProvider, ScimGroup, ScimProvider, ScimUser, Source, Stage, Token, User,
    },
};

/// Something that refers to other objects.
pub(super) trait Referrer: Entity {
    /// The application label: `authentik_core`.
    const APP: &'static str;
    /// The model: `user`.
    const MODEL: &'static str;
    /// The column by which several are ordered.
    const ORDER: &'static str;

    /// What people call it.
    fn label(&self) -> String;

    /// The permission that lets a caller see it.
    fn permission() -> String {
        format!("{}.view_{}", Self::APP, Self::MODEL)
    }
}

/// The names of objects: row, application, model, the column they are ordered by, and what people call one.
macro_rules! referrers {
    ($($row:ident $app:literal $model:literal $order:literal |$one:ident| $label:expr;)*) => { $(
        impl Referrer for $row {
            const APP: &'static str = $app;
            const MODEL: &'static str = $model;
            const ORDER: &'static str = $order;

            fn label(&self) -> String {
                let $one = self;
                $label
            }
        }
    )* };
}

referrers! {
    Brand "authentik_brands" "brand" "domain" |row| if row.default { "Default brand".to_owned() } else { format!("Brand {}", row.domain) };
    EntraGroup "authentik_providers_microsoft_entra" "microsoftentraprovidergroup" "provider_id" |row| format!("Microsoft Entra Provider Group {} to {}", row.group, row.provider);
    EntraUser "authentik_providers_microsoft_entra" "microsoftentraprovideruser" "provider_id" |row| format!("Microsoft Entra Provider User {} to {}", row.user, row.provider);
    Flow "authentik_flows" "flow" "name" |row| format!("Flow {} ({})", row.name, row.slug);
    FlowStageBinding "authentik_flows" "flowstagebinding" "sort_order" |row| format!("Flow-stage binding #{} to {}", row.order, row.target);
    GoogleGroup "authentik_providers_google_workspace" "googleworkspaceprovidergroup" "provider_id" |row| format!("Google Workspace Provider Group {} to {}", row.group, row.provider);
    GoogleUser "authentik_providers_google_workspace" "googleworkspaceprovideruser" "provider_id" |row| format!("Google Workspace Provider User {} to {}", row.user, row.provider);
    GoogleWorkspaceProvider "authentik_providers_google_workspace" "googleworkspaceprovider" "name" |row| format!("Google Workspace Provider {}", row.name);
    Group "authentik_core" "group" "name" |row| format!("Group {}", row.name);
    LdapProvider "authentik_providers_ldap" "ldapprovider" "name" |row| format!("LDAP Provider {}", row.name);
    MicrosoftEntraProvider "authentik_providers_microsoft_entra" "microsoftentraprovider" "name" |row| format!("Microsoft Entra Provider {}", row.name);
    OAuth2Provider "authentik_providers_oauth2" "oauth2provider" "name" |row| format!("OAuth2 Provider {}", row.name);
    Outpost "authentik_outposts" "outpost" "name" |row| format!("Outpost {}", row.name);
    Policy "authentik_policies" "policy" "name" |row| row.name.clone();
    PolicyBinding "authentik_policies" "policybinding" "sort_order" |row| format!("Policy binding #{} to {}", row.order, row.target);
    PropertyMapping "authentik_core" "propertymapping" "name" |row| format!("Property Mapping {}", row.name);
    Provider "authentik_core" "provider" "id" |row| row.name.clone();
    ProxyProvider "authentik_providers_proxy" "proxyprovider" "name" |row| format!("Proxy Provider {}", row.name);
    Role "authentik_rbac" "role" "name" |row| format!("Role {}", row.name);
    SamlProvider "authentik_providers_saml" "samlprovider" "name" |row| format!("SAML Provider {}", row.name);
    ScimGroup "authentik_providers_scim" "scimprovidergroup" "provider_id" |row| format!("SCIM Provider Group {} to {}", row.group, row.provider);
    ScimProvider "authentik_providers_scim" "scimprovider" "name" |row| format!("SCIM Provider {}", row.name);
    ScimUser "authentik_providers_scim" "scimprovideruser" "provider_id" |row| format!("SCIM Provider User {} to {}", row.user, row.provider);
    Source "authentik_core" "source" "name" |row| row.name.clone();
    Stage "authentik_flows" "stage" "name" |row| format!("Stage {}", row.name);
    Token "authentik_core" "token" "identifier" |row| row.identifier.clone();
    User "authentik_core" "user" "username" |row| row.username.clone();
}
