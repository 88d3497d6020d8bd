//! Settings of the instance.

use crate::store::{Table, column::Timespan};
use serde_json::{Value, json};

/// The settings of the instance.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("tenant_settings")]
pub struct Settings {
    /// Primary key, always 1.
    pub id: i64,
    /// Where avatars come from, in order, by comma: `none`, `gravatar`, `initials`, a URL, `attributes.<path>`.
    #[initial("initials")]
    pub avatars: String,
    /// Whether users may change their own name.
    #[initial(true)]
    pub default_user_change_name: bool,
    /// Whether users may change their own e-mail address.
    pub default_user_change_email: bool,
    /// Whether users may change their own username.
    pub default_user_change_username: bool,
    /// How long events are kept, as `unit=number;…`.
    #[initial("days=365")]
    pub event_retention: Timespan,
    /// Links at the foot of the flow pages: a list of `{name, href}`.
    #[initial(json!([]))]
    pub footer_links: Value,
    /// Whether the events of a user go when the user is deleted.
    #[initial(true)]
    pub gdpr_compliance: bool,
    /// Whether administrators may impersonate.
    #[initial(true)]
    pub impersonation: bool,
    /// How long a new token lives, as `unit=number;…`.
    #[initial("minutes=30")]
    pub default_token_duration: Timespan,
    /// How many characters a new token key has.
    #[initial(60)]
    pub default_token_length: i64,
}
