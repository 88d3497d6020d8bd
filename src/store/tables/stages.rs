//! Stages: what all have in common, and the kinds.

use super::{Flow, Group, NotificationMapping, Policy, Prompt, Source};
use crate::store::{
    Table,
    column::{Many, Ref, Secret, SharedSecret, Timespan},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// A step of flows.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages", called = "stage_uuid")]
pub struct Stage {
    /// Primary key.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// Which `stages_<kind>` table holds the rest.
    pub kind: String,
}

/// Setup of Duo as a second factor.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_authenticator_duo", key = "stage_id", kind = "authenticator_duo")]
pub struct AuthenticatorDuoStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// The flow in which users set it up.
    pub configure_flow: Option<Ref<Flow>>,
    /// What users read.
    pub friendly_name: Option<String>,
    /// Host of the Duo API.
    pub api_hostname: String,
    /// Client of the Auth API.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// Key of the Admin API, for importing devices.
    pub admin_integration_key: String,
    /// Its secret.
    pub admin_secret_key: Secret,
}

/// Setup of text messages as a second factor.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_authenticator_sms", key = "stage_id", kind = "authenticator_sms")]
pub struct AuthenticatorSmsStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// The flow in which users set it up.
    pub configure_flow: Option<Ref<Flow>>,
    /// What users read.
    pub friendly_name: Option<String>,
    /// Who sends: `twilio` or `generic`.
    pub provider: String,
    /// Number the messages come from.
    pub from_number: String,
    /// Account at Twilio, or the URL of the generic sender.
    pub account_sid: String,
    /// User name or token at the sender.
    pub auth: SharedSecret,
    /// Password at the sender.
    pub auth_password: SharedSecret,
    /// How to authenticate: `basic` or `bearer`.
    #[initial("basic")]
    pub auth_type: String,
    /// Whether numbers are only verified and not stored.
    pub verify_only: bool,
    /// What is sent to a generic sender.
    pub mapping: Option<Ref<NotificationMapping>>,
}

/// Setup of one-time tokens as a second factor.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_authenticator_static", key = "stage_id", kind = "authenticator_static")]
pub struct AuthenticatorStaticStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// The flow in which users set it up.
    pub configure_flow: Option<Ref<Flow>>,
    /// What users read.
    pub friendly_name: Option<String>,
    /// How many tokens.
    #[initial(6)]
    pub token_count: i64,
    /// How long each is.
    #[initial(12)]
    pub token_length: i64,
}

/// Setup of time-based codes as a second factor.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_authenticator_totp", key = "stage_id", kind = "authenticator_totp")]
pub struct AuthenticatorTotpStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// The flow in which users set it up.
    pub configure_flow: Option<Ref<Flow>>,
    /// What users read.
    pub friendly_name: Option<String>,
    /// Length of the codes: 6 or 8.
    #[initial(6)]
    pub digits: i64,
}

/// A stage that asks for a second factor.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_authenticator_validate", key = "stage_id", kind = "authenticator_validate")]
pub struct AuthenticatorValidateStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// What users without one meet: `skip`, `deny` or `configure`.
    #[initial("skip")]
    pub not_configured_action: String,
    /// How long an answer counts.
    #[initial("seconds=0")]
    pub last_auth_threshold: Timespan,
    /// Which kinds are accepted.
    #[initial(json!(["static", "totp", "webauthn", "duo", "sms"]))]
    pub device_classes: Value,
    /// Whether WebAuthn devices must know their user.
    #[initial("preferred")]
    pub webauthn_user_verification: String,
    /// Stages that set up what is missing.
    #[through("stages_authenticator_validate_configuration", "stage_id", "setup_stage_id")]
    pub configuration_stages: Many<Stage>,
    /// Devices that are accepted; none for all.
    #[through("stages_authenticator_validate_device_types", "stage_id", "device_type_id")]
    pub webauthn_allowed_device_types: Many<WebAuthnDeviceType>,
}

