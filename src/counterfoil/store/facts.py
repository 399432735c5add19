"""Facts: reads what is known about the orders of a chunk, in a constant number of queries.

Owns the caches of networks by version and the look-up of rates by place in the log. Judges nothing.
Next: processing.py, which asks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256

import msgspec
from psycopg import Connection

from counterfoil.model.ledger import Click, Standing
from counterfoil.model.orders import Cancellation, Mode, NewOrder, OrderKey, Restatement, Submission
from counterfoil.model.programme import Flat, Network, RateQuote
from counterfoil.network import build
from counterfoil.processing import Facts
from counterfoil.processing.outcomes import place_of, use_of
from counterfoil.rules.attribution import click_named
from counterfoil.rules.conversion import FindRate, KnownRate
from counterfoil.store import rows
from counterfoil.store.options import OptionsAt, options_at
from counterfoil.store.queries import sql


class Networks:
    """The versions of the network, kept once read: they never change."""

    def __init__(self) -> None:
        """Knows nothing yet."""
        self._positions: list[int] = []
        self._networks: dict[int, Network] = {}

    def refresh(self, connection: Connection) -> None:
        """Learns of versions that were applied since; one query."""
        self._positions = [row[1] for row in connection.execute(sql("facts", "network_versions"))]

    def load(self, connection: Connection, versions: Iterable[int]) -> None:
        """Reads the versions that are not yet known here."""
        for version in set(versions) - self._networks.keys():
            entries = connection.execute(sql("facts", "network_entries"), {"version": version}).fetchall()
            self._networks[version] = build(version, self._positions[version - 1], entries)

    def version_at(self, position: int) -> int:
        """The version that a submission at `position` sees; 0 before the first."""
        return bisect_left(self._positions, position)

    def latest(self) -> int:
        """The version in force; 0 before the first."""
        return len(self._positions)

    def in_force(self, connection: Connection) -> Network:
        """The network as it is now; an empty one before the first version."""
        self.refresh(connection)
        version = len(self._positions)
        if version == 0:
            return Network(version=0, position=0)
        self.load(connection, [version])
        return self._networks[version]

    def of(self, version: int) -> Network:
        """A version that was loaded."""
        return self._networks[version]

    def at(self, position: int) -> Network:
        """The network as a submission at `position` sees it."""
        return self._networks[self.version_at(position)]


def facts_for(
    connection: Connection,
    submissions: Sequence[Submission],
    networks: Networks,
    known: Collection[OrderKey] | None = None,
) -> Facts:
    """Everything that deciding these submissions can ask for.

    `known` are the only orders among theirs of which there can be an action; all, if it is not given.
    """
    networks.refresh(connection)
    row = connection.execute(sql("facts", "latest_rates")).fetchone()
    assert row is not None
    # Before the standings: a closing that finishes in between is seen by one of the two.
    closings = tuple((place[0], place[1]) for place in connection.execute(sql("facts", "closings")))
    clicks = _clicks(connection, submissions)
    if known is None:
        known = {submission.key for submission in submissions}
    standings = _standings(connection, known)
    live_before = _live_before(connection, submissions, standings)
    settings_at = options_at(connection)
    # Submissions of one request share their place and its time.
    received = {submission.position: submission.received_at for submission in submissions}
    seen = {networks.version_at(position) for position in received}
    met = (*standings.values(), *live_before.values())
    priced_by = {standing.action.network_version for standing in met}
    networks.load(connection, seen | priced_by)
    in_use = [networks.of(version) for version in seen | priced_by]
    return Facts(
        standings=standings,
        clicks=clicks,
        used=_uses(connection, submissions, clicks, in_use, standings, live_before),
        network_at=networks.at,
        network_of=networks.of,
        find_rate=_rates(connection, submissions, received, in_use, settings_at),
        options_at=settings_at,
        live_before=live_before,
        rates_known=row[0],
        closings=closings,
    )


def _clicks(connection: Connection, submissions: Iterable[Submission]) -> dict[str, Click]:
    named = {
        click_id
        for submission in submissions
        if isinstance(submission.order, NewOrder) and (click_id := click_named(submission.order.cj_event))
    }
    if not named:
        return {}
    found = connection.execute(sql("facts", "clicks"), {"click_ids": [_text(name) for name in named]})
    return {row[0]: Click(**dict(zip(Click.__struct_fields__, row, strict=True))) for row in found}


def insert_click(connection: Connection, click: Click) -> None:
    """Stores a click; the same id again changes nothing."""
    connection.execute(sql("facts", "insert_click"), msgspec.structs.asdict(click))


def _text(name: str) -> str:
    # No click has such a name, and the database cannot be asked for one (D145).
    return name.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def _standings(connection: Connection, known: Iterable[OrderKey]) -> dict[OrderKey, Standing]:
    keys = set(known)
    if not keys:
        return {}
    # A change of an order that exists only live is rehearsed on a copy of it (D113).
    wanted = list(keys | {key._replace(mode=Mode.LIVE) for key in keys if key.mode is Mode.TEST})
    found = connection.execute(
        sql("facts", "standings"),
        {
            "modes": [str(key.mode) for key in wanted],
            "enterprises": [key.enterprise_id for key in wanted],
            "trackers": [key.action_tracker_id for key in wanted],
            "order_ids": [key.order_id for key in wanted],
        },
    )
    return dict(rows.standing(row) for row in found)


def _live_before(
    connection: Connection, submissions: Iterable[Submission], standings: Mapping[OrderKey, Standing]
) -> dict[tuple[OrderKey, int], Standing]:
    """What live orders were before test changes that waited while these moved on (D113, C8)."""
    wanted = [
        (key, submission.position)
        for submission in submissions
        if submission.mode is Mode.TEST
        and isinstance(submission.order, Restatement | Cancellation)
        and submission.key not in standings
        and (live := standings.get(key := submission.key._replace(mode=Mode.LIVE)))
        and place_of(live) > submission.position
    ]
    if not wanted:
        return {}
    found = connection.execute(
        sql("facts", "live_before"),
        {
            "enterprises": [key.enterprise_id for key, _ in wanted],
            "trackers": [key.action_tracker_id for key, _ in wanted],
            "order_ids": [key.order_id for key, _ in wanted],
            "positions": [position for _, position in wanted],
        },
    )
    before = [(rows.standing(row), row[-1]) for row in found]
    return {(key, position): standing for (key, standing), position in before}


def _uses(
    connection: Connection,
    submissions: Sequence[Submission],
    clicks: Mapping[str, Click],
    known: Iterable[Network],
    standings: Mapping[OrderKey, Standing],
    live_before: Mapping[tuple[OrderKey, int], Standing],
) -> dict[tuple[Mode, str, int], set[int]]:
    limited = {
        action.action_tracker
        for network in known
        for series in network.terms.values()
        for terms in series
        for action in terms.actions
        if action.referral_occurrences is not None
    }
    wanted = {
        (submission.mode, click.click_id, submission.key.action_tracker_id)
        for submission in submissions
        if submission.key.action_tracker_id in limited
        and isinstance(submission.order, NewOrder)
        and (click := clicks.get(click_named(submission.order.cj_event) or ""))
    }
    wanted |= _uses_to_copy(submissions, standings, live_before)
    if not wanted:
        return {}
    # The one dependence between keys: two lanes may want the last ordinal (D65). Sorted, so that nobody
    # waits in a circle; taken before the uses are read.
    locks = sorted({_lock_number(click_id, tracker) for _, click_id, tracker in wanted})
    connection.execute(sql("facts", "lock_clicks"), {"locks": locks})
    used: dict[tuple[Mode, str, int], set[int]] = {}
    click_ids = sorted({click_id for _, click_id, _ in wanted})
    for mode, click_id, tracker, ordinal in connection.execute(
        sql("facts", "referral_uses"), {"click_ids": click_ids}
    ):
        used.setdefault((Mode(mode), click_id, tracker), set()).add(ordinal)
    return used


def _uses_to_copy(
    submissions: Iterable[Submission],
    standings: Mapping[OrderKey, Standing],
    live_before: Mapping[tuple[OrderKey, int], Standing],
) -> set[tuple[Mode, str, int]]:
    """The clicks of live orders that test changes may adopt, where terms limit their uses."""
    copied = set()
    for submission in submissions:
        if submission.mode is Mode.LIVE or submission.key in standings:
            continue
        key = submission.key._replace(mode=Mode.LIVE)
        live = live_before.get((key, submission.position)) or standings.get(key)
        if live is not None and (use := use_of(live.action)) is not None:
            copied.add((Mode.TEST, use.click_id, use.action_tracker_id))
    return copied


def _lock_number(click_id: str, tracker: int) -> int:
    return int.from_bytes(sha256(f"{click_id}\x1f{tracker}".encode()).digest()[:4], signed=True)


def rates_on(
    connection: Connection, currencies: Iterable[str], day: date, position: int, age_days_max: int
) -> FindRate:
    """The look-up of rates for one day, as known before a place in the log."""
    return _find_among(connection, set(currencies), [(day, position, age_days_max)])


def _rates(
    connection: Connection,
    submissions: Iterable[Submission],
    received: Mapping[int, datetime],
    known: Iterable[Network],
    settings_at: OptionsAt,
) -> FindRate:
    currencies = _currencies(submissions, known)
    if len(currencies) == 1:
        # One currency throughout: nothing is ever converted.
        return _no_rate
    wanted = {
        (at.date(), position, settings_at(position).rate_age_days_max) for position, at in received.items()
    }
    return _find_among(connection, currencies, wanted)


def _find_among(
    connection: Connection, currencies: set[str], times: Collection[tuple[date, int, int]]
) -> FindRate:
    """The look-up for some (day, place in the log, days that a daily rate serves)."""
    ages = {position: age_days_max for _, position, age_days_max in times}
    first = {"first": min(ages, default=0)}
    positions = [row[0] for row in connection.execute(sql("facts", "rate_positions"), first)]

    def known_until(position: int) -> int:
        """The place from which on no rate is known yet: the same for all between two arrivals."""
        index = bisect_left(positions, position)
        return positions[index] if index < len(positions) else (positions[-1] + 1 if positions else 0)

    spans = {(day, known_until(position), age_days_max) for day, position, age_days_max in times}
    wanted = sorted((currency, *span) for span in spans for currency in currencies - {"EUR"})
    found: dict[tuple[str, date, int, int], KnownRate] = {}
    for currency, day, until, age_days_max, *quotes in connection.execute(
        sql("facts", "rates"),
        {
            "currencies": [row[0] for row in wanted],
            "days": [row[1] for row in wanted],
            "positions": [row[2] for row in wanted],
            "ages": [row[3] for row in wanted],
        },
    ):
        rate = _chosen(currency, day, quotes[:4], quotes[4:], age_days_max)
        if rate is not None:
            found[currency, day, until, age_days_max] = rate

    def find(currency: str, day: date, position: int) -> KnownRate | None:
        return found.get((currency, day, known_until(position), ages[position]))

    return find


def _chosen(
    currency: str, day: date, before: Sequence[object], later: Sequence[object], age_days_max: int
) -> KnownRate | None:
    """The rate known before the submission if not too old, otherwise the first that came later (D149)."""
    quoted = _quote(currency, before)
    if quoted is not None and (quoted.is_fixed or (day - quoted.day).days <= age_days_max):
        return KnownRate(quoted, None)
    came = _quote(currency, later[:4])
    return KnownRate(came, int(str(later[4]))) if came is not None else None


def _quote(currency: str, row: Sequence[object]) -> RateQuote | None:
    day, source, per_euro, is_fixed = row
    if day is None:
        return None
    return RateQuote(currency=currency, day=day, source=source, per_euro=per_euro, is_fixed=is_fixed)  # type: ignore[arg-type]


def _currencies(submissions: Iterable[Submission], known: Iterable[Network]) -> set[str]:
    currencies = {"USD"}
    for network in known:
        currencies |= {company.currency for company in network.advertisers.values()}
        currencies |= {company.currency for company in network.publishers.values()}
        for series in network.terms.values():
            for terms in series:
                rates = [rule.rate for action in terms.actions for rule in action.rules]
                currencies |= {rate.currency for rate in (*rates, terms.fee) if isinstance(rate, Flat)}
    for submission in submissions:
        order = submission.order
        if isinstance(order, NewOrder | Restatement) and order.currency:
            currencies.add(order.currency.upper())
    return {
        currency
        for currency in currencies
        if currency.isascii() and currency.isalpha() and len(currency) == 3
    }


def _no_rate(_currency: str, _day: date, _position: int) -> KnownRate | None:
    return None
