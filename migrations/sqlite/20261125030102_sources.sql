-- The kinds of sources, and what came from them.

-- Services that users log in at with OAuth or OpenID Connect.
CREATE TABLE sources_oauth (
    source_id           BLOB NOT NULL PRIMARY KEY,
    provider_type       TEXT NOT NULL,
    request_token_url   TEXT,
    authorization_url   TEXT,
    access_token_url    TEXT,
    profile_url         TEXT,
    additional_scopes   TEXT NOT NULL,
    consumer_key        TEXT NOT NULL,
    consumer_secret     TEXT NOT NULL,
    oidc_well_known_url TEXT NOT NULL,
    oidc_jwks_url       TEXT NOT NULL,
    oidc_jwks           TEXT NOT NULL,
    CONSTRAINT sources_oauth_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources (id) ON DELETE CASCADE
);

-- Other SAML identity providers.
CREATE TABLE sources_saml (
    source_id                   BLOB NOT NULL PRIMARY KEY,
    pre_authentication_flow_id  BLOB NOT NULL,
    issuer                      TEXT NOT NULL,
    sso_url                     TEXT NOT NULL,
    slo_url                     TEXT,
    allow_idp_initiated         boolean NOT NULL,
    name_id_policy              TEXT NOT NULL,
    binding_type                TEXT NOT NULL,
    temporary_user_delete_after TEXT NOT NULL,
    signing_kp_id               BLOB,
    verification_kp_id          BLOB,
    digest_algorithm            TEXT NOT NULL,
    signature_algorithm         TEXT NOT NULL,
    CONSTRAINT sources_saml_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources (id) ON DELETE CASCADE,
    CONSTRAINT sources_saml_pre_authentication_flow_id_fkey
        FOREIGN KEY (pre_authentication_flow_id) REFERENCES flows (id) ON DELETE CASCADE,
    CONSTRAINT sources_saml_signing_kp_id_fkey
        FOREIGN KEY (signing_kp_id) REFERENCES certificates (id) ON DELETE SET NULL,
    CONSTRAINT sources_saml_verification_kp_id_fkey
        FOREIGN KEY (verification_kp_id) REFERENCES certificates (id) ON DELETE SET NULL
);
CREATE INDEX sources_saml_pre_authentication_flow_id_idx ON sources_saml (pre_authentication_flow_id);
CREATE INDEX sources_saml_signing_kp_id_idx ON sources_saml (signing_kp_id);
CREATE INDEX sources_saml_verification_kp_id_idx ON sources_saml (verification_kp_id);

-- Directories.
CREATE TABLE sources_ldap (
    source_id                               BLOB NOT NULL PRIMARY KEY,
    server_uri                              TEXT NOT NULL,
    peer_certificate_id                     BLOB,
    client_certificate_id                   BLOB,
    bind_cn                                 TEXT NOT NULL,
    bind_password                           TEXT NOT NULL,
    start_tls                               boolean NOT NULL,
    sni                                     boolean NOT NULL,
    base_dn                                 TEXT NOT NULL,
    additional_user_dn                      TEXT NOT NULL,
    additional_group_dn                     TEXT NOT NULL,
    user_object_filter                      TEXT NOT NULL,
    group_membership_field                  TEXT NOT NULL,
    group_object_filter                     TEXT NOT NULL,
    object_uniqueness_field                 TEXT NOT NULL,
    password_login_update_internal_password boolean NOT NULL,
    sync_users                              boolean NOT NULL,
    sync_users_password                     boolean NOT NULL,
    sync_groups                             boolean NOT NULL,
    sync_parent_group_id                    BLOB,
    CONSTRAINT sources_ldap_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources (id) ON DELETE CASCADE,
    CONSTRAINT sources_ldap_peer_certificate_id_fkey
        FOREIGN KEY (peer_certificate_id) REFERENCES certificates (id) ON DELETE SET NULL,
    CONSTRAINT sources_ldap_client_certificate_id_fkey
        FOREIGN KEY (client_certificate_id) REFERENCES certificates (id) ON DELETE SET NULL,
    CONSTRAINT sources_ldap_sync_parent_group_id_fkey
        FOREIGN KEY (sync_parent_group_id) REFERENCES groups (id) ON DELETE SET NULL
);
CREATE INDEX sources_ldap_peer_certificate_id_idx ON sources_ldap (peer_certificate_id);
CREATE INDEX sources_ldap_client_certificate_id_idx ON sources_ldap (client_certificate_id);
CREATE INDEX sources_ldap_sync_parent_group_id_idx ON sources_ldap (sync_parent_group_id);

-- Plex.
CREATE TABLE sources_plex (
    source_id       BLOB NOT NULL PRIMARY KEY,
    client_id       TEXT NOT NULL,
    allowed_servers TEXT NOT NULL,
    allow_friends   boolean NOT NULL,
    plex_token      TEXT NOT NULL,
    CONSTRAINT sources_plex_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources (id) ON DELETE CASCADE
);

-- Systems that push users and groups here over SCIM.
CREATE TABLE sources_scim (
    source_id BLOB NOT NULL PRIMARY KEY,
    token_id  BLOB NOT NULL,
    CONSTRAINT sources_scim_token_id_key UNIQUE (token_id),
    CONSTRAINT sources_scim_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources (id) ON DELETE CASCADE,
    CONSTRAINT sources_scim_token_id_fkey FOREIGN KEY (token_id) REFERENCES tokens (id) ON DELETE CASCADE
);

