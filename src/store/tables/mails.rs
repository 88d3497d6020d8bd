//! Mails that are to be sent.

use super::Stage;
use crate::store::{
    Table,
    column::{Ref, SharedSecret},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A mail that is to be sent. It is gone once it was, or was given up.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("mails")]
pub struct Mail {
    /// Primary key.
    pub id: Uuid,
    /// The e-mail stage that says through which server.
    pub stage: Ref<Stage>,
    /// The name of the recipient.
    pub recipient_name: String,
    /// The address.
    pub address: String,
    /// The subject.
    pub subject: String,
    /// The text. There may be a link in it that lets whoever has it in.
    pub body_text: SharedSecret,
    /// The same as HTML.
    pub body_html: SharedSecret,
    /// Since when it waits.
    pub created: DateTime<Utc>,
    /// When it is tried next.
    pub due: DateTime<Utc>,
    /// How often it was tried, the try that is under way included.
    pub attempts: i64,
}
