"""Orders: the one generator of what every server here is sent, and of what it must come to.

Owns the bodies, drawn by seed, and their sums, reckoned from what was drawn alone. Sends nothing. Next:
sums.py, which compares the sums with the ledger.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

NAME_LETTERS = 8
"""Length of a batch's name, with which the id of each of its orders begins."""

RATE = Fraction(4, 100)
"""What publisher B earns on tracker 402 of the demo network."""

ANSWER = "{ orders { submissionId orderId } errors { message fields } }"
NO_ANSWER = "{ errors { message fields } }"
_NAME = "N" * NAME_LETTERS
_CENT = Decimal("0.01")


class Target(NamedTuple):
    """To whom orders go, and by whose click: those of the demo network as it was seeded."""

    enterprise: str
    tracker: int
    click: str
    when: datetime
    """A moment after the click and before now."""


class Sums(NamedTuple):
    """What so many orders come to, in USD."""

    orders: int
    sale: Decimal
    commission: Decimal
    lines: int = 1
    """Records of each order: one as it was created, three once it was restated."""


class Word(str):
    """A name that stands without quotes in a document: a value of an enum."""

    __slots__ = ()


class Order(NamedTuple):
    """One order: its fields in the order they are sent, and what it must come to in USD."""

    fields: dict[str, Any]
    sale: Decimal
    commission: Decimal


class Body(NamedTuple):
    """One request, and what it must come to. Its orders are `name-000000` and so on."""

    name: str
    text: bytes
    sums: Sums

    def renamed(self, name: str) -> Body:
        """The same orders under other ids: new orders for a server, at the price of a copy."""
        assert len(name) == NAME_LETTERS
        return Body(name, self.text.replace(self.name.encode() + b"-", name.encode() + b"-"), self.sums)

    def spoilt(self, old: bytes, new: bytes, *, at: float = 1.0) -> bytes:
        """The text with `old` made `new` once: the last before this share of the text."""
        place = self.text.rfind(old, 0, int(len(self.text) * at))
        assert place >= 0, old
        return self.text[:place] + new + self.text[place + len(old) :]


# ── drawing ──────────────────────────────────────────────────────────────────────────────────────────


@cache
def drawn(count: int, target: Target, seed: int = 1) -> tuple[Order, ...]:
    """So many orders of one to five items and all kinds of fields; the same for the same seed."""
    chance = random.Random(seed)
    return tuple(_order(n, target, chance) for n in range(count))


def restated(orders: Sequence[Order], target: Target, seed: int = 2) -> tuple[Order, ...]:
    """The same orders as they are after something was sent back: what `restateOrders` takes."""
    chance = random.Random(seed)
    when = (target.when + timedelta(seconds=60)).strftime("%Y-%m-%dT%H:%M:%SZ")
    changed = []
    for order in orders:
        kept = {name: order.fields[name] for name in ("enterpriseId", "actionTrackerId", "orderId")}
        items = [{**item, "quantity": chance.randint(1, 3)} for item in order.fields["items"]]
        told: dict[str, Any] = {"updateTime": when, "currency": "USD", "items": items}
        reason = Word(chance.choice(("ReturnedMerchandise", "CannotShipSoldOut", "Other")))
        changed.append(_worth({**kept, **told, "correctionReason": reason}))
    return tuple(changed)


def lean(orders: Sequence[Order]) -> tuple[Order, ...]:
    """The same orders with nothing but one item: what a disk has room for ten million of."""
    left_out = ("amount", "discount", "coupon", "sid", "verticalParameters", "customParameters", "ids")
    kept = ({name: order.fields[name] for name in order.fields if name not in left_out} for order in orders)
    return tuple(_worth({**fields, "items": fields["items"][:1]}) for fields in kept)


_WORDS = ("Blue Train", "Kind of Blue", "Nevermind, 30th", "Größe M", 'the 7" cut', "Ágætis byrjun", "Low")
_VERTICAL: tuple[tuple[str, Callable[[random.Random], str]], ...] = (
    ("customerStatus", lambda chance: chance.choice(("New", "Return", "Lapsed"))),
    ("brand", lambda chance: chance.choice(_WORDS)),
    ("category", lambda chance: f"vinyl/{chance.randint(1, 40)}"),
    ("customerCountry", lambda chance: chance.choice(("US", "DE", "SE", "GB"))),
    ("paymentMethod", lambda chance: chance.choice(("card", "invoice", "wallet"))),
    ("orderSubtotal", lambda chance: f"{chance.randint(5, 400)}.{chance.randint(0, 99):02}"),
    ("delivery", lambda chance: chance.choice(("STANDARD", "EXPRESS", "PICK_UP"))),
)


def _order(n: int, target: Target, chance: random.Random) -> Order:
    when = target.when - timedelta(seconds=chance.randint(0, 1500))
    fields: dict[str, Any] = {
        "enterpriseId": target.enterprise,
        "actionTrackerId": target.tracker,
        "orderId": f"{_NAME}-{n:06}",
        "eventTime": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "cjEvent": target.click,
        "currency": "USD",
        "items": [_item(chance) for _ in range(chance.randint(1, 5))],
    }
    subtotal = sum((_line(item) for item in fields["items"]), Decimal(0))
    if chance.random() < 0.5:
        fields["amount"] = subtotal
    if chance.random() < 0.3:
        fields["discount"] = min(_money(chance, 1, 900), subtotal)
    if chance.random() < 0.3:
        fields["coupon"] = f"SPRING{chance.randint(10, 99)}"
    if chance.random() < 0.4:
        fields["sid"] = f"newsletter-{chance.getrandbits(64):016x}"
    if chance.random() < 0.8:
        picked = chance.sample(_VERTICAL, chance.randint(4, 7))
        fields["verticalParameters"] = {
            "advertiserVertical": Word("Retail"),
            **{name: draw(chance) for name, draw in picked},
        }
    if chance.random() < 0.6:
        fields["customParameters"] = [
            {"name": f"slot{place}", "value": chance.choice(_WORDS)} for place in range(chance.randint(1, 3))
        ]
    if chance.random() < 0.5:
        fields["ids"] = {
            "userId": f"u{chance.randint(1, 10**9)}",
            "emailHash": f"{chance.getrandbits(256):064x}",
        }
    return _worth(fields)


