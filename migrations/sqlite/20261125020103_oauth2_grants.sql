-- Access tokens that OAuth2 providers issued.
CREATE TABLE oauth2_access_tokens (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    provider_id        INTEGER NOT NULL,
    user_id            INTEGER NOT NULL,
    secret             TEXT NOT NULL,
    secret_fingerprint TEXT,
    claims             TEXT NOT NULL,
    revoked            boolean NOT NULL,
    scope              TEXT NOT NULL,
    auth_time          TEXT NOT NULL,
    session_id         TEXT,
    expires            TEXT,
    CONSTRAINT oauth2_access_tokens_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT oauth2_access_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX oauth2_access_tokens_provider_id_expires_idx ON oauth2_access_tokens (provider_id, expires);
CREATE UNIQUE INDEX oauth2_access_tokens_secret_key ON oauth2_access_tokens (secret);
CREATE UNIQUE INDEX oauth2_access_tokens_secret_fingerprint_key ON oauth2_access_tokens (secret_fingerprint);
CREATE INDEX oauth2_access_tokens_user_id_idx ON oauth2_access_tokens (user_id);
CREATE INDEX oauth2_access_tokens_expires_idx ON oauth2_access_tokens (expires);

-- Refresh tokens that OAuth2 providers issued.
CREATE TABLE oauth2_refresh_tokens (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    provider_id        INTEGER NOT NULL,
    user_id            INTEGER NOT NULL,
    secret             TEXT NOT NULL,
    secret_fingerprint TEXT,
    claims             TEXT NOT NULL,
    revoked            boolean NOT NULL,
    scope              TEXT NOT NULL,
    auth_time          TEXT NOT NULL,
    session_id         TEXT,
    expires            TEXT,
    CONSTRAINT oauth2_refresh_tokens_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT oauth2_refresh_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX oauth2_refresh_tokens_provider_id_expires_idx ON oauth2_refresh_tokens (provider_id, expires);
CREATE UNIQUE INDEX oauth2_refresh_tokens_secret_key ON oauth2_refresh_tokens (secret);
CREATE UNIQUE INDEX oauth2_refresh_tokens_secret_fingerprint_key ON oauth2_refresh_tokens (secret_fingerprint);
CREATE INDEX oauth2_refresh_tokens_user_id_idx ON oauth2_refresh_tokens (user_id);
CREATE INDEX oauth2_refresh_tokens_expires_idx ON oauth2_refresh_tokens (expires);

-- Codes that wait to be exchanged for tokens.
CREATE TABLE oauth2_authorization_codes (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    provider_id           INTEGER NOT NULL,
    user_id               INTEGER NOT NULL,
    secret                TEXT NOT NULL,
    secret_fingerprint    TEXT,
    nonce                 TEXT NOT NULL,
    code_challenge        TEXT,
    code_challenge_method TEXT,
    revoked               boolean NOT NULL,
    scope                 TEXT NOT NULL,
    auth_time             TEXT NOT NULL,
    session_id            TEXT,
    expires               TEXT,
    CONSTRAINT oauth2_authorization_codes_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT oauth2_authorization_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX oauth2_authorization_codes_provider_id_expires_idx ON oauth2_authorization_codes (provider_id, expires);
CREATE UNIQUE INDEX oauth2_authorization_codes_secret_key ON oauth2_authorization_codes (secret);
CREATE UNIQUE INDEX oauth2_authorization_codes_secret_fingerprint_key ON oauth2_authorization_codes (secret_fingerprint);
CREATE INDEX oauth2_authorization_codes_user_id_idx ON oauth2_authorization_codes (user_id);
CREATE INDEX oauth2_authorization_codes_expires_idx ON oauth2_authorization_codes (expires);
