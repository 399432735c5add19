"""Tables: reads a parsed file by its shape and notes every fault with its place.

Owns the walk over tables, missing and unknown keys, and the book of places. What stands under a key is said
by shape.py, what a value may be by values.py, what must fit together by checks.py. Next: shape.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from counterfoil.network.fault import Fault
from counterfoil.network.values import BIGGEST_ID, Reader, Wrong, list_of, nearest, shown, whole_number


class _Required:
    pass


REQUIRED = _Required()
BROKEN = object()


class Table(NamedTuple):
    """A table: what one is called (`an advertiser`), its keys, and what is built of their values.

    `build` takes the fields by name and may raise `Wrong` for what only the whole table shows.
    """

    noun: str
    keys: tuple[Key, ...]
    build: Callable[..., Any]


class Each(NamedTuple):
    """An array of such tables."""

    table: Table
    may_be_empty: bool = False


class Refers(NamedTuple):
    """An id, or an array of ids, of things in another section."""

    section: str
    many: bool = False


class Key(NamedTuple):
    """A key of a table: how its value is read, what stands for it when it is left out, the field it fills."""

    name: str
    shape: Reader | Table | Each | Refers
    default: Any = REQUIRED
    field: str = ""


class Reference(NamedTuple):
    """Says that what stands at `path` names a thing of a section."""

    path: str
    section: str
    id: int


class Reading:
    """One pass over one file: its faults so far, what refers to what, and where each built thing stands."""

    def __init__(self, source: str, lines: Mapping[str, int]) -> None:
        """`lines` gives the line of a path, as far as it is known."""
        self.source = source
        self.faults: list[Fault] = []
        self.references: list[Reference] = []
        self._lines = lines
        self._places: dict[int, str] = {}
        # Kept alive, so that no id is given to a second thing.
        self._built: list[Any] = []

    def fault(self, path: str, sentence: str, remedy: str) -> None:
        """Notes that what stands at `path` is wrong."""
        key = path.rpartition(".")[2]
        self.faults.append(
            Fault(
                source=self.source,
                line=self.line(path),
                path=path,
                key=key,
                sentence=sentence,
                remedy=remedy,
            )
        )

    def line(self, path: str) -> int | None:
        """The line of a path, or of the nearest table around it."""
        while path:
            if path in self._lines:
                return self._lines[path]
            path = path.rpartition("[" if path.endswith("]") else ".")[0]
        return None

    def place(self, thing: Any) -> str:
        """The path of the table that a thing was built of."""
        return self._places[id(thing)]

    def table(self, table: Table, value: Any, path: str) -> Any:
        """What the table is built into, or `BROKEN` when it lacks something it can't be built without."""
        if not isinstance(value, dict):
            self.fault(
                path, f"must be {table.noun} in the form of a table, not {shown(value)}", "write { … }"
            )
            return BROKEN
        fields = self.fields(table, value, path)
        if any(each is BROKEN for each in fields.values()):
            return BROKEN
        try:
            built = table.build(**fields)
        except Wrong as wrong:
            self.fault(f"{path}.{wrong.key}" if wrong.key else path, wrong.sentence, wrong.remedy)
            return BROKEN
        self._places[id(built)] = path
        self._built.append(built)
        return built

    def fields(self, table: Table, value: dict[str, Any], path: str) -> dict[str, Any]:
        """What stands in each field of the table, `BROKEN` where that can't be told."""
        self._note_unknown_keys(table, value, path)
        return {key.field or key.name: self._field(key, value, path, table.noun) for key in table.keys}

    def each(self, each: Each, value: Any, path: str) -> Any:
        """The things of an array of tables that could be built, in the file's order."""
        if not isinstance(value, list):
            self.fault(path, f"must be an array of tables, not {shown(value)}", f"open it with [[{path}]]")
            return BROKEN
        if not value and not each.may_be_empty:
            self.fault(path, "is empty", f"write at least one: {each.table.noun}")
        things = (self.table(each.table, one, f"{path}[{index}]") for index, one in enumerate(value))
        return tuple(thing for thing in things if thing is not BROKEN)

    def _note_unknown_keys(self, table: Table, value: dict[str, Any], path: str) -> None:
        known = [key.name for key in table.keys]
        for name in value:
            if name in known:
                continue
            remedy = nearest(name, known, f"remove it; the keys are {', '.join(known)}")
            self.fault(_joined(path, name), f"is not a key of {table.noun}", remedy)

    def _field(self, key: Key, value: dict[str, Any], path: str, noun: str) -> Any:
        here = _joined(path, key.name)
        if key.name not in value:
            if key.default is REQUIRED:
                self.fault(here, "is missing", f"add `{key.name}` to {noun}")
                return BROKEN
            return key.default
        return self._value(key.shape, value[key.name], here)

    def _value(self, shape: Reader | Table | Each | Refers, value: Any, path: str) -> Any:
        if isinstance(shape, Table):
            return self.table(shape, value, path)
        if isinstance(shape, Each):
            return self.each(shape, value, path)
        try:
            if isinstance(shape, Refers):
                return self._ids(shape, value, path)
            return shape(value)
        except Wrong as wrong:
            self.fault(path, wrong.sentence, wrong.remedy)
            return BROKEN

    def _ids(self, refers: Refers, value: Any, path: str) -> Any:
        an_id = whole_number(1, BIGGEST_ID)
        if not refers.many:
            self.references.append(Reference(path, refers.section, an_id(value)))
            return value
        ids = list_of(an_id)(value)
        self.references += (
            Reference(f"{path}[{index}]", refers.section, each) for index, each in enumerate(ids)
        )
        return ids


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
