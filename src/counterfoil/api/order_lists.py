"""The orders of a document before it is checked: how many there are, and whose they say they are.

Owns the lenient look of D22 and the count of D29. Refuses nothing and trusts nothing: what cannot be read is
passed over. Next: graphql.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    StringValueNode,
    VariableNode,
)
from msgspec import Struct

from counterfoil.capture.scalars import Misfit, id_json
from counterfoil.capture.tracking.documents import LIST_ARGUMENTS, TypedList
from counterfoil.capture.tracking.faulty import FaultyList


class OrderList(Struct, frozen=True):
    """The orders of one root field: its name in the answer, its own, its argument, number and enterprises.

    `enterprise_ids` are the different ones that can be read, in the order met.
    """

    response_key: str
    name: str
    argument: str
    count: int
    enterprise_ids: tuple[str, ...]


def of_typed(response_key: str, name: str, argument: str, typed: TypedList) -> OrderList:
    """The list of a root field whose orders are typed already."""
    return OrderList(response_key, name, argument, len(typed.orders), _owners(typed))


def _owners(typed: TypedList) -> tuple[str, ...]:
    return tuple(dict.fromkeys([order.enterprise_id for order in typed.orders]))


def order_lists(
    fields: Iterator[FieldNode],
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    taken_out: Mapping[int, TypedList | FaultyList],
) -> tuple[OrderList, ...]:
    """The lists of orders of an operation's root fields; those `taken_out` by the id of their argument.

    A field that is written twice under one name is one field, with the ids of both and the larger count.
    """
    look = _Look(operation, variables, taken_out)
    lists: dict[str, OrderList] = {}
    for field in fields:
        if field.name.value not in LIST_ARGUMENTS:
            continue
        key = (field.alias or field.name).value
        found = look.at(key, field)
        before = lists.get(key)
        if before is not None:
            ids = dict.fromkeys((*before.enterprise_ids, *found.enterprise_ids))
            found = OrderList(key, found.name, found.argument, max(before.count, found.count), tuple(ids))
        lists[key] = found
    return tuple(lists.values())


class _Look:
    def __init__(
        self,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        taken_out: Mapping[int, TypedList | FaultyList],
    ) -> None:
        self.variables = variables
        self.taken_out = taken_out
        self.defaults = {
            definition.variable.name.value: definition.default_value
            for definition in operation.variable_definitions or ()
        }

    def at(self, key: str, field: FieldNode) -> OrderList:
        _, argument = LIST_ARGUMENTS[field.name.value]
        count, ids = 0, tuple[str, ...]()
        for given in field.arguments or ():
            if given.name.value == argument:
                count, ids = self._looked_through(given)
        return OrderList(key, field.name.value, argument, count, ids)

    def _value(self, value: object) -> object:
        """A JSON value or a literal, in place of a variable what it stands for.

        A null lets the default through, as it does when values are read (D4): no order may escape this look.
        """
        if not isinstance(value, VariableNode):
            return value
        given = self.variables.get(value.name.value)
        return self.defaults.get(value.name.value) if given is None else given

    def _looked_through(self, given: ArgumentNode) -> tuple[int, tuple[str, ...]]:
        """How many orders an argument has, and the different ids among them."""
        value = self.taken_out.get(id(given)) or self._value(given.value)
        if isinstance(value, FaultyList):
            return value.count, value.enterprise_ids
        if isinstance(value, TypedList):
            return len(value.orders), _owners(value)
        elements = _elements(value)
        ids = dict.fromkeys(read for each in elements if (read := self._enterprise_id(each)) is not None)
        return len(elements), tuple(ids)

    def _enterprise_id(self, element: object) -> str | None:
        order = self._value(element)
        found: object = None
        if isinstance(order, dict):
            found = order.get("enterpriseId")
        elif isinstance(order, ObjectValueNode):
            for field in order.fields:
                if field.name.value == "enterpriseId":
                    found = self._value(field.value)
        if isinstance(found, (StringValueNode, IntValueNode)):
            return found.value
        read = id_json(found)
        return None if isinstance(read, Misfit) else read


def _elements(value: object) -> Sequence[object]:
    """The elements of a list argument; a bare object is one (spec/tracking-api.md, section 11)."""
    if isinstance(value, ListValueNode):
        return value.values
    if isinstance(value, list):
        return value
    return () if value is None or isinstance(value, NullValueNode) else (value,)
