"""What Schemathesis cannot read from schema.yml.

Clients of the reference rely on every fact of its contract, so schema.yml says the rest in `x-` extensions and in prose,
and the server does a few things that no schema can say. `before_load_schema` translates the extensions and names objects
to work on; `filter_failure` drops a failure only when the request or the answer proves that it is one of the cases
described here.
"""

import copy
import functools
import itertools
import os
import re
import sys
from urllib.parse import quote

import schemathesis
import yaml
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import (
    EnsureResourceAvailability,
    MissingHeaderNotRejected,
    RejectedPositiveData,
)

sys.path.insert(0, os.path.dirname(__file__))
from objects import EXAMPLES, Objects, is_found, provider_of
from reading import ORIGINAL, is_valid_as_read, resolved

SPARED = set()


@schemathesis.hook
def before_load_schema(context, raw_schema):
    objects = Objects(copy.deepcopy(raw_schema))
    SPARED.update(objects.spared())
    schemas = raw_schema["components"]["schemas"]
    add_responses(raw_schema)
    loosen(schemas)
    limit_texts(raw_schema["x-limits"]["fields"], schemas)
    tie_provider_to_its_model(schemas)
    ORIGINAL.update(copy.deepcopy(raw_schema))
    name_objects(objects, raw_schema)


def name_objects(objects, document):
    """Gives paths and references the keys of objects that exist, and ties operations to what made their object."""
    with open(os.environ["VESTIBULE_OPERATIONS"]) as file:
        selected = set(file.read().split())
    for path, item in document["paths"].items():
        collection = path.partition("{")[0]
        method = "post" if path == collection else "put"
        if collection in EXAMPLES and item.get(method, {}).get("operationId") in selected:
            item[method]["requestBody"]["content"]["application/json"]["example"] = objects.example(collection)
        for operation in item.values():
            if operation["operationId"] not in selected:
                continue
            operation["parameters"] = [
                copy.deepcopy(resolved(document, node)) for node in operation.get("parameters", [])
            ]
            for parameter in operation["parameters"]:
                if parameter["in"] == "query":
                    offer(objects, parameter["schema"], parameter["name"])
                elif parameter["in"] == "path":
                    collection = path.partition("{")[0]
                    made = objects.several(collection)
                    if not made:
                        continue
                    key = parameter["name"] if parameter["name"] in made[0] else "pk"
                    parameter["schema"]["enum"] = [item[key] for item in made]
                    if operation["operationId"] == "flows_instances_execute_retrieve":
                        parameter["schema"]["enum"] = ["default-authentication-flow", "initial-setup"]
                    link(document, collection, operation, parameter["name"], key)
    for name, schema in document["components"]["schemas"].items():
        if name.endswith("Request"):
            for field, part in schema.get("properties", {}).items():
                offer(objects, part, field)
            if name in ("PolicyBindingRequest", "PatchedPolicyBindingRequest"):
                schema["properties"]["target"]["enum"] = objects.targets()
            if "provider" in schema.get("properties", {}) and (path := provider_of(name)):
                schema["properties"]["provider"]["enum"] = objects.keys(path)
    offer(objects, document["components"]["schemas"]["UserAccountRequest"]["properties"]["pk"], "user")


def offer(objects, schema, name):
    """Narrows a field to values that are known to be good. What is refused or accepted beyond them is judged by the
    schema as it was."""
    schema = schema["items"] if schema.get("type") == "array" else schema
    kind = schema.get("type"), schema.get("format")
    if kind in (("integer", None), ("string", "uuid"), ("string", None)) and (choices := objects.choices(name)):
        if isinstance(choices[0], int) == (kind[0] == "integer"):
            schema["enum"] = [*choices, None] if schema.get("nullable") else choices


def link(document, collection, operation, parameter, key):
    creator = document["paths"].get(collection, {}).get("post")
    if creator and "201" in creator["responses"]:
        links = creator["responses"]["201"].setdefault("links", {})
        links[operation["operationId"]] = {
            "operationId": operation["operationId"],
            "parameters": {parameter: f"$response.body#/{key}"},
        }


@schemathesis.hook
def before_call(context, case, kwargs):
    spare(case)
    if case.meta is not None and case.meta.generation.mode.is_positive and isinstance(case.body, dict):
        make_unique(case)
    keep_name(case)


def spare(case):
    """Without its own user, group and token the judge would get nothing but 403, to name the worst."""
    for name, value in (case.path_parameters or {}).items():
        if case.method != "GET" and str(value) in SPARED:
            case.path_parameters[name] = "00000000-0000-0000-0000-000000000000" if "-" in str(value) else 0


