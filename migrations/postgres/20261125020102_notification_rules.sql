-- How notifications travel.
CREATE TABLE notification_transports (
    id                 uuid NOT NULL PRIMARY KEY,
    name               text COLLATE "C" NOT NULL,
    mode               text COLLATE "C" NOT NULL,
    webhook_url        text COLLATE "C" NOT NULL,
    webhook_mapping_id uuid,
    send_once          boolean NOT NULL,
    CONSTRAINT notification_transports_name_key UNIQUE (name),
    CONSTRAINT notification_transports_webhook_mapping_id_fkey FOREIGN KEY (webhook_mapping_id) REFERENCES property_mappings (id) ON DELETE SET NULL
);
CREATE INDEX notification_transports_webhook_mapping_id_idx ON notification_transports (webhook_mapping_id);
CREATE TRIGGER notification_transports_permissions AFTER DELETE ON notification_transports
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();

-- Whom events are told to. The policies that are bound to a rule choose the events.
CREATE TABLE notification_rules (
    id       uuid NOT NULL PRIMARY KEY,
    name     text COLLATE "C" NOT NULL,
    severity text COLLATE "C" NOT NULL,
    group_id uuid,
    CONSTRAINT notification_rules_name_key UNIQUE (name),
    CONSTRAINT notification_rules_group_id_fkey FOREIGN KEY (group_id) REFERENCES groups (id) ON DELETE SET NULL
);
CREATE INDEX notification_rules_group_id_idx ON notification_rules (group_id);
CREATE TRIGGER notification_rules_permissions AFTER DELETE ON notification_rules
    FOR EACH ROW EXECUTE FUNCTION delete_object_permissions();
CREATE TRIGGER notification_rules_policy_bindings AFTER DELETE ON notification_rules
    FOR EACH ROW EXECUTE FUNCTION delete_policy_bindings_by_id();

-- The transports of rules.
CREATE TABLE notification_rule_transports (
    rule_id      uuid NOT NULL,
    transport_id uuid NOT NULL,
    PRIMARY KEY (rule_id, transport_id),
    CONSTRAINT notification_rule_transports_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES notification_rules (id) ON DELETE CASCADE,
    CONSTRAINT notification_rule_transports_transport_id_fkey FOREIGN KEY (transport_id) REFERENCES notification_transports (id) ON DELETE CASCADE
);
CREATE INDEX notification_rule_transports_transport_id_idx ON notification_rule_transports (transport_id);
