"""The European Central Bank's file of reference rates: `eurofxref-hist.csv`.

Owns its form: a line a working day, a column a currency, units for one euro. Keeps every digit. Next:
administration.py, which takes them into the log.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from counterfoil.model.programme import RateQuote
from counterfoil.money import is_currency
from counterfoil.network.fault import Fault

SOURCE = "ECB"
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NOTHING = frozenset({"", "N/A"})
FAULTS_MAX = 20


def read_ecb(text: str, source: str) -> tuple[RateQuote, ...] | list[Fault]:
    """The quotes of the file, or what is wrong with it, by line. `source` is the name that faults show.

    Days without a quote of a currency (`N/A`) give none. Nothing of a file with a fault is given back.
    """
    reader = csv.reader(text.removeprefix("\ufeff").splitlines())
    try:
        lines = list(reader)
    except csv.Error as error:
        return [_fault(source, reader.line_num, "Date", f"the file is no CSV from this line on: {error}")]
    header = lines[0] if lines else []
    columns = [name.strip() for name in header]
    if not columns or columns[0] != "Date":
        return [_fault(source, 1, "Date", "the first column of the first line is not `Date`")]
    unknown = [name for name in columns[1:] if name and not _is_code(name)]
    if unknown:
        return [_fault(source, 1, unknown[0], f"{unknown[0]!r} is no currency code")]
    quotes: list[RateQuote] = []
    faults: list[Fault] = []
    for number, line in enumerate(lines[1:], start=2):
        if not line:
            continue
        for found in _read_line(line, columns, source, number):
            if isinstance(found, Fault):
                faults.append(found)
            else:
                quotes.append(found)
        if len(faults) >= FAULTS_MAX:
            break
    return faults or tuple(quotes)


def _read_line(line: list[str], columns: list[str], source: str, number: int) -> Iterator[RateQuote | Fault]:
    day = _day(line[0].strip())
    if day is None:
        yield _fault(source, number, "Date", f"{line[0]!r} is no day such as 2026-03-02")
        return
    for name, cell in zip(columns[1:], line[1:], strict=False):
        text = cell.strip()
        if not name or text in _NOTHING:
            continue
        if not _NUMBER.fullmatch(text) or not Decimal(text):
            yield _fault(source, number, name, f"{text!r} is no rate above 0")
            continue
        # Currencies that went out of use stay in the file; orders can't name them.
        if is_currency(name):
            yield RateQuote(currency=name, day=day, source=SOURCE, per_euro=Decimal(text))


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_code(name: str) -> bool:
    return len(name) == 3 and name.isascii() and name.isalpha() and name.isupper()


def _fault(source: str, line: int, key: str, sentence: str) -> Fault:
    return Fault(
        source=source,
        line=line,
        path=key,
        key=key,
        sentence=sentence,
        remedy="give the file as the bank publishes it: eurofxref-hist.csv",
    )
