"""Mail: the way from clients to intake and back, which loses, repeats, delays and turns around.

Owns every request's fate on the way, and what its client then knows of it: the journal. A client that knows
nothing sends the same again. Next: court.py, which holds the journal against the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from uuid import UUID

from tests.properties.sent import Sent
from tests.simulation.traffic import Request

TRIES_MAX = 4
AHEAD_MAX = 6


class Known(StrEnum):
    """What a client knows of one delivery."""

    UNDER_WAY = "under way"
    NEVER_SENT = "never arrived"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass
class Delivery:
    """One request as it arrives at intake: with a batch id of its own."""

    batch_id: UUID
    request: Request
    tries: int
    known: Known = Known.UNDER_WAY
    is_kept: bool | None = None
    """What the answer said, whether or not the client saw it; `None` if it said nothing."""

    @property
    def batch(self) -> tuple[Sent, ...]:
        """Its orders."""
        return self.request.batch


class Mail:
    """Deliveries under way, and all there ever were."""

    def __init__(self, random: Random, new_id: Callable[[], UUID]) -> None:
        """Nothing is under way."""
        self._random, self._new_id = random, new_id
        self._under_way: list[Delivery] = []
        self.journal: dict[UUID, Delivery] = {}
        self.told: dict[str, int] = {}

    def send(self, request: Request, tries: int = 1) -> None:
        """It leaves its client; it may get lost, come twice, or come before what left earlier."""
        random = self._random
        copies = random.choices((0, 1, 2, 3), (3, 90, 6, 1))[0]
        if copies == 0:
            lost = Delivery(self._new_id(), request, tries, Known.NEVER_SENT)
            self._count("dropped")
            self._again(lost)
        for _ in range(copies):
            delivery = Delivery(self._new_id(), request, tries)
            self.journal[delivery.batch_id] = delivery
            at = len(self._under_way)
            if random.random() < 0.2:
                at = max(0, at - random.randint(1, AHEAD_MAX))
                self._count("reordered")
            self._under_way.insert(at, delivery)
        if copies > 1:
            self._count("repeated")

    def arrive(self, wanted: Callable[[Delivery], bool] = lambda _: True) -> Delivery | None:
        """The next one that may arrive, if any; another than the first is one that was delayed."""
        able = [delivery for delivery in self._under_way[:AHEAD_MAX] if wanted(delivery)]
        if not able:
            return None
        found = able[0] if self._random.random() < 0.9 else self._random.choice(able)
        self._under_way.remove(found)
        return found

    def answer(self, delivery: Delivery, *, is_kept: bool | None) -> None:
        """What intake says on the way back: kept, not kept, or nothing. It may get lost."""
        delivery.is_kept = is_kept
        known = {True: Known.ACKNOWLEDGED, False: Known.REFUSED, None: Known.UNKNOWN}[is_kept]
        if self._random.random() < 0.03:
            known = Known.UNKNOWN
            self._count("answers lost")
        delivery.known = known
        self._count(str(known))
        if known is not Known.ACKNOWLEDGED:
            self._again(delivery)

    def _again(self, delivery: Delivery) -> None:
        if delivery.tries < TRIES_MAX and self._random.random() < 0.9:
            self._count("retried")
            self.send(delivery.request, delivery.tries + 1)

    def _count(self, word: str) -> None:
        self.told[word] = self.told.get(word, 0) + 1

    def __len__(self) -> int:
        """How many are under way."""
        return len(self._under_way)
