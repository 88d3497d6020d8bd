/// A thing to change.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PatchedThingRequest {
    /// `type`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// `expires`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub expires: Option<Option<chrono::DateTime<chrono::Utc>>>,
    /// `born`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<chrono::NaiveDate>,
    /// `note`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub note: Option<Option<String>>,
    /// `weight`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<i64>,
    /// `attributes`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub attributes: Option<serde_json::Value>,
    /// `config`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub config: Option<serde_json::Value>,
}
impl From<ThingRequest> for PatchedThingRequest {
    fn from(value: ThingRequest) -> Self {
        Self {
            r#type: Some(value.r#type),
            expires: Some(value.expires),
            born: value.born,
            note: value.note,
            weight: value.weight,
            attributes: value.attributes,
            config: value.config,
        }
    }
}
/// A thing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Thing {
    /// `pk`.
    pub pk: uuid::Uuid,
    /// `type`.
    pub r#type: String,
    /// `expires`.
    pub expires: Option<chrono::DateTime<chrono::Utc>>,
    /// `born`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<chrono::NaiveDate>,
    /// `note`.
    pub note: Option<String>,
    /// `owner`.
    pub owner: Option<String>,
    /// `legacy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legacy: Option<String>,
    /// `attributes`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub attributes: Option<serde_json::Value>,
    /// `labels`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<std::collections::BTreeMap<String, String>>,
    /// `free`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free: Option<serde_json::Map<String, serde_json::Value>>,
    /// `place`.
    pub place: Option<ThingPlace>,
}
/// `ThingPlace`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ThingPlace {
    /// `lat`.
    pub lat: f64,
}
/// A thing to write.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ThingRequest {
    /// `type`.
    pub r#type: String,
    /// `expires`.
    pub expires: Option<chrono::DateTime<chrono::Utc>>,
    /// `born`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub born: Option<chrono::NaiveDate>,
    /// `note`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub note: Option<Option<String>>,
    /// `weight`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<i64>,
    /// `attributes`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub attributes: Option<serde_json::Value>,
    /// `config`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub config: Option<serde_json::Value>,
}
