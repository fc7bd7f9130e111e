#!/usr/bin/env python3
"""The API's surface, for the tests that hold the SDKs against it: the endpoints that need a method, out of the server's own description.

usage: surface.py FILE    where FILE is what a server answers at /openapi.json

Prints a list of {method, path, query, body, answer}: a path has {} for its parameters, query and body are the names they take (null where
any JSON goes), answer is the schema of a good answer with its references filled in.
"""

import json
import pathlib
import re
import sys

UNCOVERED = pathlib.Path(__file__).parent.parent / "cases" / "uncovered.json"


def inlined(schema, document, above=()):
    """The schema with its references filled in; where it holds itself, {"recursive": true} stands."""
    if isinstance(schema, list):
        return [inlined(item, document, above) for item in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if reference is None:
        return spread({name: inlined(value, document, above) for name, value in schema.items() if name != "$defs"})
    parts = reference.removeprefix("#/").split("/")
    if reference in above:
        return {"recursive": True}
    target = document
    for part in parts:
        target = target[part]
    rest = {name: value for name, value in schema.items() if name != "$ref"}
    return {**rest, **inlined(target, document, (*above, reference))}


def spread(schema):
    """The schema with the fields that stand beside its choices put into each of them."""
    if "anyOf" not in schema or not isinstance(schema.get("properties"), dict):
        return schema
    return {"anyOf": [with_fields(choice, schema) for choice in schema["anyOf"]]}


def with_fields(choice, schema):
    properties = {**choice.get("properties", {}), **schema["properties"]}
    return {**choice, "properties": properties, "required": [*choice.get("required", []), *schema.get("required", [])]}


def of_openapi(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method not in ("get", "post", "patch", "put", "delete"):
                continue
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {"properties": {}})
            good = next((answer for status, answer in operation["responses"].items() if status.startswith("2")), {})
            answer = good.get("content", {}).get("application/json", {}).get("schema")
            query = [parameter["name"] for parameter in operation.get("parameters", []) if parameter.get("in") == "query"]
            yield method, path, query, inlined(body, document), inlined(answer, document)


def surface(document):
    """What needs a method. Every exception must be one."""
    exceptions = {entry["prefix"]: 0 for entry in json.loads(UNCOVERED.read_text())}
    operations = of_openapi(document)
    for method, path, query, body, answer in operations:
        excepted = [prefix for prefix in exceptions if path.startswith(prefix)]
        for prefix in excepted:
            exceptions[prefix] += 1
        if not path.startswith("/api/") or excepted:
            continue
        names = sorted(body["properties"]) if isinstance(body, dict) and "properties" in body else None
        yield {
            "method": method.upper(),
            "path": re.sub(r"\{\w+\}", "{}", path),
            "query": sorted(query),
            "body": names,
            "answer": answer,
        }
    unused = [prefix for prefix, uses in exceptions.items() if not uses]
    if unused:
        sys.exit(f"{UNCOVERED.name} excepts what the server does not have: {unused}")


print(json.dumps(list(surface(json.loads(pathlib.Path(sys.argv[1]).read_text())))))
