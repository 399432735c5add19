"""Traffic: what several clients send, made up by seed from the histories of the naive judge.

Owns the requests: their size, their channel, and over how many orders they go, so that a million submissions
are not a million repeats of one. Imports nothing of the product. Next: mail.py, which loses them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any, NamedTuple

from tests.properties.credit import Key
from tests.properties.generations import Generation
from tests.properties.history import Author
from tests.properties.model import Model
from tests.properties.programme import Click
from tests.properties.sent import Sent

VISITS = 6
"""How many requests go on with the orders of one campaign, in the mean, before a new one begins."""
POISONED = ("NaN", "ten", "1e999999")
LIMITED, UNKNOWN_TRACKER = 406, 499


class Request(NamedTuple):
    """What one client sends at once: orders of one kind, mode and channel."""

    client: int
    batch: tuple[Sent, ...]


@dataclass
class Campaign:
    """A small set of order ids that several clients use."""

    name: str
    keys: dict[Key, None] = field(default_factory=dict)

    def long(self, sent: Sent) -> Sent:
        """The order under its own id; one that is odd by its length stays what it is."""
        if not 0 < len(sent.order_id) < 96 - len(self.name):
            return sent
        return replace(sent, order_id=f"{self.name}{sent.order_id}")


@dataclass
class Window:
    """What an author may know: clicks, and the orders of its campaign by their short ids."""

    clicks: dict[str, tuple[datetime, Click]]
    orders: dict[Key, list[Generation]] = field(default_factory=dict)


class Traffic(Author):
    """Makes up requests. Referral limits tie orders to each other and are judged elsewhere."""

    def __init__(self, random: Random, model: Model, now: datetime, *, size_max: int) -> None:
        """`model` tells what stands; `size_max` bounds a request."""
        self._window = Window(model.clicks)
        author: Any = self._window
        super().__init__(random.choice, author, now)
        self._random, self._real, self._size_max = random, model, size_max
        self._beginning = now
        self._campaigns: list[Campaign] = []
        self._poisoned = 0

    def request(self, clients: int) -> Request:
        """The next request of any client."""
        random = self._random
        kind = random.choices(("create", "change", "extend"), (12, 14, 1))[0]
        mode = random.choice(("live", "live", "live", "test"))
        channel = random.choice(("api", "api", "api", "api", "tag", "postback", "file"))
        word = random.choice(("restate", "restate", "cancel"))
        count = random.randint(1, self._size_max)
        batch: list[Sent] = []
        while len(batch) < count:
            campaign = self._visited(begins=kind == "create")
            for _ in range(min(random.randint(1, 10), count - len(batch))):
                if kind == "create":
                    short = self._new(mode, channel)
                elif kind == "change":
                    short = self._change(word, mode, "file" if channel == "file" else "api")
                else:
                    short = self._extension()
                if short.tracker == LIMITED:
                    short = replace(short, tracker=UNKNOWN_TRACKER)
                long = campaign.long(short)
                campaign.keys[long.mode, long.enterprise, long.tracker, long.order_id] = None
                batch.append(long)
        if kind == "create" and random.random() < 0.02:
            batch.insert(random.randrange(len(batch) + 1), self._poison(mode, channel))
        return Request(random.randrange(clients), tuple(batch))

    def _visited(self, *, begins: bool) -> Campaign:
        """A campaign, mostly one of the last; what stands of it is in the window then."""
        random = self._random
        if not self._campaigns or (begins and random.random() < 2 / VISITS):
            self._campaigns.append(Campaign(f"{len(self._campaigns)}-"))
        known = self._campaigns[-VISITS:] if random.random() < 0.9 else self._campaigns
        campaign = random.choice(known)
        self._window.orders = {
            (*key[:3], key[3].removeprefix(campaign.name)): self._real.orders[key]
            for key in campaign.keys
            if key in self._real.orders
        }
        return campaign

    def _extension(self) -> Sent:
        keys: Sequence[Key] = [key for key in self._window.orders if key[0] == "live"]
        if not keys:
            return Sent("extend", 401, "O-1", channel="page")
        _, enterprise, tracker, order_id = self._random.choice(keys)
        return Sent("extend", tracker, order_id, enterprise, channel="page")

    def _poison(self, mode: str, channel: str) -> Sent:
        """An order of its own whose deciding fails."""
        self._poisoned += 1
        return Sent(
            "create",
            401,
            f"poison-{self._poisoned}",
            mode=mode,
            channel=channel,
            click="click-b",
            event=self._beginning,
            amount=self._random.choice(POISONED),
        )


def is_poison(sent: Sent) -> bool:
    """Whether deciding it must fail."""
    return sent.amount in POISONED
