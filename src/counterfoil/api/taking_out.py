"""Taking the orders out: a literal list is read at once, and a short document without it goes to the parser.

Owns the choice to do so. Judges nothing: whatever is not plainly right is left in, and the whole document is
read then. Next: graphql.py; capture/tracking/ for how the list is read.
"""

from __future__ import annotations

import msgspec
from graphql import EnumValueNode, GraphQLEnumType, GraphQLInputObjectType, GraphQLNonNull, get_nullable_type
from msgspec import Struct

from counterfoil.api.inputs import Misplaced
from counterfoil.api.known_documents import DOCUMENT_MAX, ORDERS_NAME, KnownDocument, KnownDocuments
from counterfoil.api.long_lists import KINDS
from counterfoil.api.messages import VALUE_LENGTH_MAX
from counterfoil.api.notes import Declared, Notes
from counterfoil.api.schemas import Schema
from counterfoil.api.syntax import Elsewhere
from counterfoil.api.variables import coerced, declared
from counterfoil.capture.body import Request
from counterfoil.capture.shape import ShapeLimits
from counterfoil.capture.tracking.columns import NAME_MARK
from counterfoil.capture.tracking.decoding import decode_list
from counterfoil.capture.tracking.documents import TypedList
from counterfoil.capture.tracking.faulty import FaultyList, faulty_list
from counterfoil.capture.tracking.filling import examples, filled
from counterfoil.capture.tracking.head import orders_begin
from counterfoil.capture.tracking.skeleton import DEPTH, ListText, list_text
from counterfoil.errors import Refusal
from counterfoil.model.orders import Kind

_TYPES = {kind: name for name, kind in KINDS.items()}

USES_MAX = 100
"""Different places and variables that the short document tells of."""


class TakenOut(Struct, frozen=True):
    """A document without its orders, and the orders, or the first fault in them.

    `text` is the short document; the orders stood between `start` and `end` of the one that was `sent`.
    """

    text: str
    rest: KnownDocument
    orders: TypedList | FaultyList
    sent: str
    start: int
    end: int
    has_variables: bool

    def elsewhere(self) -> Elsewhere:
        """What stands for the orders, and where what follows them stood."""
        sent, start, end = self.sent, self.start, self.end
        lines = sent.count("\n", start, end) + sent.count("\r", start, end) - sent.count("\r\n", start, end)
        column = end - 1 - max(sent.rfind("\n", 0, end), sent.rfind("\r", 0, end))
        orders = self.orders
        node = orders.nodes if isinstance(orders, FaultyList) else EnumValueNode(value=ORDERS_NAME)
        return Elsewhere(ORDERS_NAME, node, lines, column)


def taken_out(
    schema: Schema, request: Request, limits: ShapeLimits, documents: KnownDocuments
) -> TakenOut | None:
    """The document and its orders apart; None where that is not plainly right.

    There is one operation then, a mutation, the orders are an argument of one of its fields, and all of the
    text can be parsed. Variables among the orders have their values; the short document still names them, at
    the places where they stood.
    """
    text = request.document
    start = orders_begin(text)
    # Our name for the orders is nobody else's.
    if start is None or limits.value_depth_max < DEPTH or ORDERS_NAME in text:
        return None
    if "$" in text and documents.knows(schema, text, limits):
        return None
    found = list_text(text, start)
    if found is None or len(found.uses) > USES_MAX:
        return None
    before, after = text[:start], text[found.end :]
    stand_in = f"[{ORDERS_NAME} {examples(found.uses)}]" if found.uses else ORDERS_NAME
    short = f"{before} {stand_in} {after}"
    rest = documents.read(schema, short, limits)
    if isinstance(rest, Refusal) or rest.orders_at is None:
        return None
    if len(rest.operations) != 1 or rest.operations[0].operation.value != "mutation":
        return None
    if found.comments + rest.tree.comment_characters > limits.comments_kb_max * 1024:
        return None
    if found.uses and len(text) <= DOCUMENT_MAX:
        if rest.cut_from == text:
            # All that differs is in the variables: read as a whole it will be known.
            return None
        rest.cut_from = text
    kind = rest.orders_at[0]
    orders = _varied(schema, kind, request, rest, found) if found.uses else _orders(schema, kind, found.json)
    return None if orders is None else TakenOut(short, rest, orders, text, start, found.end, bool(found.uses))


def _varied(
    schema: Schema, kind: Kind, request: Request, rest: KnownDocument, found: ListText
) -> TypedList | None:
    """The orders of a list with variables, if all is right; what is not is told from the whole document."""
    json = _filled(schema, request, rest, found)
    orders = None if json is None else decode_list(kind, json, literal=True)
    return None if orders is None else TypedList(orders)


def _filled(schema: Schema, request: Request, rest: KnownDocument, found: ListText) -> bytes | None:
    """The list with the values of its variables, as far as they are plainly right."""
    (operation,) = rest.operations
    known = declared(schema, operation) if rest.notes is None else rest.notes.declared[id(operation)]
    names = {use.variable for use in found.uses}
    if len(known) != len(operation.variable_definitions or ()) or not names <= known.keys():
        return None
    # Whose the orders are is asked before the types of variables are.
    owners = {use.variable for use in found.uses if use.field == "enterpriseId"}
    if any(str(get_nullable_type(known[name].type)) != "ID" for name in owners):
        return None
    notes = Notes()
    notes.declared[id(operation)] = {name: known[name] for name in names}
    notes.uses[id(operation)], notes.spreads[id(operation)] = [], []
    values = coerced(schema, operation, rest.fragments, request.variables, notes)
    texts = {name: _json(values.get(name), known[name]) for name in names}
    if notes.refusals or None in texts.values():
        return None
    return filled(found.json, {name: text for name, text in texts.items() if text is not None})


def _json(value: object, variable: Declared) -> bytes | None:
    """A value as the literal that says the same is in the JSON of the list."""
    if isinstance(value, str):
        if value[:1] < " " and value:
            # It would pass for a mark.
            return None
        is_name = isinstance(get_nullable_type(variable.type), GraphQLEnumType)
        value = NAME_MARK + value if is_name else value
    elif value is not None and type(value) is not int:
        return None
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return None


def _orders(schema: Schema, kind: Kind, text: bytes) -> TypedList | FaultyList | None:
    orders = decode_list(kind, text, literal=True)
    if orders is not None:
        return TypedList(orders)
    faulty = faulty_list(kind, text, VALUE_LENGTH_MAX)
    type_ = schema.types.get_type(_TYPES[kind])
    if faulty is None or not isinstance(type_, GraphQLInputObjectType):
        return None
    read = schema.reader(GraphQLNonNull(type_)).from_literal(faulty.declined, None)
    # What is only unusual is declined as well.
    return faulty if isinstance(read, Misplaced) else None
