"""Columns: one member of many orders at a time, brought into the form in which it is kept.

Owns the rules of single values (spec/tracking-api.md, section 4) for whole columns, so that the usual case is
a few operations over all of them. Declines whatever is not plainly right. Next: capture/scalars.py.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any

from msgspec import Struct
from msgspec.structs import force_setattr

from counterfoil.capture.instants import PLAIN_INSTANT, canonical_instant
from counterfoil.capture.scalars import INT_MAX, PLAIN_DECIMAL, decimal_json, written_out

NAME_MARK = "\x01"
"""Before a bare name of a document."""

NUMBER_MARK = "\x02"
"""Before a number that JSON's reader would not keep whole."""

_ESCAPED_NAME_MARK, _ESCAPED_NUMBER_MARK = b"\\u0001", b"\\u0002"

_PLAIN_DECIMALS = re.compile(rf"(?:{NUMBER_MARK}?{PLAIN_DECIMAL}\n)*+")
_PLAIN_INSTANTS = re.compile(rf"(?:{PLAIN_INSTANT}\n)*+")
_NEGATIVE_ZERO = re.compile(rb"-0\s*[,\]}]")


class Declined(Exception):
    """Something is not plainly right: the exact path has to read it."""


class Columns:
    """The rules for one list: those of literals, or those of variables."""

    def __init__(self, text: bytes, *, literal: bool) -> None:
        """`text` is what the orders were decoded from."""
        self._text = text
        self.is_literal = literal
        self._marks = 0

    def begin(self) -> None:
        """Forgets the marks that were met."""
        self._marks = 0

    def has_every_mark(self) -> bool:
        """Whether all marks stood where they may: none is left in a text that nobody has looked at.

        What only looks like one is counted as well, so that the answer is sometimes no without need.
        """
        if not self.is_literal:
            return True
        sent = self._text.count(_ESCAPED_NAME_MARK) + self._text.count(_ESCAPED_NUMBER_MARK)
        return self._marks == sent

    def texts(self, things: Sequence[Struct], *names: str, ids: bool = False) -> None:
        """Strings; whole numbers become their text (D45), in a literal those of ids alone."""
        for name in names:
            settled = self.settled_texts(map(attrgetter(name), things), ids=ids)
            if settled is not None:
                _replace(things, name, settled)

    def settled_texts(self, column: Iterable[Any], *, ids: bool = False) -> list[Any] | None:
        """The texts of a column that may have gaps; None when it has nothing but texts already."""
        values = list(column)
        if self._are_texts(values):
            return None
        if self.is_literal and not ids:
            raise Declined
        values = self._numbers_as_text(values)
        if not self._are_texts(values):
            raise Declined
        return values

    def _are_texts(self, values: list[Any]) -> bool:
        # What is empty is left out here, and refused at the end if it is no text.
        try:
            joined = "".join(filter(None, values))
        except TypeError:
            return False
        if self.is_literal and (NAME_MARK in joined or NUMBER_MARK in joined):
            raise Declined
        return True

    def numbers(self, things: Sequence[Struct], name: str) -> None:
        """Whole numbers from 0 to 2147483647."""
        values = set(map(attrgetter(name), things))
        values.discard(None)
        if values and not (min(values) >= 0 and max(values) <= INT_MAX):
            raise Declined

    def names(self, things: Sequence[Struct], name: str, allowed: frozenset[str]) -> None:
        """Values of an enum."""
        values = list(map(attrgetter(name), things))
        settled = self.settled_names(values, allowed)
        if settled != values:
            _replace(things, name, settled)

    def settled_names(self, values: list[Any], allowed: frozenset[str]) -> list[Any]:
        """The names of a column that may have gaps."""
        mark = NAME_MARK if self.is_literal else ""
        known: dict[Any, str | None] = {mark + name: name for name in allowed}
        known[None] = None
        self._marks += len(values) - values.count(None)
        if not known.keys() >= set(values):
            raise Declined
        return [known[value] for value in values]

    def instants(self, things: Sequence[Struct], name: str) -> None:
        """Points in time, in UTC (D41 to D44)."""
        given, texts = _given(things, name)
        if _are_lines(_PLAIN_INSTANTS, "\n".join(texts), len(texts)):
            return
        settled = [canonical_instant(text) for text in texts]
        if None in settled:
            raise Declined
        _replace(given, name, settled)

    def decimals(self, things: Sequence[Struct], name: str, *, required: bool = False) -> None:
        """Decimals in plain notation, digits as sent (D38 to D40)."""
        given, sent = _given(things, name)
        if required and len(sent) < len(things):
            raise Declined
        texts = sent
        try:
            lines = "\n".join(texts)
        except TypeError:
            if not set(map(type, sent)) <= {str, int}:
                raise Declined from None
            texts = self._numbers_as_text(sent)
            lines = "\n".join(texts)
        if not _are_lines(_PLAIN_DECIMALS, lines, len(texts)):
            texts = [_plain(text) for text in texts]
        elif marks := lines.count(NUMBER_MARK):
            self._marks += marks
            texts = lines.replace(NUMBER_MARK, "").split("\n")
        if texts is not sent:
            _replace(given, name, texts)

    def _numbers_as_text(self, values: list[Any]) -> list[Any]:
        # A decoded zero does not tell whether it had a sign, and with one it is another text.
        if 0 in values and _NEGATIVE_ZERO.search(self._text):
            raise Declined
        return [str(value) if type(value) is int else value for value in values]


def _given(things: Sequence[Struct], name: str) -> tuple[Sequence[Struct], list[Any]]:
    """Those of the things that have this member, and the members."""
    values = list(map(attrgetter(name), things))
    if None not in values:
        return things, values
    given = [thing for thing, value in zip(things, values, strict=True) if value is not None]
    return given, [value for value in values if value is not None]


def _are_lines(pattern: re.Pattern[str], lines: str, count: int) -> bool:
    """Whether so many texts, joined, all have a form; the pattern is that of lines."""
    return count == 0 or (pattern.fullmatch(lines + "\n") is not None and lines.count("\n") == count - 1)


def _plain(text: str) -> str:
    plain = written_out(text[1:]) if text.startswith(NUMBER_MARK) else decimal_json(text)
    if not isinstance(plain, str):
        raise Declined
    return plain


def _replace(things: Iterable[Struct], name: str, values: Iterable[object]) -> None:
    # The orders were made a moment ago and nobody else has seen them: they may still change, frozen or not.
    deque(map(force_setattr, things, repeat(name), values), maxlen=0)
