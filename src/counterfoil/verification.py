"""Verification: what must hold in the ledger, asked of the tables themselves.

Owns the promises, the report and its two forms; the queries are the store's. Changes nothing. Next:
store/invariants.py, then docs/reference/invariants.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from psycopg import Connection

from counterfoil import clock
from counterfoil.errors import CATALOGUE, Place
from counterfoil.store import increments, invariants

PENDING_AGE_MAX = timedelta(minutes=10)
"""The alarm age: accepted work that waits longer for its decision is a violation of I7."""

_STOP = (
    "Stop the processors, keep the database as it is, and compare with a replay: counterfoil ledger replay"
)
_REPORT = f"{_STOP}. Then report the rows: the product has written what it must not write."
_DAMAGED = "Restore the last backup that verifies into another directory, and compare the rows named here."


class Invariant(NamedTuple):
    """One promise. `waits_for` says why there is nothing to check yet, `None` where a query checks it."""

    id: str
    promise: str
    next_step: str
    waits_for: str | None = None


INVARIANTS = (
    Invariant("I1", "The records of an action sum to its last version, in each currency.", _REPORT),
    Invariant("I2", "A reversal is the record it reverses, with the other sign.", _REPORT),
    Invariant("I3", "No record is reversed twice, and none before it was posted.", _REPORT),
    Invariant(
        "I4", "Each commissionable action has exactly one standing record, that of its last version.", _REPORT
    ),
    Invariant(
        "I5", "Every posted outcome has its records, and every record an outcome or a period job.", _REPORT
    ),
    Invariant(
        "I6",
        "Of each request as many submissions are decided, held and pending as were accepted.",
        "Look for the submissions in I21, which names each. " + _DAMAGED,
    ),
    Invariant(
        "I7",
        "Nothing waits longer than the alarm age, and what is held says what, where, why and since when.",
        "See that a processor runs: counterfoil doctor. Release what is held: counterfoil orders release",
    ),
    Invariant(
        "I8",
        "Daily totals equal what their records sum to.",
        "Trust the records (I1 to I5); have the daily totals built anew from them before anyone reads them.",
    ),
    Invariant(
        "I9",
        "Invoices and statements equal the sum of their lines, and a record is on one of each at most.",
        "Send and pay none of the papers named until it is settled. " + _REPORT,
    ),
    Invariant(
        "I10",
        "Every figure of a standing version is what its own terms give for what was stated.",
        "Show the order with `counterfoil explain` and reckon it by hand; pay nothing on it until then. "
        + _REPORT,
    ),
    Invariant("I11", "Whether an action is commissionable never changes.", _REPORT),
    Invariant("I12", "The publisher of an action never changes.", _REPORT),
    Invariant(
        "I13",
        "In the live ledger nothing received at or after the lock instant changed an action.",
        "Take the order out of the next closing until it is settled. " + _REPORT,
    ),
    Invariant(
        "I14", "Posting dates never fall as commission ids rise, and events tell the same order.", _REPORT
    ),
    Invariant("I15", "After a cancellation every amount is zero, and nothing follows.", _REPORT),
    Invariant(
        "I16",
        "The hash chain of postings verifies.",
        "",
        waits_for="no hash chain is kept; S2 checks the chain of ids",
    ),
    Invariant("I17", "No row of the live ledger refers to the test ledger.", _REPORT),
    Invariant(
        "I18",
        "The tenant of a row is that of everything it refers to.",
        "Revoke the tokens of the enterprises named until it is settled. " + _REPORT,
    ),
    Invariant(
        "I19",
        "No token, password or e-mail address stands in a text column.",
        "",
        waits_for="runs in the tests only, which send marked ones through every door",
    ),
    Invariant("I20", "Every converted amount carries its rate, the rate's date and source.", _REPORT),
    Invariant("I21", "Every submission is in one place only: decided, held or pending.", _DAMAGED),
    Invariant("I22", "Every request has the log rows its receipt said, each in its order's lane.", _DAMAGED),
    Invariant("I23", "Of one order nothing is decided before what was accepted earlier.", _REPORT),
    Invariant("I24", "Versions and generations count from 1 without a gap.", _REPORT),
    Invariant(
        "I25",
        "Every submission has one outcome at most, with a code of the catalogue, or the winner.",
        _REPORT,
    ),
    Invariant(
        "I26",
        "No line of a file that was sent twice has two effects.",
        "",
        waits_for="comes with data files",
    ),
    Invariant("S1", "Places and running numbers of the log follow each other up to its end.", _DAMAGED),
    Invariant("S2", "The posting chain covers exactly the commission ids that are there.", _DAMAGED),
    Invariant(
        "S3", "Events are numbered without a gap, and every outcome but a duplicate is told once.", _REPORT
    ),
    Invariant(
        "S4",
        "The present state of each action is what its versions and statuses say.",
        "Trust the versions and statuses; have action_current built anew from them before the next order.",
    ),
    Invariant("S5", "The bytes of the log are those that were accepted.", _DAMAGED),
    Invariant(
        "S6", "A use of a click belongs to one standing order, and each such order has its use.", _REPORT
    ),
)
"""In the order of the report. I1 to I26 are the promises of the ledger, S1 to S6 hold the tables together."""


IN_PARTS = frozenset(
    "I1 I2 I3 I4 I5 I7 I10 I11 I12 I13 I15 I20 I23 I24 S4".split()  # noqa: SIM905 - read as one line
)
"""What can be checked over the orders that were touched; the others look at everything, or at the order of
all, and run with the whole ledger alone."""

EVENTS_MAX = 200_000
"""Most events that one run in parts covers; the next goes on from there."""


class State(StrEnum):
    """What a check says."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNREADABLE = "could not be read"
    NOTHING_YET = "nothing to check yet"


