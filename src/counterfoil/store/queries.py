"""Named queries: reads `.sql` files, so that SQL is SQL, with a name and a sentence.

Owns the one-comment-line format `-- name`, then the sentence, then the statement. Next: connection.py.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Query(NamedTuple):
    """One named statement and what it says of itself."""

    name: str
    sentence: str
    sql: bytes


@cache
def queries(room: str) -> dict[str, Query]:
    """All queries of `sql/<room>.sql`, by name. A missing sentence or a name given twice is a bug."""
    text = (files("counterfoil.store") / "sql" / f"{room}.sql").read_text(encoding="utf-8")
    found: dict[str, Query] = {}
    for block in text.split("\n\n-- ")[1:]:
        name, _, rest = block.partition("\n")
        lines = rest.split("\n")
        sentence = [line.removeprefix("-- ") for line in lines if line.startswith("-- ")]
        sql = "\n".join(line for line in lines if not line.startswith("-- ")).strip()
        assert name not in found, f"{room}.sql: {name} is there twice"
        assert sentence, f"{room}.sql: {name} has no sentence"
        assert sql.endswith(";"), f"{room}.sql: {name} does not end with a semicolon"
        found[name] = Query(name, " ".join(sentence), sql.removesuffix(";").encode())
    return found


def sql(room: str, name: str) -> bytes:
    """The statement `name` of `sql/<room>.sql`."""
    return queries(room)[name].sql
