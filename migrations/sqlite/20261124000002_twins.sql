-- Which object of another system is which user or group of ours, as the provider that sends them there knows it.

-- Users in a SCIM server.
CREATE TABLE scim_users (
    id          BLOB NOT NULL PRIMARY KEY,
    provider_id INTEGER NOT NULL,
    user_id     INTEGER NOT NULL,
    remote_id   TEXT NOT NULL,
    attributes  TEXT NOT NULL,
    CONSTRAINT scim_users_provider_id_user_id_remote_id_key UNIQUE (provider_id, user_id, remote_id),
    CONSTRAINT scim_users_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT scim_users_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX scim_users_user_id_idx ON scim_users (user_id);

-- Groups in a SCIM server.
CREATE TABLE scim_groups (
    id          BLOB NOT NULL PRIMARY KEY,
    provider_id INTEGER NOT NULL,
    group_id    BLOB NOT NULL,
    remote_id   TEXT NOT NULL,
    attributes  TEXT NOT NULL,
    CONSTRAINT scim_groups_provider_id_group_id_remote_id_key UNIQUE (provider_id, group_id, remote_id),
    CONSTRAINT scim_groups_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT scim_groups_group_id_fkey FOREIGN KEY (group_id) REFERENCES groups (id) ON DELETE CASCADE
);
CREATE INDEX scim_groups_group_id_idx ON scim_groups (group_id);

-- Users in Google Workspace.
CREATE TABLE google_users (
    id          BLOB NOT NULL PRIMARY KEY,
    provider_id INTEGER NOT NULL,
    user_id     INTEGER NOT NULL,
    remote_id   TEXT NOT NULL,
    attributes  TEXT NOT NULL,
    CONSTRAINT google_users_provider_id_user_id_remote_id_key UNIQUE (provider_id, user_id, remote_id),
    CONSTRAINT google_users_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT google_users_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX google_users_user_id_idx ON google_users (user_id);

-- Groups in Google Workspace.
CREATE TABLE google_groups (
    id          BLOB NOT NULL PRIMARY KEY,
    provider_id INTEGER NOT NULL,
    group_id    BLOB NOT NULL,
    remote_id   TEXT NOT NULL,
    attributes  TEXT NOT NULL,
    CONSTRAINT google_groups_provider_id_group_id_remote_id_key UNIQUE (provider_id, group_id, remote_id),
    CONSTRAINT google_groups_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT google_groups_group_id_fkey FOREIGN KEY (group_id) REFERENCES groups (id) ON DELETE CASCADE
);
CREATE INDEX google_groups_group_id_idx ON google_groups (group_id);

-- Users in Microsoft Entra.
CREATE TABLE entra_users (
    id          BLOB NOT NULL PRIMARY KEY,
    provider_id INTEGER NOT NULL,
    user_id     INTEGER NOT NULL,
    remote_id   TEXT NOT NULL,
    attributes  TEXT NOT NULL,
    CONSTRAINT entra_users_provider_id_user_id_remote_id_key UNIQUE (provider_id, user_id, remote_id),
    CONSTRAINT entra_users_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT entra_users_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX entra_users_user_id_idx ON entra_users (user_id);

-- Groups in Microsoft Entra.
CREATE TABLE entra_groups (
    id          BLOB NOT NULL PRIMARY KEY,
    provider_id INTEGER NOT NULL,
    group_id    BLOB NOT NULL,
    remote_id   TEXT NOT NULL,
    attributes  TEXT NOT NULL,
    CONSTRAINT entra_groups_provider_id_group_id_remote_id_key UNIQUE (provider_id, group_id, remote_id),
    CONSTRAINT entra_groups_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT entra_groups_group_id_fkey FOREIGN KEY (group_id) REFERENCES groups (id) ON DELETE CASCADE
);
CREATE INDEX entra_groups_group_id_idx ON entra_groups (group_id);
