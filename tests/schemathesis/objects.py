"""Objects for the judge to work on.

Most requests can only succeed with the key of something that exists. Before the run, each operation on a single object
gets objects of its own (else those that delete would take them from all others), and fields that refer to other objects
get the keys of some. Text with rules of its own gets texts that follow them.
"""

import functools
import itertools
import json
import os
import re
import sys
import urllib.error
import urllib.request

# How many objects an operation gets. Deleting and renaming use them up.
EACH = 3

# Fields that refer to objects, by the list that has these objects. Flows are told by their name besides.
REFERENCES = {
    "/core/applications/": {"application", "backchannel_application"},
    "/core/groups/": {"group", "groups", "parent", "search_group", "filter_group", "groups_by_pk"},
    "/core/users/": {"user", "users", "members_by_pk", "for_user"},
    "/crypto/certificatekeypairs/": {"certificate", "web_certificate", "signing_key", "signing_kp", "verification_kp"},
    "/flows/instances/": {"target"},
    "/policies/all/": {"policies"},
    "/propertymappings/all/": {"property_mappings", "property_mappings_group", "name_id_mapping"},
    "/providers/all/": {"provider", "provider__id", "backchannel_providers"},
    "/rbac/roles/": {"roles"},
    "/sources/scim/": {"source"},
    "/stages/all/": {"stage"},
}
# Objects for which not every provider will do, by the start of their component's name, and where the right ones are.
PROVIDERS = {
    "Endpoint": "/providers/rac/",
    "GoogleWorkspaceProvider": "/providers/google_workspace/",
    "MicrosoftEntraProvider": "/providers/microsoft_entra/",
    "SCIMProvider": "/providers/scim/",
}
# Lists that cannot be added to, and where what they show is made.
MADE_BY = {
    "/crypto/certificatekeypairs/": "/crypto/certificatekeypairs/generate/",
    "/policies/all/": "/policies/dummy/",
    "/propertymappings/all/": "/propertymappings/scope/",
    "/providers/all/": "/providers/ldap/",
    "/rbac/permissions/assigned_by_roles/": "/rbac/roles/",
    "/rbac/permissions/assigned_by_users/": "/core/users/",
    "/outposts/service_connections/all/": "/outposts/service_connections/docker/",
    "/stages/all/": "/stages/dummy/",
}
# Fields whose text has rules that no schema states, with texts that follow them.
RULES = {
    **dict.fromkeys(
        (
            *("access_code_validity", "access_token_validity", "refresh_token_validity", "connection_expiry"),
            *("assertion_valid_not_before", "assertion_valid_not_on_or_after", "session_valid_not_on_or_after"),
        ),
        ["hours=3;minutes=1", "minutes=-5", "days=30", "seconds=0"],
    ),
    "client_networks": ["0.0.0.0/0", "10.0.0.0/8, ::1/128"],
    "permissions": ["authentik_core.view_user", "authentik_brands.change_brand"],
    "expression": ["return {}", "return None", "# nothing\nreturn {'name': request.user.name}"],
    "server_uri": ["ldap://directory.test", "ldaps://a.test:636,ldaps://b.test"],
    "url": ["https://object.test/", "http://object.test:8080/path?query=1"],
}
# Values that fields of these names need in the objects made here.
VALUES = {"validity_days": 30, "alg": "ecdsa"}
OPTIONAL = {
    "/core/users/": {"email"},
    "/crypto/certificatekeypairs/generate/": {"alg"},
    "/providers/proxy/": {"internal_host"},
}
# Lists whose objects need what their example shows: fields that depend on each other, or on the kind of what they name.
EXAMPLES = {
    *("/core/tokens/", "/managed/blueprints/", "/outposts/instances/"),
    "/outposts/service_connections/kubernetes/",
    *("/policies/bindings/", "/policies/event_matcher/", "/rac/endpoints/", "/sources/ldap/"),
    *("/stages/identification/", "/tenants/domains/", "/tenants/tenants/"),
}
# Fields of examples whose values no two objects may share.
NAMES = {"domain", "identifier", "name", "schema_name", "slug", "username"}
# There is no other way to make a stage that sends mail yet than to import one.
EMAIL_STAGE = """
version: 1
entries:
  - model: authentik_stages_email.emailstage
    identifiers: { name: judge-email }
"""

NUMBERS = itertools.count(1)


def provider_of(component):
    """Where the providers are that a component wants; nothing if any will do."""
    name = component.removeprefix("Patched")
    return next((path for start, path in PROVIDERS.items() if name.startswith(start)), None)


def request(method, path, data=None, content_type="application/json"):
    headers = {"Authorization": f"Bearer {os.environ['VESTIBULE_TOKEN']}", "Content-Type": content_type}
    return urllib.request.Request(os.environ["VESTIBULE_URL"] + path, method=method, data=data, headers=headers)


def is_found(path):
    """Whether something can be read at a path."""
    try:
        urllib.request.urlopen(request("GET", path)).close()
    except urllib.error.HTTPError as error:
        return error.code != 404
    return True


