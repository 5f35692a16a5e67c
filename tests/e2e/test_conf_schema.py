"""The JSON Schemas that relevoctl prints accept what the reader accepts, and refuse what it refuses."""
import json
import os
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import functions  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CTL = os.path.join(os.environ.get("RELEVO_BUILD", os.path.join(ROOT, "build/dev")), "ctl/relevoctl")
GOOD = {
    "policy": {"escalation": [{"name": "one", "steps": [{"name": "a", "when": "requested", "do": "level up"}]}]},
    "config": {"database": "dbname=x", "channels": {"bot": {"kind": "telegram", "token": {"file": "/t"}}}},
}


class Loader(yaml.SafeLoader):
    """YAML 1.2's own types, as editors have them: no dates, no times of day."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, how) for tag, how in rules if tag.rsplit(":", 1)[1] not in ("timestamp", "int", "float")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))


def ctl(*args):
    return subprocess.run([CTL, *args], capture_output=True, text=True, check=False)


def refusal(schema, value):
    """The first word of the schema against it; None: it accepts it."""
    return next((e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(value)), None)


def checked(kind, value):
    """What the reader says of the same value: None or its words."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file.yaml")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(value, f)
        done = ctl("policy", "check", path) if kind == "policy" else ctl("--config", path, "config", "check")
        return done.stderr if done.returncode else None


def changed(value, path, to):
    """A copy with one thing other; to None: without it."""
    copy = json.loads(json.dumps(value))
    place = copy
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return copy


def test_each_schema_is_one_itself():
    for kind in GOOD:
        jsonschema.Draft202012Validator.check_schema(json.loads(ctl(kind, "schema").stdout))


def test_the_shipped_policy_and_the_sample_configuration_are_accepted():
    for kind in GOOD:
        value = yaml.load(ctl(kind, "sample").stdout, Loader)
        wrong = refusal(json.loads(ctl(kind, "schema").stdout), value)
        assert wrong is None, "%s: %s" % (kind, wrong)


def test_schema_and_reader_refuse_the_same_mistakes_and_accept_the_same_files():
    rows = [
        ("policy", [], None, True),
        ("policy", ["nonsense"], 1, False),
        ("policy", ["escalation"], None, False),
        ("policy", ["priority"], "huge", False),
        ("policy", ["priority"], "high", True),
        ("policy", ["escalation", 0, "name"], None, False),
        ("policy", ["escalation", 0, "colour"], "red", False),
        ("policy", ["escalation", 0, "ack"], "soon", False),
        ("policy", ["escalation", 0, "ack"], "1h30m", True),
        ("policy", ["escalation", 0, "steps", 0, "do"], None, False),
        ("policy", ["escalation", 0, "steps", 0, "do"], {"level": "up"}, False),
        ("policy", ["escalation", 0, "steps", 0, "do"], ["level up", "tag x"], True),
        ("policy", ["agents"], {"ana": {"name": "Ana", "email": "ana@example.org", "limit": 20000}}, False),
        ("policy", ["agents"], {"ana": {"name": "Ana", "email": "ana@example.org", "available": "maybe"}}, False),
        ("policy", ["agents"], {"ana": {"name": "Ana", "email": "ana@example.org", "available": False}}, True),
        ("policy", ["timing"], ["7d"], False),
        ("config", [], None, True),
        ("config", ["database"], None, False),
        ("config", ["nonsense"], 1, False),
        ("config", ["limits"], {"body": 1}, False),
        ("config", ["limits"], {"body": "2MiB"}, True),
        ("config", ["limits"], {"body": "2 elephants"}, False),
        ("config", ["workers"], {"parse": "many"}, False),
        ("config", ["log"], {"level": "loud"}, False),
        ("config", ["channels", "bot", "kind"], "pigeon", False),
        ("config", ["channels", "bot", "kind"], None, False),
        ("config", ["channels", "bot", "number"], "+34600111222", False),
        ("config", ["channels", "bot", "token"], "12345:secret", False),
        ("config", ["channels", "bot", "token"], {"credential": "bot"}, True),
        ("config", ["channels", "bot", "token"], {"file": "/t", "credential": "bot"}, False),
    ]
    schemas = {kind: json.loads(ctl(kind, "schema").stdout) for kind in GOOD}
    for kind, path, to, good in rows:
        value = changed(GOOD[kind], path, to) if path else GOOD[kind]
        by_schema, by_reader = refusal(schemas[kind], value), checked(kind, value)
        assert (by_schema is None) == good, "schema, %s %s %s: %s" % (kind, path, to, by_schema)
        assert (by_reader is None) == good, "reader, %s %s %s: %s" % (kind, path, to, by_reader)


if __name__ == "__main__":
    sys.exit(functions.main(globals()))
