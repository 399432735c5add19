"""Entries: each thing of the network under its kind and id, as the bytes that are kept.

Owns the canonical form and the way back to a `Network`. Asks no store: rows come in. Next: change.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import msgspec
from msgspec import Struct

from counterfoil.model.programme import (
    ActionTracker,
    Ad,
    Advertiser,
    Contract,
    Coupon,
    Enterprise,
    ItemList,
    Network,
    Property,
    Publisher,
    RateQuote,
    Situation,
    Terms,
)

EntryKey = tuple[str, str]
"""Kind and id. The id of what is versioned by its start ends in `@` and that start."""

Thing = (
    Advertiser | Enterprise | Publisher | Property | Ad | ActionTracker | Situation | ItemList | Coupon
    | Contract | Terms | RateQuote
)  # fmt: skip

KINDS: dict[str, type[Struct]] = {
    "advertiser": Advertiser,
    "enterprise": Enterprise,
    "publisher": Publisher,
    "property": Property,
    "ad": Ad,
    "action_tracker": ActionTracker,
    "situation": Situation,
    "item_list": ItemList,
    "coupon": Coupon,
    "contract": Contract,
    "terms": Terms,
    "rate": RateQuote,
}
"""Every kind of thing, in the order of the file's sections."""

VERSIONED = frozenset({"item_list", "coupon", "terms", "rate"})
"""Kinds of which a new version begins where the one before it ends."""

_KIND_OF = {shape: kind for kind, shape in KINDS.items()}


def entry_key(thing: Thing) -> EntryKey:
    """Kind and id of a thing; coupon codes without case (D68)."""
    kind = _KIND_OF[type(thing)]
    if isinstance(thing, Coupon):
        return kind, f"{thing.advertiser}/{thing.code.lower()}@{written(thing.valid_from)}"
    if isinstance(thing, RateQuote):
        return kind, f"{thing.source}/{thing.currency}@{thing.day.isoformat()}"
    if isinstance(thing, ItemList | Terms):
        return kind, f"{thing.id}@{written(thing.valid_from)}"
    return kind, str(thing.id)


def body(thing: Thing) -> bytes:
    """The thing as canonical JSON: equal things give equal bytes."""
    return msgspec.json.encode(thing, order="deterministic")


def thing(kind: str, body: bytes) -> Any:
    """The thing that a kept body stands for. Raises `KeyError` for a kind that never was."""
    return msgspec.json.decode(body, type=KINDS[kind])


def written(moment: datetime) -> str:
    """An instant in UTC with `Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def assemble(version: int, position: int, entries: Mapping[EntryKey, bytes]) -> Network:
    """The network of which these are all entries. Rates have look-ups of their own and are no part of it."""
    things: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for (kind, _), kept in entries.items():
        things[kind].append(thing(kind, kept))
    return Network(
        version=version,
        position=position,
        advertisers=_by_id(things["advertiser"]),
        enterprises=_by_id(things["enterprise"]),
        publishers=_by_id(things["publisher"]),
        properties=_by_id(things["property"]),
        ads=_by_id(things["ad"]),
        action_trackers=_by_id(things["action_tracker"]),
        contracts=_between(things["contract"]),
        situations=_by_id(things["situation"]),
        terms=_series(things["terms"], lambda terms: terms.contract),
        item_lists=_series(things["item_list"], lambda item_list: item_list.id),
        coupons=_series(things["coupon"], lambda coupon: (coupon.advertiser, coupon.code.lower())),
    )


def build(version: int, position: int, rows: Iterable[tuple[str, str, bytes]]) -> Network:
    """The network of kept rows (kind, id, body), in the order in which they were applied.

    A later row of the same kind and id stands in place of the earlier one.
    """
    return assemble(version, position, {(kind, key): kept for kind, key, kept in rows})


def rates(entries: Mapping[EntryKey, bytes]) -> tuple[RateQuote, ...]:
    """The rates among the entries, by currency and day."""
    quotes = [thing(kind, kept) for (kind, _), kept in entries.items() if kind == "rate"]
    return tuple(sorted(quotes, key=lambda quote: (quote.currency, quote.day, quote.source)))


def _between(contracts: list[Contract]) -> dict[tuple[int, int], tuple[Contract, ...]]:
    def pair(contract: Contract) -> tuple[int, int]:
        return contract.advertiser, contract.publisher

    ordered = sorted(contracts, key=lambda contract: (pair(contract), contract.start))
    return {of: tuple(between) for of, between in groupby(ordered, key=pair)}


def _by_id(things: list[Any]) -> dict[int, Any]:
    return {each.id: each for each in sorted(things, key=lambda each: each.id)}


def _series(things: list[Any], owner: Any) -> dict[Any, tuple[Any, ...]]:
    things.sort(key=lambda each: (owner(each), each.valid_from))
    return {of: tuple(versions) for of, versions in groupby(things, key=owner)}
