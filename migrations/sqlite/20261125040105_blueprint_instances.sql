-- Blueprints, and what became of them when they were applied.
CREATE TABLE blueprint_instances (
    id                BLOB NOT NULL PRIMARY KEY,
    name              TEXT NOT NULL,
    path              TEXT NOT NULL,
    content           TEXT NOT NULL,
    context           TEXT NOT NULL,
    metadata          TEXT NOT NULL,
    enabled           boolean NOT NULL,
    status            TEXT NOT NULL,
    last_applied      TEXT NOT NULL,
    last_applied_hash TEXT NOT NULL,
    managed_models    TEXT NOT NULL,
    CONSTRAINT blueprint_instances_name_key UNIQUE (name)
);
CREATE INDEX blueprint_instances_path_idx ON blueprint_instances (path);
CREATE TRIGGER blueprint_instances_permissions AFTER DELETE ON blueprint_instances BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