class Finding(Struct, frozen=True, kw_only=True):
    """What one invariant's check found. `first` are the first rows; `reason` says why there are none."""

    id: str
    promise: str
    state: State
    rows: int
    first: tuple[dict[str, Any], ...]
    milliseconds: int
    next_step: str
    reason: str | None = None

    @property
    def is_clean(self) -> bool:
        """Whether nothing speaks against the promise."""
        return self.state in (State.HOLDS, State.NOTHING_YET)


class Report(Struct, frozen=True, kw_only=True):
    """A whole run: every finding, in the order of INVARIANTS, all of one moment."""

    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        """Whether no invariant is violated and every check could be made."""
        return all(finding.is_clean for finding in self.findings)


class UnknownInvariant(ValueError):
    """There is no invariant of that id."""


Progress = Callable[[Finding, int, int], None]
"""Hears of each finding as it is made: the finding, how many are done, how many there are."""


def verify(
    connection: Connection,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
    *,
    pending_age_max: timedelta = PENDING_AGE_MAX,
) -> Report:
    """Checks every invariant, or `only` those named, on one snapshot of the database; writes nothing.

    The connection must not be in a transaction; any role that may read will do. Raises UnknownInvariant
    before anything is asked.
    """
    chosen = _chosen(only)
    with invariants.snapshot(connection):
        return examine(
            connection,
            chosen,
            progress,
            pending_age_max=pending_age_max,
        )


def verify_part(connection: Connection, from_event: int, to_event: int) -> Report:
    """Checks what can be checked in parts, over the orders that events after `from_event` tell of.

    The connection must not be in a transaction; its role makes temporary tables, and writes nothing else.
    """
    chosen = [invariant for invariant in INVARIANTS if invariant.id in IN_PARTS]
    with increments.narrowed(connection, from_event, to_event):
        return examine(connection, chosen)