def keep_name(case):
    """In a sequence, objects keep the name that they are made under. The check whether they are still there knows that
    they can be deleted meanwhile, not that they can be renamed."""
    if case.meta is None or case.meta.phase.name != TestPhase.STATEFUL or not isinstance(case.body, dict):
        return
    for name, value in (case.path_parameters or {}).items():
        if case.method in ("PUT", "PATCH") and name in case.body:
            case.body[name] = value


# Fields whose value no other object may have. Boundary values repeat, so later ones get a number for their last letters.
UNIQUE = {"name", "slug", "domain", "username", "identifier", "key", "client_id", "common_name", "managed", "provider"}
# A stage may be bound to a flow several times, but once in a place.
PLACE = ("target", "stage", "order")
SEEN = set()


def make_unique(case):
    bodies = [case.body, *(part for part in case.body.values() if isinstance(part, dict))]
    for body, name in itertools.product(bodies, UNIQUE):
        value = body.get(name)
        if value in (None, "") or not isinstance(value, (str, int)):
            continue
        if name == "provider" and "slug" not in body:
            # Only an application wants a provider for itself.
            continue
        if name == "provider":
            body[name] = None if (name, value) in SEEN else value
        elif (name, value) in SEEN:
            number = f"{len(SEEN):x}"
            body[name] = str(value)[: -len(number)] + number
        SEEN.add((name, body[name]))
    if all(name in case.body for name in PLACE):
        if tuple(case.body[name] for name in PLACE) in SEEN:
            case.body["order"] = len(SEEN)
        SEEN.add(tuple(case.body[name] for name in PLACE))


