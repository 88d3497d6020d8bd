-- The latest run of each thing that servers do by themselves.
CREATE TABLE system_tasks (
    id               uuid NOT NULL PRIMARY KEY,
    name             text COLLATE "C" NOT NULL,
    uid              text COLLATE "C" NOT NULL,
    description      text COLLATE "C" NOT NULL,
    status           text COLLATE "C" NOT NULL,
    messages         jsonb NOT NULL,
    start_timestamp  timestamptz NOT NULL,
    finish_timestamp timestamptz NOT NULL,
    duration         double precision NOT NULL,
    expires          timestamptz,
    CONSTRAINT system_tasks_name_uid_key UNIQUE (name, uid)
);
CREATE INDEX system_tasks_expires_idx ON system_tasks (expires);
CREATE TRIGGER system_tasks_permissions AFTER DELETE ON system_tasks
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
