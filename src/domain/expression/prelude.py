# What expressions find beside their variables: users and groups as objects, and small functions.
#
# It runs in the interpreter "monty", which knows neither `__bool__` nor `__len__` of classes: a set of groups would always
# be true. Hence `all()` gives a list, and guard.rs sees to it that the set that `filter()` gives is only asked further.
import re
from datetime import datetime

_getattr = getattr


def getattr(value, name, *default):
    if name in ("filter", "exclude", "sub", "subn"):
        raise NotImplementedError("getattr() of " + name + "() is not supported")
    return _getattr(value, name, *default)


def _time(text):
    return datetime.fromisoformat(text) if text else None


class _Set:
    def __init__(self, items):
        self._items = items

    def __contains__(self, item):
        raise TypeError("a query cannot be searched, use .all()")

    def _fit(self, conditions, wanted):
        found = []
        for item in self._items:
            fits = True
            for name, value in conditions.items():
                if name.startswith("_") or "__" in name:
                    raise NotImplementedError("the condition " + name + " is not supported")
                if _getattr(item, name) != value:
                    fits = False
            if fits == wanted:
                found.append(item)
        return _Set(found)

    def all(self):
        return list(self._items)

    def filter(self, **conditions):
        return self._fit(conditions, True)

    def exclude(self, **conditions):
        return self._fit(conditions, False)

    def get(self, **conditions):
        found = self._fit(conditions, True)._items
        if len(found) != 1:
            raise ValueError("get() found " + str(len(found)) + " objects")
        return found[0]

    def exists(self):
        return len(self._items) > 0

    def count(self):
        return len(self._items)

    def first(self):
        return self._items[0] if self._items else None

    def last(self):
        return self._items[-1] if self._items else None

    def values_list(self, name, flat=False):
        if not flat:
            raise NotImplementedError("values_list() without flat=True is not supported")
        return [_getattr(item, name) for item in self._items]


class Group:
    def __init__(self, data):
        self.pk = data["pk"]
        self.group_uuid = data["pk"]
        self.num_pk = data["num_pk"]
        self.name = data["name"]
        self.is_superuser = data["is_superuser"]
        self.attributes = data["attributes"]
        self.parent = Group(data["parent"]) if data["parent"] else None

    def __str__(self):
        return "Group " + self.name

    def __eq__(self, other):
        return isinstance(other, Group) and self.pk == other.pk

    def __hash__(self):
        return hash(self.pk)

    def __contains__(self, item):
        raise TypeError("a group cannot be searched")


class User:
    def __init__(self, data):
        self.pk = data["pk"]
        self.id = data["pk"]
        self.uuid = data["uuid"]
        self.uid = data["uid"]
        self.username = data["username"]
        self.name = data["name"]
        self.email = data["email"]
        self.path = data["path"]
        self.type = data["type"]
        self.is_active = data["is_active"]
        self.is_superuser = data["is_superuser"]
        self.is_authenticated = data["pk"] is not None
        self.is_anonymous = data["pk"] is None
        self.attributes = data["attributes"]
        self.avatar = data["avatar"]
        self.last_login = _time(data["last_login"])
        self.date_joined = _time(data["date_joined"])
        self.password_change_date = _time(data["password_change_date"])
        self.ak_groups = _Set([Group(group) for group in data["groups"]])
        self._all_groups = [Group(group) for group in data["all_groups"]]
        self._group_attributes = data["group_attributes"]
        self._usable_password = data["has_usable_password"]

    def __str__(self):
        return self.username

    def __eq__(self, other):
        return isinstance(other, User) and self.pk == other.pk

    def __hash__(self):
        return hash(self.pk)

    def __contains__(self, item):
        raise TypeError("a user cannot be searched")

    def all_groups(self):
        return _Set(self._all_groups)

    def group_attributes(self, request=None):
        return self._group_attributes

    def has_usable_password(self):
        return self._usable_password

    def locale(self, request=None):
        settings = self.attributes.get("settings", {})
        return settings.get("locale", "") if isinstance(settings, dict) else ""


class Tenant:
    def __init__(self, data):
        self.default_user_change_name = data["default_user_change_name"]
        self.default_user_change_email = data["default_user_change_email"]
        self.default_user_change_username = data["default_user_change_username"]


class HttpRequest:
    def __init__(self, data, user):
        self.tenant = Tenant(data["tenant"])
        self.user = user


class PolicyRequest:
    def __init__(self, user, http_request, obj, context):
        self.user = user
        self.http_request = http_request
        self.obj = obj
        self.context = context
        self.debug = True


class Application:
    def __init__(self, data):
        self.pk = data["pk"]
        self.name = data["name"]
        self.slug = data["slug"]


class Provider:
    def __init__(self, data):
        self.pk = data["pk"]
        self.name = data["name"]
        self.client_id = data["client_id"]
        self.application = Application(data["application"]) if data["application"] else None


class _Logger:
    def bind(self, **values):
        return self

    def debug(self, event, *values, **more):
        return None

    def info(self, event, *values, **more):
        return None

    def warning(self, event, *values, **more):
        return None

    def error(self, event, *values, **more):
        return None


_messages = []
ak_logger = _Logger()


def ak_message(message):
    _messages.append(str(message))


def regex_match(value, regex):
    return re.match(regex, value) is not None


def regex_replace(value, regex, repl):
    return re.sub(regex, _groups(repl), value)


# The interpreter reads "\1a" as the group "1a", but "\g<1>a" as it should.
def _groups(text):
    written = ""
    rest = text
    while "\\" in rest:
        before, _, rest = rest.partition("\\")
        written += before
        digits = ""
        while rest and rest[0].isdigit() and len(digits) < 2:
            digits += rest[0]
            rest = rest[1:]
        if digits:
            written += "\\g<" + digits + ">"
        else:
            written += "\\" + rest[:1]
            rest = rest[1:]
    return written + rest


def list_flatten(value):
    if isinstance(value, (list, tuple)):
        return value[0] if value else None
    return value


def ak_is_group_member(user, **conditions):
    return user.ak_groups.filter(**conditions).exists()


def _refused(name):
    raise NotImplementedError(name + "() is not supported yet")


def ak_user_by(**conditions):
    _refused("ak_user_by")


def ak_user_has_authenticator(user, device_type=None):
    _refused("ak_user_has_authenticator")


def ak_create_event(action, **values):
    _refused("ak_create_event")


def ak_call_policy(name, **values):
    _refused("ak_call_policy")


def resolve_dns(host, ip_version=None):
    _refused("resolve_dns")


def reverse_dns(ip_addr):
    _refused("reverse_dns")


def ip_address(value):
    _refused("ip_address")


def ip_network(value):
    _refused("ip_network")


# The request. Nothing of what clients send becomes a name here.
_user = User(_data["user"])
_http_request = HttpRequest(_data["http_request"], _user) if _data["http_request"] else None
_provider = Provider(_data["provider"]) if _data["provider"] else None
_group = Group(_data["group"]) if _data["group"] else None
_context = _data["context"]
_request = PolicyRequest(_user, _http_request, _provider, _context)
