-- Where outposts can be run by the server. What belongs to one kind is in the table of that kind.
CREATE TABLE service_connections (
    id    BLOB NOT NULL PRIMARY KEY,
    name  TEXT NOT NULL,
    kind  TEXT NOT NULL,
    local boolean NOT NULL,
    CONSTRAINT service_connections_name_key UNIQUE (name)
);
CREATE INDEX service_connections_kind_idx ON service_connections (kind);
CREATE TRIGGER service_connections_permissions AFTER DELETE ON service_connections BEGIN
    DELETE FROM user_permissions WHERE object_id = lower(hex(OLD.id));
    DELETE FROM role_permissions WHERE object_id = lower(hex(OLD.id));
END;

-- Docker, by its API.
CREATE TABLE service_connections_docker (
    connection_id         BLOB NOT NULL PRIMARY KEY,
    url                   TEXT NOT NULL,
    tls_verification_id   BLOB,
    tls_authentication_id BLOB,
    CONSTRAINT service_connections_docker_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES service_connections (id) ON DELETE CASCADE,
    CONSTRAINT service_connections_docker_tls_verification_id_fkey FOREIGN KEY (tls_verification_id) REFERENCES certificates (id) ON DELETE SET NULL,
    CONSTRAINT service_connections_docker_tls_authentication_id_fkey FOREIGN KEY (tls_authentication_id) REFERENCES certificates (id) ON DELETE SET NULL
);
CREATE INDEX service_connections_docker_tls_verification_id_idx ON service_connections_docker (tls_verification_id);
CREATE INDEX service_connections_docker_tls_authentication_id_idx ON service_connections_docker (tls_authentication_id);

-- Kubernetes, by a configuration or by the service account of the pod.
CREATE TABLE service_connections_kubernetes (
    connection_id BLOB NOT NULL PRIMARY KEY,
    kubeconfig    TEXT NOT NULL,
    verify_ssl    boolean NOT NULL,
    CONSTRAINT service_connections_kubernetes_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES service_connections (id) ON DELETE CASCADE
);

-- The column of the outposts is older than what it refers to, and has no constraint.
CREATE TRIGGER service_connections_outposts AFTER DELETE ON service_connections BEGIN
    UPDATE outposts SET service_connection_id = NULL WHERE service_connection_id = OLD.id;
END;
