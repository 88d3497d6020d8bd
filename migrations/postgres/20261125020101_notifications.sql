-- What users are told of events.
CREATE TABLE notifications (
    id       uuid NOT NULL PRIMARY KEY,
    user_id  bigint NOT NULL,
    event_id uuid,
    severity text COLLATE "C" NOT NULL,
    body     text COLLATE "C" NOT NULL,
    seen     boolean NOT NULL,
    created  timestamptz NOT NULL,
    CONSTRAINT notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT notifications_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE SET NULL
);
CREATE INDEX notifications_user_id_created_idx ON notifications (user_id, created);
CREATE INDEX notifications_event_id_idx ON notifications (event_id);
CREATE INDEX notifications_created_idx ON notifications (created);
CREATE TRIGGER notifications_permissions AFTER DELETE ON notifications
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();

-- By what events are looked for beside the columns, in the words of the statements.
CREATE INDEX events_username_idx ON events ((actor #>> '{username}'), created);
CREATE INDEX events_model_pk_idx ON events ((context #>> '{model,pk}'), created);
CREATE INDEX events_authorized_application_pk_idx ON events ((context #>> '{authorized_application,pk}'), created);

-- Keys in events are written without dashes from now on, so the older ones are as well.
UPDATE events SET context = jsonb_set(context, '{model,pk}', to_jsonb(replace(context #>> '{model,pk}', '-', '')))
    WHERE context #>> '{model,pk}' LIKE '________-____-____-____-____________';
UPDATE events SET context = jsonb_set(context, '{secret,pk}', to_jsonb(replace(context #>> '{secret,pk}', '-', '')))
    WHERE context #>> '{secret,pk}' LIKE '________-____-____-____-____________';
