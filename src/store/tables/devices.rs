//! The second factors of users.

use super::{AuthenticatorDuoStage, AuthenticatorSmsStage, User, WebAuthnDeviceType};
use crate::store::{
    Table,
    column::{Ref, Secret, SharedSecret},
};
use chrono::{DateTime, Utc};

/// A list of codes, each good for one login.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("static_devices")]
pub struct StaticDevice {
    /// Primary key, given by the database.
    pub id: i64,
    /// Whose it is.
    pub user: Ref<User>,
    /// The name.
    pub name: String,
    /// Whether it was set up, so that it can be asked for.
    pub confirmed: bool,
    /// How often a wrong code came, one after the other.
    pub throttling_failure_count: i64,
    /// When the last wrong code came.
    pub throttling_failure_timestamp: Option<DateTime<Utc>>,
}

/// A code of a [`StaticDevice`] that was not used yet.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("static_tokens")]
pub struct StaticToken {
    /// Primary key, given by the database.
    pub id: i64,
    /// The list.
    pub device: Ref<StaticDevice>,
    /// The code.
    pub token: SharedSecret,
}

/// An app that shows time-based codes.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("totp_devices")]
pub struct TotpDevice {
    /// Primary key, given by the database.
    pub id: i64,
    /// Whose it is.
    pub user: Ref<User>,
    /// The name.
    pub name: String,
    /// Whether it was set up, so that it can be asked for.
    pub confirmed: bool,
    /// What the codes are made of, in hexadecimal digits.
    pub key: Secret,
    /// How many seconds each code is shown.
    #[initial(30)]
    pub step: i64,
    /// The Unix time from which steps are counted.
    pub t0: i64,
    /// Length of the codes: 6 or 8.
    #[initial(6)]
    pub digits: i64,
    /// How many steps a code may be early or late.
    #[initial(1)]
    pub tolerance: i64,
    /// By how many steps the clock of the app is known to be wrong.
    pub drift: i64,
    /// The step of the last code that was accepted: none before it is.
    #[initial(-1)]
    pub last_t: i64,
    /// How often a wrong code came, one after the other.
    pub throttling_failure_count: i64,
    /// When the last wrong code came.
    pub throttling_failure_timestamp: Option<DateTime<Utc>>,
}

/// An account at Duo.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("duo_devices")]
pub struct DuoDevice {
    /// Primary key, given by the database.
    pub id: i64,
    /// Whose it is.
    pub user: Ref<User>,
    /// The name.
    pub name: String,
    /// Whether it was set up, so that it can be asked for.
    pub confirmed: bool,
    /// The stage that set it up, which knows how to reach Duo.
    #[on_delete(Cascade)]
    pub stage: Option<Ref<AuthenticatorDuoStage>>,
    /// The account there.
    pub duo_user_id: String,
}

/// A phone that codes are sent to.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("sms_devices")]
pub struct SmsDevice {
    /// Primary key, given by the database.
    pub id: i64,
    /// Whose it is.
    pub user: Ref<User>,
    /// The name.
    pub name: String,
    /// Whether it was set up, so that it can be asked for.
    pub confirmed: bool,
    /// The stage that set it up, which knows who sends messages.
    #[on_delete(Cascade)]
    pub stage: Option<Ref<AuthenticatorSmsStage>>,
    /// The number, or its hash where the stage keeps no more than that.
    pub phone_number: String,
    /// The code that was sent last.
    pub token: Secret,
    /// Until when that code is good.
    pub valid_until: Option<DateTime<Utc>>,
    /// When a code was last accepted.
    pub last_t: Option<DateTime<Utc>>,
}

/// A security key or passkey.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("webauthn_devices")]
pub struct WebAuthnDevice {
    /// Primary key, given by the database.
    pub id: i64,
    /// Whose it is.
    pub user: Ref<User>,
    /// The name.
    pub name: String,
    /// Whether it was set up, so that it can be asked for.
    pub confirmed: bool,
    /// How the key calls itself; null before it was set up.
    pub credential_id: Option<String>,
    /// What its answers are checked with.
    pub public_key: String,
    /// How often it has answered.
    pub sign_count: i64,
    /// The domain that it answers to.
    pub rp_id: String,
    /// Which model it says it is: a UUID, all zero for none.
    #[initial("00000000-0000-0000-0000-000000000000")]
    pub aaguid: String,
    /// That model, if it is known.
    pub device_type: Option<Ref<WebAuthnDeviceType>>,
    /// When it was registered.
    pub created_on: DateTime<Utc>,
    /// When it last answered.
    pub last_t: Option<DateTime<Utc>>,
}
