-- By what a token is found whose key is sealed; null where it is not.
ALTER TABLE tokens ADD COLUMN key_fingerprint text COLLATE "C";
CREATE UNIQUE INDEX tokens_key_fingerprint_key ON tokens (key_fingerprint);
