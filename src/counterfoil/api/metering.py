"""Metering: the page of metrics, for all processes of a server whichever of them is asked.

Owns who may see it and what the database is asked for it. Leaves counting to metrics.py. Next: that.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from threading import Lock

import psycopg
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from psycopg import Connection

from counterfoil import clock, health, metrics
from counterfoil.api.answers import Answer, own_error
from counterfoil.api.auth import Door
from counterfoil.api.wire import Call
from counterfoil.errors import Refusal, RefusalCode, refuse
from counterfoil.metrics import Named
from counterfoil.settings import Settings
from counterfoil.store import health as asked
from counterfoil.store.pool import Pool
from counterfoil.tokens import Scope

PATH = "/metrics"
FRESH_S = 1.0
"""For so long an answer of the database serves everyone who asks."""

_FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-real-ip")
_STATUSES = {RefusalCode.MISSING_TOKEN: 401, RefusalCode.INVALID_TOKEN: 401, RefusalCode.UNAUTHORIZED: 403}
_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 405: {"Allow": "GET, HEAD"}}

ASKED = (
    Named(
        "counterfoil_oldest_pending_seconds",
        "gauge",
        (),
        "How long the oldest submission waits for its decision; 0 when none waits.",
    ),
    Named("counterfoil_pending", "gauge", (), "Submissions that wait for their decision."),
    Named("counterfoil_held", "gauge", (), "Submissions that are held."),
    Named("counterfoil_held_for_rate", "gauge", (), "Submissions that are held because a rate is missing."),
    Named(
        "counterfoil_ledger_violations",
        "gauge",
        (),
        "Rows that violate an invariant, as the last check of the ledger saw them.",
    ),
    Named(
        "counterfoil_ledger_verified_timestamp_seconds",
        "gauge",
        (),
        "When the ledger was last checked, in seconds since 1970; missing before the first check.",
    ),
    Named(
        "counterfoil_lock_due_seconds",
        "gauge",
        (),
        "How long the oldest lock is due and not noted, in business time; 0 when none is.",
    ),
    Named("counterfoil_disk_free_bytes", "gauge", (), "Free room where the data directory is."),
    Named(
        "counterfoil_clock_skew_seconds",
        "gauge",
        (),
        "How far this machine is ahead of the database's clock.",
    ),
    Named(
        "counterfoil_unsafe",
        "gauge",
        ("check",),
        "1 where a check of `counterfoil doctor` fails without which nothing may be accepted; else 0.",
    ),
    Named("counterfoil_database_up", "gauge", (), "1 while the database answers, else 0."),
)
"""What is asked when someone looks."""

ALL = (*metrics.COUNTED, *ASKED)


class Meter:
    """The page."""

    def __init__(self, settings: Settings, door: Door, pool: Pool) -> None:
        """`pool` has connections of the serving role."""
        self._settings = settings
        self._door = door
        self._pool = pool
        self._lock = Lock()
        self._page = b""
        self._made_at = -FRESH_S

    def answer(self, call: Call) -> Answer:
        """The page, or why the caller does not get it. Asks the database; not for the event loop."""
        if self._settings.metrics == "off":
            return _refused(call, refuse(RefusalCode.NOT_FOUND), 404)
        if call.method not in ("GET", "HEAD"):
            return _refused(call, refuse(RefusalCode.METHOD_NOT_ALLOWED), 405)
        refusal = None if self._is_open_to(call) else self._refusal(call)
        if refusal is not None:
            return _refused(call, refusal, _STATUSES[refusal.code])
        return Answer(200, self._fresh_page(), {"Content-Type": CONTENT_TYPE_LATEST})

    def _is_open_to(self, call: Call) -> bool:
        if self._settings.metrics != "loopback":
            return self._settings.metrics == "open"
        # What comes through a proxy on this machine comes from elsewhere.
        if any(call.header(name) for name in _FORWARDED):
            return False
        try:
            return ip_address(call.address or "").is_loopback
        except ValueError:
            return False

    def _refusal(self, call: Call) -> Refusal | None:
        header = call.header(b"authorization")
        caller = self._door.known(header, call.address) or self._door.authenticate(header, call.address)
        if isinstance(caller, Refusal):
            return caller
        # The figures are those of the whole network, so that a company's own token does not do.
        if not (caller.is_operator and caller.may(Scope.ADMIN)):
            return refuse(RefusalCode.UNAUTHORIZED)
        return None

    def _fresh_page(self) -> bytes:
        with self._lock:
            if clock.monotonic() - self._made_at >= FRESH_S:
                self._page = generate_latest(self)
                self._made_at = clock.monotonic()
            return self._page

    def collect(self) -> Iterator[Metric]:
        """Every metric, in the order of ALL; what the database knows is left out while it is away."""
        yield from metrics.families()
        seen = {"counterfoil_disk_free_bytes": float(health.free_bytes(self._settings.data_dir))}
        unsafe: dict[str, float] = {}
        try:
            with self._pool.connection(wait_s=2) as connection:
                seen |= _seen(connection)
                unsafe = {
                    check.name: float(check.state is health.State.FAIL)
                    for check in health.promises(connection)
                }
            seen["counterfoil_database_up"] = 1.0
        except psycopg.Error:
            seen["counterfoil_database_up"] = 0.0
        for named in ASKED:
            family = GaugeMetricFamily(named.name, named.meaning, labels=named.labels)
            for check, value in unsafe.items() if named.labels else ():
                family.add_metric((check,), value)
            if named.name in seen:
                family.add_metric((), seen[named.name])
            yield family


def _seen(connection: Connection) -> dict[str, float]:
    now = clock.machine_now()
    clocks = asked.clocks(connection)
    backlog = asked.backlog(connection)
    held = asked.held(connection)
    verified = asked.last_verification(connection)
    seen = {
        "counterfoil_oldest_pending_seconds": _since(backlog.since, now),
        "counterfoil_pending": float(backlog.submissions),
        "counterfoil_held": float(sum(held.values())),
        "counterfoil_held_for_rate": float(held.get("RATE_MISSING", 0)),
        "counterfoil_ledger_violations": float(verified[0] if verified else 0),
        "counterfoil_lock_due_seconds": _since(asked.lock_due_since(connection), clocks.business_now),
        "counterfoil_clock_skew_seconds": (now - clocks.server_now).total_seconds(),
    }
    if verified:
        seen["counterfoil_ledger_verified_timestamp_seconds"] = verified[1].timestamp()
    return seen


def _since(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(now - moment, timedelta(0)).total_seconds()


def _refused(call: Call, refusal: Refusal, status: int) -> Answer:
    return own_error(
        status,
        str(refusal.code),
        refusal.message,
        refusal.hint,
        call.request_id,
        headers=_HEADERS.get(status, {}),
    )
