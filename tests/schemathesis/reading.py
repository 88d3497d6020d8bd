"""How the server reads requests: as generously as the description of the API says.

A request that breaks the schema may be accepted if it keeps the schema once it is read like that, and only then.
"""

import functools
import json
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

import jsonschema_rs

# The contract before objects were named in it.
ORIGINAL = {}


def is_valid_as_read(case, response):
    """Whether the request fits the schema once it is read as generously as the description of the API says."""
    wrong = {str(location.value) for location, info in case.meta.components.items() if info.mode.is_negative}
    readers = {"path": is_path_valid_as_read, "query": is_query_valid_as_read, "body": is_body_valid_as_read}
    return all(location in readers and readers[location](case, response) for location in wrong)


def original(case):
    """The operation as schema.yml has it."""
    return ORIGINAL["paths"][case.operation.path][case.operation.method.lower()]


def parameters(case, location):
    found = (resolved(ORIGINAL, node) for node in original(case).get("parameters", []))
    return [(node, resolved(ORIGINAL, node["schema"])) for node in found if node["in"] == location]


def is_path_valid_as_read(case, response):
    """An object with a key that was not named here may exist as well: the judge made it, or it was there."""
    keys = [(schema, unquote(str(case.path_parameters[node["name"]]))) for node, schema in parameters(case, "path")]
    return all(fits_as_read(schema, key) for schema, key in keys)


def is_query_valid_as_read(case, response):
    """Empty values count as absent, those of booleans and some others are ignored, the last of repeated values counts."""
    given = {}
    for name, value in parse_qsl(urlsplit(response.request.url).query, keep_blank_values=True):
        given.setdefault(name, []).append(value.strip())
    for node, schema in parameters(case, "query"):
        values = given.get(node["name"], [])
        if schema.get("type") == "array":
            schema = resolved(ORIGINAL, schema["items"])
        else:
            values = values[-1:]
        values = [value for value in values if value and node["name"] not in ("page_size", "ordering", "lang")]
        if node.get("required") and not values or not all(fits_as_read(schema, value) for value in values):
            return False
    return True


def fits_as_read(schema, text):
    """Whether a text is the value of a parameter."""
    if schema.get("type") == "boolean":
        return True
    return is_valid(schema, as_read(schema, text))


def is_body_valid_as_read(case, response):
    content = original(case)["requestBody"]["content"]
    if case.media_type not in content:
        return False
    schema = content[case.media_type]["schema"]
    return is_valid(schema, as_read(schema, case.body))


def is_valid(schema, value):
    """Draft 4 with the one word that Open API 3.0 adds, and nothing that only answers have."""
    return validator(json.dumps(schema)).is_valid(value)


@functools.cache
def validator(schema):
    document = {"allOf": [json.loads(schema)], "components": ORIGINAL["components"]}
    return jsonschema_rs.Draft4Validator(in_draft_4(document), validate_formats=True)


def in_draft_4(node):
    if isinstance(node, list):
        return [in_draft_4(item) for item in node]
    if not isinstance(node, dict):
        return node
    words = {key: in_draft_4(value) for key, value in node.items() if key not in ("nullable", "discriminator")}
    if node.get("nullable") is True:
        return {"anyOf": [{"type": "null"}, words]}
    return words


BOOLEANS = {
    **dict.fromkeys(("t", "y", "yes", "true", "on", "1", "1.0"), True),
    **dict.fromkeys(("f", "n", "no", "false", "off", "0", "0.0", "-0.0"), False),
}


def as_read(schema, value):
    """The value as the server takes it, if it takes it for something else than it is."""
    schema = resolved(ORIGINAL, schema)
    for part in schema.get("allOf", []):
        value = as_read(part, value)
    for part in schema.get("oneOf", []) + schema.get("anyOf", []):
        value = as_read(part, value)
    kind = schema.get("type")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        known = {name: item for name, item in value.items() if not properties.get(name, {}).get("readOnly")}
        return {name: as_read(properties.get(name, {}), item) for name, item in known.items()}
    if isinstance(value, list):
        return [as_read(schema.get("items", {}), item) for item in value]
    if schema.get("nullable") and value == "" and (schema.get("format") == "uuid" or kind in ("integer", "boolean")):
        return None
    if kind == "string":
        return text_as_read(schema, value)
    if kind == "boolean":
        return BOOLEANS.get(str(value).lower(), value)
    if kind in ("integer", "number"):
        return number_as_read(kind, value)
    return value


def text_as_read(schema, value):
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return value
    if schema.get("format") == "uuid":
        try:
            return str(UUID(int=value) if isinstance(value, int) else UUID(value))
        except (ValueError, AttributeError):
            return value
    if schema.get("format") in ("date", "date-time"):
        return value
    return str(value).strip()


def number_as_read(kind, value):
    try:
        number = float(value)
    except (TypeError, ValueError):
        return value
    if kind == "integer" and number.is_integer():
        return int(number) if isinstance(value, float) or "." in str(value) else int(value)
    return number if kind == "number" else value


def resolved(document, node):
    while "$ref" in node:
        _, _, kind, name = node["$ref"].split("/")
        node = document["components"][kind][name]
    return node
