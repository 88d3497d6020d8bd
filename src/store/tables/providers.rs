//! Providers: what all have in common, and what each kind adds.

use super::{Application, Certificate, Flow, Group, PropertyMapping, Source};
use crate::store::{
    Table,
    column::{Many, RedirectUris, Ref, Secret, SecretJson, SharedSecret, Timespan},
};
use serde_json::json;

/// What is asked for at Google unless a provider says otherwise: reading and writing users, groups and members, and
/// reading domains.
const GOOGLE_SCOPES: [&str; 4] = [
    "https://www.googleapis.com/auth/admin.directory.user",
    "https://www.googleapis.com/auth/admin.directory.group",
    "https://www.googleapis.com/auth/admin.directory.group.member",
    "https://www.googleapis.com/auth/admin.directory.domain.readonly",
];

/// A protocol by which an application gets its users.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("providers")]
pub struct Provider {
    /// Primary key, given by the database.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The most specific `providers_<kind>` table that holds the rest.
    pub kind: String,
    /// Flow for users who are not logged in; null for the one of the brand.
    pub authentication_flow: Option<Ref<Flow>>,
    /// Flow that grants access; null for kinds that have none.
    #[on_delete(Cascade)]
    pub authorization_flow: Option<Ref<Flow>>,
    /// The application this provider serves next to its main one.
    #[on_delete(Cascade)]
    pub backchannel_application: Option<Ref<Application>>,
    /// Mappings for users.
    #[through("provider_property_mappings", "provider_id", "mapping_id")]
    pub property_mappings: Many<PropertyMapping>,
}

/// A client of OAuth2 and OpenID Connect. A proxy provider is one too.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("providers_oauth2", key = "provider_id", kind = "oauth2")]
pub struct OAuth2Provider {
    /// What all providers have.
    #[base]
    pub base: Provider,
    /// Whether the client can keep a secret: `confidential` or `public`.
    #[initial("confidential")]
    pub client_type: String,
    /// Name of the client.
    pub client_id: String,
    /// Secret of the client.
    pub client_secret: SharedSecret,
    /// Where answers may go: a list of `{matching_mode, url}`.
    pub redirect_uris: RedirectUris,
    /// Whether the claims of the scopes are in the ID token too.
    #[initial(true)]
    pub include_claims_in_id_token: bool,
    /// How long a code lives, as `unit=number;…`.
    #[initial("minutes=1")]
    pub access_code_validity: Timespan,
    /// How long an access token lives.
    #[initial("hours=1")]
    pub access_token_validity: Timespan,
    /// How long a refresh token lives.
    #[initial("days=30")]
    pub refresh_token_validity: Timespan,
    /// What the `sub` claim is made of.
    #[initial("hashed_user_id")]
    pub sub_mode: String,
    /// Whether the issuer is `global` or one `per_provider`.
    #[initial("per_provider")]
    pub issuer_mode: String,
    /// Key that signs tokens; null to sign with the client secret.
    pub signing_key: Option<Ref<Certificate>>,
    /// Sources whose tokens are accepted.
    #[through("provider_jwks_sources", "provider_id", "source_id")]
    pub jwks_sources: Many<Source>,
}

/// A reverse proxy or forward authentication; its OAuth2 side is an [`OAuth2Provider`].
#[derive(Debug, Clone, PartialEq, Table)]
#[table("providers_proxy", key = "provider_id", kind = "proxy")]
pub struct ProxyProvider {
    /// What all OAuth2 providers have.
    #[base]
    pub base: OAuth2Provider,
    /// `proxy`, `forward_single` or `forward_domain`.
    #[initial("proxy")]
    pub mode: String,
    /// Where requests are sent on to; empty for forward authentication.
    pub internal_host: String,
    /// Where browsers find the application.
    pub external_host: String,
    /// Whether the certificate of the internal host is checked.
    #[initial(true)]
    pub internal_host_ssl_validation: bool,
    /// Certificate of the external host.
    pub certificate: Option<Ref<Certificate>>,
    /// Paths that need no authentication: one regular expression a line.
    pub skip_path_regex: String,
    /// Whether the application gets an `Authorization` header.
    pub basic_auth_enabled: bool,
    /// Attribute with the username of that header; empty for the e-mail address.
    pub basic_auth_user_attribute: String,
    /// Attribute with the password of that header.
    pub basic_auth_password_attribute: String,
    /// Whether an `Authorization` header of the request authenticates.
    #[initial(true)]
    pub intercept_header_auth: bool,
    /// Domain of the session cookie in `forward_domain` mode.
    pub cookie_domain: String,
    /// Secret of the session cookie.
    pub cookie_secret: Secret,
}

/// A SAML service provider.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("providers_saml", key = "provider_id", kind = "saml")]
pub struct SamlProvider {
    /// What all providers have.
    #[base]
    pub base: Provider,
    /// Where assertions are sent.
    pub acs_url: String,
    /// Value of the audience restriction; empty for none.
    pub audience: String,
    /// How this side calls itself.
    #[initial("authentik")]
    pub issuer: String,
    /// How assertions are sent: `redirect` or `post`.
    #[initial("redirect")]
    pub sp_binding: String,
    /// Mapping that makes the NameID; null for what the request asks for.
    #[on_delete(SetDefault)]
    pub name_id_mapping: Option<Ref<PropertyMapping>>,
    /// From when an assertion is valid, as `unit=number;…` from now.
    #[initial("minutes=-5")]
    pub assertion_valid_not_before: Timespan,
    /// Until when an assertion is valid.
    #[initial("minutes=5")]
    pub assertion_valid_not_on_or_after: Timespan,
    /// Until when the session is valid.
    #[initial("minutes=86400")]
    pub session_valid_not_on_or_after: Timespan,
    /// URI of the digest algorithm.
    #[initial("http://www.w3.org/2001/04/xmlenc#sha256")]
    pub digest_algorithm: String,
    /// URI of the signature algorithm.
    #[initial("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")]
    pub signature_algorithm: String,
    /// Certificate that requests must be signed with.
    pub verification_kp: Option<Ref<Certificate>>,
    /// Key that signs assertions.
    pub signing_kp: Option<Ref<Certificate>>,
    /// Relay state when the request has none.
    pub default_relay_state: String,
}