def add_responses(raw_schema):
    """Answers that every operation may give stand once, at the top; other formats on request beside the usual one."""
    common = raw_schema["x-common-responses"]
    for path in raw_schema["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                response.get("content", {}).update(response.pop("x-content", {}))
            for status, response in common.items():
                operation["responses"].setdefault(status, response)


def loosen(node):
    """Types, formats and patterns that do not always hold. The reference gives them, and clients rely on what it gives."""
    if isinstance(node, list):
        for item in node:
            loosen(item)
    elif isinstance(node, dict):
        for item in node.values():
            loosen(item)
        if node.pop("x-no-pattern", False):
            del node["pattern"]
        if node.pop("x-nullable", False):
            node["nullable"] = True
        if node.pop("x-object", False):
            node["type"] = "object"
        if also := node.pop("x-also", None):
            node["anyOf"] = [{"type": node.pop("type")}, also]
        if node.pop("x-blank", False):
            blank = {"type": "string", "maxLength": 0}
            node["anyOf"] = [{"type": "string", "format": node.pop("format")}, blank]


def limit_texts(limits, schemas):
    """How long texts of requests may be where only the name of their property tells."""
    for name, schema in schemas.items():
        for field, part in schema.get("properties", {}).items() if name.endswith("Request") else ():
            if field in limits and part.get("type") == "string" and not part.keys() & {"enum", "format", "maxLength"}:
                part["maxLength"] = limits[field]


def tie_provider_to_its_model(schemas):
    """The kind of the provider stands beside it. A discriminator cannot say that, a list of alternatives can."""
    parent, union = schemas["TransactionApplicationRequest"], schemas["modelRequest"]
    del parent["properties"]["provider"], parent["properties"]["provider_model"]
    schemas["TransactionApplicationRequest"] = {
        "oneOf": [
            {
                **parent,
                "properties": {
                    **parent["properties"],
                    "provider_model": {"type": "string", "enum": [model]},
                    "provider": {"$ref": provider},
                },
            }
            for model, provider in union["discriminator"]["mapping"].items()
        ]
    }


@schemathesis.deserializer("application/vnd.oai.openapi")
def openapi_document(context, response):
    return parsed(response.content)


@functools.lru_cache(maxsize=2)
def parsed(content):
    """The same megabyte every time, which takes long to read. Schemathesis also asks with what it kept of an answer,
    which is less; None is not the object that an answer has to be."""
    try:
        return yaml.load(content, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return None


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether the failure stands."""
    if isinstance(failure, MissingHeaderNotRejected):
        # The contract refuses missing credentials with 403; the check insists on 401 and cannot be configured.
        return not (failure.header_name.lower() == "authorization" and response.status_code == 403)
    if isinstance(failure, RejectedPositiveData):
        return not (response.status_code == 400 and is_excused(case, response.json()))
    if isinstance(failure, AcceptedNegativeData):
        return not is_valid_as_read(case, response)
    if isinstance(failure, EnsureResourceAvailability):
        # A group can be there while the user that the body names, or fails to name, is not; both are 404.
        user = case.body.get("pk") if isinstance(case.body, dict) else None
        concerns_user = case.operation.path.endswith(("/add_user/", "/remove_user/"))
        return not concerns_user or is_found(f"/core/users/{quote(str(user), safe='')}/")
    return True


# Reasons to refuse that a schema cannot state, as "field: message". Every message of an answer must be one of them.
EXPLAINED = [
    # What a key refers to must exist; the judge may have deleted it.
    r'.*: Invalid pk ".*" - object does not exist\.',
    r".*: Select a valid choice\. .* is not one of the available choices\.",
    r"for_user: User not found",
    # Names and keys are unique.
    r".*: .* with this .* already exists\.",
    r".*: This field must be unique\.",
    r"non_field_errors: The fields .* must make a unique set\.",
    r"name: State is set to must_created and object exists already",
    r"default: Only a single brand can be set as default\.",
    r"roles: Roles can only be used with a single group\.",
    r"key: This key cannot be used\.",
    # Text is trimmed before its length counts, and null characters are refused. `is_excused` looks for such text.
    r".*: This field may not be blank\.",
    r".*: Null characters are not allowed\.",
    # The text has rules of its own.
    r".*: .* is not in the correct format of 'hours=3;minutes=1'\.",
    r".*: Enter a valid URL\.",
    r"attributes: filter: failed to parse JSON",
    r"certificate_data: Unable to load certificate\.",
    r"client_networks: “.*” is not a network in CIDR notation\.",
    r"(expression|placeholder|initial_value): Expression Syntax Error: .*",
    r"template: Invalid template '(.|\n)*' specified\.",
    # A longer name is made of it.
    r"name: Ensure this field has no more than (80|150) characters\.",
    r"file: (Invalid XML Syntax|Upload a picture: .*)",
    r"key_data: Unable to load private key \(possibly encrypted\?\)\.",
    r"redirect_uris: Invalid (Regex Pattern|redirect URI): .*",
    r'subject_alt_name: ".*" is not a host name; write international names in their ASCII form\.',
    r"validity_days: (Ensure this value is greater than or equal to 0|The certificate would be good beyond the year 9999)\.",
    # Fields depend on each other.
    r"basic_auth_enabled: User and password attributes must be set when basic auth is enabled\.",
    r"model: This field is required\.",
    r'not_configured_action: When "Not configured action" is set to "Configure", you must set a configuration stage\.',
    r"permissions: Permission .* does not exist\.",
    r"internal_host: Internal host cannot be empty when forward auth is disabled\.",
    r"key_data: Private key and certificate do not match\.",
    r"signature_algorithm: The signing key is an? .* key and cannot sign like this\.",
    # What may be done depends on the state of the object.
    r"detail: The flow has no stages\.",
    r"detail: Flow not applicable to current user/request: .*",
    r"expires: Token expires exceeds maximum lifetime \(.* UTC\)\.",
    r"intent: (Intent cannot be changed|Invalid intent .*)",
    r"identifier: This account is connected already\.",
    r"source: This is known only where there is one source of the kind\.",
    r"sync_users_password: Only a single LDAP Source with password synchronization is allowed",
    r"oidc_(well_known|jwks)_url: .*",
    r"non_field_errors: (The server .* cannot be reached: .*|There is no server to ask\.|The directory did not .*)",
    r"non_field_errors: (authorization|access_token|profile)_url is required for provider .*",
    r"non_field_errors: Can't modify internal service account users",
    r"non_field_errors: (No recovery flow set|Email stage does not exist)\.",
    r"non_field_errors: User does not have an email address set\.",
    r"type: Setting a user to internal service account is not allowed\.",
    r"duration_days: Ensure this value is between 1 and 3650\.",
    r"error: Duo cannot be asked: .*",
    r"config: .*",
    r"content: .*",
    r"endpoint: .*",
    r"key: Unable to verify license",
    r"kubeconfig: (Invalid kubeconfig|You can only use an empty kubeconfig when connecting to a local cluster\.)",
    r"name: Embedded outpost's name cannot be changed",
    r"non_field_errors: (Only one|One) of 'policy', 'group' or 'user' (can|must) be set\.",
    r"non_field_errors: (At least one criteria must be set\.|Either IP or Username must be checked)",
    r"non_field_errors: (Device exists already|User does not exist|No enrolment is going on in this session)\.",
    r"non_field_errors: (Either path or content must be set|The default tenant cannot be deleted)\.",
    r"non_field_errors: Stage does not have Admin API configured",
    r"non_field_errors: When no user fields are selected, at least one source must be selected",
    r"path: Blueprint file does not exist",
    r"providers: (This list may not be empty\.|Outpost type .* can't be used with .* providers\.)",
    r"query: This is no JSON object\.",
    r"role: Enter a valid UUID\.",
    r"schema_name: Schema name must start with t_, followed by lowercase letters and digits only\.",
    r"top_n: Ensure this value is greater than or equal to 0\.",
    r"webhook_url: Webhook URL may not be empty\.",
    # Names that the server gives itself; and somebody must be able to administer it.
    r".*: Names of this form are kept for the server\.",
    r"non_field_errors: The last active superuser must stay one\. Make somebody else a superuser first\.",
    r"user: User cannot be changed",
    # Either a file or its removal, in a form that requires neither.
    r"file: No file was submitted\.",
    # A further field of a form with control characters in its name, which no header can hold.
    r"detail: Multipart form parse error - failed to read headers",
]
EXPLANATION = re.compile("|".join(f"(?:{pattern})" for pattern in EXPLAINED), re.DOTALL)


def is_excused(case, answer):
    """Whether a request that fits the schema had to be refused nevertheless."""
    if case.operation.path == "/flows/instances/import/":
        # Random bytes are no blueprint; the answer has a shape of its own.
        return answer.get("success") is False
    words, sent = str(answer), list(texts([case.body, case.query]))
    blank = "may not be blank" not in words or any(text.strip() == "" for text in sent)
    null = "Null characters" not in words or any("\0" in text for text in sent)
    return blank and null and is_explained(answer)


def texts(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        yield from itertools.chain(node, *map(texts, node.values()))
    elif isinstance(node, list):
        yield from itertools.chain(*map(texts, node))


def is_explained(errors, field=""):
    """Whether every message in a body of errors is explained."""
    if isinstance(errors, dict):
        named = [(field if name.isdigit() else name, item) for name, item in errors.items()]
        return bool(named) and all(is_explained(item, name) for name, item in named)
    if isinstance(errors, list):
        # Of a list of objects, those without errors are empty here.
        return all(item == {} or is_explained(item, field) for item in errors)
    return isinstance(errors, str) and EXPLANATION.fullmatch(f"{field}: {errors}") is not None


@schemathesis.check
class every_operation_succeeds:
    """Guards against a judge that looks at refusals only: each operation has to have succeeded once."""

    # A file in a form is random bytes, never the metadata of a service provider or a blueprint. There is no directory, no
    # Plex and no Duo to ask, no user of the name that a tenant is told, and the names of authenticators are not made.
    NEVER = {
        *("POST /flows/instances/import/", "POST /providers/saml/import_metadata/"),
        *("POST /sources/plex/redeem_token/", "POST /sources/plex/redeem_token_authenticated/"),
        "GET /sources/ldap/{slug}/debug/",
        "GET /stages/authenticator/webauthn_device_types/{aaguid}/",
        "POST /stages/authenticator/duo/{stage_uuid}/enrollment_status/",
        "POST /stages/authenticator/duo/{stage_uuid}/import_devices_automatic/",
        "POST /tenants/tenants/{tenant_uuid}/create_admin_group/",
        "POST /tenants/tenants/{tenant_uuid}/create_recovery_key/",
    }
    # Nobody logs in here, so there are no sessions, consents, issued tokens and so on; a licence is signed by who sells
    # it, and a connection is made where there is one source of its kind.
    NEVER_BELOW = (
        *("/core/authenticated_sessions/{", "/core/user_consent/{", "/enterprise/license/", "/events/notifications/{"),
        *("/oauth2/", "/outposts/ldap/{", "/outposts/proxy/{", "/outposts/radius/{", "/policies/reputation/scores/{"),
        *("/rac/connection_tokens/{", "/sources/user_connections/"),
    )

    def __init__(self):
        self.tested, self.succeeded = set(), set(self.NEVER)

    def after_response(self, ctx, response, case):
        self.tested.add(case.operation.label)
        if 200 <= response.status_code < 300 and case.method == case.operation.method.upper():
            self.succeeded.add(case.operation.label)

    def after_run(self, ctx):
        missing = sorted(
            label
            for label in self.tested - self.succeeded
            if not label.partition(" ")[2].startswith(self.NEVER_BELOW)
        )
        if missing:
            raise AssertionError("never answered with 2xx: " + ", ".join(missing))
