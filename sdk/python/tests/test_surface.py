"""The methods and models against the server's own description, so that they cannot drift."""

from __future__ import annotations

import inspect
import json
import pathlib
import types
import typing
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from conftest import given

from aiins._call import OMIT, Call, call, pages
from aiins.resources import Resources

PLAIN = {str: "string", int: "integer", bool: "boolean", float: "number"}


def methods() -> Iterator[tuple[str, Any, Call[Any]]]:
    """Every method: its name, the type of its answer, and the call it makes with `x` in every place."""
    for group, resource in vars(Resources(lambda _: None)).items():
        for name, method in vars(type(resource)).items():
            if isinstance(method, call | pages):
                names = list(inspect.signature(method._build).parameters)[1:]
                answer = typing.get_type_hints(method._build)["return"]
                yield f"{group}.{name}", typing.get_args(answer)[-1], method._build(None, **dict.fromkeys(names, "x"))


def server() -> dict[tuple[str, str], Any]:
    operations = json.loads(pathlib.Path(given("AIINS_SURFACE")).read_text())
    return {(operation["method"], operation["path"]): operation for operation in operations}


def place(made: Call[Any]) -> tuple[str, str]:
    return made.method, made.path.replace("/x", "/{}")


def test_every_endpoint_has_a_method_and_every_method_an_endpoint() -> None:
    assert {place(made) for _, _, made in methods()} == set(server())


def test_methods_take_what_endpoints_take() -> None:
    query: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, _, made in methods():
        query[place(made)] |= set(made.query)
        fields = server()[place(made)]["body"]
        if fields is not None:
            assert sorted({} if made.body is OMIT else made.body) == fields, name
    assert query == {where: set(operation["query"]) for where, operation in server().items()}


def test_models_are_what_the_server_answers() -> None:
    problems = [
        found
        for name, answer, made in methods()
        for found in differences(answer, server()[place(made)]["answer"], name)
    ]
    assert problems == []


def differences(hint: Any, schema: Any, where: str) -> list[str]:
    """Where a type says otherwise than a schema."""
    choices = schema.get("anyOf", schema.get("oneOf")) if isinstance(schema, dict) else None
    if choices and not any(choice.get("type") == "null" for choice in choices):
        found = [differences(hint, choice, where) for choice in choices]
        return min(found, key=len)
    if hint is Any or not isinstance(schema, dict) or "recursive" in schema:
        return []
    nullable = _nullable(schema)
    if choices:
        schema = next(choice for choice in choices if choice.get("type") != "null")
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        if not nullable:
            return [f"{where} is never null"]
        (hint,) = (part for part in typing.get_args(hint) if part is not types.NoneType)
    elif nullable:
        return [f"{where} may be null"]
    return _plain_differences(hint, schema, where)


def _nullable(schema: dict[str, Any]) -> bool:
    kinds = schema.get("type", [])
    return (
        "null" in kinds
        or None in schema.get("enum", [])
        or any(c.get("type") == "null" for c in schema.get("anyOf", []))
    )


def _plain_differences(hint: Any, schema: dict[str, Any], where: str) -> list[str]:
    kinds = [schema.get("type")] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if typing.is_typeddict(hint):
        return _object_differences(hint, schema, where)
    if typing.get_origin(hint) is list:
        return differences(typing.get_args(hint)[0], schema.get("items", True), f"{where}[]")
    if typing.get_origin(hint) is dict:
        return differences(typing.get_args(hint)[1], schema.get("additionalProperties", True), f"{where}{{}}")
    if typing.get_origin(hint) is typing.Literal:
        allowed = {value for value in schema.get("enum", [schema.get("const")]) if value is not None}
        return [] if set(typing.get_args(hint)) == allowed else [f"{where} is one of {sorted(allowed)}"]
    if hint in PLAIN and PLAIN[hint] not in kinds and "enum" not in schema and "const" not in schema:
        return [f"{where} is {kinds}, not {hint.__name__}"]
    return []


def _object_differences(hint: Any, schema: dict[str, Any], where: str) -> list[str]:
    found: list[str] = []
    # Not __required_keys__, which does not see NotRequired in annotations that are strings.
    fields = typing.get_type_hints(hint, include_extras=True)
    theirs, required = schema.get("properties", {}), schema.get("required", [])
    found += [f"{where}.{name} is missing here" for name in theirs if name not in fields]
    for name, field in fields.items():
        optional = (
            getattr(typing.get_origin(field), "__name__", getattr(typing.get_origin(field), "_name", ""))
            == "NotRequired"
        )
        if name not in theirs:
            found.append(f"{where}.{name} is not the server's")
            continue
        if optional == (name in required):
            found.append(f"{where}.{name} is {'always there' if optional else 'not always there'}")
        found += differences(typing.get_args(field)[0] if optional else field, theirs[name], f"{where}.{name}")
    return found
