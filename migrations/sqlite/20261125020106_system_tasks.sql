-- The latest run of each thing that servers do by themselves.
CREATE TABLE system_tasks (
    id               BLOB NOT NULL PRIMARY KEY,
    name             TEXT NOT NULL,
    uid              TEXT NOT NULL,
    description      TEXT NOT NULL,
    status           TEXT NOT NULL,
    messages         TEXT NOT NULL,
    start_timestamp  TEXT NOT NULL,
    finish_timestamp TEXT NOT NULL,
    duration         REAL NOT NULL,
    expires          TEXT,
    CONSTRAINT system_tasks_name_uid_key UNIQUE (name, uid)
);
CREATE INDEX system_tasks_expires_idx ON system_tasks (expires);
CREATE TRIGGER system_tasks_permissions AFTER DELETE ON system_tasks BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;