-- Mappings for users of a source.
CREATE TABLE source_property_mappings (
    source_id  BLOB NOT NULL,
    mapping_id BLOB NOT NULL,
    PRIMARY KEY (source_id, mapping_id),
    CONSTRAINT source_property_mappings_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources (id) ON DELETE CASCADE,
    CONSTRAINT source_property_mappings_mapping_id_fkey
        FOREIGN KEY (mapping_id) REFERENCES property_mappings (id) ON DELETE CASCADE
);
CREATE INDEX source_property_mappings_mapping_id_idx ON source_property_mappings (mapping_id);

-- Mappings for groups of a source.
CREATE TABLE source_group_property_mappings (
    source_id  BLOB NOT NULL,
    mapping_id BLOB NOT NULL,
    PRIMARY KEY (source_id, mapping_id),
    CONSTRAINT source_group_property_mappings_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources (id) ON DELETE CASCADE,
    CONSTRAINT source_group_property_mappings_mapping_id_fkey
        FOREIGN KEY (mapping_id) REFERENCES property_mappings (id) ON DELETE CASCADE
);
CREATE INDEX source_group_property_mappings_mapping_id_idx ON source_group_property_mappings (mapping_id);

-- What a source cannot do without takes all of it along.
CREATE TRIGGER sources_saml_base AFTER DELETE ON sources_saml BEGIN
    DELETE FROM sources WHERE id = OLD.source_id;
END;
CREATE TRIGGER sources_scim_base AFTER DELETE ON sources_scim BEGIN
    DELETE FROM sources WHERE id = OLD.source_id;
END;

-- Users and the sources that they can log in at.
CREATE TABLE user_source_connections (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id   INTEGER NOT NULL,
    source_id BLOB NOT NULL,
    kind      TEXT NOT NULL,
    created   TEXT NOT NULL,
    CONSTRAINT user_source_connections_user_id_source_id_key UNIQUE (user_id, source_id),
    CONSTRAINT user_source_connections_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT user_source_connections_source_id_fkey
        FOREIGN KEY (source_id) REFERENCES sources (id) ON DELETE CASCADE
);
CREATE INDEX user_source_connections_source_id_idx ON user_source_connections (source_id);

-- Accounts at OAuth sources.
CREATE TABLE user_source_connections_oauth (
    connection_id INTEGER NOT NULL PRIMARY KEY,
    identifier    TEXT NOT NULL,
    access_token  TEXT NOT NULL,
    CONSTRAINT user_source_connections_oauth_connection_id_fkey
        FOREIGN KEY (connection_id) REFERENCES user_source_connections (id) ON DELETE CASCADE
);
CREATE INDEX user_source_connections_oauth_identifier_idx ON user_source_connections_oauth (identifier);

-- Accounts at SAML sources.
CREATE TABLE user_source_connections_saml (
    connection_id INTEGER NOT NULL PRIMARY KEY,
    identifier    TEXT NOT NULL,
    CONSTRAINT user_source_connections_saml_connection_id_fkey
        FOREIGN KEY (connection_id) REFERENCES user_source_connections (id) ON DELETE CASCADE
);
CREATE INDEX user_source_connections_saml_identifier_idx ON user_source_connections_saml (identifier);

-- Accounts at Plex.
CREATE TABLE user_source_connections_plex (
    connection_id INTEGER NOT NULL PRIMARY KEY,
    identifier    TEXT NOT NULL,
    plex_token    TEXT NOT NULL,
    CONSTRAINT user_source_connections_plex_connection_id_fkey
        FOREIGN KEY (connection_id) REFERENCES user_source_connections (id) ON DELETE CASCADE
);
CREATE INDEX user_source_connections_plex_identifier_idx ON user_source_connections_plex (identifier);

-- Users that SCIM sources pushed here.
CREATE TABLE scim_source_users (
    id         BLOB NOT NULL PRIMARY KEY,
    remote_id  TEXT NOT NULL,
    source_id  BLOB NOT NULL,
    user_id    INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    CONSTRAINT scim_source_users_source_id_remote_id_key UNIQUE (source_id, remote_id),
    CONSTRAINT scim_source_users_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources (id) ON DELETE CASCADE,
    CONSTRAINT scim_source_users_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX scim_source_users_user_id_idx ON scim_source_users (user_id);
CREATE INDEX scim_source_users_remote_id_idx ON scim_source_users (remote_id);

-- Groups that SCIM sources pushed here.
CREATE TABLE scim_source_groups (
    id         BLOB NOT NULL PRIMARY KEY,
    remote_id  TEXT NOT NULL,
    source_id  BLOB NOT NULL,
    group_id   BLOB NOT NULL,
    attributes TEXT NOT NULL,
    CONSTRAINT scim_source_groups_source_id_remote_id_key UNIQUE (source_id, remote_id),
    CONSTRAINT scim_source_groups_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources (id) ON DELETE CASCADE,
    CONSTRAINT scim_source_groups_group_id_fkey FOREIGN KEY (group_id) REFERENCES groups (id) ON DELETE CASCADE
);
CREATE INDEX scim_source_groups_group_id_idx ON scim_source_groups (group_id);
CREATE INDEX scim_source_groups_remote_id_idx ON scim_source_groups (remote_id);

-- Permissions on what has gone go with it.
CREATE TRIGGER user_source_connections_permissions AFTER DELETE ON user_source_connections BEGIN
    DELETE FROM user_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik\_%.%sourceconnection' ESCAPE '\';
    DELETE FROM role_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik\_%.%sourceconnection' ESCAPE '\';
END;
CREATE TRIGGER scim_source_users_permissions AFTER DELETE ON scim_source_users BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER scim_source_groups_permissions AFTER DELETE ON scim_source_groups BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
