"""Taking the orders out: a literal list is read at once, and a short document without it goes to the parser.

Owns the choice to do so. Judges nothing: whatever is not plainly right is left in, and the whole document is
read then. Next: graphql.py; capture/tracking/ for how the list is read.
"""

from __future__ import annotations

from graphql import EnumValueNode, GraphQLInputObjectType, GraphQLNonNull
from msgspec import Struct

from counterfoil.api.inputs import Misplaced
from counterfoil.api.known_documents import ORDERS_NAME, KnownDocument, KnownDocuments
from counterfoil.api.long_lists import KINDS
from counterfoil.api.messages import VALUE_LENGTH_MAX
from counterfoil.api.schemas import Schema
from counterfoil.api.syntax import Elsewhere
from counterfoil.capture.shape import ShapeLimits
from counterfoil.capture.tracking.decoding import decode_list
from counterfoil.capture.tracking.documents import TypedList
from counterfoil.capture.tracking.faulty import FaultyList, faulty_list
from counterfoil.capture.tracking.head import orders_begin
from counterfoil.capture.tracking.skeleton import DEPTH, list_text
from counterfoil.errors import Refusal
from counterfoil.model.orders import Kind

_TYPES = {kind: name for name, kind in KINDS.items()}


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

    def elsewhere(self) -> Elsewhere:
        """What stands for the orders, and where what follows them stood."""
        sent, start, end = self.sent, self.start, self.end
        lines = sent.count("\n", start, end) + sent.count("\r", start, end) - sent.count("\r\n", start, end)
        column = end - 1 - max(sent.rfind("\n", 0, end), sent.rfind("\r", 0, end))
        orders = self.orders
        node = orders.nodes if isinstance(orders, FaultyList) else EnumValueNode(value=ORDERS_NAME)
        return Elsewhere(ORDERS_NAME, node, lines, column)


def taken_out(schema: Schema, text: str, limits: ShapeLimits, documents: KnownDocuments) -> TakenOut | None:
    """The document and its orders apart; None where that is not plainly right.

    There is one operation then, a mutation, the orders are an argument of one of its fields, and all of the
    text can be parsed.
    """
    start = orders_begin(text)
    if start is None or limits.value_depth_max < DEPTH:
        return None
    found = list_text(text, start)
    if found is None:
        return None
    before, after = text[:start], text[found.end :]
    if ORDERS_NAME in before or ORDERS_NAME in after:
        return None
    short = f"{before} {ORDERS_NAME} {after}"
    rest = documents.read(schema, short, limits)
    if isinstance(rest, Refusal) or rest.orders_at is None:
        return None
    if len(rest.operations) != 1 or rest.operations[0].operation.value != "mutation":
        return None
    orders = _orders(schema, rest.orders_at[0], found.json)
    return None if orders is None else TakenOut(short, rest, orders, text, start, found.end)


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
