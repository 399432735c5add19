"""Examining: the doctor's round over everything that runs, beside a server or without one.

Owns the order of the report, and the settings as they are in force. Makes nothing and migrates nothing. Next:
health.py for the checks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing

import psycopg
from msgspec import Struct
from psycopg import Connection

from counterfoil import __version__, health
from counterfoil.app import Database
from counterfoil.health import Check, State
from counterfoil.settings import FIELDS, NAMES, Settings
from counterfoil.store.embedded import StoreUnavailable, has_database, users_of
from counterfoil.store.health import sessions

HIDDEN = "***"


class InForce(Struct, frozen=True):
    """One setting: its value, a secret's hidden, and where it came from."""

    name: str
    value: str
    origin: str


class Examination(Struct, frozen=True, kw_only=True):
    """The whole report."""

    version: str
    checks: tuple[Check, ...]
    settings: tuple[InForce, ...]

    @property
    def is_healthy(self) -> bool:
        """Whether no check failed; a warning is no failure."""
        return health.worst(self.checks) is not State.FAIL


def examine(settings: Settings) -> Examination:
    """Looks at everything; starts the embedded database for as long as that takes, where none runs."""
    return Examination(
        version=__version__, checks=tuple(_checks(settings)), settings=tuple(settings_in_force(settings))
    )


def settings_in_force(settings: Settings) -> Iterator[InForce]:
    """Every setting in the order of the reference, with where it came from."""
    for name in NAMES:
        value = str(getattr(settings, name))
        shown = HIDDEN if FIELDS[name].metadata["secret"] and value else value
        yield InForce(name, shown, settings.origins.get(name, "default"))


def _checks(settings: Settings) -> Iterator[Check]:
    yield health.disk(settings.data_dir)
    if not settings.database_url:
        if not has_database(settings.data_dir):
            yield Check(
                name="database",
                state=State.FAIL,
                says=f"There is no database in {settings.data_dir}.",
                fix="Make one: counterfoil serve; or name its place: --data-dir DIR.",
            )
            return
        yield health.folders(settings.data_dir)
    try:
        reached = Database(settings, purpose="doctor")
    except StoreUnavailable as away:
        yield Check(name="database", state=State.FAIL, says=away.sentence, fix=away.fix)
        return
    try:
        with closing(reached.connect("doctor")) as connection:
            connection.autocommit = True
            yield from health.of_database(connection)
            yield _processes(settings, connection)
    except psycopg.Error as error:
        yield health.unreachable(error)
    finally:
        reached.release()


def _processes(settings: Settings, connection: Connection) -> Check:
    """Who else is at work on this database."""
    if settings.database_url:
        found = [(purpose, count) for purpose, count in sessions(connection).items() if purpose != "doctor"]
        told = ", ".join(f"{purpose} ({count})" for purpose, count in found)
        says = f"Connections of ours: {told}." if found else "Nothing else of ours is connected."
        has_processor = any(purpose == "processor" for purpose, _ in found)
    else:
        users = [(pid, purpose) for pid, purpose in users_of(settings.data_dir) if pid != os.getpid()]
        told = ", ".join(f"{purpose} (process {pid})" for pid, purpose in users)
        says = f"At work on this directory: {told}." if users else "Nothing else runs on this directory."
        has_processor = any(purpose == "processor" for _, purpose in users)
    if has_processor or health.backlog(connection).state is State.OK:
        return Check(name="processes", says=says)
    return Check(
        name="processes",
        state=State.WARN,
        says=f"{says} No processor decides what waits.",
        fix="Start one: counterfoil serve, or counterfoil worker.",
    )
