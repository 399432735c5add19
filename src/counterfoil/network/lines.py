"""Lines: where in a TOML text each table and each key stands.

Owns a loose scan of a text that has already been read as TOML; it finds places and judges nothing, and stops
where it is lost. Next: tables.py.
"""

from __future__ import annotations

import re
from bisect import bisect_left

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|"{1,2}(?!")|[^"\\])*"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN_VALUE = re.compile(r"[^,\]}\n#]+")


def lines_of(text: str) -> dict[str, int]:
    """The line, from 1, of each path such as `terms[2].actions[0].tracker`, as far as they can be found."""
    scan = _Scan(text)
    try:
        scan.document()
    except _Lost:
        return scan.found
    return scan.found


class _Lost(Exception):
    pass


class _Scan:
    def __init__(self, text: str) -> None:
        self.found: dict[str, int] = {}
        self._text = text
        self._at = 0
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._lengths: dict[str, int] = {}

    def document(self) -> None:
        table = ""
        self._skip()
        while self._at < len(self._text):
            if self._took("[["):
                table = self._header(is_array=True)
            elif self._took("["):
                table = self._header(is_array=False)
            else:
                self._pair(table)
            self._skip()

    def _header(self, *, is_array: bool) -> str:
        start = self._at
        path = ""
        parts = self._keys()
        for part in parts[:-1]:
            path = _joined(path, part)
            if length := self._lengths.get(path):
                path = f"{path}[{length - 1}]"
        path = _joined(path, parts[-1])
        if is_array:
            length = self._lengths.get(path, 0)
            self._lengths[path] = length + 1
            self._note(path, start)
            path = f"{path}[{length}]"
        self._note(path, start)
        self._need("]]" if is_array else "]")
        return path

    def _pair(self, path: str) -> None:
        start = self._at
        for part in self._keys():
            path = _joined(path, part)
            self._note(path, start)
        self._need("=")
        self._value(path)

    def _value(self, path: str) -> None:
        self._skip()
        if self._took("["):
            self._elements(path)
        elif self._took("{"):
            self._inline_table(path)
        elif not (self._matched(_STRING) or self._matched(_PLAIN_VALUE)):
            raise _Lost

    def _elements(self, path: str) -> None:
        index = 0
        self._skip()
        while not self._took("]"):
            self._note(f"{path}[{index}]", self._at)
            self._value(f"{path}[{index}]")
            index += 1
            self._skip()
            self._took(",")
            self._skip()

    def _inline_table(self, path: str) -> None:
        self._skip()
        while not self._took("}"):
            self._pair(path)
            self._skip()
            self._took(",")
            self._skip()

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip()
            if quoted := self._matched(_STRING):
                keys.append(quoted[1:-1])
            elif bare := self._matched(_BARE_KEY):
                keys.append(bare)
            else:
                raise _Lost
            self._skip()
            if not self._took("."):
                return keys

    def _note(self, path: str, at: int) -> None:
        self.found.setdefault(path, bisect_left(self._breaks, at) + 1)

    def _skip(self) -> None:
        self._matched(_SPACE)

    def _took(self, token: str) -> bool:
        if not self._text.startswith(token, self._at):
            return False
        self._at += len(token)
        return True

    def _need(self, token: str) -> None:
        self._skip()
        if not self._took(token):
            raise _Lost

    def _matched(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.match(self._text, self._at)
        if match is None:
            return None
        self._at = match.end()
        return match.group()


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
