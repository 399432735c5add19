"""Options: the settings of deciding, and from which place in the log each state of them holds.

Owns the noting of a change and the look-up by place. Knows no environment. Next: facts.py, which asks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from msgspec.structs import asdict
from psycopg import Connection

from counterfoil.processing import Options
from counterfoil.store import log
from counterfoil.store.queries import sql

OptionsAt = Callable[[int], Options]


def options_at(connection: Connection) -> OptionsAt:
    """The settings as a submission at a place in the log sees them.

    What stands before the first note is judged by that note, and by the defaults where there is none.
    """
    found = connection.execute(sql("options", "noted")).fetchall()
    places = [row[0] for row in found]
    noted = [_options(row) for row in found]

    def at(position: int) -> Options:
        if not noted:
            return Options()
        return noted[max(0, bisect_left(places, position) - 1)]

    return at


def note(connection: Connection, entry: log.Entry, options: Options) -> bool:
    """Notes settings at the end of the log unless they are the ones in force; answers whether it did.

    The caller holds the log and commits.
    """
    row = connection.execute(sql("options", "in_force")).fetchone()
    if row is not None and _options(row) == options:
        return False
    receipt = log.flush(connection, [entry])()[0]
    connection.execute(sql("options", "note"), {"position": receipt.position, **asdict(options)})
    return True


def _options(row: tuple[int, int, int, bool, bool, bool]) -> Options:
    _, items_max, rate_age_days_max, stale, declined, accepted = row
    return Options(
        items_max=items_max,
        rate_age_days_max=rate_age_days_max,
        rejects_stale_changes=stale,
        ignores_declined=declined,
        accepted_locks_at_once=accepted,
    )
