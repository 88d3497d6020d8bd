-- SQLite's name for a key as text, so that statements need not tell the databases apart.
CREATE FUNCTION hex(uuid) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN upper(replace($1::text, '-', ''));
