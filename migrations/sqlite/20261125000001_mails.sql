-- Mails that are to be sent, by the server of an e-mail stage. One that was sent is gone.
CREATE TABLE mails (
    id             BLOB NOT NULL PRIMARY KEY,
    stage_id       BLOB NOT NULL,
    recipient_name TEXT NOT NULL,
    address        TEXT NOT NULL,
    subject        TEXT NOT NULL,
    body_text      TEXT NOT NULL,
    body_html      TEXT NOT NULL,
    created        TEXT NOT NULL,
    due            TEXT NOT NULL,
    attempts       INTEGER NOT NULL,
    CONSTRAINT mails_stage_id_fkey FOREIGN KEY (stage_id) REFERENCES stages (id) ON DELETE CASCADE
);
CREATE INDEX mails_stage_id_idx ON mails (stage_id);
CREATE INDEX mails_due_idx ON mails (due);
