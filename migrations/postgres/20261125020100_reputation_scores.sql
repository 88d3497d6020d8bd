-- How logins by a name from an address went: one row for each pair.
CREATE TABLE reputation_scores (
    id          uuid NOT NULL PRIMARY KEY,
    identifier  text COLLATE "C" NOT NULL,
    ip          text COLLATE "C" NOT NULL,
    ip_geo_data jsonb NOT NULL,
    ip_asn_data jsonb NOT NULL,
    score       bigint NOT NULL,
    updated     timestamptz NOT NULL,
    expires     timestamptz,
    CONSTRAINT reputation_scores_identifier_ip_key UNIQUE (identifier, ip)
);
CREATE INDEX reputation_scores_ip_idx ON reputation_scores (ip);
CREATE INDEX reputation_scores_expires_idx ON reputation_scores (expires);
CREATE TRIGGER reputation_scores_permissions AFTER DELETE ON reputation_scores
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
