"""A line that does not hold fails, with its place, what was expected and what is.

Owns one failure of every kind of check, so that no story can pass by saying nothing. Next: test_stories.py.
"""

from __future__ import annotations

from tests.desk import Desk
from tests.stories.reading import read
from tests.stories.telling import StoryFails, Teller
from tests.stories.words import Place

BEFORE = """
create   A-1  tracker 402  click click-a  item LP-1001 2 x 50.00
create   A-2  tracker 401  amount 100
create   A-3  tracker 401  click click-a  amount 100 CHF
process  posted UNATTRIBUTED held RATE_MISSING
restate  A-1  item LP-1001 1 x 50.00
process
"""
HOLDS = """
ledger     A-1  tracker 402  original 100 9 USD quantity 2 fee 0.9 cost -9.9 discount 0 reason none
ledger     A-1  tracker 402  reversal -100 -9
ledger     A-1  tracker 402  correction 50 4.5
standing   A-1  tracker 402  standing version 2 sale 50 rule none
standing   A-2  tracker 401  recorded code UNATTRIBUTED
standing   A-9  tracker 401  unknown
item       A-1  tracker 402  LP-1001 1 x 50 earns 4.5 list 77 situation none rule 2
status     A-1  tracker 402  new AUTOMATED locking-date 2026-04-10 07:00 late-from 2026-04-11 09:00
held       A-3  tracker 401  RATE_MISSING
held       A-1  tracker 402  nothing
submission A-1  tracker 402  1 posted
submission A-3  tracker 401  held RATE_MISSING
"""
FAILS = {
    "at 2026-03-01 09:00": ("a time after 2026-03-01 10:00:00", "2026-03-01 09:00:00"),
    "process posted": ("posted", ""),
    "cancel A-9 tracker 401\nprocess": ("posted", "ORDER_NOT_FOUND"),
    "cancel A-9 tracker 401\nprocess posted posted": ("posted posted", "ORDER_NOT_FOUND"),
    "cancel A-9 tracker 401": ("a `process` before the story ends", "the end"),
    "ledger A-2 tracker 401 original 1 2": ("original", "no such record"),
    "ledger A-1 tracker 402 nothing": (
        "no further record",
        "original 100 9; reversal -100 -9; correction 50 4.5",
    ),
    "ledger A-1 tracker 402 original 100 9": ("no further record", "reversal -100 -9; correction 50 4.5"),
    "ledger A-1 tracker 402 original 100 8": ("original 100 8", "original 100 9"),
    "ledger A-1 tracker 402 original 99 9": ("original 99 9", "original 100 9"),
    "ledger A-1 tracker 402 correction 100 9": ("correction 100 9", "original 100 9"),
    "ledger A-1 tracker 402 original 100 9 quantity 3": (
        "original 100 9 quantity 3",
        "original 100 9 quantity 2",
    ),
    "ledger A-1 tracker 402 original 100 9 fee 1": ("original 100 9 fee 1", "original 100 9 fee 0.9"),
    "ledger A-1 tracker 402 original 100 9 cost 9.9": (
        "original 100 9 cost 9.9",
        "original 100 9 cost -9.9",
    ),
    "ledger A-1 tracker 402 original 100 9 discount 1": (
        "original 100 9 discount 1",
        "original 100 9 discount 0",
    ),
    "ledger A-1 tracker 402 original 100 9 reason Other": (
        "original 100 9 reason Other",
        "original 100 9 reason none",
    ),
    "ledger A-1 tracker 402 original 100 9 generation 2": (
        "original 100 9 generation 2",
        "original 100 9 generation 1",
    ),
    "ledger A-1 tracker 402 original 100 9 EUR": (
        "figures in EUR",
        "no such column: the advertiser's, the publisher's, USD",
    ),
    "standing A-1 tracker 402 cancelled": ("cancelled", "standing"),
    "standing A-9 tracker 401 standing": ("standing", "unknown"),
    "standing A-1 tracker 402 standing sale 50 version 3": ("sale 50 version 3", "sale 50 version 2"),
    "item A-1 tracker 402 LP-1002 1 x 50": ("an item LP-1002", "none in the present version"),
    "item A-1 tracker 402 LP-1001 1 x 50 earns 5 list none": (
        "quantity 1 per_item 50 earns 5 list none",
        "quantity 1 per_item 50 earns 4.5 list 77",
    ),
    "status A-1 tracker 402 locked AUTOMATED": ("locked AUTOMATED", "new AUTOMATED"),
    "status A-1 tracker 402 new PENDING": ("new PENDING", "new AUTOMATED"),
    "status A-1 tracker 402 new AUTOMATED locking-date 2026-04-10": (
        "new AUTOMATED locking-date 2026-04-10 00:00:00",
        "new AUTOMATED locking-date 2026-04-10 07:00:00",
    ),
    "status A-1 tracker 402 new AUTOMATED late-from never": (
        "new AUTOMATED late-from never",
        "new AUTOMATED late-from 2026-04-11 09:00:00",
    ),
    "status A-2 tracker 401 new AUTOMATED": ("new AUTOMATED", "no order with a status"),
    "held A-3 tracker 401 nothing": ("nothing", "RATE_MISSING"),
    "held A-1 tracker 402 RATE_MISSING": ("RATE_MISSING", "nothing"),
    "submission A-1 tracker 402 3 posted": ("a submission 3", "2 of this order"),
    "submission A-2 tracker 401 posted": ("posted", "UNATTRIBUTED"),
    "submission A-1 tracker 402 posted with FIELDS_REMOVED": ("posted with FIELDS_REMOVED", "posted"),
    "submission A-1 tracker 402 posted skipping ORDER_LOCKED": ("posted skipping ORDER_LOCKED", "posted"),
    "told A-2 tracker 401 ORDER_CLOSED\n  says x\n  fix y": ("ORDER_CLOSED", "UNATTRIBUTED"),
    "told A-2 tracker 401 UNATTRIBUTED\n  says Nobody.\n  fix None.": ("Nobody. / None.", None),
    "release A-1 tracker 402": ("something that can be released", "nothing is held"),
    "close 2026-03": ("closed", "refused"),
    "paper ST-2026-000001 total 5": ("ST-2026-000001", "nothing"),
    "paid ST-2026-000001 2026-04-20 by cheque": (
        "a paper that can be marked as paid",
        "There is no paper ST-2026-000001.",
    ),
    "network\n  - no such line\n  + another": (
        "lines that stand in the network file once",
        "0 times: no such line …",
    ),
    "network\n  - id = 401\n  + id = 402": ("a network that can be applied", None),
    "network\n  | fee = { percent = 10 }": ("lines that stand in the network file once", None),
    "rate GBP 0.9 1997-01-02 daily\nrate GBP 0.9 1997-01-02 daily": ("1", "0"),
    "network\n  + # a comment": ("a network that changes something", "version 1 as before"),
    "network\n  - id = 601\n  + id = 699": ("a network that can be applied", None),
}


