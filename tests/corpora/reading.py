"""The collections of difficult input: those of others as they were kept, and bytes and values of our own.

Owns reading them. Leaves what becomes of each to the tests. Next: corpora.toml, for where they are from.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent
LOST = "\ufffd"
"""Stands where the collection had bytes that are no text; `BYTES` has such bytes again."""


class Case(NamedTuple):
    """One text of the JSON parsing suite; `is_json` is None where readers may differ."""

    name: str
    text: str
    is_json: bool | None


@cache
def json_cases() -> tuple[Case, ...]:
    """The JSON parsing suite: 95 that must be read, 188 that must not, 35 that may be."""
    return tuple(_case(kept) for kept in json.loads((FOLDER / "json-parsing.json").read_text("utf-8")))


def _case(kept: dict[str, Any]) -> Case:
    text = kept["input"] if "input" in kept else kept["repeated"] * kept["times"] + kept["then"]
    return Case(kept["name"].removesuffix(".json"), text, {"y": True, "n": False}.get(kept["name"][0]))


@cache
def naughty_strings() -> tuple[str, ...]:
    """Strings that programs stumble over, and some of our own at their end."""
    theirs: list[str] = json.loads((FOLDER / "naughty-strings.json").read_text("utf-8"))
    return (*theirs, *OWN)


OWN = (
    "\x00", "a\x00b", "\ud800", "a\udfffb", "\ud83d", "\x7f", "\x1b[31m", "\u202eabc", "\u200b", "\u2028",
    "\x85", "\r\n", "a\nb", "\\", '\\"', '"""', "${jndi:ldap://x}", "%00", "=1+1", "\t=1", "\U0010ffff",
    "\ufeff", "ａｂｃ", "x" * 4096, "shopper@mail.example", "4111111111111111",
)  # fmt: skip

BYTES = (
    b"\xff", b"\xfe\xff", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf8\x88\x80\x80\x80", b"\xed\xa0\x80",
    b"\xed\xbf\xbf", b"\xf4\x90\x80\x80", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\x80", b"\xbf\xbf",
    b"\xe9", b"\xfc\x83\xbf\xbf\xbf\xbf", b"\xc0\x80", b"\xff\xfe[\x00", b"\x00[\x00]", b"\xef\xbb",
    b"[\"\xe6\x97\xa5\xd1\"]", b"\x00" * 100, b"\x1f\x8b\x08", bytes(range(256)),
    b"\xef\xbb\xbf\xef\xbb\xbf{}", b"\r\n" * 1000,
)  # fmt: skip
"""Bytes that are no UTF-8, or hardly."""

AMOUNTS: dict[str, bool] = {
    "1": True, "0": True, "0.00": True, "1.5": True, "12.345678": True, "1e2": False, "1E+2": False,
    "1_000": False, "1,000": False, "1.000,00": False, "１２": False, "١٢": False, " 1": False, "1 ": False,
    "1\n": False, "": False, "-1": False, "--1": False, "NaN": False, "Infinity": False, "-Infinity": False,
    "0x10": False, "1e999999": False, "9" * 400: False, "½": False, "1/2": False, "$1": False, "true": False,
}  # fmt: skip
"""Amounts as text, and whether the scalar takes them."""

INSTANTS: dict[str, bool] = {
    "2026-03-01T00:00:00Z": True, "2026-03-01T00:00:00.123456789Z": True, "2026-03-01T00:00:00-07:00": True,
    "2026-03-01T00:00:00": False, "2026-03-01 00:00": False, "01.03.2026": False,
    "2026-02-30T00:00:00Z": False, "2026-13-01T00:00:00Z": False, "2026-03-01T25:00:00Z": False, "": False,
    "-07:00": False, "２０２６-03-01T00:00:00Z": False, "2026-03-01T00:00:00Z\n": False, "9" * 1000: False,
    "now": False, "2026-03-01T00:00:00+99:99": False,
}  # fmt: skip
"""Moments as text, and whether the scalar takes them."""

ORDER_IDS = (
    "A-1\n", "A\u20111", "A–1", "x" * 4096, "shopper@mail.example", "4111111111111111", " A-1 ", "a\tb",
    "\u00e9", "e\u0301", "😀", "../../etc/passwd", "'; DROP TABLE x; --", "null", "NaN", "-0", "=1+1",
    "A-1\x7f",
)  # fmt: skip
"""Order ids that nobody expects; each is an id like any other."""
