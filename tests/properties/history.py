"""Histories: what may happen next to a network, chosen by whoever is asked to choose.

Owns the steps and how one is made up: from a seed, or by Hypothesis, which can then shrink it. Imports
nothing of the product. Next: judging.py, which runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar

from tests.properties.generations import Settings
from tests.properties.locks import next_cycle, pacific, tenth_after
from tests.properties.model import Model
from tests.properties.programme import CHANGES, CLICKS
from tests.properties.sent import Item, Sent

T = TypeVar("T")
Choose = Callable[[Sequence[T]], T]
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Send:
    """One batch of orders of one kind, mode and channel."""

    batch: tuple[Sent, ...]


@dataclass(frozen=True)
class Move:
    """The clock goes forward."""

    to: datetime


@dataclass(frozen=True)
class Learn:
    """A new version of the network."""

    change: str


@dataclass(frozen=True)
class Close:
    """A month is closed."""

    month: date


@dataclass(frozen=True)
class Set:
    """The settings of deciding change."""

    settings: Settings


Step = Send | Move | Learn | Close | Set

_IDS = ("O-1", "O-1", "O-2", "O-2", "O-3", "O-4")
_ODD_IDS = ("", "x" * 96, "x" * 97, "O#5", "O/6 ")
_TRACKERS = (401, 401, 401, 402, 402, 402, 403, 404, 404, 404, 405, 405, 405, 451, 451)
_ODD_TRACKERS = (499, 451, 406)
_CLICKS = ("click-a", "click-a", "click-a", "click-b", "click-b")
_ODD_CLICKS = (None, "n/a", "never-issued", *CLICKS)
_AMOUNTS = ("100.00", "89.90", "59.995", "0", "33.3335", "1234567.891", "0.001", "120.75", "50")
_DISCOUNTS = (None, None, None, "10", "12.5", "5.005", "0", "99999")
_CURRENCIES = (*(None,) * 12, "USD", "USD", "EUR", "EUR", "EUR", "GBP", "GBP", "eur", "CHF")
_ODD_CURRENCIES = ("", "XXQ")
_COUPONS = (None, None, None, None, None, "OTHER", "VINYL10", "vinyl10, OTHER", "SPRING")
_ODD_COUPONS = ("C" * 256, "C" * 257, "STAFF50", "VINYL10,STAFF50", "spring,vinyl10", "staff50")
_CHANNELS = (None, None, None, None, "Search", "Email", "search")
_VERTICALS = (
    (),
    (),
    (("customerStatus", "New"),),
    (("customerStatus", "new"), ("duration", "3")),
    (("customerStatus", "Return"), ("duration", "7")),
    (("duration", "14"),),
    (("duration", "many"),),
    (("startDateTime", "2026-05-01"), ("endDateTime", "2026-05-04")),
    (("startDateTime", "2026-05-01"), ("endDateTime", "")),
)
_SKUS = ("LP-1001", "LP-1001", "LP-1002", "CD-5", "lp-1001", "LP-1001", "LP-1002", "LP 1001")
_PRICES = ("24.15", "12.50", "19.99", "7.25", "40.00", "15.55", "0", "0.0005", "50")
_REASONS = (None, "ReturnedMerchandise", "Other")


class Author:
    """Makes up the next step, from what has happened and the choices it is given."""

    def __init__(self, choose: Choose[object], model: Model, now: datetime) -> None:
        """`model` is read for what stands, so that changes meet orders and clocks meet locks."""
        self._choose = choose
        self._model = model
        self.now = now
        self._sent: list[Send] = []
        self._learned: set[str] = set()
        self._month = now.date().replace(day=1)
        self._settings = Settings()

    def step(self) -> Step:
        """Any step."""
        kinds = (
            ["create"] * 12
            + ["change"] * 14
            + ["extend"] * 2
            + ["again"] * 3
            + ["move"] * 4
            + ["learn"] * 3
            + ["close"] * 2
            + ["set"]
        )
        return self.next(self.one(kinds))

    def next(self, kind: str) -> Step:
        """A step of this kind, or another where it cannot be."""
        step: Step = getattr(self, kind)()
        return step

    def one(self, options: Sequence[T]) -> T:
        """One of these."""
        return self._choose(options)  # type: ignore[return-value]

    def _rarely(self, usual: Sequence[T], odd: Sequence[T], times: int = 12) -> T:
        return self.one(odd) if self.one(range(times)) == times - 1 else self.one(usual)

    def create(self) -> Step:
        """A batch of new orders, often of keys that exist."""
        mode = self.one(("live", "live", "live", "test"))
        channel = self.one(("api", "api", "api", "api", "tag", "postback", "file"))
        count = self.one((1, 1, 1, 2, 3))
        return self._noted(Send(tuple(self._new(mode, channel) for _ in range(count))))

    def _new(self, mode: str, channel: str) -> Sent:
        keys = [key[1:] for key in self._model.orders if key[3] in _IDS]
        trackers = (*_TRACKERS, 406, 406, 406, 406) if "terms of B" in self._learned else _TRACKERS
        tracker = self._rarely(trackers, _ODD_TRACKERS, 40)
        enterprise, order_id = (1500002 if tracker == 451 else 1500001), self._rarely(_IDS, _ODD_IDS, 40)
        if self.one((True, False, False)) and keys:
            enterprise, tracker, order_id = self.one(keys)
        usual = {451: ("click-b-alpine",), 406: ("click-b",)}.get(tracker, _CLICKS)
        click = self._rarely(usual, _ODD_CLICKS, 8)
        pair = self.one(((None, None),) * 4 + ((12000001, 9900001), (12000001, 9900003), (12000002, 9900002)))
        if self.one(range(40)) == 39:
            enterprise, pair = (
                self.one((1500003, 1500001)),
                self.one(((12000001, None), (1, 9900001), (12000001, 9))),
            )
        order = Sent(
            "create",
            tracker,
            order_id,
            enterprise,
            mode,
            channel,
            click=click,
            ad=pair[0],
            property=pair[1],
            sid=self.one((None, None, None, "s-1")),
            event=self._event(mode, channel, (enterprise, tracker, order_id)),
        )
        return self._stated(order)

    def _event(self, mode: str, channel: str, key: tuple[int, int, str]) -> datetime | None:
        now = self.now.replace(microsecond=0)
        choices = [now, now, now - HOUR, now - HOUR, now - DAY, now - 4 * DAY, now - 15 * DAY, now - 50 * DAY]
        for generation in self._model.orders.get((mode, *key), [])[-1:]:
            choices += [generation.event, generation.event + SECOND, generation.event + HOUR] * 3
        clicked_at = self._model.clicks[self.one(tuple(CLICKS))][0]
        choices += [clicked_at - DAY, clicked_at - DAY - SECOND]
        choices += [
            edge for days in (60, 120) for edge in (clicked_at + days * DAY, clicked_at + days * DAY + SECOND)
        ]
        choices = [each for each in choices if each <= self.now]
        if channel != "api":
            choices += [now + SECOND, now + 2 * HOUR, now + 2 * HOUR + SECOND]
        return None if self.one(range(6)) == 5 else self.one(choices)

    def _stated(self, order: Sent) -> Sent:
        has_items = (
            self.one((True, True, True, False)) if order.tracker in (402, 404) else self.one(range(12)) == 11
        )
        count = self._rarely((1, 1, 2, 3, 5), (101,), 60) if has_items and order.channel != "api" else 3
        items = tuple(self._item() for _ in range(min(count, 5))) if has_items else ()
        return replace(
            order,
            amount=self.one(_AMOUNTS) if not has_items or self.one(range(6)) == 5 else None,
            discount=self.one(_DISCOUNTS),
            items=items * (21 if count == 101 else 1),
            coupon=self._rarely(_COUPONS, _ODD_COUPONS),
            currency=self._rarely(_CURRENCIES, _ODD_CURRENCIES, 30),
            vertical=self.one(_VERTICALS),
            bypass=self.one(_CHANNELS),
        )

    def _item(self) -> Item:
        return Item(
            self.one(_SKUS),
            self.one((1, 1, 2, 3, 4, 0)),
            self.one(_PRICES),
            self.one((None, None, None, "7.75", "4.50", "30.0005")),
        )

    def change(self) -> Step:
        """A batch of restatements or of cancellations."""
        kind, mode = self.one(("restate", "restate", "cancel")), self.one(("live", "live", "live", "test"))
        channel = self.one(("api", "api", "api", "file"))
        batch = tuple(self._change(kind, mode, channel) for _ in range(self.one((1, 1, 1, 2, 3))))
        return self._noted(Send(batch))

    def _change(self, kind: str, mode: str, channel: str) -> Sent:
        keys = [key for key in self._model.orders if key[0] == mode or mode == "test"]
        standing = [key for key in keys if self._model.orders[key][-1:] and self._model.orders[key][-1].state]
        enterprise, tracker, order_id = 1500001, self.one(_TRACKERS), self._rarely(_IDS, _ODD_IDS, 40)
        if self.one((True,) * 11 + (False,)) and keys:
            _, enterprise, tracker, order_id = self.one(standing or keys)
        is_open_ended = tracker in (405, 451)
        if kind == "restate":
            status = (
                self.one(("Accepted", "Pending", None))
                if is_open_ended
                else self._rarely((None,), ("Pending",))
            )
        else:
            status = self._rarely(("Declined",) if is_open_ended else (None,), (None, "Declined"), 6)
        updates = [self.now, self.now, self.now - DAY, self.now - HOUR] + (
            [self.now + SECOND] if channel == "file" else []
        )
        order = Sent(
            kind,
            tracker,
            order_id,
            enterprise,
            mode,
            channel,
            update=self.one(updates),
            status=status,
            reason=self.one(_REASONS),
        )
        return order if kind == "cancel" else self._stated(replace(order, click=self.one((None, "click-b"))))

    def extend(self) -> Step:
        """A live order is to lock a month later."""
        keys = [key for key, generations in self._model.orders.items() if key[0] == "live" and generations]
        enterprise, tracker, order_id = 1500001, self.one(_TRACKERS), self.one(_IDS)
        if self.one(range(9)) and keys:
            _, enterprise, tracker, order_id = self.one(keys)
        return self._noted(Send((Sent("extend", tracker, order_id, enterprise, channel="page"),)))

    def set(self) -> Step:
        """One setting of deciding changes, and perhaps back."""
        now = self._settings
        self._settings = self.one(
            (
                now._replace(items_max=2 if now.items_max == 100 else 100),
                now._replace(rejects_stale=not now.rejects_stale),
                now._replace(ignores_declined=not now.ignores_declined),
                now._replace(locks_at_once=not now.locks_at_once),
            )
        )
        return Set(self._settings)

    def again(self) -> Step:
        """Something that was sent before, once more or several times."""
        if not self._sent:
            return self.create()
        batch = self.one(self._sent[-30:]).batch
        return Send(batch * self.one((1, 1, 2, 5)))

    def _noted(self, step: Send) -> Send:
        self._sent.append(step)
        return step

    def move(self) -> Step:
        """The clock goes on: a little, to a lock instant or to the second before it."""
        locks = [g.locks_at for gs in self._model.orders.values() for g in gs[-1:] if g.locks_at]
        cycle = next_cycle(self.now)[1]
        edges = [edge for lock in (cycle, *locks[-6:]) for edge in (lock - SECOND, lock)]
        near = [self.now + SECOND, self.now + HOUR, self.now + DAY, self.now + 3 * DAY, self.now + 9 * DAY]
        self.now = self.one(near + [edge for edge in edges if edge > self.now])
        return Move(self.now)

    def learn(self) -> Step:
        """The network changes; each change comes once."""
        left = [change for change in CHANGES if change not in self._learned]
        if not left:
            return self.move()
        change = self.one(left + [each for each in left if each in ("francs", "terms of B")] * 2)
        self._learned.add(change)
        return Learn(change)

    def close(self) -> Step:
        """The next month is closed, if it can be."""
        if pacific(tenth_after(self._month) + DAY, 2) > self.now:
            return self.move()
        month, self._month = self._month, tenth_after(self._month).replace(day=1)
        return Close(month)


def seeded(seed: int) -> Choose[object]:
    """Choices that the seed alone decides."""
    return Random(seed).choice
