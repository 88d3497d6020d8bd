-- Machines that users reach through a RAC provider.
CREATE TABLE rac_endpoints (
    id                  uuid NOT NULL PRIMARY KEY,
    name                text COLLATE "C" NOT NULL,
    provider_id         bigint NOT NULL,
    protocol            text COLLATE "C" NOT NULL,
    host                text COLLATE "C" NOT NULL,
    settings            jsonb NOT NULL,
    auth_mode           text COLLATE "C" NOT NULL,
    maximum_connections bigint NOT NULL,
    policy_engine_mode  text COLLATE "C" NOT NULL,
    CONSTRAINT rac_endpoints_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
);
CREATE INDEX rac_endpoints_provider_id_idx ON rac_endpoints (provider_id);
CREATE INDEX rac_endpoints_name_idx ON rac_endpoints (name);
CREATE TRIGGER rac_endpoints_permissions AFTER DELETE ON rac_endpoints
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER rac_endpoints_policy_bindings AFTER DELETE ON rac_endpoints
    FOR EACH ROW EXECUTE FUNCTION delete_policy_bindings_by_id();

-- The mappings that add parameters to the connections of endpoints.
CREATE TABLE rac_endpoint_property_mappings (
    endpoint_id uuid NOT NULL,
    mapping_id  uuid NOT NULL,
    PRIMARY     KEY (endpoint_id, mapping_id),
    CONSTRAINT rac_endpoint_property_mappings_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES rac_endpoints (id) ON DELETE CASCADE,
    CONSTRAINT rac_endpoint_property_mappings_mapping_id_fkey FOREIGN KEY (mapping_id) REFERENCES property_mappings (id) ON DELETE CASCADE
);
CREATE INDEX rac_endpoint_property_mappings_mapping_id_idx ON rac_endpoint_property_mappings (mapping_id);

-- Connections that users may open.
CREATE TABLE rac_connection_tokens (
    id          uuid NOT NULL PRIMARY KEY,
    provider_id bigint NOT NULL,
    endpoint_id uuid NOT NULL,
    user_id     bigint NOT NULL,
    session_id  text COLLATE "C",
    settings    jsonb NOT NULL,
    expires     timestamptz,
    CONSTRAINT rac_connection_tokens_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT rac_connection_tokens_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES rac_endpoints (id) ON DELETE CASCADE,
    CONSTRAINT rac_connection_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX rac_connection_tokens_provider_id_idx ON rac_connection_tokens (provider_id);
CREATE INDEX rac_connection_tokens_endpoint_id_idx ON rac_connection_tokens (endpoint_id);
CREATE INDEX rac_connection_tokens_user_id_idx ON rac_connection_tokens (user_id);
CREATE INDEX rac_connection_tokens_expires_idx ON rac_connection_tokens (expires);
CREATE TRIGGER rac_connection_tokens_permissions AFTER DELETE ON rac_connection_tokens
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
