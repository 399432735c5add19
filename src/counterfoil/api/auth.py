"""Authentication: who calls, by the token in the header.

Owns the cache of callers, at most a second old, so that a revoked token is refused within a second
everywhere. Leaves rights to those who use them. Next: tracking.py and commissions.py.
"""

from __future__ import annotations

import hmac
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

import psycopg

from counterfoil.clock import machine_now, monotonic
from counterfoil.errors import Refusal, RefusalCode, refuse
from counterfoil.model.programme import Network
from counterfoil.store import access
from counterfoil.store.facts import Networks
from counterfoil.store.pool import Pool
from counterfoil.tokens import Caller, Scope, TokenKind, bearer, is_within, parse, token_hash

CACHE_S = 1.0
RENEW_S = 0.5
"""From this age on an answer is asked for anew, while it still serves who calls."""

CACHE_CALLERS_MAX = 10_000
_NOBODY = b"\x00" * 32


class _Known(NamedTuple):
    asked_at: float
    caller: Caller


_Key = tuple[str | None, str | None]
"""A header, and the address that it came from."""


class Door:
    """Tells who calls."""

    def __init__(self, pool: Pool, networks: Networks) -> None:
        """`networks` gives the reference data in force: which enterprises belong to a company."""
        self._pool = pool
        self._networks = networks
        self._callers: dict[_Key, _Known] = {}
        self._renewed: set[_Key] = set()
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="door")

    def known(self, header: str | None, address: str | None) -> Caller | Refusal | None:
        """The answer as far as it needs no database; `None` asks for `authenticate`.

        `address` is the caller's, as the connection has it.
        """
        key = (header, address)
        cached = self._callers.get(key)
        age = monotonic() - cached.asked_at if cached is not None else CACHE_S
        if cached is not None and age < CACHE_S:
            if age > RENEW_S and key not in self._renewed:
                # Otherwise all who call at the end of the second would ask the database at once.
                self._renewed.add(key)
                self._beside.submit(self._renew, key)
            return cached.caller
        token = bearer(header)
        if token is None:
            return refuse(RefusalCode.MISSING_TOKEN)
        if parse(token) is None:
            return refuse(RefusalCode.INVALID_TOKEN)
        return None

    def authenticate(self, header: str | None, address: str | None) -> Caller | Refusal:
        """The caller as the database knows it now.

        Unknown, revoked and expired tokens look the same, and so does one from an address it is not for.
        """
        asked_at = monotonic()
        answer = self._asked(header, address)
        if isinstance(answer, Refusal):
            self._callers.pop((header, address), None)
            return answer
        if len(self._callers) >= CACHE_CALLERS_MAX:
            self._callers.clear()
        self._callers[header, address] = _Known(asked_at, answer)
        return answer

    def _renew(self, key: _Key) -> None:
        try:
            # Who calls when the answer is too old asks for itself, and hears what is wrong.
            with suppress(psycopg.Error):
                self.authenticate(*key)
        finally:
            self._renewed.discard(key)

    def _asked(self, header: str | None, address: str | None) -> Caller | Refusal:
        token = bearer(header)
        parsed = parse(token) if token is not None else None
        if token is None or parsed is None:
            return refuse(RefusalCode.MISSING_TOKEN if token is None else RefusalCode.INVALID_TOKEN)
        now = machine_now()
        with self._pool.connection() as connection:
            stored = access.find_token(connection, parsed.id)
            # An unknown id does the same work as a known one.
            same = hmac.compare_digest(token_hash(token), stored.token_hash if stored else _NOBODY)
            if stored is None or not same or _has_ended(stored.revoked_at, stored.expires_at, now):
                return refuse(RefusalCode.INVALID_TOKEN)
            if not is_within(address, stored.address_ranges):
                return refuse(RefusalCode.INVALID_TOKEN)
            access.touch_token(connection, stored.token_id, now, address)
            return self._caller(stored, self._networks.in_force(connection))

    def _caller(self, stored: access.StoredToken, network: Network) -> Caller:
        company = stored.company_id
        owned = frozenset(each.id for each in network.enterprises.values() if each.advertiser == company)
        return Caller(
            token_id=stored.token_id,
            kind=TokenKind(stored.kind),
            scopes=frozenset(Scope(scope) for scope in stored.scopes),
            company_id=company,
            enterprises=owned & set(stored.enterprises) if stored.enterprises is not None else owned,
            advertisers=frozenset({company} & network.advertisers.keys() if company is not None else ()),
            publishers=frozenset({company} & network.publishers.keys() if company is not None else ()),
            is_operator=company is None,
        )


def _has_ended(revoked_at: datetime | None, expires_at: datetime | None, now: datetime) -> bool:
    return revoked_at is not None or (expires_at is not None and expires_at <= now)
