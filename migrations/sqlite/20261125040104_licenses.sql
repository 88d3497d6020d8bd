-- Licences. No feature depends on one.
CREATE TABLE licenses (
    id              BLOB NOT NULL PRIMARY KEY,
    key             TEXT NOT NULL,
    key_fingerprint TEXT,
    name            TEXT NOT NULL,
    expiry          TEXT NOT NULL,
    internal_users  INTEGER NOT NULL,
    external_users  INTEGER NOT NULL,
    CONSTRAINT licenses_key_key UNIQUE (key),
    CONSTRAINT licenses_key_fingerprint_key UNIQUE (key_fingerprint)
);
CREATE TRIGGER licenses_permissions AFTER DELETE ON licenses BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