def _item(chance: random.Random) -> dict[str, Any]:
    item: dict[str, Any] = {
        "sku": f"LP-{chance.randint(1, 5000)}-{chance.getrandbits(32):08x}",
        "unitPrice": _money(chance, 99, 19_999),
        "quantity": chance.randint(1, 4),
    }
    if chance.random() < 0.25:
        item["discount"] = _money(chance, 1, 99)
    return item


def _money(chance: random.Random, least: int, most: int) -> Decimal:
    return Decimal(chance.randint(least, most)) * _CENT


def _line(item: Mapping[str, Any]) -> Decimal:
    worth: Decimal = item["unitPrice"] * item["quantity"] - item.get("discount", Decimal(0))
    return max(worth, Decimal(0))


def _worth(fields: dict[str, Any]) -> Order:
    """What the demo network's terms make of an order, reckoned here a second time, in fractions."""
    values = [Fraction(_line(item)) for item in fields["items"]]
    subtotal = sum(values, Fraction(0))
    net = max(subtotal - Fraction(fields.get("discount", 0)), Fraction(0))
    sale = Fraction(0)
    for item, value in zip(fields["items"], values, strict=True):
        if subtotal:
            sale += thousandths(value * net / (subtotal * item["quantity"])) * item["quantity"]
    return Order(fields, _decimal(sale), _decimal(thousandths(RATE * sale)))


def thousandths(amount: Fraction) -> Fraction:
    """Rounded to three decimals, ties toward zero; amounts here are not negative."""
    whole, rest = divmod(amount.numerator * 1000, amount.denominator)
    return Fraction(whole + (rest * 2 > amount.denominator), 1000)


def _decimal(amount: Fraction) -> Decimal:
    return Decimal(int(amount * 1000)).scaleb(-3)


def sums_of(orders: Sequence[Order]) -> Sums:
    """What these orders come to."""
    return Sums(
        len(orders),
        sum((order.sale for order in orders), Decimal(0)),
        sum((order.commission for order in orders), Decimal(0)),
    )


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────

_FIELDS = {
    "create": ("createOrders", "newOrders", "OrderCreateRequest"),
    "restate": ("restateOrders", "restatedOrders", "OrderRestateRequest"),
}


def literals(
    orders: Sequence[Order], *, kind: str = "create", pretty: bool = False, answer: str = ANSWER
) -> Body:
    """A bare document with all orders as literals."""
    field, argument, _ = _FIELDS[kind]
    between = ",\n" if pretty else ", "
    told = between.join(_literal(order.fields, pretty, 2) for order in orders)
    text = f"mutation {{ {field}({argument}: [{told}]) {answer} }}"
    return Body(_NAME, text.encode(), sums_of(orders))


def enveloped(body: Body) -> Body:
    """A bare document as `query` of a JSON envelope: the only form that most servers take."""
    return body._replace(
        text=b'{"query":' + json.dumps(body.text.decode(), ensure_ascii=False).encode() + b"}"
    )


def variables(orders: Sequence[Order], *, kind: str = "create", answer: str = ANSWER) -> Body:
    """A JSON envelope with all orders as variables."""
    field, argument, type_ = _FIELDS[kind]
    document = f"mutation($o: [{type_}!]!) {{ {field}({argument}: $o) {answer} }}"
    told = ",".join(_json(order.fields) for order in orders)
    text = f'{{"query":{json.dumps(document)},"variables":{{"o":[{told}]}}}}'
    return Body(_NAME, text.encode(), sums_of(orders))


def uneven(orders: Sequence[Order], twist: str) -> Body:
    """Literals with something inside that is not only data: a `comment`, a `block` string or a `variable`."""
    plain = literals(orders)
    match twist:
        case "comment":
            text = plain.text.replace(b", orderId:", b' #"\n, orderId:')
        case "block":
            text = plain.text.replace(b'currency: "USD"', b'currency: """USD"""')
        case "variable":
            document = plain.text.replace(b"mutation {", b"mutation($c: String) {", 1)
            query = document.replace(b'currency: "USD"', b"currency: $c").decode()
            text = json.dumps({"query": query, "variables": {"c": "USD"}}, ensure_ascii=False).encode()
        case _:
            raise AssertionError(twist)
    assert text != plain.text
    return plain._replace(text=text)


def singles(orders: Sequence[Order], name: str) -> Iterator[bytes]:
    """One request for each order, as literals."""
    for order in orders:
        yield literals([order]).renamed(name).text


def _literal(value: Any, pretty: bool, depth: int) -> str:
    if isinstance(value, dict):
        if pretty:
            pad = "  " * depth
            lines = (f"{pad}  {name}: {_literal(each, pretty, depth + 1)}" for name, each in value.items())
            return "{\n" + "\n".join(lines) + f"\n{pad}}}"
        return "{" + ", ".join(f"{name}: {_literal(each, pretty, 0)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(each, pretty, depth + 1) for each in value) + "]"
    if isinstance(value, (Word, Decimal, int)):
        return str(value)
    # GraphQL writes what JSON writes, as long as no character is outside the basic plane.
    return json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{name}": {_json(each)}' for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    if isinstance(value, (Decimal, int)):
        return str(value)
    return json.dumps(value, ensure_ascii=False)
