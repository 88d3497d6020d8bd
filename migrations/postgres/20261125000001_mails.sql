-- Mails that are to be sent, by the server of an e-mail stage. One that was sent is gone.
CREATE TABLE mails (
    id             uuid NOT NULL PRIMARY KEY,
    stage_id       uuid NOT NULL,
    recipient_name text COLLATE "C" NOT NULL,
    address        text COLLATE "C" NOT NULL,
    subject        text COLLATE "C" NOT NULL,
    body_text      text COLLATE "C" NOT NULL,
    body_html      text COLLATE "C" NOT NULL,
    created        timestamptz NOT NULL,
    due            timestamptz NOT NULL,
    attempts       bigint NOT NULL,
    CONSTRAINT mails_stage_id_fkey FOREIGN KEY (stage_id) REFERENCES stages (id) ON DELETE CASCADE
);
CREATE INDEX mails_stage_id_idx ON mails (stage_id);
CREATE INDEX mails_due_idx ON mails (due);
