"""Asking the reader as a client does: a document and perhaps variables, through every step up to the schema.

Owns the short hand of the reading tests. Judges nothing. Next: test_reading_literals.py.
"""

import json
from typing import Any

from graphql import parse_value

from counterfoil.api import schemas
from counterfoil.api.graphql import Operation, Unfit, check, check_shape, read_operation
from counterfoil.api.messages import coercion_message
from counterfoil.api.schemas import Schema
from counterfoil.api.selection import RootField
from counterfoil.capture.body import Request, read_request
from counterfoil.capture.scalars import FromJson, Literal, Misfit
from counterfoil.capture.shape import ShapeLimits
from counterfoil.errors import Refusal

LIMITS = ShapeLimits()

ORDER = 'enterpriseId: 7001, actionTrackerId: 4711, orderId: "A-1"'
CREATE = "mutation { createOrders(newOrders: %s) { orders { orderId } } }"
WITH_VARIABLE = "mutation($o: [OrderCreateRequest!]!) { createOrders(newOrders: $o) { orders { orderId } } }"
WRONG_TYPE = "Validation error of type WrongType: "


def envelope(document: str, variables: object = None, operation_name: object = None) -> bytes:
    """A JSON envelope; lone surrogates travel as escapes."""
    return json.dumps({"query": document, "variables": variables, "operationName": operation_name}).encode()


def requested(body: str | bytes) -> Request:
    """The request of a body that can be used."""
    request = read_request(body.encode() if isinstance(body, str) else body)
    assert isinstance(request, Request), request
    return request


def operation(
    document: str, variables: object = None, *, name: str | None = None, schema: Schema | None = None
) -> Operation:
    """The operation of a document that can be parsed."""
    request = requested(envelope(document, variables, name))
    read = read_operation(schema or schemas.tracking(), request, LIMITS)
    assert isinstance(read, Operation), read
    return read


def refused(
    document: str, variables: object = None, *, name: str | None = None, schema: Schema | None = None
) -> list[str]:
    """What is said against a document: the sentences, in their order; none if it is accepted."""
    return [refusal.message for refusal in refusals(document, variables, name=name, schema=schema)]


def refusals(
    document: str, variables: object = None, *, name: str | None = None, schema: Schema | None = None
) -> list[Refusal]:
    """What is said against a document."""
    request = requested(envelope(document, variables, name))
    read = read_operation(schema or schemas.tracking(), request, LIMITS)
    if isinstance(read, Refusal):
        return [read]
    shape = check_shape(read, LIMITS)
    if shape is not None:
        return [shape]
    checked = check(read)
    return list(checked.refusals) if isinstance(checked, Unfit) else []


def fields(
    document: str, variables: object = None, *, name: str | None = None, schema: Schema | None = None
) -> tuple[RootField, ...]:
    """The root fields of a document that fits."""
    checked = check(operation(document, variables, name=name, schema=schema))
    assert not isinstance(checked, Unfit), checked.refusals
    return checked


def new_orders(document: str, variables: object = None) -> list[dict[str, Any]]:
    """The orders of the one `createOrders` of a document that fits."""
    (field,) = fields(document, variables)
    orders: list[dict[str, Any]] = field.arguments["newOrders"]
    return orders


Value = str | int | bool


def from_literal(read: Literal, literal: str) -> Value:
    """What a literal gives: the value, or the complaint."""
    value = read(parse_value(literal))
    return coercion_message(value) if isinstance(value, Misfit) else value


def from_json(read: FromJson, text: str) -> Value:
    """What a JSON value gives: the value, or the complaint."""
    body = '{"query": "{a}", "variables": {"v": ' + text + "}}"
    value = read(requested(body).variables["v"])
    return coercion_message(value) if isinstance(value, Misfit) else value
