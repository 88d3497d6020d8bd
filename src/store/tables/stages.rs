//! Stages: what all have in common, and the kinds.

use crate::store::{kind_table::kind_table, table::table};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

table! {
    /// A step of flows.
    #[derive(Serialize, Deserialize)]
    pub struct Stage in "stages" key id {
        /// Primary key.
        pub id: Uuid,
        /// The name.
        pub name: String,
        /// Which `stages_<kind>` table holds the rest.
        pub kind: String,
    }
}

impl Stage {
    /// A row as it is when a request leaves out all that may be left out.
    pub fn defaults(id: Uuid, name: String, kind: &str) -> Self {
        Self { id, name, kind: kind.to_owned() }
    }
}

kind_table! {
    /// Setup of Duo as a second factor.
    pub struct AuthenticatorDuoStage in "stages_authenticator_duo" key stage_id of Stage {
        /// The flow in which users set it up.
        pub configure_flow_id: Option<Uuid> = None,
        /// What users read.
        pub friendly_name: Option<String> = None,
        /// Host of the Duo API.
        pub api_hostname: String = String::new(),
        /// Client of the Auth API.
        pub client_id: String = String::new(),
        /// Its secret.
        pub client_secret: String = String::new(),
        /// Key of the Admin API, for importing devices.
        pub admin_integration_key: String = String::new(),
        /// Its secret.
        pub admin_secret_key: String = String::new(),
    }
}

kind_table! {
    /// Setup of text messages as a second factor.
    pub struct AuthenticatorSmsStage in "stages_authenticator_sms" key stage_id of Stage {
        /// The flow in which users set it up.
        pub configure_flow_id: Option<Uuid> = None,
        /// What users read.
        pub friendly_name: Option<String> = None,
        /// Who sends: `twilio` or `generic`.
        pub provider: String = String::new(),
        /// Number the messages come from.
        pub from_number: String = String::new(),
        /// Account at Twilio, or the URL of the generic sender.
        pub account_sid: String = String::new(),
        /// User name or token at the sender.
        pub auth: String = String::new(),
        /// Password at the sender.
        pub auth_password: String = String::new(),
        /// How to authenticate: `basic` or `bearer`.
        pub auth_type: String = "basic".to_owned(),
        /// Whether numbers are only verified and not stored.
        pub verify_only: bool = false,
        /// What is sent to a generic sender.
        pub mapping_id: Option<Uuid> = None,
    }
}

kind_table! {
    /// Setup of one-time tokens as a second factor.
    pub struct AuthenticatorStaticStage in "stages_authenticator_static" key stage_id of Stage {
        /// The flow in which users set it up.
        pub configure_flow_id: Option<Uuid> = None,
        /// What users read.
        pub friendly_name: Option<String> = None,
        /// How many tokens.
        pub token_count: i64 = 6,
        /// How long each is.
        pub token_length: i64 = 12,
    }
}

kind_table! {
    /// Setup of time-based codes as a second factor.
    pub struct AuthenticatorTotpStage in "stages_authenticator_totp" key stage_id of Stage {
        /// The flow in which users set it up.
        pub configure_flow_id: Option<Uuid> = None,
        /// What users read.
        pub friendly_name: Option<String> = None,
        /// Length of the codes: 6 or 8.
        pub digits: i64 = 6,
    }
}

kind_table! {
    /// A stage that asks for a second factor.
    pub struct AuthenticatorValidateStage in "stages_authenticator_validate" key stage_id of Stage {
        /// What users without one meet: `skip`, `deny` or `configure`.
        pub not_configured_action: String = "skip".to_owned(),
        /// How long an answer counts.
        pub last_auth_threshold: String = "seconds=0".to_owned(),
        /// Which kinds are accepted.
        pub device_classes: Value = json!(["static", "totp", "webauthn", "duo", "sms"]),
        /// Whether WebAuthn devices must know their user.
        pub webauthn_user_verification: String = "preferred".to_owned(),
    }
}

kind_table! {
    /// Setup of WebAuthn devices as a second factor.
    pub struct AuthenticatorWebAuthnStage in "stages_authenticator_webauthn" key stage_id of Stage {
        /// The flow in which users set it up.
        pub configure_flow_id: Option<Uuid> = None,
        /// What users read.
        pub friendly_name: Option<String> = None,
        /// Whether devices must know their user.
        pub user_verification: String = "preferred".to_owned(),
        /// Which devices: `platform`, `cross-platform` or all.
        pub authenticator_attachment: Option<String> = None,
        /// Whether the device stores the key.
        pub resident_key_requirement: String = "preferred".to_owned(),
    }
}

kind_table! {
    /// A stage that tells people from machines.
    pub struct CaptchaStage in "stages_captcha" key stage_id of Stage {
        /// Public key of the service.
        pub public_key: String = String::new(),
        /// Private key of the service.
        pub private_key: String = String::new(),
        /// Script of the service.
        pub js_url: String = "https://www.recaptcha.net/recaptcha/api.js".to_owned(),
        /// Where answers are verified.
        pub api_url: String = "https://www.recaptcha.net/recaptcha/api/siteverify".to_owned(),
        /// Least score that passes.
        pub score_min_threshold: f64 = 0.5,
        /// Greatest score that passes.
        pub score_max_threshold: f64 = 1.0,
        /// Whether another score is an error.
        pub error_on_invalid_score: bool = true,
    }
}

