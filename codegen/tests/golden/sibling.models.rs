/// An app.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AppRequest {
    /// `name`.
    pub name: String,
}
/// An LDAP provider.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LdapProviderRequest {
    /// `name`.
    pub name: String,
    /// `search_group`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub search_group: Option<Option<uuid::Uuid>>,
}
/// A provider of any kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "provider_model", content = "provider")]
pub enum ModelRequest {
    /// `app_ldap.ldap`.
    #[serde(rename = "app_ldap.ldap")]
    Ldap(LdapProviderRequest),
    /// `app_oauth2.oauth2`.
    #[serde(rename = "app_oauth2.oauth2")]
    OAuth2(OAuth2ProviderRequest),
}
impl ModelRequest {
    /// The value of `provider_model`.
    pub const fn tag(&self) -> &'static str {
        match self {
            Self::Ldap(_) => "app_ldap.ldap",
            Self::OAuth2(_) => "app_oauth2.oauth2",
        }
    }
}
impl From<LdapProviderRequest> for ModelRequest {
    fn from(value: LdapProviderRequest) -> Self {
        Self::Ldap(value)
    }
}
impl From<OAuth2ProviderRequest> for ModelRequest {
    fn from(value: OAuth2ProviderRequest) -> Self {
        Self::OAuth2(value)
    }
}
/// An OAuth2 provider.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct OAuth2ProviderRequest {
    /// `name`.
    pub name: String,
    /// `redirect_uris`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<String>,
}
/// The kinds of providers.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize
)]
pub enum ProviderModelEnum {
    /// `app_ldap.ldap`.
    #[serde(rename = "app_ldap.ldap")]
    AppLdapLdap,
    /// `app_oauth2.oauth2`.
    #[serde(rename = "app_oauth2.oauth2")]
    AppOauth2Oauth2,
}
impl ProviderModelEnum {
    /// Every value, in the order of the contract.
    pub const ALL: &[Self] = &[Self::AppLdapLdap, Self::AppOauth2Oauth2];
    /// The value as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AppLdapLdap => "app_ldap.ldap",
            Self::AppOauth2Oauth2 => "app_oauth2.oauth2",
        }
    }
}
impl std::fmt::Display for ProviderModelEnum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
impl std::str::FromStr for ProviderModelEnum {
    type Err = UnknownValue;
    fn from_str(text: &str) -> Result<Self, UnknownValue> {
        Self::ALL
            .iter()
            .copied()
            .find(|v| v.as_str() == text)
            .ok_or_else(|| UnknownValue::new("ProviderModelEnum", text))
    }
}
/// An app with its provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TransactionRequest {
    /// `app`.
    pub app: AppRequest,
    /// `provider`.
    #[serde(flatten)]
    pub provider: ModelRequest,
}
