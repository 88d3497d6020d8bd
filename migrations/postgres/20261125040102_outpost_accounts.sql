-- The account by which an outpost works. It goes with the outpost.
CREATE TABLE outpost_accounts (
    id         uuid NOT NULL PRIMARY KEY,
    outpost_id uuid NOT NULL,
    user_id    bigint NOT NULL,
    CONSTRAINT outpost_accounts_outpost_id_key UNIQUE (outpost_id),
    CONSTRAINT outpost_accounts_user_id_key UNIQUE (user_id),
    CONSTRAINT outpost_accounts_outpost_id_fkey FOREIGN KEY (outpost_id) REFERENCES outposts (id) ON DELETE CASCADE,
    CONSTRAINT outpost_accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

-- Until now, accounts were known by their names.
INSERT INTO outpost_accounts (id, outpost_id, user_id)
    SELECT outposts.id, outposts.id, users.id FROM outposts
    JOIN users ON users.username = 'ak-outpost-' || replace(outposts.id::text, '-', '');
