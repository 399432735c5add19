"""Look-ups of the Tracking API: what became of submissions and orders, for those who may know.

Owns what the arguments of the three queries mean and whose answers a token sees (D147, D148): what is foreign
and what does not exist look exactly the same. Next: lookup_projection.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from counterfoil.api.lookup_projection import found_payload, list_payload
from counterfoil.api.selection import RootField
from counterfoil.lookups import Visible, order_history, submission, submissions_of_batch
from counterfoil.model.orders import Mode, OrderKey, clean_text
from counterfoil.store.facts import Networks
from counterfoil.store.pool import Pool
from counterfoil.tokens import Caller

LOOKUPS = frozenset({"submission", "submissions", "order"})
"""The root fields that are answered from the database."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_ID = re.compile(r"[0-9]{1,18}", re.ASCII)


def may_look_up(caller: Caller, mode: Mode, names: Collection[str]) -> bool:
    """Whether a caller may ask for root fields of these names on the endpoint of a ledger (D147)."""
    return LOOKUPS.isdisjoint(names) or caller.may_track(mode)


class Lookups:
    """Answers the root fields that are look-ups; reads only."""

    def __init__(self, pool: Pool, networks: Networks) -> None:
        """`pool` has connections of the serving role."""
        self._pool = pool
        self._networks = networks

    def answer(self, field: RootField, caller: Caller, mode: Mode, now: datetime) -> bytes:
        """One root field as JSON. `mode` is the endpoint's; order statuses are those at `now`."""
        if field.name == "submission":
            return self._submission(field, caller)
        if field.name == "submissions":
            return self._submissions(field, caller, mode)
        return self._order(field, caller, mode, now)

    def _submission(self, field: RootField, caller: Caller) -> bytes:
        wanted = _uuid(field.arguments["submissionId"])
        if wanted is None:
            return found_payload(field, None)
        # An id names its ledger by itself; which of the two may be seen is the token's to say.
        modes = [mode for mode in Mode if caller.may_track(mode)]
        with self._pool.connection() as connection:
            return found_payload(field, submission(connection, wanted, Visible(caller.enterprises, modes)))

    def _submissions(self, field: RootField, caller: Caller, mode: Mode) -> bytes:
        wanted = _uuid(field.arguments["batchId"])
        if wanted is None:
            return list_payload(field, ())
        visible = Visible(caller.enterprises, (mode,))
        with self._pool.connection() as connection:
            return list_payload(field, submissions_of_batch(connection, wanted, visible))

    def _order(self, field: RootField, caller: Caller, mode: Mode, now: datetime) -> bytes:
        enterprise = field.arguments["enterpriseId"]
        if not _ID.fullmatch(enterprise) or not caller.owns(int(enterprise)):
            return found_payload(field, None)
        order_id = clean_text(field.arguments["orderId"])
        key = OrderKey(mode, int(enterprise), field.arguments["actionTrackerId"], order_id)
        with self._pool.connection() as connection:
            return found_payload(field, order_history(connection, self._networks, key, now))


def _uuid(text: str) -> UUID | None:
    return UUID(text) if _UUID.fullmatch(text) else None