def examine(
    connection: Connection,
    chosen: Sequence[Invariant],
    progress: Progress | None = None,
    *,
    pending_age_max: timedelta = PENDING_AGE_MAX,
) -> Report:
    """The same in the transaction that the connection is in, and as that one sees the database."""
    values = {
        "pending_age_max": pending_age_max,
        "recorded_codes": _codes(Place.RECORDED),
        "rejected_codes": _codes(Place.REJECTED),
        "held_codes": _codes(Place.HELD),
    }
    findings: list[Finding] = []
    for invariant in chosen:
        findings.append(_checked(connection, invariant, values))
        if progress is not None:
            progress(findings[-1], len(findings), len(chosen))
    return Report(findings=tuple(findings))


def as_json(report: Report) -> dict[str, Any]:
    """The report for programs: stable keys, amounts as text, times in UTC."""
    return {"is_clean": report.is_clean, "invariants": msgspec.to_builtins(report.findings)}


def as_text(report: Report) -> str:
    """The report for people: a table, and below it the rows of what is violated and what to do."""
    width = max((len(finding.promise) for finding in report.findings), default=0)
    lines = [f"{'id':<4}  {'promise':<{width}}  {'rows':>8}  {'ms':>6}"]
    for finding in report.findings:
        rows = {State.NOTHING_YET: "-", State.UNREADABLE: "?"}.get(finding.state, str(finding.rows))
        word = "" if finding.state is State.HOLDS else f"  {finding.state}"
        reason = f": {finding.reason}" if finding.state is State.NOTHING_YET else ""
        lines.append(
            f"{finding.id:<4}  {finding.promise:<{width}}  {rows:>8}  {finding.milliseconds:>6}{word}{reason}"
        )
    for finding in report.findings:
        if not finding.is_clean:
            lines += _violation(finding)
    return "\n".join([*lines, "", _verdict(report)])


def _violation(finding: Finding) -> Iterable[str]:
    yield ""
    yield f"{finding.id}  {finding.promise}"
    if finding.state is State.UNREADABLE:
        yield f"  could not be read: {finding.reason}"
    else:
        shown = len(finding.first)
        rows = "1 row" if finding.rows == 1 else f"{finding.rows} rows"
        yield f"  {rows}, the first {shown}:" if finding.rows > shown else f"  {rows}:"
    for row in finding.first:
        yield "    " + ", ".join(f"{name}={value}" for name, value in row.items() if value is not None)
    yield f"  Next: {finding.next_step}"


def _verdict(report: Report) -> str:
    checked = sum(finding.state is not State.NOTHING_YET for finding in report.findings)
    broken = [finding.id for finding in report.findings if not finding.is_clean]
    if broken:
        return f"{len(broken)} of {checked} invariants do not hold: {', '.join(broken)}."
    return f"{checked} invariants hold."


def _chosen(only: Collection[str] | None) -> list[Invariant]:
    if only is None:
        return list(INVARIANTS)
    wanted = {name.upper() for name in only}
    if unknown := wanted - {invariant.id for invariant in INVARIANTS}:
        known = ", ".join(invariant.id for invariant in INVARIANTS)
        raise UnknownInvariant(f"no invariant {', '.join(sorted(unknown))}; there are {known}")
    return [invariant for invariant in INVARIANTS if invariant.id in wanted]


def _codes(place: Place) -> list[str]:
    return [str(code) for code, entry in CATALOGUE.items() if entry.place is place]


def _checked(connection: Connection, invariant: Invariant, values: dict[str, Any]) -> Finding:
    if invariant.waits_for is not None:
        return Finding(
            id=invariant.id,
            promise=invariant.promise,
            state=State.NOTHING_YET,
            rows=0,
            first=(),
            milliseconds=0,
            next_step=invariant.next_step,
            reason=invariant.waits_for,
        )
    begun = clock.monotonic()
    found = invariants.offending(connection, invariant.id, values)
    state = State.VIOLATED if found.rows else State.HOLDS
    return Finding(
        id=invariant.id,
        promise=invariant.promise,
        state=State.UNREADABLE if found.error else state,
        rows=found.rows,
        first=found.first,
        milliseconds=round((clock.monotonic() - begun) * 1000),
        next_step=invariant.next_step,
        reason=found.error,
    )
