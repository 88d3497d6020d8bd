-- How logins by a name from an address went: one row for each pair.
CREATE TABLE reputation_scores (
    id          BLOB NOT NULL PRIMARY KEY,
    identifier  TEXT NOT NULL,
    ip          TEXT NOT NULL,
    ip_geo_data TEXT NOT NULL,
    ip_asn_data TEXT NOT NULL,
    score       INTEGER NOT NULL,
    updated     TEXT NOT NULL,
    expires     TEXT,
    CONSTRAINT reputation_scores_identifier_ip_key UNIQUE (identifier, ip)
);
CREATE INDEX reputation_scores_ip_idx ON reputation_scores (ip);
CREATE INDEX reputation_scores_expires_idx ON reputation_scores (expires);
CREATE TRIGGER reputation_scores_permissions AFTER DELETE ON reputation_scores BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