/// Setup of WebAuthn devices as a second factor.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_authenticator_webauthn", key = "stage_id", kind = "authenticator_webauthn")]
pub struct AuthenticatorWebAuthnStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// The flow in which users set it up.
    pub configure_flow: Option<Ref<Flow>>,
    /// What users read.
    pub friendly_name: Option<String>,
    /// Whether devices must know their user.
    #[initial("preferred")]
    pub user_verification: String,
    /// Which devices: `platform`, `cross-platform` or all.
    pub authenticator_attachment: Option<String>,
    /// Whether the device stores the key.
    #[initial("preferred")]
    pub resident_key_requirement: String,
    /// Devices that are accepted; none for all.
    #[through("stages_authenticator_webauthn_device_types", "stage_id", "device_type_id")]
    pub device_type_restrictions: Many<WebAuthnDeviceType>,
}

/// A stage that tells people from machines.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_captcha", key = "stage_id", kind = "captcha")]
pub struct CaptchaStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// Public key of the service.
    pub public_key: String,
    /// Private key of the service.
    pub private_key: Secret,
    /// Script of the service.
    #[initial("https://www.recaptcha.net/recaptcha/api.js")]
    pub js_url: String,
    /// Where answers are verified.
    #[initial("https://www.recaptcha.net/recaptcha/api/siteverify")]
    pub api_url: String,
    /// Least score that passes.
    #[initial(0.5)]
    pub score_min_threshold: f64,
    /// Greatest score that passes.
    #[initial(1.0)]
    pub score_max_threshold: f64,
    /// Whether another score is an error.
    #[initial(true)]
    pub error_on_invalid_score: bool,
}

/// A stage that asks for consent.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_consent", key = "stage_id", kind = "consent")]
pub struct ConsentStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// How often: `always_require`, `permanent` or `expiring`.
    #[initial("always_require")]
    pub mode: String,
    /// How long it lasts.
    #[initial("weeks=4")]
    pub consent_expire_in: Timespan,
}

/// A stage that denies access.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_deny", key = "stage_id", kind = "deny")]
pub struct DenyStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// What users read.
    pub deny_message: String,
}

/// A stage that does nothing, for tests.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_dummy", key = "stage_id", kind = "dummy")]
pub struct DummyStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// Whether the stage fails when it is shown.
    pub throw_error: bool,
}

/// A stage that mails a link.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_email", key = "stage_id", kind = "email")]
pub struct EmailStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// Whether the mail server of the settings is used, not the one given here.
    pub use_global_settings: bool,
    /// The mail server.
    #[initial("localhost")]
    pub host: String,
    /// Its port.
    #[initial(25)]
    pub port: i64,
    /// User name there.
    pub username: String,
    /// Password there.
    pub password: Secret,
    /// Whether to encrypt by STARTTLS.
    pub use_tls: bool,
    /// Whether to encrypt from the beginning.
    pub use_ssl: bool,
    /// Seconds to wait for the server.
    #[initial(10)]
    pub timeout: i64,
    /// Sender.
    #[initial("system@authentik.local")]
    pub from_address: String,
    /// Whether the user becomes active by it.
    pub activate_user_on_success: bool,
    /// Minutes the link works.
    #[initial(30)]
    pub token_expiry: i64,
    /// Subject.
    #[initial("authentik")]
    pub subject: String,
    /// File of the text.
    #[initial("email/password_reset.html")]
    pub template: String,
}

