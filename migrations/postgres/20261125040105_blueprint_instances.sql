-- Blueprints, and what became of them when they were applied.
CREATE TABLE blueprint_instances (
    id                uuid NOT NULL PRIMARY KEY,
    name              text COLLATE "C" NOT NULL,
    path              text COLLATE "C" NOT NULL,
    content           text COLLATE "C" NOT NULL,
    context           jsonb NOT NULL,
    metadata          jsonb NOT NULL,
    enabled           boolean NOT NULL,
    status            text COLLATE "C" NOT NULL,
    last_applied      timestamptz NOT NULL,
    last_applied_hash text COLLATE "C" NOT NULL,
    managed_models    jsonb NOT NULL,
    CONSTRAINT blueprint_instances_name_key UNIQUE (name)
);
CREATE INDEX blueprint_instances_path_idx ON blueprint_instances (path);
CREATE TRIGGER blueprint_instances_permissions AFTER DELETE ON blueprint_instances
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
