/// `ColourEnum`.
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
pub enum ColourEnum {
    /// `red`.
    #[serde(rename = "red")]
    Red,
    /// `blue`.
    #[serde(rename = "blue")]
    Blue,
}
impl ColourEnum {
    /// Every value, in the order of the contract.
    pub const ALL: &[Self] = &[Self::Red, Self::Blue];
    /// The value as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Blue => "blue",
        }
    }
}
impl std::fmt::Display for ColourEnum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
impl std::str::FromStr for ColourEnum {
    type Err = UnknownValue;
    fn from_str(text: &str) -> Result<Self, UnknownValue> {
        Self::ALL
            .iter()
            .copied()
            .find(|v| v.as_str() == text)
            .ok_or_else(|| UnknownValue::new("ColourEnum", text))
    }
}
/// `PaginatedThingList`.
pub type PaginatedThingList = Page<Thing>;
/// `Pagination`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Pagination {
    /// `count`.
    pub count: i64,
}
/// `PatchedThingRequest`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PatchedThingRequest {
    /// `name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `colour`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<ColourEnum>,
    /// `owner`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub owner: Option<Option<String>>,
    /// `parts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<String>>,
}
impl From<ThingRequest> for PatchedThingRequest {
    fn from(value: ThingRequest) -> Self {
        Self {
            name: Some(value.name),
            colour: value.colour,
            owner: value.owner,
            parts: value.parts,
        }
    }
}
/// `Thing`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Thing {
    /// `pk`.
    pub pk: i64,
    /// `name`.
    pub name: String,
    /// `colour`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<ColourEnum>,
    /// `owner`.
    pub owner: Option<String>,
    /// `parts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<String>>,
}
/// `ThingRequest`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ThingRequest {
    /// `name`.
    pub name: String,
    /// `colour`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<ColourEnum>,
    /// `owner`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub owner: Option<Option<String>>,
    /// `parts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<String>>,
}
/// `UsedBy`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct UsedBy {
    /// `pk`.
    pub pk: String,
}
