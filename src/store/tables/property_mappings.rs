//! Property mappings: what all have in common, and what each kind adds.

use crate::store::{
    Table,
    column::{Expression, Managed, SecretJson},
};
use serde_json::json;
use uuid::Uuid;

/// An expression that computes a value for another system, or from it.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("property_mappings", called = "pm_uuid")]
pub struct PropertyMapping {
    /// Primary key.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// Source text of the expression.
    pub expression: Expression,
    /// Who keeps this object up to date, if it is not a person.
    pub managed: Managed,
    /// Which `property_mappings_<kind>` table holds the rest.
    pub kind: String,
}

/// A mapping to users or groups of Google Workspace.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("property_mappings_google_workspace", key = "mapping_id", kind = "google_workspace")]
pub struct GoogleWorkspaceMapping {
    /// What all property mappings have.
    #[base]
    pub base: PropertyMapping,
}

/// A mapping from LDAP entries.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("property_mappings_ldap", key = "mapping_id", kind = "ldap")]
pub struct LdapMapping {
    /// What all property mappings have.
    #[base]
    pub base: PropertyMapping,
    /// Field of the user or group that gets the value; `attributes.…` for attributes.
    pub object_field: String,
}

/// A mapping to users or groups of Microsoft Entra.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("property_mappings_microsoft_entra", key = "mapping_id", kind = "microsoft_entra")]
pub struct MicrosoftEntraMapping {
    /// What all property mappings have.
    #[base]
    pub base: PropertyMapping,
}

/// A mapping to the body of notification webhooks.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("property_mappings_notification", key = "mapping_id", kind = "notification")]
pub struct NotificationMapping {
    /// What all property mappings have.
    #[base]
    pub base: PropertyMapping,
}

/// A mapping to settings of remote access connections.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("property_mappings_rac", key = "mapping_id", kind = "rac")]
pub struct RacMapping {
    /// What all property mappings have.
    #[base]
    pub base: PropertyMapping,
    /// Settings given as they are: an object of strings.
    #[initial(json!({}).into())]
    pub static_settings: SecretJson,
}

/// A mapping to an attribute of SAML assertions.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("property_mappings_saml", key = "mapping_id", kind = "saml")]
pub struct SamlMapping {
    /// What all property mappings have.
    #[base]
    pub base: PropertyMapping,
    /// Name of the attribute.
    pub saml_name: String,
    /// Readable name of the attribute.
    pub friendly_name: Option<String>,
}

/// A mapping to SCIM users or groups.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("property_mappings_scim", key = "mapping_id", kind = "scim")]
pub struct ScimMapping {
    /// What all property mappings have.
    #[base]
    pub base: PropertyMapping,
}

/// A mapping to the claims of an OAuth2 scope.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("property_mappings_scope", key = "mapping_id", kind = "scope")]
pub struct ScopeMapping {
    /// What all property mappings have.
    #[base]
    pub base: PropertyMapping,
    /// The scope a client asks for.
    pub scope_name: String,
    /// What the person who consents reads; empty to show nothing.
    pub description: String,
}
