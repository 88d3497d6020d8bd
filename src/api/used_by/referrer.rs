//! How objects are named where they refer to another one.

use crate::api::providers::twins::Twin;
use crate::store::{
    Entity, Joined,
    tables::{
        Brand, Flow, FlowStageBinding, GoogleWorkspaceProvider, Group, LdapProvider, MicrosoftEntraProvider,
        OAuth2Provider, Outpost, Policy, PolicyBinding, PropertyMapping, Provider, ProxyProvider, Role, SamlProvider,
        ScimProvider, Source, Stage, Token, User,
    },
};
use sea_query::Value;

/// A provider of one kind.
pub(super) type Of<K> = Joined<Provider, K>;
/// A proxy provider.
pub(super) type Proxy = Joined<Of<OAuth2Provider>, ProxyProvider>;

/// A twin of a user or group is named as its own resource names it.
impl<T: Twin> Referrer for T {
    const APP: &'static str = <T as Twin>::MODEL.app;
    const MODEL: &'static str = <T as Twin>::MODEL.name;
    const ORDER: &'static str = "provider_id";

    fn label(&self) -> String {
        Twin::label(self)
    }
}

/// Something that refers to other objects.
pub(super) trait Referrer: Entity {
    /// The application label: `authentik_core`.
    const APP: &'static str;
    /// The model: `user`.
    const MODEL: &'static str;
    /// The column by which several are ordered.
    const ORDER: &'static str = "name";

    /// What people call it.
    fn label(&self) -> String;

    /// The permission that lets a caller see it.
    fn permission() -> String {
        format!("{}.view_{}", Self::APP, Self::MODEL)
    }

    /// Its primary key.
    fn pk(&self) -> String {
        match self.key_value() {
            Value::Uuid(Some(uuid)) => uuid.to_string(),
            Value::BigInt(Some(number)) => number.to_string(),
            other => other.to_string(),
        }
    }
}

impl Referrer for Brand {
    const APP: &'static str = "authentik_brands";
    const MODEL: &'static str = "brand";
    const ORDER: &'static str = "domain";

    fn label(&self) -> String {
        if self.is_default { "Default brand".to_owned() } else { format!("Brand {}", self.domain) }
    }
}

impl Referrer for Flow {
    const APP: &'static str = "authentik_flows";
    const MODEL: &'static str = "flow";

    fn label(&self) -> String {
        format!("Flow {} ({})", self.name, self.slug)
    }
}

impl Referrer for FlowStageBinding {
    const APP: &'static str = "authentik_flows";
    const MODEL: &'static str = "flowstagebinding";
    const ORDER: &'static str = "sort_order";

    fn label(&self) -> String {
        format!("Flow-stage binding #{} to {}", self.sort_order, self.flow_id)
    }
}

impl Referrer for Group {
    const APP: &'static str = "authentik_core";
    const MODEL: &'static str = "group";

    fn label(&self) -> String {
        format!("Group {}", self.name)
    }
}

impl Referrer for Outpost {
    const APP: &'static str = "authentik_outposts";
    const MODEL: &'static str = "outpost";

    fn label(&self) -> String {
        format!("Outpost {}", self.name)
    }
}

impl Referrer for Policy {
    const APP: &'static str = "authentik_policies";
    const MODEL: &'static str = "policy";

    fn label(&self) -> String {
        self.name.clone()
    }
}

impl Referrer for PolicyBinding {
    const APP: &'static str = "authentik_policies";
    const MODEL: &'static str = "policybinding";
    const ORDER: &'static str = "sort_order";

    fn label(&self) -> String {
        format!("Policy binding #{} to {}", self.sort_order, self.target_id)
    }
}

impl Referrer for PropertyMapping {
    const APP: &'static str = "authentik_core";
    const MODEL: &'static str = "propertymapping";

    fn label(&self) -> String {
        format!("Property Mapping {}", self.name)
    }
}

impl Referrer for Provider {
    const APP: &'static str = "authentik_core";
    const MODEL: &'static str = "provider";
    const ORDER: &'static str = "id";

    fn label(&self) -> String {
        self.name.clone()
    }
}

impl Referrer for Of<GoogleWorkspaceProvider> {
    const APP: &'static str = "authentik_providers_google_workspace";
    const MODEL: &'static str = "googleworkspaceprovider";

    fn label(&self) -> String {
        format!("Google Workspace Provider {}", self.base.name)
    }
}

impl Referrer for Of<LdapProvider> {
    const APP: &'static str = "authentik_providers_ldap";
    const MODEL: &'static str = "ldapprovider";

    fn label(&self) -> String {
        format!("LDAP Provider {}", self.base.name)
    }
}

impl Referrer for Of<MicrosoftEntraProvider> {
    const APP: &'static str = "authentik_providers_microsoft_entra";
    const MODEL: &'static str = "microsoftentraprovider";

    fn label(&self) -> String {
        format!("Microsoft Entra Provider {}", self.base.name)
    }
}

impl Referrer for Of<OAuth2Provider> {
    const APP: &'static str = "authentik_providers_oauth2";
    const MODEL: &'static str = "oauth2provider";

    fn label(&self) -> String {
        format!("OAuth2 Provider {}", self.base.name)
    }
}

impl Referrer for Proxy {
    const APP: &'static str = "authentik_providers_proxy";
    const MODEL: &'static str = "proxyprovider";

    fn label(&self) -> String {
        format!("Proxy Provider {}", self.base.base.name)
    }
}

impl Referrer for Of<SamlProvider> {
    const APP: &'static str = "authentik_providers_saml";
    const MODEL: &'static str = "samlprovider";

    fn label(&self) -> String {
        format!("SAML Provider {}", self.base.name)
    }
}

impl Referrer for Of<ScimProvider> {
    const APP: &'static str = "authentik_providers_scim";
    const MODEL: &'static str = "scimprovider";

    fn label(&self) -> String {
        format!("SCIM Provider {}", self.base.name)
    }
}

impl Referrer for Role {
    const APP: &'static str = "authentik_rbac";
    const MODEL: &'static str = "role";

    fn label(&self) -> String {
        format!("Role {}", self.name)
    }
}

impl Referrer for Source {
    const APP: &'static str = "authentik_core";
    const MODEL: &'static str = "source";

    fn label(&self) -> String {
        self.name.clone()
    }
}

impl Referrer for Stage {
    const APP: &'static str = "authentik_flows";
    const MODEL: &'static str = "stage";

    fn label(&self) -> String {
        format!("Stage {}", self.name)
    }
}

impl Referrer for Token {
    const APP: &'static str = "authentik_core";
    const MODEL: &'static str = "token";
    const ORDER: &'static str = "identifier";

    fn label(&self) -> String {
        self.identifier.clone()
    }
}

impl Referrer for User {
    const APP: &'static str = "authentik_core";
    const MODEL: &'static str = "user";
    const ORDER: &'static str = "username";

    fn label(&self) -> String {
        self.username.clone()
    }
}
