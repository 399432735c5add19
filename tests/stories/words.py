"""Words: one line of a story, and the careful taking of words from it.

Owns quoting, comments, numbers and times, and the fault that names file and line. Knows no verb. Next:
reading.py.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")

_WORD = re.compile(r'(?:[^\s"#]|"(?:[^"\\]|\\.)*")(?:[^\s"]|"(?:[^"\\]|\\.)*")*')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_WHOLE = re.compile(r"[0-9]+", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


class Place(NamedTuple):
    """Where a line stands, and what it says."""

    file: str
    number: int
    text: str

    def told(self) -> str:
        """`file:line: text`, as an editor finds it."""
        return f"{self.file}:{self.number}: {self.text}"


class StoryFault(Exception):
    """A line that cannot be understood."""

    def __init__(self, place: Place, sentence: str) -> None:
        """`sentence` says what is wrong with the line."""
        super().__init__(f"{place.told()}\n  {sentence}")


def words_of(place: Place) -> list[str]:
    """The words of a line; a comment begins with `#` before a word, quoted parts are JSON strings."""
    words = []
    at = 0
    text = place.text
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        if text[at] == "#":
            break
        found = _WORD.match(text, at)
        if found is None:
            raise StoryFault(place, "has a quote that does not end")
        words.append(_unquoted(found[0], place))
        at = found.end()
    return words


def _unquoted(word: str, place: Place) -> str:
    try:
        return _QUOTED.sub(lambda part: json.loads(part[0]), word)
    except json.JSONDecodeError as error:
        raise StoryFault(place, f"has a quoted word that is no JSON string: {error}") from error


class Words:
    """The words of one line, taken from the left."""

    def __init__(self, place: Place) -> None:
        """Splits the line; raises StoryFault if it cannot."""
        self.place = place
        self._words = words_of(place)
        self._at = 0

    def fault(self, sentence: str) -> StoryFault:
        """The fault to raise about this line."""
        return StoryFault(self.place, sentence)

    def __bool__(self) -> bool:
        return self._at < len(self._words)

    def peek(self) -> str | None:
        """The next word, left where it is."""
        return self._words[self._at] if self else None

    def take(self, what: str) -> str:
        """The next word; `what` names it in the fault if there is none."""
        if not self:
            raise self.fault(f"ends where {what} should be")
        self._at += 1
        return self._words[self._at - 1]

    def rest(self) -> tuple[str, ...]:
        """All words that are left."""
        taken = tuple(self._words[self._at :])
        self._at = len(self._words)
        return taken

    def takes(self, word: str) -> bool:
        """Takes the next word if it is this one, and says whether it was."""
        if self.peek() != word:
            return False
        self._at += 1
        return True

    def decimal(self, what: str) -> Decimal:
        """The next word as an amount."""
        return Decimal(self.decimal_text(what))

    def decimal_text(self, what: str) -> str:
        """The next word, which must be an amount, as it is written."""
        word = self.take(what)
        if not _DECIMAL.fullmatch(word):
            raise self.fault(f"has {word!r} where {what} should be")
        return word

    def whole(self, what: str) -> int:
        """The next word as a whole number."""
        word = self.take(what)
        if not _WHOLE.fullmatch(word):
            raise self.fault(f"has {word!r} where {what} should be")
        return int(word)

    def has_whole(self) -> bool:
        """Whether a whole number is next."""
        return bool(_WHOLE.fullmatch(self.peek() or ""))

    def currency(self) -> str | None:
        """The next word if it looks like a currency, which is then taken."""
        word = self.peek()
        if word is None or not _CURRENCY.fullmatch(word):
            return None
        self._at += 1
        return word

    def one_of(self, what: str, known: tuple[str, ...]) -> str:
        """The next word, which must be one of those known."""
        word = self.take(what)
        if word not in known:
            raise self.fault(f"has {word!r} where {what} should be, one of: {', '.join(known)}")
        return word

    def time(self, what: str) -> datetime:
        """The next words as a time: a date, a time of day, `Pacific`; midnight and UTC if left out."""
        day = self.take(what)
        if not _DATE.fullmatch(day):
            raise self.fault(f"has {day!r} where {what} should be: YYYY-MM-DD [HH:MM[:SS]] [Pacific]")
        clock = self.take("a time") if _TIME.fullmatch(self.peek() or "") else "00:00"
        zone = PACIFIC if self.takes("Pacific") else UTC
        try:
            return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone).astimezone(UTC)
        except ValueError as error:
            raise self.fault(f"has a time that does not exist: {error}") from error

    def month(self, what: str) -> date:
        """The next word as a month, `YYYY-MM`: its first day."""
        word = self.take(what)
        if not _MONTH.fullmatch(word):
            raise self.fault(f"has {word!r} where {what} should be: YYYY-MM")
        return date(int(word[:4]), int(word[5:]), 1)

    def end(self) -> None:
        """Nothing may be left; raises StoryFault for what is."""
        if self:
            raise self.fault(f"goes on with {self.peek()!r}, which nothing here means")
