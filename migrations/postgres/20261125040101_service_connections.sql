-- Where outposts can be run by the server. What belongs to one kind is in the table of that kind.
CREATE TABLE service_connections (
    id    uuid NOT NULL PRIMARY KEY,
    name  text COLLATE "C" NOT NULL,
    kind  text COLLATE "C" NOT NULL,
    local boolean NOT NULL,
    CONSTRAINT service_connections_name_key UNIQUE (name)
);
CREATE INDEX service_connections_kind_idx ON service_connections (kind);
CREATE TRIGGER service_connections_permissions AFTER DELETE ON service_connections
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();

-- Docker, by its API.
CREATE TABLE service_connections_docker (
    connection_id         uuid NOT NULL PRIMARY KEY,
    url                   text COLLATE "C" NOT NULL,
    tls_verification_id   uuid,
    tls_authentication_id uuid,
    CONSTRAINT service_connections_docker_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES service_connections (id) ON DELETE CASCADE,
    CONSTRAINT service_connections_docker_tls_verification_id_fkey FOREIGN KEY (tls_verification_id) REFERENCES certificates (id) ON DELETE SET NULL,
    CONSTRAINT service_connections_docker_tls_authentication_id_fkey FOREIGN KEY (tls_authentication_id) REFERENCES certificates (id) ON DELETE SET NULL
);
CREATE INDEX service_connections_docker_tls_verification_id_idx ON service_connections_docker (tls_verification_id);
CREATE INDEX service_connections_docker_tls_authentication_id_idx ON service_connections_docker (tls_authentication_id);

-- Kubernetes, by a configuration or by the service account of the pod.
CREATE TABLE service_connections_kubernetes (
    connection_id uuid NOT NULL PRIMARY KEY,
    kubeconfig    jsonb NOT NULL,
    verify_ssl    boolean NOT NULL,
    CONSTRAINT service_connections_kubernetes_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES service_connections (id) ON DELETE CASCADE
);

-- The column of the outposts is older than what it refers to, and has no constraint.
CREATE FUNCTION forget_service_connection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE outposts SET service_connection_id = NULL WHERE service_connection_id = OLD.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER service_connections_outposts AFTER DELETE ON service_connections
    FOR EACH ROW EXECUTE FUNCTION forget_service_connection();
