"""Checking: what the ledger shows of an order, beside what a story expects of it.

Owns the comparison of records, standings and items, figure by figure. Next: telling.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import TypeVar

from counterfoil.model.ledger import Money3, PricedItem, Standing, VersionState
from counterfoil.model.orders import OrderKey
from counterfoil.model.programme import Network
from counterfoil.money import plain
from counterfoil.store.facts import Networks
from counterfoil.verification import verify
from tests.desk import Desk, RecordLine
from tests.stories import steps
from tests.stories.words import Place

T = TypeVar("T")


class Differs(Exception):
    """What was expected and what is, in the words of the story; `place` if it is not that of the step."""

    def __init__(self, expected: str, got: str, place: Place | None = None) -> None:
        """The two sides of a comparison."""
        super().__init__(expected, got)
        self.expected = expected
        self.got = got
        self.place = place


def compare(told: Callable[[T], str], expected: T, got: T) -> None:
    """Raises Differs unless both are equal; `told` says each of them in words."""
    if expected != got:
        raise Differs(told(expected), told(got))


def shown(record: RecordLine) -> str:
    """A record as a `ledger` line says it, in the publisher's currency."""
    return f"{record.kind} {plain(record.figures['sale'].pub)} {plain(record.figures['commission'].pub)}"


class Books:
    """Reads the ledger of a desk and compares it with what a story says."""

    def __init__(self, desk: Desk) -> None:
        """Reads through the desk's connection."""
        self._desk = desk
        self._networks = Networks()

    def network(self) -> Network:
        """The network in force."""
        return self._networks.in_force(self._desk.connection)

    def records(self, key: OrderKey) -> list[RecordLine]:
        """The records of all generations of an order, in the order of their ids."""
        return self._desk.records(key)

    def compare_records(self, step: steps.Ledger, got: list[RecordLine]) -> None:
        """The new records of an order: all of them, in order, column by column."""
        for expected, record in zip(step.records, got, strict=False):
            for figures in expected.figures:
                self._compare_record(expected, figures, record)
        if len(step.records) > len(got):
            missing = step.records[len(got)]
            raise Differs(missing.kind, "no such record", missing.place)
        if more := got[len(step.records) :]:
            raise Differs("no further record", "; ".join(shown(record) for record in more))

    def _compare_record(self, expected: steps.Record, figures: steps.Figures, record: RecordLine) -> None:
        in_currency = self._column(figures.columns.get("currency"), record.advertiser_id, record.publisher_id)
        commission, fee = in_currency(record.figures["commission"]), in_currency(record.figures["fee"])
        found: dict[str, object] = {
            "quantity": record.quantity,
            "fee": fee,
            "cost": -(commission + fee),
            "discount": in_currency(record.figures["discount"]),
            "reason": record.reason or "none",
            "generation": Decimal(record.generation),
        }
        columns = {name: value for name, value in figures.columns.items() if name != "currency"}
        wanted = (expected.kind, figures.sale, figures.commission, *columns.values())
        got = (
            record.kind,
            in_currency(record.figures["sale"]),
            commission,
            *(found[name] for name in columns),
        )
        if wanted != got:
            names = ("", "", "", *columns)
            raise Differs(_named(names, wanted), _named(names, got), expected.place)

    def compare_standing(self, step: steps.StandingIs) -> None:
        """What an order is now: its state, and the fields that the story names."""
        standing = self._desk.standing(step.key)
        state = _state(standing)
        if standing is None or state != step.state:
            compare(str, step.state, state)
            return
        found = self._fields(standing, step.fields)
        fields = {name: value for name, value in step.fields.items() if name != "currency"}
        compare(_fields_told, fields, {name: found.get(name) for name in fields})

    def _fields(self, standing: Standing, asked: Mapping[str, object]) -> dict[str, object]:
        action, version, credit = standing.action, standing.version, standing.action.credit
        fields: dict[str, object] = {
            "generation": str(action.generation),
            "code": action.code,
            "event": action.event_time,
            "publisher": credit and str(credit.publisher_id),
            "property": credit and str(credit.property_id),
            "ad": credit and str(credit.ad_id),
            "sid": credit and credit.sid,
            "click": credit and credit.click and credit.click.click_id,
            "network": str(action.network_version),
            "ordinal": action.referral_ordinal and str(action.referral_ordinal),
        }
        if version is None:
            return fields
        assert credit is not None
        in_currency = self._column(asked.get("currency"), action.advertiser_id, credit.publisher_id)
        amounts, rates = version.pricing.amounts, version.rates
        situations = ",".join(str(number) for number, _ in version.pricing.situations)
        return {
            **fields,
            "version": str(version.version),
            "sale": in_currency(amounts.sale),
            "commission": in_currency(amounts.commission),
            "fee": in_currency(amounts.fee),
            "rate": in_currency(Money3(adv=rates.adv.value, pub=rates.pub.value, usd=rates.usd.value)),
            "coupon": version.stated.coupon,
            "situation": situations or None,
            "rule": version.pricing.rule and str(version.pricing.rule),
            "in": version.currency,
        }

    def compare_item(self, step: steps.ItemIs) -> None:
        """One item of the present version."""
        standing = self._desk.standing(step.key)
        version = standing and standing.version
        items = [item for item in version.pricing.items if item.sku == step.sku] if version else []
        if not items or standing is None or standing.action.credit is None:
            raise Differs(f"an item {step.sku}", "none in the present version")
        action, credit = standing.action, standing.action.credit
        in_currency = self._column(step.fields.get("currency"), action.advertiser_id, credit.publisher_id)
        found = _item_fields(items[0], in_currency)
        fields = {name: value for name, value in step.fields.items() if name != "currency"}
        compare(_fields_told, fields, {name: found[name] for name in fields})

    def _column(self, currency: object, advertiser: int, publisher: int) -> Callable[[Money3], Decimal]:
        """Which of the three figures stands in this currency; the publisher's if none is named."""
        network = self.network()
        if currency in (None, network.publishers[publisher].currency):
            return lambda figure: figure.pub
        if currency == network.advertisers[advertiser].currency:
            return lambda figure: figure.adv
        if currency == "USD":
            return lambda figure: figure.usd
        raise Differs(f"figures in {currency}", "no such column: the advertiser's, the publisher's, USD")

    def broken_promises(self) -> Iterator[str]:
        """What the product's own verification finds wrong in the tables."""
        for finding in verify(self._desk.connection).findings:
            if not finding.is_clean:
                yield f"{finding.id} {finding.promise} {finding.reason or finding.first}"


def _state(standing: Standing | None) -> str:
    if standing is None:
        return "unknown"
    if standing.version is None:
        return "recorded"
    return "cancelled" if standing.version.state is VersionState.CANCELLED else "standing"


def _item_fields(item: PricedItem, in_currency: Callable[[Money3], Decimal]) -> dict[str, object]:
    return {
        "quantity": Decimal(item.quantity),
        "per_item": in_currency(item.per_item),
        "earns": in_currency(item.commission),
        "less": in_currency(item.discount),
        "list": item.item_list,
        "situation": item.situation,
        "rule": item.rule,
    }


def _told(value: object) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    return "none" if value is None else str(value)


def _fields_told(fields: dict[str, object]) -> str:
    return " ".join(f"{name} {_told(value)}" for name, value in fields.items())


def _named(names: tuple[str, ...], values: tuple[object, ...]) -> str:
    return " ".join(f"{name} {_told(value)}".strip() for name, value in zip(names, values, strict=True))
