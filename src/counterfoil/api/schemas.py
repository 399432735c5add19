"""The two schemas as they are read from their files, ready for reading requests against them.

Owns the loading and our additions to the original's Tracking API, which stand in one file. Leaves reading to
graphql.py. Next: tracking.graphql, commission_detail.graphql.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
)

from counterfoil.api.inputs import Reader, compiled

_HERE = Path(__file__).parent
_TRACKING, _ADDITIONS = "tracking.graphql", "tracking_additions.graphql"
_COMMISSION_DETAIL = "commission_detail.graphql"


class Schema:
    """A schema with the compiled readers of its input types."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.types: GraphQLSchema = build_schema(text)
        self._readers: dict[str, Reader] = {}
        self.field_types: dict[str, dict[str, str]] = {
            name: {field: str(each.type) for field, each in type_.fields.items()}
            for name, type_ in self.types.type_map.items()
            if isinstance(type_, GraphQLInputObjectType)
        }
        """The printed types of the fields of each input object."""

    def field(self, parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
        """The definition of a field, `__typename` and the root's `__schema` and `__type` among them."""
        if not isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType)):
            return None
        return self.types.get_field(parent, name)

    def reader(self, type_: GraphQLInputType) -> Reader:
        """How values of an input type are read."""
        return compiled(type_, self._readers)


def _text(*names: str) -> str:
    return "\n".join((_HERE / name).read_text("utf-8") for name in names)


@cache
def tracking() -> Schema:
    """The Tracking API's schema with our additions."""
    return Schema(_text(_TRACKING, _ADDITIONS))


@cache
def tracking_original() -> Schema:
    """The Tracking API's schema as the original has it."""
    return Schema(_text(_TRACKING))


@cache
def commission_detail() -> Schema:
    """The Commission Detail API's schema, which has no additions (D152)."""
    return Schema(_text(_COMMISSION_DETAIL))
