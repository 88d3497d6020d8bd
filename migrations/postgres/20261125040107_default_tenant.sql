-- The tenant that a server is without any other, where the defaults have been made already.
INSERT INTO tenants (id, schema_name, name, ready)
    SELECT gen_random_uuid(), 'public', 'Default', true FROM tenant_settings;
