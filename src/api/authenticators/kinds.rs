//! The kinds of devices.

use crate::api::resource::Model;

/// One kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceKind {
    /// The names of its model.
    pub model: Model,
    /// For people, of many.
    pub plural: &'static str,
    /// What the `type` of lists of all kinds says behind the application.
    pub class: &'static str,
}

/// Lists of codes.
pub const STATIC: DeviceKind = DeviceKind {
    model: Model { app: "authentik_stages_authenticator_static", name: "staticdevice", verbose: "Static Device" },
    plural: "Static Devices",
    class: "StaticDevice",
};

/// Apps that show time-based codes.
pub const TOTP: DeviceKind = DeviceKind {
    model: Model { app: "authentik_stages_authenticator_totp", name: "totpdevice", verbose: "TOTP Device" },
    plural: "TOTP Devices",
    class: "TOTPDevice",
};

/// Accounts at Duo.
pub const DUO: DeviceKind = DeviceKind {
    model: Model { app: "authentik_stages_authenticator_duo", name: "duodevice", verbose: "Duo Device" },
    plural: "Duo Devices",
    class: "DuoDevice",
};

/// Phones that codes are sent to.
pub const SMS: DeviceKind = DeviceKind {
    model: Model { app: "authentik_stages_authenticator_sms", name: "smsdevice", verbose: "SMS Device" },
    plural: "SMS Devices",
    class: "SMSDevice",
};

/// Security keys and passkeys.
pub const WEBAUTHN: DeviceKind = DeviceKind {
    model: Model { app: "authentik_stages_authenticator_webauthn", name: "webauthndevice", verbose: "WebAuthn Device" },
    plural: "WebAuthn Devices",
    class: "WebAuthnDevice",
};
