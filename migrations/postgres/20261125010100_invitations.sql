-- Links that let their holders enrol. The key is the secret.
CREATE TABLE invitations (
    id            uuid NOT NULL PRIMARY KEY,
    name          text COLLATE "C" NOT NULL,
    created_by_id bigint NOT NULL,
    flow_id       uuid,
    single_use    boolean NOT NULL,
    fixed_data    jsonb NOT NULL,
    expires       timestamptz,
    CONSTRAINT invitations_created_by_id_fkey FOREIGN KEY (created_by_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT invitations_flow_id_fkey FOREIGN KEY (flow_id) REFERENCES flows (id) ON DELETE SET NULL
);
CREATE INDEX invitations_created_by_id_idx ON invitations (created_by_id);
CREATE INDEX invitations_flow_id_idx ON invitations (flow_id);
CREATE INDEX invitations_name_idx ON invitations (name);
CREATE INDEX invitations_expires_idx ON invitations (expires);
