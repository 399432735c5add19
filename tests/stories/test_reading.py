"""A line that cannot be understood is named with file and line, before anything runs.

Owns the reader's faults. Next: test_telling.py for lines that are understood and do not hold.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.reading import headings, read
from tests.stories.words import Place, StoryFault, words_of

FAULTS = {
    "jump    A-1": "begins with 'jump', which is no verb",
    "at": "ends where a time should be",
    "at tomorrow": "has 'tomorrow' where a time should be: YYYY-MM-DD [HH:MM[:SS]] [Pacific]",
    "at 2026-02-30": "has a time that does not exist",
    "at 2026-03-01 10:00 sharp": "goes on with 'sharp', which nothing here means",
    "click ev-9 property 9900001": "needs `property` and `ad`",
    "click ev-9 place 1": "has 'place' where a field should be, one of: property, ad, sid",
    "create": "ends where the order's id should be",
    "create A-1 amount 5": "names no tracker for 'A-1', and no line before it does",
    "create A-1 tracker": "ends where the tracker should be",
    "create A-1 tracker four": "has 'four' where the tracker should be",
    "create A-1 tracker 401 amount 1,5": "has '1,5' where the amount should be",
    "create A-1 tracker 401 colour red": "has 'colour' where a field should be, one of:",
    "create A-1 tracker 401 channel fax": "has 'fax' where a channel should be, one of: api, tag",
    "create A-1 tracker 401 item S 2 50": "has '50' where `x` should be",
    'create A-1 tracker 401 coupon "VINYL': "has a quote that does not end",
    'create A-1 tracker 401 coupon "\\x"': "has a quoted word that is no JSON string",
    "create A-1 tracker 401 status Pending": "has 'status' where a field should be",
    "restate A-1 tracker 401 status Declined": "has a word that a restate does not know",
    "cancel A-1 tracker 401 reason Boredom": "has a word that a cancel does not know",
    "cancel A-1 tracker 401 amount 5": "has 'amount' where a field should be",
    "and A-1 tracker 401": "begins with 'and', which is no verb",
    "also 1 2": "begins with 'also', which is no verb",
    "process held": "ends where the code should be",
    "ledger A-1 tracker 401 receipt 1 2": "has 'receipt' where a kind of record should be",
    "ledger A-1 tracker 401 original 1": "ends where the commission should be",
    "ledger A-1 tracker 401 original 1 2 tax 3": "has 'tax' where a column should be",
    "standing A-1 tracker 401 lost": "has 'lost' where a state should be",
    "standing A-1 tracker 401 standing mood 1": "has 'mood' where a field should be",
    "item A-1 tracker 401 S": "ends where the quantity should be",
    "item A-1 tracker 401 S 1 x 1 worth 1": "has 'worth' where a field should be",
    "status A-1 tracker 401 open PENDING": "has 'open' where the action status should be",
    "status A-1 tracker 401 new OPEN": "has 'OPEN' where the validation status should be",
    "held A-1 tracker 401": "ends where a code should be",
    "submission A-1 tracker 401 posted but AMOUNT_MISSING": "has 'but' where `with`, `skipping` or",
    "rate francs 0.95 2026-01-01": "needs a currency",
    "setting COUNTERFOIL_TODAY off": "has 'COUNTERFOIL_TODAY' where a setting should be",
    "setting COUNTERFOIL_ACCEPTED_LOCK never": "has 'never' where its value should be, one of: cycle",
    "close March": "has 'March' where the month should be: YYYY-MM",
    "bonus 5 to 7700001": "has 'to' where `publisher` should be",
    "paper ST-2026-000001 sum 5": "has 'sum' where a field should be, one of: total, brought",
    "told A-1 tracker 401 ORDER_CLOSED": "needs a line `says` and a line `fix` below it",
    "told A-1 tracker 401 ORDER_CLOSED\n  hint None.": "needs `says` and the sentence, or `fix` and what",
    "network\n  lines": "needs `-` (goes), `+` (comes) or `|` (stays) before the line of the file",
    "process\n  posted": "is indented, and `process` has nothing below it",
    "  process": "is indented, and nothing stands before it",
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_names_file_line_and_what_is_wrong(text: str) -> None:
    """The message begins with the place of the very line, and says what should be there."""
    lines = tuple(Place("bad.story", 7 + at, line) for at, line in enumerate(text.split("\n")))
    with pytest.raises(StoryFault) as raised:
        read(lines)
    place, _, sentence = str(raised.value).partition("\n  ")

    assert lines[-1].told() == place
    assert FAULTS[text] == sentence[: len(FAULTS[text])]


def test_a_line_before_the_first_story_is_a_fault(tmp_path: Path) -> None:
    """A file begins with comments and a heading; anything else would belong to no story."""
    path = tmp_path / "bad.story"
    path.write_text("# about\nprocess\nstory One\n", "utf-8")
    with pytest.raises(StoryFault, match=r"^bad\.story:2: process\n  stands before the first `story`$"):
        headings(path, "bad.story")


def test_words_end_at_a_comment_but_not_at_a_number_sign_inside() -> None:
    """`#` begins a comment only where a word could begin; quoted parts are JSON, with its escapes."""
    line = 'create 100#7 coupon "a # b" level="g\\u0000" # the rest'

    assert ["create", "100#7", "coupon", "a # b", "level=g\x00"] == words_of(Place("a.story", 1, line))
