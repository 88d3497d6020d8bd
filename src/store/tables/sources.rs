//! Sources: what all have in common, and the kinds.

use super::{Certificate, Flow, Group, PropertyMapping, Token};
use crate::store::{
    Table,
    column::{Managed, Many, Ref, Secret, SharedSecret, Timespan},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// A place users come from: another identity provider or a directory.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("sources", called = "pbm_uuid")]
pub struct Source {
    /// Primary key, also the target of policy bindings.
    pub id: Uuid,
    /// Name in URLs.
    pub slug: String,
    /// The name.
    pub name: String,
    /// Which kind of source this is, as in the path of the API.
    pub kind: String,
    /// Whether the source is in use.
    #[initial(true)]
    pub enabled: bool,
    /// Flow for users who are known.
    pub authentication_flow: Option<Ref<Flow>>,
    /// Flow for users who are new.
    pub enrollment_flow: Option<Ref<Flow>>,
    /// Whether `all` bound policies must pass or `any` is enough.
    #[initial("any")]
    pub policy_engine_mode: String,
    /// How users of the source are matched to users here.
    #[initial("identifier")]
    pub user_matching_mode: String,
    /// Path of users the source creates; `%(slug)s` is replaced.
    #[initial("goauthentik.io/sources/%(slug)s")]
    pub user_path_template: String,
    /// Icon chosen for this source: a path or URL.
    pub icon: Option<String>,
    /// Who keeps this object up to date, if it is not a person.
    pub managed: Managed,
}

/// A service that users log in at with OAuth or OpenID Connect.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("sources_oauth", key = "source_id", kind = "oauth")]
pub struct OAuthSource {
    /// What all sources have.
    #[base]
    pub base: Source,
    /// Which service: `openidconnect` for any that speaks OpenID Connect, `github`, ….
    pub provider_type: String,
    /// Where OAuth 1 begins.
    pub request_token_url: Option<String>,
    /// Where users log in; null or empty for the preset of the service.
    pub authorization_url: Option<String>,
    /// Where codes are exchanged for tokens.
    pub access_token_url: Option<String>,
    /// Where one learns who the user is.
    pub profile_url: Option<String>,
    /// What is asked for besides the usual.
    pub additional_scopes: String,
    /// What the service calls us.
    pub consumer_key: String,
    /// By what it knows us.
    pub consumer_secret: Secret,
    /// Where it describes itself.
    pub oidc_well_known_url: String,
    /// Where its keys are.
    pub oidc_jwks_url: String,
    /// Its keys: a JSON Web Key Set, or an empty object.
    #[initial(json!({}))]
    pub oidc_jwks: Value,
}

/// Another SAML identity provider.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("sources_saml", key = "source_id", kind = "saml")]
pub struct SamlSource {
    /// What all sources have.
    #[base]
    pub base: Source,
    /// Flow before users are sent there.
    pub pre_authentication_flow: Ref<Flow>,
    /// What we are called there; empty for the address of our metadata.
    pub issuer: String,
    /// Where users log in.
    pub sso_url: String,
    /// Where they log out.
    pub slo_url: Option<String>,
    /// Whether it may begin by itself.
    pub allow_idp_initiated: bool,
    /// The kind of name that is asked for.
    #[initial("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent")]
    pub name_id_policy: String,
    /// How requests get there: `REDIRECT`, `POST` or `POST_AUTO`.
    #[initial("REDIRECT")]
    pub binding_type: String,
    /// When users with a transient name are deleted.
    #[initial("days=1")]
    pub temporary_user_delete_after: Timespan,
    /// What requests are signed with.
    pub signing_kp: Option<Ref<Certificate>>,
    /// What answers must be signed with.
    pub verification_kp: Option<Ref<Certificate>>,
    /// URI of the digest algorithm.
    #[initial("http://www.w3.org/2001/04/xmlenc#sha256")]
    pub digest_algorithm: String,
    /// URI of the signature algorithm.
    #[initial("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")]
    pub signature_algorithm: String,
}

/// A directory.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("sources_ldap", key = "source_id", kind = "ldap")]
pub struct LdapSource {
    /// What all sources have.
    #[base]
    pub base: Source,
    /// Its servers, separated by commas.
    pub server_uri: String,
    /// Certificate that the servers must have.
    pub peer_certificate: Option<Ref<Certificate>>,
    /// Certificate that they know us by.
    pub client_certificate: Option<Ref<Certificate>>,
    /// What we are called there.
    pub bind_cn: String,
    /// Our password there.
    pub bind_password: Secret,
    /// Whether connections change to TLS.
    pub start_tls: bool,
    /// Whether the name of the server is said when TLS begins.
    pub sni: bool,
    /// DN below which everything is found.
    pub base_dn: String,
    /// In front of that, for users.
    pub additional_user_dn: String,
    /// In front of that, for groups.
    pub additional_group_dn: String,
    /// Which entries are users.
    #[initial("(objectClass=person)")]
    pub user_object_filter: String,
    /// The attribute of groups that names members.
    #[initial("member")]
    pub group_membership_field: String,
    /// Which entries are groups.
    #[initial("(objectClass=group)")]
    pub group_object_filter: String,
    /// The attribute by which entries are known again.
    #[initial("objectSid")]
    pub object_uniqueness_field: String,
    /// Whether a password that was right there becomes the one here.
    pub password_login_update_internal_password: bool,
    /// Whether users are taken over.
    #[initial(true)]
    pub sync_users: bool,
    /// Whether passwords that are changed here are changed there.
    #[initial(true)]
    pub sync_users_password: bool,
    /// Whether groups are taken over.
    #[initial(true)]
    pub sync_groups: bool,
    /// The group above those groups.
    #[joins]
    #[on_delete(SetDefault)]
    pub sync_parent_group: Option<Ref<Group>>,
    /// Mappings for users.
    #[through("source_property_mappings", "source_id", "mapping_id")]
    pub property_mappings: Many<PropertyMapping>,
    /// Mappings for groups.
    #[through("source_group_property_mappings", "source_id", "mapping_id")]
    pub property_mappings_group: Many<PropertyMapping>,
}

/// Plex.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("sources_plex", key = "source_id", kind = "plex")]
pub struct PlexSource {
    /// What all sources have.
    #[base]
    pub base: Source,
    /// What we are called there.
    pub client_id: String,
    /// The servers whose users are let in: a list of identifiers.
    #[initial(json!([]))]
    pub allowed_servers: Value,
    /// Whether friends of the owner are let in whatever servers they use.
    #[initial(true)]
    pub allow_friends: bool,
    /// By what Plex knows the owner.
    pub plex_token: SharedSecret,
}

/// A system that pushes users and groups here over SCIM.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("sources_scim", key = "source_id", kind = "scim")]
pub struct ScimSource {
    /// What all sources have.
    #[base]
    pub base: Source,
    /// What it authenticates with.
    pub token: Ref<Token>,
}
