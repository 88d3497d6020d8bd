-- Licences. No feature depends on one.
CREATE TABLE licenses (
    id              uuid NOT NULL PRIMARY KEY,
    key             text COLLATE "C" NOT NULL,
    key_fingerprint text COLLATE "C",
    name            text COLLATE "C" NOT NULL,
    expiry          timestamptz NOT NULL,
    internal_users  bigint NOT NULL,
    external_users  bigint NOT NULL,
    CONSTRAINT licenses_key_key UNIQUE (key),
    CONSTRAINT licenses_key_fingerprint_key UNIQUE (key_fingerprint)
);
CREATE TRIGGER licenses_permissions AFTER DELETE ON licenses
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
