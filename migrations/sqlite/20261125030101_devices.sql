-- The second factors of users.
-- One that was made by hand has no stage, and nothing that it could be asked by, until it is set up.

-- Lists of codes, each good for one login.
CREATE TABLE static_devices (
    id                           INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id                      INTEGER NOT NULL,
    name                         TEXT NOT NULL,
    confirmed                    boolean NOT NULL,
    throttling_failure_count     INTEGER NOT NULL,
    throttling_failure_timestamp TEXT,
    CONSTRAINT static_devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX static_devices_user_id_idx ON static_devices (user_id);

-- The codes that are left.
CREATE TABLE static_tokens (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id INTEGER NOT NULL,
    token     TEXT NOT NULL,
    CONSTRAINT static_tokens_device_id_fkey FOREIGN KEY (device_id) REFERENCES static_devices (id) ON DELETE CASCADE
);
CREATE INDEX static_tokens_device_id_idx ON static_tokens (device_id);

-- Apps that show time-based codes.
CREATE TABLE totp_devices (
    id                           INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id                      INTEGER NOT NULL,
    name                         TEXT NOT NULL,
    confirmed                    boolean NOT NULL,
    key                          TEXT NOT NULL,
    step                         INTEGER NOT NULL,
    t0                           INTEGER NOT NULL,
    digits                       INTEGER NOT NULL,
    tolerance                    INTEGER NOT NULL,
    drift                        INTEGER NOT NULL,
    last_t                       INTEGER NOT NULL,
    throttling_failure_count     INTEGER NOT NULL,
    throttling_failure_timestamp TEXT,
    CONSTRAINT totp_devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX totp_devices_user_id_idx ON totp_devices (user_id);

-- Accounts at Duo.
CREATE TABLE duo_devices (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id     INTEGER NOT NULL,
    name        TEXT NOT NULL,
    confirmed   boolean NOT NULL,
    stage_id    BLOB,
    duo_user_id TEXT NOT NULL,
    CONSTRAINT duo_devices_stage_id_user_id_duo_user_id_key UNIQUE (stage_id, user_id, duo_user_id),
    CONSTRAINT duo_devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT duo_devices_stage_id_fkey
        FOREIGN KEY (stage_id) REFERENCES stages_authenticator_duo (stage_id) ON DELETE CASCADE
);
CREATE INDEX duo_devices_user_id_idx ON duo_devices (user_id);

-- Phones that codes are sent to.
CREATE TABLE sms_devices (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id      INTEGER NOT NULL,
    name         TEXT NOT NULL,
    confirmed    boolean NOT NULL,
    stage_id     BLOB,
    phone_number TEXT NOT NULL,
    token        TEXT NOT NULL,
    valid_until  TEXT,
    last_t       TEXT,
    CONSTRAINT sms_devices_stage_id_phone_number_key UNIQUE (stage_id, phone_number),
    CONSTRAINT sms_devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT sms_devices_stage_id_fkey
        FOREIGN KEY (stage_id) REFERENCES stages_authenticator_sms (stage_id) ON DELETE CASCADE
);
CREATE INDEX sms_devices_user_id_idx ON sms_devices (user_id);

-- Security keys and passkeys.
CREATE TABLE webauthn_devices (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id        INTEGER NOT NULL,
    name           TEXT NOT NULL,
    confirmed      boolean NOT NULL,
    credential_id  TEXT,
    public_key     TEXT NOT NULL,
    sign_count     INTEGER NOT NULL,
    rp_id          TEXT NOT NULL,
    aaguid         TEXT NOT NULL,
    device_type_id BLOB,
    created_on     TEXT NOT NULL,
    last_t         TEXT,
    CONSTRAINT webauthn_devices_credential_id_key UNIQUE (credential_id),
    CONSTRAINT webauthn_devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT webauthn_devices_device_type_id_fkey
        FOREIGN KEY (device_type_id) REFERENCES webauthn_device_types (id) ON DELETE SET NULL
);
CREATE INDEX webauthn_devices_user_id_idx ON webauthn_devices (user_id);
CREATE INDEX webauthn_devices_device_type_id_idx ON webauthn_devices (device_type_id);

-- Permissions on a device go with it.
CREATE TRIGGER static_devices_permissions AFTER DELETE ON static_devices BEGIN
    DELETE FROM user_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik\_stages\_authenticator\_static.%device' ESCAPE '\';
    DELETE FROM role_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik\_stages\_authenticator\_static.%device' ESCAPE '\';
END;
CREATE TRIGGER totp_devices_permissions AFTER DELETE ON totp_devices BEGIN
    DELETE FROM user_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik\_stages\_authenticator\_totp.%device' ESCAPE '\';
    DELETE FROM role_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik\_stages\_authenticator\_totp.%device' ESCAPE '\';
END;
CREATE TRIGGER duo_devices_permissions AFTER DELETE ON duo_devices BEGIN
    DELETE FROM user_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik\_stages\_authenticator\_duo.%device' ESCAPE '\';
    DELETE FROM role_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik\_stages\_authenticator\_duo.%device' ESCAPE '\';
END;
CREATE TRIGGER sms_devices_permissions AFTER DELETE ON sms_devices BEGIN
    DELETE FROM user_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik\_stages\_authenticator\_sms.%device' ESCAPE '\';
    DELETE FROM role_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik\_stages\_authenticator\_sms.%device' ESCAPE '\';
END;
CREATE TRIGGER webauthn_devices_permissions AFTER DELETE ON webauthn_devices BEGIN
    DELETE FROM user_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik\_stages\_authenticator\_webauthn.%device' ESCAPE '\';
    DELETE FROM role_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik\_stages\_authenticator\_webauthn.%device' ESCAPE '\';
END;
