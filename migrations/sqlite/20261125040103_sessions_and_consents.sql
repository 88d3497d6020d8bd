-- Browsers in which users are logged in.
CREATE TABLE authenticated_sessions (
    id              BLOB NOT NULL PRIMARY KEY,
    user_id         INTEGER NOT NULL,
    last_ip         TEXT NOT NULL,
    last_user_agent TEXT NOT NULL,
    last_used       TEXT NOT NULL,
    expires         TEXT,
    CONSTRAINT authenticated_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX authenticated_sessions_user_id_idx ON authenticated_sessions (user_id);
CREATE INDEX authenticated_sessions_last_ip_idx ON authenticated_sessions (last_ip);
CREATE INDEX authenticated_sessions_expires_idx ON authenticated_sessions (expires);

-- What users agreed to share with applications.
CREATE TABLE user_consents (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id        INTEGER NOT NULL,
    application_id BLOB NOT NULL,
    permissions    TEXT NOT NULL,
    expires        TEXT,
    expiring       boolean NOT NULL,
    CONSTRAINT user_consents_user_id_application_id_permissions_key UNIQUE (user_id, application_id, permissions),
    CONSTRAINT user_consents_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT user_consents_application_id_fkey FOREIGN KEY (application_id) REFERENCES applications (id) ON DELETE CASCADE
);
CREATE INDEX user_consents_application_id_idx ON user_consents (application_id);
CREATE INDEX user_consents_expires_idx ON user_consents (expires);
