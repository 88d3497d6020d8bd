-- The tenant that a server is without any other, where the defaults have been made already.
INSERT INTO tenants (id, schema_name, name, ready)
    SELECT randomblob(16), 'public', 'Default', 1 FROM tenant_settings;