/// A stage that asks who the user is.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_identification", key = "stage_id", kind = "identification")]
pub struct IdentificationStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// Fields that may be given.
    #[initial(json!([]))]
    pub user_fields: Value,
    /// Stage whose password is asked for at once.
    pub password_stage: Option<Ref<PasswordStage>>,
    /// Whether upper and lower case are the same.
    #[initial(true)]
    pub case_insensitive_matching: bool,
    /// Whether the user found is shown.
    #[initial(true)]
    pub show_matched_user: bool,
    /// Whether sources show their names.
    pub show_source_labels: bool,
    /// Whether unknown users go on as if they existed.
    #[initial(true)]
    pub pretend_user_exists: bool,
    /// Flow for new users.
    pub enrollment_flow: Option<Ref<Flow>>,
    /// Flow for who forgot the password.
    pub recovery_flow: Option<Ref<Flow>>,
    /// Flow without password.
    pub passwordless_flow: Option<Ref<Flow>>,
    /// Sources that are offered.
    #[through("stages_identification_sources", "stage_id", "source_id")]
    pub sources: Many<Source>,
}

/// A stage that takes up an invitation.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_invitation", key = "stage_id", kind = "invitation")]
pub struct InvitationStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// Whether the flow goes on without one.
    pub continue_flow_without_invitation: bool,
}

/// A stage that asks for the password.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_password", key = "stage_id", kind = "password")]
pub struct PasswordStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// Where passwords are checked.
    #[initial(json!([]))]
    pub backends: Value,
    /// The flow in which users change their password.
    pub configure_flow: Option<Ref<Flow>>,
    /// Wrong passwords that end the flow.
    #[initial(5)]
    pub failed_attempts_before_cancel: i64,
}

/// A stage that asks for other data; its fields are links.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_prompt", key = "stage_id", kind = "prompt")]
pub struct PromptStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// What is asked for.
    #[through("stages_prompt_fields", "stage_id", "prompt_id")]
    pub fields: Many<Prompt>,
    /// Policies that the answers must pass.
    #[through("stages_prompt_validation_policies", "stage_id", "policy_id")]
    pub validation_policies: Many<Policy>,
}

/// A stage that leads through a source.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_source", key = "stage_id", kind = "source")]
pub struct SourceStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// The source.
    pub source: Ref<Source>,
    /// How long it may take.
    #[initial("minutes=10")]
    pub resume_timeout: Timespan,
}

/// A stage that deletes the user.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_user_delete", key = "stage_id", kind = "user_delete")]
pub struct UserDeleteStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
}

/// A stage that begins a session.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_user_login", key = "stage_id", kind = "user_login")]
pub struct UserLoginStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// How long the session lasts; 0 until the browser is closed.
    #[initial("seconds=0")]
    pub session_duration: Timespan,
    /// Whether other sessions end.
    pub terminate_other_sessions: bool,
    /// How much longer it lasts for users who ask for it.
    #[initial("seconds=0")]
    pub remember_me_offset: Timespan,
    /// How strictly the session is bound to the network.
    #[initial("no_binding")]
    pub network_binding: String,
    /// How strictly it is bound to the place.
    #[initial("no_binding")]
    pub geoip_binding: String,
}

/// A stage that ends the session.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_user_logout", key = "stage_id", kind = "user_logout")]
pub struct UserLogoutStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
}

/// A stage that stores what was entered.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("stages_user_write", key = "stage_id", kind = "user_write")]
pub struct UserWriteStage {
    /// What all stages have.
    #[base]
    pub base: Stage,
    /// When users are created: `never_create`, `create_when_required` or `always_create`.
    #[initial("create_when_required")]
    pub user_creation_mode: String,
    /// Whether new users are inactive.
    #[initial(true)]
    pub create_users_as_inactive: bool,
    /// Group of new users.
    #[joins]
    pub create_users_group: Option<Ref<Group>>,
    /// Type of new users.
    #[initial("external")]
    pub user_type: String,
    /// Path of new users.
    pub user_path_template: String,
}

/// A kind of authenticator, by its AAGUID.
#[derive(Debug, Clone, PartialEq, Table)]
#[table("webauthn_device_types", called = "aaguid")]
pub struct WebAuthnDeviceType {
    /// Primary key.
    pub id: Uuid,
    /// What people call it.
    pub description: String,
    /// Picture, as a data URL.
    pub icon: Option<String>,
}
