"""Our schemas show exactly what the facts of the originals say.

Owns the comparison of types, fields, order, arguments, nullability and deprecation. Leaves reading against
the schemas to the other tests here. Next: asking.py.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_introspection_query,
)
from graphql.type import is_specified_scalar_type

from counterfoil.api import schemas
from counterfoil.api.graphql import Unfit, check, check_shape, introspected
from tests.api.asking import LIMITS, operation

FACTS = Path(__file__).resolve().parents[1] / "facts"
ORIGINALS = {"tracking": schemas.tracking_original, "commission-detail": schemas.commission_detail}


def facts_of(schema: GraphQLSchema) -> dict[str, Any]:
    """A schema in the form of the facts."""
    types = {
        name: _type(type_)
        for name, type_ in schema.type_map.items()
        if not name.startswith("__") and not is_specified_scalar_type(type_)
    }
    roots = {
        "query": schema.query_type and schema.query_type.name,
        "mutation": schema.mutation_type and schema.mutation_type.name,
    }
    return {"types": types, **roots}


def _type(type_: GraphQLNamedType) -> dict[str, Any]:
    if isinstance(type_, GraphQLEnumType):
        return {"kind": "enum", "values": list(type_.values)}
    if isinstance(type_, GraphQLObjectType):
        return {"kind": "object", "fields": _fields(type_.fields)}
    if isinstance(type_, GraphQLInputObjectType):
        return {"kind": "input", "fields": _fields(type_.fields)}
    return {"kind": "scalar"}


def _fields(fields: Mapping[str, GraphQLField | GraphQLInputField]) -> dict[str, Any]:
    return {
        name: {
            "type": str(field.type),
            "args": {n: str(each.type) for n, each in field.args.items()}
            if isinstance(field, GraphQLField)
            else {},
            "deprecated": field.deprecation_reason is not None,
        }
        for name, field in fields.items()
    }


def facts(name: str) -> dict[str, Any]:
    """The facts of an original."""
    read: dict[str, Any] = json.loads((FACTS / f"{name}.json").read_text("utf-8"))
    return read


@pytest.mark.parametrize("name", ORIGINALS)
def test_the_schema_equals_the_facts(name: str) -> None:
    """Types, fields, arguments, nullability, enums and deprecation are those of the original."""
    assert facts(name) == facts_of(ORIGINALS[name]().types)


@pytest.mark.parametrize("name", ORIGINALS)
def test_everything_stands_in_the_order_of_declaration(name: str) -> None:
    """Fields, arguments and values of an enum come in the original's order, not just in the same number."""
    ours = facts_of(ORIGINALS[name]().types)["types"]

    for type_name, fact in facts(name)["types"].items():
        assert list(fact.get("fields", ())) == list(ours[type_name].get("fields", ())), type_name
        for field, each in fact.get("fields", {}).items():
            assert list(each["args"]) == list(ours[type_name]["fields"][field]["args"]), field
        assert fact.get("values") == ours[type_name].get("values"), type_name


@pytest.mark.parametrize("name", ORIGINALS)
def test_nothing_has_a_default(name: str) -> None:
    """No argument and no input field has a default value; the originals have none."""
    assert " = " not in ORIGINALS[name]().text


def test_our_additions_are_listed_in_one_place() -> None:
    """The tracking schema that is served is the original and its listed additions, nothing else."""
    served, original = facts_of(schemas.tracking().types), facts_of(schemas.tracking_original().types)
    mutations, queries = (served["types"][root]["fields"] for root in ("Mutation", "Query"))
    alias = mutations.pop("cancelOrder")
    lookups = {name: queries.pop(name)["type"] for name in ("submission", "submissions", "order")}
    added = {name: served["types"].pop(name) for name in set(served["types"]) - set(original["types"])}

    assert original == served
    assert original["types"]["Mutation"]["fields"]["cancelOrders"] == alias
    assert {"Submission", "[Submission!]!", "OrderHistory"} == set(lookups.values())
    assert {"object", "enum"} == {each["kind"] for each in added.values()}


@pytest.mark.parametrize("schema", [schemas.tracking, schemas.commission_detail], ids=["tracking", "detail"])
def test_full_introspection_passes(schema: Any) -> None:
    """The largest introspection query of a client passes shape and rules, and names every type."""
    document = get_introspection_query(
        descriptions=True,
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )
    asked = operation(document, schema=schema())
    assert check_shape(asked, LIMITS) is None
    checked = check(asked)
    assert not isinstance(checked, Unfit)

    types = introspected(asked, checked)["__schema"]["types"]

    assert set(schema().types.type_map) == {each["name"] for each in types}


def test_type_introspection_takes_a_variable() -> None:
    """`__type` answers beside a field of ours, which is left to us."""
    document = "query($n: String!) { getBuildNumber kind: __type(name: $n) { name enumValues { name } } }"
    asked = operation(document, {"n": "OrderStatus"})
    checked = check(asked)
    assert not isinstance(checked, Unfit)

    expected = {"kind": {"name": "OrderStatus", "enumValues": [{"name": "Pending"}, {"name": "Accepted"}]}}
    assert expected == introspected(asked, checked)