class Objects:
    """Makes and finds objects on the server under test."""

    def __init__(self, schema):
        self.schemas = schema["components"]["schemas"]
        self.paths = schema["paths"]
        self.known = {}

    def call(self, method, path, body=None):
        return self.send(method, path, None if body is None else json.dumps(body).encode(), "application/json")

    def send(self, method, path, data, content_type):
        with urllib.request.urlopen(request(method, path, data, content_type)) as response:
            return json.load(response)

    def spared(self):
        """The keys of the objects that must stay as they are: those that let this caller do what it does, and the brand,
        which gets a recovery flow."""
        brand = self.call("GET", "/core/brands/")["results"][0]["brand_uuid"]
        flow = self.keys("/flows/instances/")[0]
        self.call("PATCH", f"/core/brands/{brand}/", {"flow_recovery": flow})
        me = self.call("GET", "/core/users/me/")["user"]
        return {brand, str(me["pk"]), "authentik-bootstrap-token", *(group["pk"] for group in me["groups"])}

    def choices(self, name):
        """The values that are known to be good for a field or parameter of this name, if there are any."""
        if name in ("certificate_data", "key_data"):
            return self.pair()[name]
        if name == "email_stage":
            return self.email_stages()
        if name in RULES:
            return RULES[name]
        paths = [path for path, names in REFERENCES.items() if name in names]
        if "flow" in name.split("_") and name != "flow_uuid":
            paths.append("/flows/instances/")
        return self.keys(paths[0]) if paths else None

    def keys(self, path):
        if path not in self.known:
            self.known[path] = [self.create(path)["pk"] for _ in range(EACH)]
        return self.known[path]

    @functools.cache
    def targets(self):
        """What policies can be bound to."""
        return [self.create("/flows/instances/")["policybindingmodel_ptr_id"] for _ in range(EACH)]

    @functools.cache
    def pair(self):
        made = self.create("/crypto/certificatekeypairs/")["pk"]
        view = f"/crypto/certificatekeypairs/{made}/view"
        parts = [self.call("GET", f"{view}_{part}/")["data"] for part in ("certificate", "private_key")]
        return {"certificate_data": parts[:1], "key_data": [parts[1], ""]}

    @functools.cache
    def email_stages(self):
        form = f'--form\r\nContent-Disposition: form-data; name="file"; filename="stage.yaml"\r\n\r\n{EMAIL_STAGE}\r\n--form--'
        self.send("POST", "/flows/instances/import/", form.encode(), "multipart/form-data; boundary=form")
        return [stage["pk"] for stage in self.call("GET", "/stages/all/?name=judge-email")["results"]]

    def several(self, path):
        """Objects of a list for one operation; none, with a word about it, where that cannot be done without more words
        in the tables above."""
        try:
            return [self.create(path) for _ in range(EACH)]
        except KeyError as missing:
            print(f"{path}: cannot be added to, there is no {missing}; see MADE_BY", file=sys.stderr)
        except urllib.error.HTTPError as error:
            print(f"{path}: {error}: {error.read().decode()}; see RULES and OPTIONAL", file=sys.stderr)
        return []

    def create(self, path):
        """Makes an object of a list with little more than it requires."""
        path = MADE_BY.get(path, path)
        if path in EXAMPLES:
            return self.call("POST", path, self.example(path))
        body = self.paths[path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        return self.call("POST", path, self.value(body, "", OPTIONAL.get(path, set())))

    def example(self, path):
        """The body that the description of an operation shows, about other objects than those of any other body."""
        example = re.search(r"Example: `(.*?)`", self.paths[path]["post"]["description"], re.DOTALL)[1]
        return self.filled(json.loads(example))

    def filled(self, value, name=""):
        if isinstance(value, dict):
            return {name: self.filled(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if isinstance(value, str) and (reference := re.fullmatch(r"\{(\w+)\.(\w+)\}", value)):
            operations = ((path, item.get("post", {}).get("operationId")) for path, item in self.paths.items())
            path = next(path for path, operation in operations if operation == f"{reference[1]}_create")
            return self.create(path)[reference[2]]
        return f"{value}{next(NUMBERS)}" if name in NAMES else value

    def value(self, schema, name, optional=frozenset()):
        component = ""
        while "$ref" in schema or "allOf" in schema:
            schema = schema["allOf"][0] if "allOf" in schema else schema
            component = schema["$ref"].rpartition("/")[2]
            schema = self.schemas[component]
        kind, format = "object" if "x-object" in schema else schema.get("type"), schema.get("format")
        if kind == "object" and "properties" in schema:
            special = provider_of(component)
            wanted = {*schema.get("required", []), *optional}
            values = {field: self.value(part, field) for field, part in schema["properties"].items() if field in wanted}
            return values | {"provider": self.keys(special)[0]} if special and "provider" in values else values
        if name in VALUES:
            return VALUES[name]
        if kind in ("array", "object", "boolean"):
            return {"array": [], "object": {}, "boolean": False}[kind]
        if "enum" in schema:
            return schema["enum"][0]
        if choices := self.choices(name):
            return choices[0]
        number = next(NUMBERS)
        if kind == "integer":
            return number
        texts = {"uri": f"https://object-{number}.test", "email": f"object-{number}@object.test"}
        return texts.get(format, f"object-{number}")
