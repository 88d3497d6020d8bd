-- Permissions on an object go with it, however it goes: by a request, by a cascade, by cleaning up. Keys that are numbers are
-- unique in their table only, so what a permission is about is read off its name.
CREATE INDEX user_permissions_object_id_idx ON user_permissions (object_id);
CREATE INDEX role_permissions_object_id_idx ON role_permissions (object_id);

CREATE FUNCTION delete_object_permissions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM user_permissions WHERE object_id = replace(OLD.id::text, '-', '');
    DELETE FROM role_permissions WHERE object_id = replace(OLD.id::text, '-', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER applications_permissions AFTER DELETE ON applications
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER brands_permissions AFTER DELETE ON brands
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER certificates_permissions AFTER DELETE ON certificates
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER entra_groups_permissions AFTER DELETE ON entra_groups
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER entra_users_permissions AFTER DELETE ON entra_users
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER events_permissions AFTER DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER flow_stage_bindings_permissions AFTER DELETE ON flow_stage_bindings
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER flows_permissions AFTER DELETE ON flows
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER google_groups_permissions AFTER DELETE ON google_groups
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER google_users_permissions AFTER DELETE ON google_users
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER groups_permissions AFTER DELETE ON groups
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER outposts_permissions AFTER DELETE ON outposts
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER policies_permissions AFTER DELETE ON policies
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER policy_bindings_permissions AFTER DELETE ON policy_bindings
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER property_mappings_permissions AFTER DELETE ON property_mappings
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER roles_permissions AFTER DELETE ON roles
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER scim_groups_permissions AFTER DELETE ON scim_groups
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER scim_users_permissions AFTER DELETE ON scim_users
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER sources_permissions AFTER DELETE ON sources
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER stages_permissions AFTER DELETE ON stages
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER tokens_permissions AFTER DELETE ON tokens
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE FUNCTION delete_object_permissions_of_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM user_permissions WHERE object_id = OLD.id::text
        AND permission LIKE 'authentik_core.%' AND permission NOT LIKE 'authentik_core.%\_provider' ESCAPE '\';
    DELETE FROM role_permissions WHERE object_id = OLD.id::text
        AND permission LIKE 'authentik_core.%' AND permission NOT LIKE 'authentik_core.%\_provider' ESCAPE '\';
    RETURN NULL;
END
$$;
CREATE TRIGGER users_permissions AFTER DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions_of_users();
CREATE FUNCTION delete_object_permissions_of_providers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM user_permissions WHERE object_id = OLD.id::text
        AND (permission LIKE 'authentik_providers\_%' ESCAPE '\' OR permission LIKE 'authentik_core.%\_provider' ESCAPE '\');
    DELETE FROM role_permissions WHERE object_id = OLD.id::text
        AND (permission LIKE 'authentik_providers\_%' ESCAPE '\' OR permission LIKE 'authentik_core.%\_provider' ESCAPE '\');
    RETURN NULL;
END
$$;
CREATE TRIGGER providers_permissions AFTER DELETE ON providers
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions_of_providers();
