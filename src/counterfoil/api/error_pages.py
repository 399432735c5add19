"""The pages at /help/errors: one for each code, and a list of all.

Owns what stands on them, made once at the start; every word is the catalogue's, or that of
errors_explained.toml. Leaves their form to plain_pages.py. Next: errors.py.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from typing import NamedTuple

from counterfoil.api.answers import Answer
from counterfoil.api.plain_pages import page, with_code
from counterfoil.errors import CATALOGUE, OWN, REFUSALS, Place, Stage

PATH = "/help/errors"

CHECKED = {
    Stage.ROUTE: "At once, before anything else is looked at.",
    Stage.TOKEN: "At once, when the token is looked at; nothing of the body is read before.",
    Stage.SIZE: "At once, from the size of the body.",
    Stage.SYNTAX: "At once, when the document is parsed.",
    Stage.COUNT: "At once, when the orders are counted.",
    Stage.SHAPE: "At once, from the shape of the document.",
    Stage.AUTHORISATION: "At once, when the rights of the token are looked at.",
    Stage.SCHEMA: "At once, when the document is compared with the schema.",
    Stage.FIELD: "At once, when the values are checked.",
    Stage.LOAD: "At once, at any time.",
}
DECIDED = {
    Place.RECORDED: "Later, as the outcome: the order is recorded without commission.",
    Place.REJECTED: "Later, as the outcome: the submission is rejected and changes nothing.",
    Place.DUPLICATE: "Later, as the outcome: the submission is a duplicate and changes nothing.",
    Place.HELD: "Later, in place of an outcome: the submission is held, and what follows of its order waits.",
    Place.WARNING: "Later, beside the outcome, which it does not change.",
}
_OWN_ENDPOINTS = "At once, by our own endpoints: /export/commissions and /sandbox/clock."


class Explained(NamedTuple):
    """Everything that a page says. `before` and `after` are examples, empty where none helps."""

    code: str
    sentence: str
    when: str
    meaning: str
    remedy: str
    before: str
    after: str


def explained() -> list[Explained]:
    """Every code that can be told, in the order of the catalogue."""
    words = tomllib.loads((files("counterfoil.api") / "errors_explained.toml").read_text("utf-8"))
    return [_explained(*row, words[row[0]]) for row in _rows()]


def error_pages() -> dict[str, Answer]:
    """The pages by path."""
    all_of_them = explained()
    pages = {f"{PATH}/{each.code}": page(_of_code(each), each.code) for each in all_of_them}
    pages[PATH] = page(_list(all_of_them), "Errors, outcomes and warnings")
    return pages


def _rows() -> Iterator[tuple[str, str, str, str]]:
    for told in sorted(REFUSALS.values(), key=lambda each: each.stage):
        yield str(told.code), told.sentence, CHECKED[told.stage], told.remedy
    for entry in CATALOGUE.values():
        yield str(entry.code), entry.sentence, DECIDED[entry.place], entry.remedy
    for own in OWN.values():
        yield str(own.code), own.sentence, _OWN_ENDPOINTS, own.remedy


def _explained(code: str, sentence: str, when: str, remedy: str, words: Mapping[str, str]) -> Explained:
    return Explained(
        code, sentence, when, words["meaning"], remedy, words.get("before", ""), words.get("after", "")
    )


def _of_code(each: Explained) -> str:
    parts = [
        f"<h1>{escape(each.code)}</h1>",
        f'<p class="said">{with_code(each.sentence)}</p>',
        *_section("What it means", each.meaning),
        *_section("What to do", each.remedy),
        *_section("When it is told", each.when),
    ]
    for heading, example in (("Before", each.before), ("After" if each.before else "Example", each.after)):
        if example:
            parts += [f"<h2>{heading}</h2>", f"<pre>{escape(example)}</pre>"]
    return "\n".join([*parts, f'<p><a href="{PATH}">All codes</a></p>'])


def _list(all_of_them: list[Explained]) -> str:
    rows = [
        f'<dt><a href="{PATH}/{escape(each.code)}">{escape(each.code)}</a></dt>'
        f"<dd>{with_code(each.sentence)}</dd>"
        for each in all_of_them
    ]
    return "\n".join(["<h1>Errors, outcomes and warnings</h1>", "<dl>", *rows, "</dl>"])


def _section(heading: str, text: str) -> Iterator[str]:
    yield f"<h2>{heading}</h2>"
    yield f"<p>{with_code(text)}</p>"