kind_table! {
    /// A stage that asks for consent.
    pub struct ConsentStage in "stages_consent" key stage_id of Stage {
        /// How often: `always_require`, `permanent` or `expiring`.
        pub mode: String = "always_require".to_owned(),
        /// How long it lasts.
        pub consent_expire_in: String = "weeks=4".to_owned(),
    }
}

kind_table! {
    /// A stage that denies access.
    pub struct DenyStage in "stages_deny" key stage_id of Stage {
        /// What users read.
        pub deny_message: String = String::new(),
    }
}

kind_table! {
    /// A stage that does nothing, for tests.
    pub struct DummyStage in "stages_dummy" key stage_id of Stage {
        /// Whether the stage fails when it is shown.
        pub throw_error: bool = false,
    }
}

kind_table! {
    /// A stage that mails a link.
    pub struct EmailStage in "stages_email" key stage_id of Stage {
        /// Whether the mail server of the settings is used, not the one given here.
        pub use_global_settings: bool = false,
        /// The mail server.
        pub host: String = "localhost".to_owned(),
        /// Its port.
        pub port: i64 = 25,
        /// User name there.
        pub username: String = String::new(),
        /// Password there.
        pub password: String = String::new(),
        /// Whether to encrypt by STARTTLS.
        pub use_tls: bool = false,
        /// Whether to encrypt from the beginning.
        pub use_ssl: bool = false,
        /// Seconds to wait for the server.
        pub timeout: i64 = 10,
        /// Sender.
        pub from_address: String = "system@authentik.local".to_owned(),
        /// Whether the user becomes active by it.
        pub activate_user_on_success: bool = false,
        /// Minutes the link works.
        pub token_expiry: i64 = 30,
        /// Subject.
        pub subject: String = "authentik".to_owned(),
        /// File of the text.
        pub template: String = "email/password_reset.html".to_owned(),
    }
}

kind_table! {
    /// A stage that asks who the user is.
    pub struct IdentificationStage in "stages_identification" key stage_id of Stage {
        /// Fields that may be given.
        pub user_fields: Value = json!([]),
        /// Stage whose password is asked for at once.
        pub password_stage_id: Option<Uuid> = None,
        /// Whether upper and lower case are the same.
        pub case_insensitive_matching: bool = true,
        /// Whether the user found is shown.
        pub show_matched_user: bool = true,
        /// Whether sources show their names.
        pub show_source_labels: bool = false,
        /// Whether unknown users go on as if they existed.
        pub pretend_user_exists: bool = true,
        /// Flow for new users.
        pub enrollment_flow_id: Option<Uuid> = None,
        /// Flow for who forgot the password.
        pub recovery_flow_id: Option<Uuid> = None,
        /// Flow without password.
        pub passwordless_flow_id: Option<Uuid> = None,
    }
}

kind_table! {
    /// A stage that takes up an invitation.
    pub struct InvitationStage in "stages_invitation" key stage_id of Stage {
        /// Whether the flow goes on without one.
        pub continue_flow_without_invitation: bool = false,
    }
}

kind_table! {
    /// A stage that asks for the password.
    pub struct PasswordStage in "stages_password" key stage_id of Stage {
        /// Where passwords are checked.
        pub backends: Value = json!([]),
        /// The flow in which users change their password.
        pub configure_flow_id: Option<Uuid> = None,
        /// Wrong passwords that end the flow.
        pub failed_attempts_before_cancel: i64 = 5,
    }
}

kind_table! {
    /// A stage that asks for other data; its fields are links.
    pub struct PromptStage in "stages_prompt" key stage_id of Stage {
    }
}

kind_table! {
    /// A stage that leads through a source.
    pub struct SourceStage in "stages_source" key stage_id of Stage {
        /// The source.
        pub source_id: Uuid = Uuid::nil(),
        /// How long it may take.
        pub resume_timeout: String = "minutes=10".to_owned(),
    }
}

kind_table! {
    /// A stage that deletes the user.
    pub struct UserDeleteStage in "stages_user_delete" key stage_id of Stage {
    }
}

kind_table! {
    /// A stage that begins a session.
    pub struct UserLoginStage in "stages_user_login" key stage_id of Stage {
        /// How long the session lasts; 0 until the browser is closed.
        pub session_duration: String = "seconds=0".to_owned(),
        /// Whether other sessions end.
        pub terminate_other_sessions: bool = false,
        /// How much longer it lasts for users who ask for it.
        pub remember_me_offset: String = "seconds=0".to_owned(),
        /// How strictly the session is bound to the network.
        pub network_binding: String = "no_binding".to_owned(),
        /// How strictly it is bound to the place.
        pub geoip_binding: String = "no_binding".to_owned(),
    }
}

kind_table! {
    /// A stage that ends the session.
    pub struct UserLogoutStage in "stages_user_logout" key stage_id of Stage {
    }
}

kind_table! {
    /// A stage that stores what was entered.
    pub struct UserWriteStage in "stages_user_write" key stage_id of Stage {
        /// When users are created: `never_create`, `create_when_required` or `always_create`.
        pub user_creation_mode: String = "create_when_required".to_owned(),
        /// Whether new users are inactive.
        pub create_users_as_inactive: bool = true,
        /// Group of new users.
        pub create_users_group_id: Option<Uuid> = None,
        /// Type of new users.
        pub user_type: String = "external".to_owned(),
        /// Path of new users.
        pub user_path_template: String = String::new(),
    }
}