def _tell(desk: Desk, text: str) -> None:
    lines = tuple(Place("bad.story", at, line) for at, line in enumerate(text.split("\n"), start=1))
    Teller(desk).tell(read(lines))


def _said(desk: Desk, text: str) -> tuple[str, str] | None:
    try:
        _tell(desk, text)
    except StoryFails as found:
        place, _, rest = str(found).partition("\n  expected  ")
        assert place.startswith("bad.story:")
        expected, _, got = rest.partition("\n  got       ")
        return expected, got
    return None


def test_every_kind_of_check_can_fail(desk: Desk) -> None:
    """What holds passes, and each line that says otherwise is told with both sides."""
    _tell(desk, BEFORE)
    _tell(desk, HOLDS)
    for text, (expected, got) in FAILS.items():
        said = _said(desk, text)
        assert said is not None, f"{text!r} passed"
        assert (expected, said[1] if got is None else got) == said, text
        desk.process()


def test_a_record_that_comes_after_the_last_one_told_fails_the_story(desk: Desk) -> None:
    """A story that looks at an order's ledger has to tell all of it."""
    told = "ledger A-1 original 100 9\nledger A-1 reversal -100 -9\nledger A-1 correction 50 4.5"
    more = f"{told}\ncancel A-1\nprocess"

    assert ("no record besides those told", "reversal -50 -4.5; correction 0 0") == _said(desk, BEFORE + more)