/// A directory served over LDAP.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("providers_ldap", key = "provider_id", kind = "ldap")]
pub struct LdapProvider {
    /// What all providers have.
    #[base]
    pub base: Provider,
    /// DN below which everything is found.
    #[initial("DC=ldap,DC=goauthentik,DC=io")]
    pub base_dn: String,
    /// Members may search the whole directory.
    #[on_delete(SetDefault)]
    pub search_group: Option<Ref<Group>>,
    /// Certificate of LDAPS and StartTLS.
    pub certificate: Option<Ref<Certificate>>,
    /// Server name the certificate is for.
    pub tls_server_name: String,
    /// Added to the key of a user to make its `uidNumber`.
    #[initial(2000)]
    pub uid_start_number: i64,
    /// Added to the number of a group to make its `gidNumber`.
    #[initial(4000)]
    pub gid_start_number: i64,
    /// `direct` or `cached`.
    #[initial("direct")]
    pub search_mode: String,
    /// `direct` or `cached`.
    #[initial("direct")]
    pub bind_mode: String,
    /// Whether a code may follow the password after `;`.
    #[initial(true)]
    pub mfa_support: bool,
}

/// A RADIUS server.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("providers_radius", key = "provider_id", kind = "radius")]
pub struct RadiusProvider {
    /// What all providers have.
    #[base]
    pub base: Provider,
    /// Networks that may ask, separated by commas.
    #[initial("0.0.0.0/0, ::/0")]
    pub client_networks: String,
    /// Secret shared with the clients.
    pub shared_secret: SharedSecret,
    /// Whether a code may follow the password after `;`.
    #[initial(true)]
    pub mfa_support: bool,
}

/// Remote access to desktops and terminals.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("providers_rac", key = "provider_id", kind = "rac")]
pub struct RacProvider {
    /// What all providers have.
    #[base]
    pub base: Provider,
    /// Connection settings of all endpoints: an object.
    #[initial(json!({}).into())]
    pub settings: SecretJson,
    /// How long a connection may last, as `unit=number;…`.
    #[initial("hours=8")]
    pub connection_expiry: String,
    /// Whether a connection can be resumed after it broke (`false`).
    pub delete_token_on_disconnect: bool,
}

/// Users and groups sent to another system over SCIM.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("providers_scim", key = "provider_id", kind = "scim")]
pub struct ScimProvider {
    /// What all providers have.
    #[base]
    pub base: Provider,
    /// Base URL of the other system.
    pub url: String,
    /// Bearer token for the other system.
    pub token: SharedSecret,
    /// Whether service accounts are left out.
    pub exclude_users_service_account: bool,
    /// Only members of this group are sent; null for all users.
    #[on_delete(SetDefault)]
    pub filter_group: Option<Ref<Group>>,
    /// Mappings for groups.
    #[through("provider_group_property_mappings", "provider_id", "mapping_id")]
    pub property_mappings_group: Many<PropertyMapping>,
}

/// Users and groups sent to Google Workspace.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("providers_google_workspace", key = "provider_id", kind = "google_workspace")]
pub struct GoogleWorkspaceProvider {
    /// What all providers have.
    #[base]
    pub base: Provider,
    /// E-mail address of the administrator that is acted for.
    pub delegated_subject: String,
    /// Key file of the service account.
    #[initial(json!({}).into())]
    pub credentials: SecretJson,
    /// Scopes asked for, separated by commas.
    #[initial(GOOGLE_SCOPES.join(","))]
    pub scopes: String,
    /// Domain of the addresses groups get.
    pub default_group_email_domain: String,
    /// Whether service accounts are left out.
    pub exclude_users_service_account: bool,
    /// Only members of this group are sent; null for all users.
    #[on_delete(SetDefault)]
    pub filter_group: Option<Ref<Group>>,
    /// What deleting a user here does there: `do_nothing`, `delete` or `suspend`.
    #[initial("delete")]
    pub user_delete_action: String,
    /// What deleting a group here does there: `do_nothing`, `delete` or `suspend`.
    #[initial("delete")]
    pub group_delete_action: String,
    /// Mappings for groups.
    #[through("provider_group_property_mappings", "provider_id", "mapping_id")]
    pub property_mappings_group: Many<PropertyMapping>,
}

/// Users and groups sent to Microsoft Entra.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("providers_microsoft_entra", key = "provider_id", kind = "microsoft_entra")]
pub struct MicrosoftEntraProvider {
    /// What all providers have.
    #[base]
    pub base: Provider,
    /// Client of the app registration.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SharedSecret,
    /// Directory it is in.
    pub tenant_id: String,
    /// Whether service accounts are left out.
    pub exclude_users_service_account: bool,
    /// Only members of this group are sent; null for all users.
    #[on_delete(SetDefault)]
    pub filter_group: Option<Ref<Group>>,
    /// What deleting a user here does there: `do_nothing`, `delete` or `suspend`.
    #[initial("delete")]
    pub user_delete_action: String,
    /// What deleting a group here does there: `do_nothing`, `delete` or `suspend`.
    #[initial("delete")]
    pub group_delete_action: String,
    /// Mappings for groups.
    #[through("provider_group_property_mappings", "provider_id", "mapping_id")]
    pub property_mappings_group: Many<PropertyMapping>,
}
