-- Installations that share this server.
CREATE TABLE tenants (
    id          BLOB NOT NULL PRIMARY KEY,
    schema_name TEXT NOT NULL,
    name        TEXT NOT NULL,
    ready       boolean NOT NULL,
    CONSTRAINT tenants_schema_name_key UNIQUE (schema_name)
);

-- Domains, each of one tenant.
CREATE TABLE tenant_domains (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    domain     TEXT NOT NULL,
    is_primary boolean NOT NULL,
    tenant_id  BLOB NOT NULL,
    CONSTRAINT tenant_domains_domain_key UNIQUE (domain),
    CONSTRAINT tenant_domains_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE CASCADE
);
CREATE INDEX tenant_domains_tenant_id_idx ON tenant_domains (tenant_id);
