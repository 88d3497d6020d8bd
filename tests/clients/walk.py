"""Walks every family of the admin API with the client that is published for it, which checks each answer by itself.

Each family: an object is created as its example in schema.yml says, read, found in the list and by every filter that
names one of its fields, patched, asked what uses it, and deleted. Lists without objects of their own are read.

usage: walk.py schema.yml NOT_IMPLEMENTED, with VESTIBULE_URL and VESTIBULE_TOKEN
"""

import datetime
import inspect
import json
import os
import re
import sys
import traceback

import authentik_client
import yaml
from authentik_client import api as apis
from authentik_client.exceptions import NotFoundException

# What pages are like, which filters nothing out.
PAGING = {"page": 1, "page_size": 5, "ordering": "-pk", "search": ""}
# Families in which objects are not made by their example.
WITHOUT = {"enterprise_license": "a licence is signed by who sells it"}
# Families that the client cannot deal with, whoever answers.
BEYOND = {
    "policies_bindings": "one of three things is bound, and the client refuses that the others are null",
    "tenants_domains": "the client sends no credentials",
    "tenants_tenants": "the client sends no credentials",
}


class Walk:
    def __init__(self, schema, missing):
        configuration = authentik_client.Configuration(host=os.environ["VESTIBULE_URL"])
        configuration.access_token = os.environ["VESTIBULE_TOKEN"]
        client = authentik_client.ApiClient(configuration)
        found = [cls(client) for name, cls in vars(apis).items() if inspect.isclass(cls) and name.endswith("Api")]
        self.apis = found
        self.operations = {
            operation["operationId"]: (path, operation)
            for path, item in schema["paths"].items()
            for operation in item.values()
            if isinstance(operation, dict) and operation.get("operationId") not in missing | {None}
        }
        self.schema = schema
        self.made, self.sent, self.unknown = {}, {}, set()
        self.calls = 0

    def families(self):
        """Those whose lists have a path without parameters, in the order of their names."""
        return sorted(
            operation.removesuffix("_list")
            for operation, (path, _) in self.operations.items()
            if operation.endswith("_list") and "{" not in path
        )

    def parameters(self, operation):
        """The method of an operation, and what it takes."""
        method = next(getattr(api, operation) for api in self.apis if hasattr(api, operation))
        taken = inspect.signature(method).parameters.items()
        return method, {name: parameter.annotation for name, parameter in taken if not name.startswith("_")}

    def call(self, operation, *arguments, **named):
        """Calls an operation; mappings are made into what the client takes."""
        method, hints = self.parameters(operation)
        hints = list(hints.values())
        arguments = [
            model(hints[index]).model_validate(argument) if isinstance(argument, dict) else argument
            for index, argument in enumerate(arguments)
        ]
        self.calls += 1
        return method(*arguments, **named)

    def has(self, operation):
        """Whether there is an operation that the client has, too; some came after it."""
        known = any(hasattr(api, operation) for api in self.apis)
        if operation in self.operations and not known:
            self.unknown.add(operation)
        return operation in self.operations and known

    def example(self, family):
        text = self.operations[f"{family}_create"][1]["description"]
        return json.loads(re.search(r"Example: `(.*?)`", text, re.S)[1])

    def fill(self, value):
        """An example with the fields of other objects in it."""
        if isinstance(value, dict):
            return {name: self.fill(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, str) and (reference := re.fullmatch(r"\{(\w+)\.(\w+)\}", value)):
            return plain(self.object(reference[1]))[reference[2]]
        return value

    def object(self, family):
        if family not in self.made:
            self.sent[family] = self.fill(self.example(family))
            self.made[family] = self.call(f"{family}_create", self.sent[family])
        return self.made[family]

    def key(self, family, made):
        """The value of the path parameter of a family's operations."""
        path = self.operations[f"{family}_retrieve"][0]
        name = re.findall(r"\{(\w+)\}", path)[-1]
        fields = plain(made)
        return fields["pk"] if name == "id" and "id" not in fields else fields.get(name, fields.get("pk"))

    def filters(self, family):
        """The parameters of a list: name, schema, whether it is required."""
        for parameter in self.operations[f"{family}_list"][1].get("parameters", []):
            if "$ref" in parameter:
                parameter = self.schema["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
            yield parameter["name"], parameter["schema"], parameter.get("required", False)

    def list(self, family, made):
        """Lists a family in every way."""
        wanted = plain(made) if made else {}
        filters = list(self.filters(family))
        needed = {name: sample(schema) for name, schema, required in filters if required}
        known = self.parameters(f"{family}_list")[1]
        self.call(f"{family}_list", **needed, **{name: value for name, value in PAGING.items() if name in known})
        for name, schema, _ in filters:
            own = wanted.get(name)
            # Blanks around a value are not looked for.
            if name in PAGING or isinstance(own, dict) or own in ("", []) or str(own) != str(own).strip():
                continue
            value = sample(schema) if own is None else own
            if schema.get("type") == "array" and not isinstance(value, list):
                value = [value]
            argument = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
            try:
                page = self.call(f"{family}_list", **{**needed, argument: value})
            except authentik_client.exceptions.BadRequestException:
                # A reference to nothing is refused.
                if own is not None:
                    raise
                continue
            if own is not None and hasattr(page, "results"):
                keys = [self.key(family, found) for found in page.results]
                assert self.key(family, made) in keys, f"{family}: not found by {name}={value}"

    def life(self, family):
        made = self.object(family)
        key = self.key(family, made)
        # What it took part in since is not the same.
        read, sent = plain(self.call(f"{family}_retrieve", key)), self.sent[family]
        for field in sent.keys() & read.keys():
            assert read[field] == sent[field], f"{family}: {field} was {sent[field]} and is {read[field]}"
        self.list(family, made)
        if self.has(f"{family}_partial_update"):
            name = next((name for name in ("name", "identifier", "label") if isinstance(plain(made).get(name), str)), None)
            change = {name: plain(made)[name] + "-renamed"} if name == "name" else {}
            patched = self.call(f"{family}_partial_update", key, change)
            assert all(plain(patched)[field] == value for field, value in change.items()), f"{family}: not patched"
        if self.has(f"{family}_used_by_list"):
            self.call(f"{family}_used_by_list", key)

    def end(self, family):
        """Deletes the object of a family, unless it went with another."""
        key = self.key(family, self.made[family])
        try:
            self.call(f"{family}_destroy", key)
        except NotFoundException:
            return
        try:
            self.call(f"{family}_retrieve", key)
        except NotFoundException:
            return
        raise AssertionError(f"{family}: still there")


def plain(made):
    """An answer as it came."""
    return made.model_dump(mode="json", by_alias=True)


def model(annotation):
    """The class of a parameter, which may be optional or annotated."""
    while not inspect.isclass(annotation):
        annotation = next(argument for argument in annotation.__args__ if argument is not type(None))
    return annotation


def sample(schema):
    """A value that a filter takes."""
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "array":
        return [sample(schema["items"])]
    if schema["type"] == "string":
        return {
            "uuid": "6f2a4d0e-0d1c-4b5a-9a3e-5f1d2c3b4a59",
            "date-time": datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
        }.get(schema.get("format"), "{}")
    return {"boolean": True, "integer": 1, "number": 1.0}[schema["type"]]


def main():
    schema = yaml.load(open(sys.argv[1]), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    walk = Walk(schema, set(open(sys.argv[2]).read().split()))
    failures = []

    def attempt(step, family):
        try:
            step(family)
        except Exception as error:  # Every family is walked, whatever becomes of another.
            if os.environ.get("VERBOSE"):
                traceback.print_exc()
            failures.append(f"{family}: {type(error).__name__}: {str(error)[:600]}")

    families = walk.families()
    families = [family for family in families if walk.has(f"{family}_list") and family not in BEYOND]
    made = [family for family in families if walk.has(f"{family}_create") and family not in WITHOUT]
    for family in families:
        attempt(walk.life if family in made else lambda family: walk.list(family, None), family)
    for family in reversed(list(walk.made)):
        if walk.has(f"{family}_destroy"):
            attempt(walk.end, family)
    print(f"{len(families)} lists, {len(made)} families with objects, {walk.calls} calls, {len(failures)} failures")
    print(f"Not in the client: {', '.join(sorted(walk.unknown)) or 'nothing'}")
    for failure in failures:
        print(failure)
    sys.exit(bool(failures))


main()
