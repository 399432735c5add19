"""Facts: what comes into deciding.

Owns the shapes; the store fills them, sequence.py moves them on. Next: sequence.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from counterfoil.model.ledger import Click, Standing
from counterfoil.model.orders import Mode, OrderKey, Submission
from counterfoil.model.programme import Network
from counterfoil.rules.conversion import Conversion, FindRate


class Options(Struct, frozen=True, kw_only=True):
    """The settings that deciding asks for; each state of them has its place in the log."""

    items_max: int = 100
    rate_age_days_max: int = 5
    rejects_stale_changes: bool = False
    ignores_declined: bool = False
    accepted_locks_at_once: bool = False


class Facts(Struct, kw_only=True):
    """What is known when a chunk is decided; standings and uses move on with each decision.

    `network_at` and `options_at` give the network and the settings as a position sees them, `network_of` a
    network by its version. `used` holds the referral ordinals taken, by (mode, click, tracker).
    """

    standings: dict[OrderKey, Standing]
    clicks: dict[str, Click]
    used: dict[tuple[Mode, str, int], set[int]]
    network_at: Callable[[int], Network]
    network_of: Callable[[int], Network]
    find_rate: FindRate
    options_at: Callable[[int], Options]
    live_before: Mapping[tuple[OrderKey, int], Standing] = {}
    """What live orders were before a place in the log, for test changes that waited while they moved on."""
    conversions: dict[tuple[str, str, str, int], Conversion] = {}
    """Rates that were found already, by currency, the advertiser's, the publisher's, and position."""
    rates_known: int = 0
    """Place in the log of the latest rates that could be found."""
    kept_ordinals: Mapping[UUID, Collection[int]] | None = None
    """In a replay: the ordinals that each submission met as taken (C8)."""
    closings: tuple[tuple[int, datetime], ...] = ()
    """Place in the log and receipt of each closing that is noted and not finished."""
    kept_closings: Mapping[int, int] | None = None
    """In a replay: the place of the closing that took each action."""


class Waiting(Struct, frozen=True):
    """A submission that was held before and is read again; it stays where it is unless it may be decided."""

    submission: Submission
    code: str
    is_released: bool

    @property
    def position(self) -> int:
        """Its place in the log."""
        return self.submission.position

    @property
    def n(self) -> int:
        """Its place in its request."""
        return self.submission.n


class Undecidable(Exception):
    """Deciding a submission failed: a bug, or a fact that should be there and is not."""

    def __init__(self, submission_id: UUID) -> None:
        """`submission_id` is the one to hold."""
        super().__init__(str(submission_id))
        self.submission_id = submission_id
