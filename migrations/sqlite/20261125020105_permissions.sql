-- The permissions there are. Servers write what they know when they start.
CREATE TABLE permissions (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    permission        TEXT NOT NULL,
    name              TEXT NOT NULL,
    codename          TEXT NOT NULL,
    model             TEXT NOT NULL,
    model_verbose     TEXT NOT NULL,
    app_label         TEXT NOT NULL,
    app_label_verbose TEXT NOT NULL,
    CONSTRAINT permissions_permission_key UNIQUE (permission)
);
CREATE INDEX permissions_name_idx ON permissions (name);
