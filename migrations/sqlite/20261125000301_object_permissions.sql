-- Permissions on an object go with it, however it goes: by a request, by a cascade, by cleaning up. Keys that are numbers are
-- unique in their table only, so what a permission is about is read off its name.
CREATE INDEX user_permissions_object_id_idx ON user_permissions (object_id);
CREATE INDEX role_permissions_object_id_idx ON role_permissions (object_id);
CREATE TRIGGER applications_permissions AFTER DELETE ON applications BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER brands_permissions AFTER DELETE ON brands BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER certificates_permissions AFTER DELETE ON certificates BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER entra_groups_permissions AFTER DELETE ON entra_groups BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER entra_users_permissions AFTER DELETE ON entra_users BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER events_permissions AFTER DELETE ON events BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER flow_stage_bindings_permissions AFTER DELETE ON flow_stage_bindings BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER flows_permissions AFTER DELETE ON flows BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER google_groups_permissions AFTER DELETE ON google_groups BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER google_users_permissions AFTER DELETE ON google_users BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER groups_permissions AFTER DELETE ON groups BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER outposts_permissions AFTER DELETE ON outposts BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER policies_permissions AFTER DELETE ON policies BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER policy_bindings_permissions AFTER DELETE ON policy_bindings BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER property_mappings_permissions AFTER DELETE ON property_mappings BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER roles_permissions AFTER DELETE ON roles BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER scim_groups_permissions AFTER DELETE ON scim_groups BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER scim_users_permissions AFTER DELETE ON scim_users BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER sources_permissions AFTER DELETE ON sources BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER stages_permissions AFTER DELETE ON stages BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER tokens_permissions AFTER DELETE ON tokens BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
CREATE TRIGGER users_permissions AFTER DELETE ON users BEGIN
    DELETE FROM user_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik_core.%' AND permission NOT LIKE 'authentik_core.%\_provider' ESCAPE '\';
    DELETE FROM role_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND permission LIKE 'authentik_core.%' AND permission NOT LIKE 'authentik_core.%\_provider' ESCAPE '\';
END;
CREATE TRIGGER providers_permissions AFTER DELETE ON providers BEGIN
    DELETE FROM user_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND (permission LIKE 'authentik_providers\_%' ESCAPE '\' OR permission LIKE 'authentik_core.%\_provider' ESCAPE '\');
    DELETE FROM role_permissions WHERE object_id = CAST(OLD.id AS TEXT)
        AND (permission LIKE 'authentik_providers\_%' ESCAPE '\' OR permission LIKE 'authentik_core.%\_provider' ESCAPE '\');
END;
