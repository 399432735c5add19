"""Printing: a network as the text of a network file.

Owns the form in which a network is written; reading the text gives the same entries again. Next: file.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from counterfoil.model.programme import (
    ActionTerms,
    ActionTracker,
    Ad,
    Advertiser,
    CommissionRule,
    Condition,
    Contract,
    Coupon,
    Enterprise,
    Flat,
    Incentive,
    ItemList,
    Percent,
    PercentOfSale,
    Property,
    Publisher,
    RateQuote,
    Situation,
    Terms,
)
from counterfoil.network.entries import EntryKey, assemble, rates, written

HEADER = """\
# A network file: everything that takes part, and what is paid for what, since when.
# `based_on` is the version of the network that this file was written from. `counterfoil network apply`
# refuses the file once a newer version is in force, so that nobody undoes another's change unseen.
# Every key is explained in docs/reference/network-file.md.

format = 1
based_on = {version}
"""

Pairs = list[tuple[str, str]]


def print_network(version: int, entries: Mapping[EntryKey, bytes]) -> str:
    """The text of a network file that says exactly what these entries say, based on `version`."""
    network = assemble(version, 0, entries)
    return HEADER.format(version=version) + "".join(
        (
            *_tables("advertisers", _advertiser, network.advertisers.values()),
            *_tables("enterprises", _enterprise, network.enterprises.values()),
            *_tables("publishers", _publisher, network.publishers.values()),
            *_tables("properties", _property, network.properties.values()),
            *_tables("ads", _ad, network.ads.values()),
            *_tables("action_trackers", _action_tracker, network.action_trackers.values()),
            *_tables("situations", _situation, network.situations.values()),
            *_tables("item_lists", _item_list, _all(network.item_lists)),
            *_tables("coupons", _coupon, _all(network.coupons)),
            *_tables("contracts", _contract, sorted(_all(network.contracts), key=lambda each: each.id)),
            *(text for terms in _all(network.terms) for text in _terms(terms)),
            *_rates(rates(entries)),
        )
    )


def _all(series: Mapping[Any, Iterable[Any]]) -> Iterator[Any]:
    for versions in series.values():
        yield from versions


def _tables(section: str, pairs: Callable[[Any], Pairs], things: Iterable[Any]) -> Iterator[str]:
    for thing in things:
        yield _table(section, pairs(thing))


def _table(section: str, pairs: Pairs) -> str:
    return f"\n[[{section}]]\n" + "".join(f"{key} = {value}\n" for key, value in pairs)


def _inline(pairs: Pairs) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in pairs) + " }"


def _lines(elements: Iterable[str]) -> str:
    return "[\n" + "".join(f"  {element},\n" for element in elements) + "]"


def _written(value: str | int | bool | Decimal | date | Iterable[Any]) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # JSON's escapes are TOML's too, and the one character more that TOML escapes is in no name.
            return json.dumps(value, ensure_ascii=False)
        case Decimal():
            return f'"{value:f}"'
        case datetime():
            moment = value.astimezone(UTC)
            return written(moment).removesuffix("T00:00:00Z")
        case int() | date():
            return str(value)
        case _:
            return "[" + ", ".join(_written(each) for each in value) + "]"


def _pairs(**values: Any) -> Pairs:
    return [(key, _written(value)) for key, value in values.items() if value is not None]


def _advertiser(it: Advertiser) -> Pairs:
    return _pairs(id=it.id, name=it.name, currency=it.currency, hosts=it.hosts, end=it.end)


def _enterprise(it: Enterprise) -> Pairs:
    return _pairs(id=it.id, advertiser=it.advertiser, name=it.name, end=it.end)


def _publisher(it: Publisher) -> Pairs:
    return _pairs(id=it.id, name=it.name, currency=it.currency, end=it.end)


def _property(it: Property) -> Pairs:
    return _pairs(id=it.id, publisher=it.publisher, name=it.name, end=it.end)


def _ad(it: Ad) -> Pairs:
    deep_links = None if it.deep_links else False
    return _pairs(
        id=it.id, advertiser=it.advertiser, destination=it.destination, deep_links=deep_links, end=it.end
    )


def _action_tracker(it: ActionTracker) -> Pairs:
    return _pairs(
        id=it.id,
        enterprise=it.enterprise,
        name=it.name,
        type=it.type.value,
        description=it.description or None,
        end=it.end,
    )


def _situation(it: Situation) -> Pairs:
    conditions = _lines(_inline(_condition(condition)) for condition in it.conditions)
    return [*_pairs(id=it.id, advertiser=it.advertiser, name=it.name), ("conditions", conditions)]


def _condition(it: Condition) -> Pairs:
    looks_at = {it.subject: it.name} if it.name else {"order": it.subject}
    equals: list[Any] = list(it.equals)
    if it.subject == "property":
        equals = [int(each) for each in it.equals]
    if it.subject == "new_to_file":
        equals = [each == "true" for each in it.equals]
    return _pairs(
        **looks_at,
        equals=equals[0] if len(equals) == 1 else equals or None,
        present=it.present,
        at_least=it.at_least,
        below=it.below,
    )


def _item_list(it: ItemList) -> Pairs:
    skus = _lines(_written(sku) for sku in sorted(it.skus)) if it.skus else "[]"
    return [*_pairs(id=it.id, advertiser=it.advertiser, valid_from=it.valid_from), ("skus", skus)]


def _coupon(it: Coupon) -> Pairs:
    return _pairs(
        code=it.code,
        advertiser=it.advertiser,
        valid_from=it.valid_from,
        valid_until=it.valid_until,
        excluded=True if it.excluded else None,
        exclusive_to=it.publisher,
    )


def _contract(it: Contract) -> Pairs:
    return _pairs(id=it.id, advertiser=it.advertiser, publisher=it.publisher, start=it.start, end=it.end)


def _terms(it: Terms) -> Iterator[str]:
    head = _pairs(id=it.id, contract=it.contract, name=it.name, valid_from=it.valid_from)
    if it.fee is not None:
        head.append(("fee", _money(it.fee)))
    yield _table("terms", head)
    for action in it.actions:
        yield _table("terms.actions", _action(action))


def _action(it: ActionTerms) -> Pairs:
    occurrences = "unlimited" if it.referral_occurrences is None else it.referral_occurrences
    pairs = [
        *_pairs(tracker=it.action_tracker),
        ("locking", _inline(_pairs(method=it.locking.method.value, days=it.locking.days))),
        *_pairs(
            referral_days=it.referral_days,
            referral_occurrences=occurrences,
            excluded_channels=it.excluded_channels or None,
        ),
        ("rules", _lines(_inline(_rule(rule)) for rule in it.rules)),
    ]
    if it.incentives:
        pairs.append(("incentives", _lines(_inline(_incentive(each)) for each in it.incentives)))
    return pairs


def _rule(it: CommissionRule) -> Pairs:
    return [
        *_pairs(rank=it.rank),
        ("rate", _money(it.rate)),
        *_pairs(situation=it.situation, item_list=it.item_list, properties=it.properties or None),
    ]


def _incentive(it: Incentive) -> Pairs:
    threshold = int(it.threshold) if it.threshold_kind == "orders" else it.threshold
    return [
        ("threshold", _inline(_pairs(**{it.threshold_kind: threshold}))),
        ("reward", _money(it.reward)),
    ]


def _money(it: Percent | PercentOfSale | Flat) -> str:
    match it:
        case Percent():
            return _inline(_pairs(percent=it.value))
        case PercentOfSale():
            return _inline(_pairs(percent_of_sale=it.value))
        case Flat():
            return _inline(_pairs(flat=it.value, currency=it.currency))


def _rates(quotes: tuple[RateQuote, ...]) -> Iterator[str]:
    by_table = sorted(quotes, key=_table_of_rates)
    for (source, day), of_table in groupby(by_table, key=_table_of_rates):
        per_euro = _inline([(quote.currency, _written(quote.per_euro)) for quote in of_table])
        yield _table("rates", [*_pairs(source=source, kind="fixed", valid_from=day), ("per_euro", per_euro)])


def _table_of_rates(quote: RateQuote) -> tuple[str, date]:
    return quote.source, quote.day
