"""Change: what applying a network file adds to the versions that are kept.

Owns the difference between the network in force and a file, and what may never change. Writes nothing: the
rows it names are inserted under the intake lock. Next: store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from counterfoil.network.entries import KINDS, VERSIONED, EntryKey
from counterfoil.network.fault import Fault
from counterfoil.network.file import NetworkFile

FIXED: dict[str, frozenset[str]] = {
    "advertiser": frozenset({"currency"}),
    "enterprise": frozenset({"advertiser"}),
    "publisher": frozenset({"currency"}),
    "property": frozenset({"publisher"}),
    "ad": frozenset({"advertiser"}),
    "action_tracker": frozenset({"enterprise", "type"}),
    "situation": frozenset({"advertiser"}),
    "contract": frozenset({"advertiser", "publisher", "start"}),
}
"""Fields that say what a thing is. Names, addresses and ends may be written anew."""

_IN_THE_FILE = {"action_tracker": "tracker", "publisher": "exclusive_to"}
_MOST_TOLD = 20


class Amended(Struct, frozen=True):
    """One field of a thing that a file writes anew; `None` where there was, or will be, nothing."""

    key: EntryKey
    field: str
    before: Any
    after: Any

    def told(self) -> str:
        """The line for people: `publisher 7700001: name "A" -> "B"`."""
        return f"{named(self.key)}: {self.field} {_shown(self.before)} -> {_shown(self.after)}"


class Change(Struct, frozen=True, kw_only=True):
    """What a file adds, writes anew and leaves out, and why it can't be applied, if it can't.

    `version` is the one in force. `rows` are kind, id and body of everything that applying adds.
    """

    version: int
    added: tuple[EntryKey, ...]
    amended: tuple[Amended, ...]
    missing: tuple[EntryKey, ...]
    rows: tuple[tuple[str, str, bytes], ...]
    faults: tuple[Fault, ...]

    @property
    def changes_nothing(self) -> bool:
        """Whether the file says what is in force already."""
        return not (self.rows or self.missing)

    def told(self) -> list[str]:
        """The difference for people, a line a thing or field."""
        if self.changes_nothing:
            return [f"Nothing to change: the file says what version {self.version} says."]
        return [
            *(f"adds     {named(key)}" for key in self.added),
            *(f"changes  {amended.told()}" for amended in self.amended),
            *(f"lacks    {named(key)}" for key in self.missing),
        ]


def named(key: EntryKey) -> str:
    """A thing in the words of the trade: `action tracker 401`, `terms 701 from 1997-01-01T00:00:00Z`."""
    kind, of_kind = key
    if kind in VERSIONED:
        series, _, start = of_kind.rpartition("@")
        of_kind = f"{series} from {start}"
    return f"{kind.replace('_', ' ')} {of_kind}"


def compare(version: int, in_force: Mapping[EntryKey, bytes], file: NetworkFile) -> Change:
    """What applying `file` does to the network of `version`, of which `in_force` are all entries.

    For the first file the version is 0 and nothing is in force. With a fault nothing may be applied; a file
    that says what is in force changes nothing, whatever version it is based on.
    """
    wanted = file.entries
    added = tuple(key for key in wanted if key not in in_force)
    changed = tuple(key for key in wanted if key in in_force and in_force[key] != wanted[key])
    amended = tuple(each for key in changed for each in _amended(key, in_force[key], wanted[key]))
    missing = tuple(sorted((key for key in in_force if key not in wanted), key=_place_of_kind))
    to_keep = {*added, *changed}
    found = Change(
        version=version,
        added=added,
        amended=amended,
        missing=missing,
        rows=tuple((*key, wanted[key]) for key in wanted if key in to_keep),
        faults=(),
    )
    return msgspec.structs.replace(found, faults=tuple(_faults(found, file)))


def _amended(key: EntryKey, before: bytes, after: bytes) -> Iterator[Amended]:
    was, will_be = msgspec.json.decode(before), msgspec.json.decode(after)
    for field in {**was, **will_be}:
        if was.get(field) != will_be.get(field):
            yield Amended(key, field, was.get(field), will_be.get(field))


def _place_of_kind(key: EntryKey) -> tuple[int, str]:
    return list(KINDS).index(key[0]), key[1]


def _faults(found: Change, file: NetworkFile) -> Iterator[Fault]:
    if found.changes_nothing:
        return
    if file.based_on != found.version:
        yield _other_version(found, file)
        return
    for amended in found.amended:
        if fault := _forbidden(amended, file):
            yield fault
    for key in found.missing:
        yield _missing(key, file)


def _other_version(found: Change, file: NetworkFile) -> Fault:
    lines = found.told()
    more = [f"and {len(lines) - _MOST_TOLD} more"] if len(lines) > _MOST_TOLD else []
    difference = "".join(f"\n  {line}" for line in (*lines[:_MOST_TOLD], *more))
    if file.based_on > found.version:
        sentence = f"is {file.based_on}, and the newest version is {found.version}"
    else:
        sentence = (
            f"is {file.based_on}, and version {found.version} is in force: others have changed the network"
        )
    return Fault(
        source=file.source,
        line=None,
        path="based_on",
        key="based_on",
        sentence=f"{sentence}. Beside version {found.version} this file{difference}",
        remedy="write the present network with `counterfoil network export` and make your change there",
    )


def _forbidden(amended: Amended, file: NetworkFile) -> Fault | None:
    kind, _ = amended.key
    if kind in VERSIONED:
        # Closing what was open takes nothing back; everything else under the same start would.
        if kind == "coupon" and amended.field == "valid_until" and amended.before is None:
            return None
        remedy = "put it back, and add a version with a later `valid_from`"
    elif amended.field in FIXED[kind]:
        remedy = f"put it back; for another {amended.field} end this one and add a new id"
    else:
        return None
    origin = file.origins[amended.key]
    key = _IN_THE_FILE.get(amended.field, amended.field) if kind in VERSIONED else amended.field
    return Fault(
        source=file.source,
        line=origin.line,
        path=f"{origin.path}.{key}",
        key=key,
        sentence=f"may not change: {amended.told()}",
        remedy=remedy,
    )


def _missing(key: EntryKey, file: NetworkFile) -> Fault:
    kind = key[0]
    can_end = kind not in VERSIONED and kind != "situation"
    return Fault(
        source=file.source,
        line=None,
        path="",
        key="",
        sentence=f"{named(key)} is in force and missing from the file",
        remedy="put it back, with an `end` if it is over"
        if can_end
        else "put it back; what was in force is kept",
    )


def _shown(value: Any) -> str:
    if value is None:
        return "(none)"
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 80 else f"{text[:79]}…"
