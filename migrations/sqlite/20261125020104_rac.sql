-- Machines that users reach through a RAC provider.
CREATE TABLE rac_endpoints (
    id                  BLOB NOT NULL PRIMARY KEY,
    name                TEXT NOT NULL,
    provider_id         INTEGER NOT NULL,
    protocol            TEXT NOT NULL,
    host                TEXT NOT NULL,
    settings            TEXT NOT NULL,
    auth_mode           TEXT NOT NULL,
    maximum_connections INTEGER NOT NULL,
    policy_engine_mode  TEXT NOT NULL,
    CONSTRAINT rac_endpoints_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
);
CREATE INDEX rac_endpoints_provider_id_idx ON rac_endpoints (provider_id);
CREATE INDEX rac_endpoints_name_idx ON rac_endpoints (name);
CREATE TRIGGER rac_endpoints_permissions AFTER DELETE ON rac_endpoints BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER rac_endpoints_policy_bindings AFTER DELETE ON rac_endpoints BEGIN
    DELETE FROM policy_bindings WHERE target_id = OLD.id;
END;

-- The mappings that add parameters to the connections of endpoints.
CREATE TABLE rac_endpoint_property_mappings (
    endpoint_id BLOB NOT NULL,
    mapping_id  BLOB NOT NULL,
    PRIMARY     KEY (endpoint_id, mapping_id),
    CONSTRAINT rac_endpoint_property_mappings_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES rac_endpoints (id) ON DELETE CASCADE,
    CONSTRAINT rac_endpoint_property_mappings_mapping_id_fkey FOREIGN KEY (mapping_id) REFERENCES property_mappings (id) ON DELETE CASCADE
);
CREATE INDEX rac_endpoint_property_mappings_mapping_id_idx ON rac_endpoint_property_mappings (mapping_id);

-- Connections that users may open.
CREATE TABLE rac_connection_tokens (
    id          BLOB NOT NULL PRIMARY KEY,
    provider_id INTEGER NOT NULL,
    endpoint_id BLOB NOT NULL,
    user_id     INTEGER NOT NULL,
    session_id  TEXT,
    settings    TEXT NOT NULL,
    expires     TEXT,
    CONSTRAINT rac_connection_tokens_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT rac_connection_tokens_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES rac_endpoints (id) ON DELETE CASCADE,
    CONSTRAINT rac_connection_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX rac_connection_tokens_provider_id_idx ON rac_connection_tokens (provider_id);
CREATE INDEX rac_connection_tokens_endpoint_id_idx ON rac_connection_tokens (endpoint_id);
CREATE INDEX rac_connection_tokens_user_id_idx ON rac_connection_tokens (user_id);
CREATE INDEX rac_connection_tokens_expires_idx ON rac_connection_tokens (expires);
CREATE TRIGGER rac_connection_tokens_permissions AFTER DELETE ON rac_connection_tokens BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
