"""The network file: text in, a checked `NetworkFile` or all of its faults out.

Owns the reading as a whole. The words are in shape.py, the rules between things in checks.py; what a file
changes is for change.py. Next: change.py.
"""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Any

from msgspec import Struct

from counterfoil.network.checks import CHECKS, Sections
from counterfoil.network.entries import EntryKey, body, entry_key
from counterfoil.network.fault import Fault
from counterfoil.network.lines import lines_of
from counterfoil.network.shape import FILE, SECTIONS
from counterfoil.network.tables import BROKEN, Reading
from counterfoil.network.values import Bare

FORMAT = 1
LONGEST_TEXT = 16 * 1024 * 1024
"""Characters of a file; a million SKUs fit."""

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class Origin(Struct, frozen=True):
    """Where in a file a thing stands."""

    path: str
    line: int | None


class NetworkFile(Struct, frozen=True, kw_only=True):
    """A network file without a fault: everything that takes part, as one version would know it."""

    source: str
    based_on: int
    entries: dict[EntryKey, bytes]
    origins: dict[EntryKey, Origin]


def demo_network() -> str:
    """The text of the demo network (spec/demo-network.md)."""
    return resources.files("counterfoil").joinpath("demo_network.toml").read_text("utf-8")


def read(text: str, source: str) -> NetworkFile | list[Fault]:
    """The file that `text` holds, or everything that is wrong with it, by line.

    `source` is the name that faults show. Nothing of a file with a fault is given back.
    """
    if len(text) > LONGEST_TEXT:
        return [
            _of_the_whole(source, None, f"has more than {LONGEST_TEXT} characters", "leave out old versions")
        ]
    # Some editors begin a file with a byte-order mark, which is no part of it.
    text = text.removeprefix("\ufeff")
    document = _parsed(text, source)
    if isinstance(document, Fault):
        return [document]
    return _read(document, Reading(source, lines_of(text)))


def _parsed(text: str, source: str) -> dict[str, Any] | Fault:
    try:
        # A number with a point stays text until it is an exact decimal.
        return tomllib.loads(text, parse_float=Bare)
    except RecursionError:
        return _of_the_whole(
            source, None, "nests too deeply", "write it as docs/reference/network-file.md shows"
        )
    except ValueError as error:
        found = _PLACE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        sentence = f"is no TOML: {_PLACE.sub('', str(error))}"
        return _of_the_whole(
            source, line, sentence, "correct this line; often a quote or a bracket is missing"
        )


def _of_the_whole(source: str, line: int | None, sentence: str, remedy: str) -> Fault:
    return Fault(source=source, line=line, path="", key="", sentence=f"the file {sentence}", remedy=remedy)


def _read(document: dict[str, Any], reading: Reading) -> NetworkFile | list[Fault]:
    if document.get("format") != FORMAT:
        # Another format has other keys, so nothing else can be judged.
        written = "is missing" if "format" not in document else "is one that this version does not read"
        reading.fault("format", written, f"write `format = {FORMAT}`")
        return reading.faults
    fields = reading.fields(FILE, document, "")
    things = {section: fields[section] for section in SECTIONS if fields[section] is not BROKEN}
    _note_dangling(document, reading)
    sections = Sections(things, reading.place)
    for check in CHECKS:
        for path, sentence, remedy in check(sections):
            reading.fault(path, sentence, remedy)
    if reading.faults:
        return sorted(reading.faults, key=lambda fault: fault.line or 0)
    return _file(fields["based_on"], sections, reading)


def _note_dangling(document: dict[str, Any], reading: Reading) -> None:
    known = {section: _ids_as_written(document.get(section)) for section in SECTIONS}
    for path, section, named in reading.references:
        if str(named) not in known[section]:
            noun = SECTIONS[section].noun.partition(" ")[2]
            reading.fault(
                path, f"no {noun} has the id {named}", f"correct the id, or add the {noun} to [[{section}]]"
            )


def _ids_as_written(tables: Any) -> set[str]:
    """Ids of a section, also where they are wrongly written as text: that is told once, at the id."""
    if not isinstance(tables, list):
        return set()
    return {str(table["id"]) for table in tables if isinstance(table, dict) and "id" in table}


def _file(based_on: int, sections: Sections, reading: Reading) -> NetworkFile:
    entries, origins = {}, {}
    for section in SECTIONS:
        for built in sections.of(section):
            path = sections.place(built)
            for each in built if section == "rates" else (built,):
                key = entry_key(each)
                entries[key] = body(each)
                origins[key] = Origin(path, reading.line(path))
    return NetworkFile(source=reading.source, based_on=based_on, entries=entries, origins=origins)
