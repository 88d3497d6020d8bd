-- What users are told of events.
CREATE TABLE notifications (
    id       BLOB NOT NULL PRIMARY KEY,
    user_id  INTEGER NOT NULL,
    event_id BLOB,
    severity TEXT NOT NULL,
    body     TEXT NOT NULL,
    seen     boolean NOT NULL,
    created  TEXT NOT NULL,
    CONSTRAINT notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT notifications_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE SET NULL
);
CREATE INDEX notifications_user_id_created_idx ON notifications (user_id, created);
CREATE INDEX notifications_event_id_idx ON notifications (event_id);
CREATE INDEX notifications_created_idx ON notifications (created);
CREATE TRIGGER notifications_permissions AFTER DELETE ON notifications BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;

-- By what events are looked for beside the columns, in the words of the statements.
CREATE INDEX events_username_idx ON events (json_extract(actor, '$.username'), created);
CREATE INDEX events_model_pk_idx ON events (json_extract(context, '$.model.pk'), created);
CREATE INDEX events_authorized_application_pk_idx ON events (json_extract(context, '$.authorized_application.pk'), created);

-- Keys in events are written without dashes from now on, so the older ones are as well.
UPDATE events SET context = json_set(context, '$.model.pk', replace(json_extract(context, '$.model.pk'), '-', ''))
    WHERE json_extract(context, '$.model.pk') LIKE '________-____-____-____-____________';
UPDATE events SET context = json_set(context, '$.secret.pk', replace(json_extract(context, '$.secret.pk'), '-', ''))
    WHERE json_extract(context, '$.secret.pk') LIKE '________-____-____-____-____________';
