"""Explaining: how a record came to say what it says, in words."""

from __future__ import annotations

import re
from datetime import datetime

from counterfoil import lookups
from counterfoil.administration import apply_network
from counterfoil.model.orders import Mode
from counterfoil.network import demo_network
from counterfoil.store.facts import Networks
from tests.desk import AD_NORTHWIND, CLICK_B, PUBLISHER_B, Desk
from tests.reporting.bookkeeping import cancel, create, items, post, restate

FIRST, FIRST_TEST = 2000000001, 10**13
POSTED = (
    "  Posted 2026-03-01 10:00:00 UTC for the create received 2026-03-01 10:00:00 UTC"
    " (channel api, submission …)."
)
TERMS = (
    "  'Northwind Records for Sparfuchs' v1, in force from 1997-01-01 00:00:00 UTC"
    " (contract 602, network version 1); the order happened 2026-03-01 09:30:00 UTC."
)
BOX, OTHER = ("BOX-9", "40.00", 2), ("X-9", "15.55", 1)


def explained(desk: Desk, commission_id: int) -> lookups.Explanation:
    """The explanation of a record that exists."""
    found = lookups.explain(desk.connection, Networks(), commission_id)
    assert isinstance(found, lookups.Explanation)
    return found


def told(desk: Desk, commission_id: int, heading: str = "") -> list[str]:
    """What is told of a record, ids of submissions left out; only what stands under a heading if given."""
    lines = lookups.told(explained(desk, commission_id))
    lines = [re.sub(r"submission [0-9a-f-]{36}", "submission …", line) for line in lines]
    if not heading:
        return lines
    below = lines[lines.index(heading) + 1 :]
    end = next((at for at, line in enumerate(below) if not line.startswith(" ")), len(below))
    return below[:end]


def test_an_original_is_explained_by_its_inputs(desk: Desk) -> None:
    """Who, by which click, under which terms, by which rule, at which rate, and what was rounded."""
    post(desk, create("A-1", cj_event=CLICK_B, currency="EUR", amount="89.90", discount="5.00"))

    assert [
        "Record 2000000001: original of order 1500001/401/A-1, version 1",
        POSTED,
        "  Sale 93.39 USD, 84.90 EUR",
        "  Commission 5.603 USD, 5.094 EUR",
        "  Fee 0.56 USD, 0.509 EUR",
        "  Cost to the advertiser -6.163 USD",
        "Who",
        "  Publisher 7700002 Sparfuchs, property 9900002 sparfuchs.example, ad 12000001.",
        "  Click click-b of 2026-03-01 09:00:00 UTC; the referral period is 120 days.",
        "Terms",
        TERMS,
        "Sale",
        "  Amount as sent: 89.90 EUR.",
        "  Discount on the whole order: 5.00 EUR.",
        "  1 EUR is 1.1 USD, rate of 1997-01-01 by demo.",
        "Commission",
        "  6 % of 93.39 USD by rule 1 of 'Northwind Records for Sparfuchs' v1: 5.603 USD, 5.094 EUR",
        "Fee",
        "  10 % of the commission; the cost is commission and fee together.",
        "Rounding (three decimals, ties toward zero)",
        "  commission in USD: 5.6034 becomes 5.603",
        "  fee in USD: 0.5603 becomes 0.56",
        "  fee in EUR: 0.5094 becomes 0.509",
    ] == told(desk, FIRST)


def test_each_item_tells_its_rule_and_why_not_the_ones_above(desk: Desk) -> None:
    """A returning customer gets neither rule for new ones; an unlisted item not those of the list."""
    status = {"customerStatus": "Return"}
    post(desk, create("A-1", 402, items=items(BOX, OTHER), vertical_parameters=status))

    terms = "'Northwind Records for Vinyl Digest' v1"
    not_new = "not 'New customer': customerStatus is Return; wanted: New."
    assert [
        f"  BOX-9: 9 % of 2 x 40.00 USD by rule 2 of {terms} for item list 77: 7.20 USD",
        f"    Not rule 1 (12 %): {not_new}",
        f"  X-9: 5 % of 1 x 15.55 USD by rule 4 of {terms}: 0.777 USD",
        f"    Not rule 1 (12 %): {not_new}",
        "    Not rule 2 (9 %): SKU X-9 is not on item list 77.",
        f"    Not rule 3 (6 %): {not_new}",
    ] == told(desk, FIRST, "Commission")


def test_rounding_is_told_step_by_step(desk: Desk) -> None:
    """A share of a whole-order discount is divided once: dividend and divisor stand beside the result."""
    post(desk, create("A-1", 402, items=items(BOX, OTHER), discount="12.5"))

    assert [
        "  BOX-9: amount a piece in USD: 6644/191.1 becomes 34.767",
        "  BOX-9: commission in USD: 6.25806 becomes 6.258",
        "  X-9: amount a piece in USD: 1291.4275/95.55 becomes 13.516",
        "  X-9: commission in USD: 0.6758 becomes 0.676",
        "  commission in USD: 6.93386 becomes 6.934",
        "  fee in USD: 0.6934 becomes 0.693",
    ] == told(desk, FIRST, "Rounding (three decimals, ties toward zero)")


def test_a_flat_commission_is_told_by_piece_or_order(desk: Desk) -> None:
    """A lead earns a flat amount, without a sale to take a share of."""
    post(desk, create("A-1", 403, amount=None))

    (line,) = told(desk, FIRST, "Commission")
    assert "  3.00 USD by rule 1 of 'Northwind Records for Vinyl Digest' v1: 3.00 USD" == line


def test_a_reversal_names_what_it_takes_back(desk: Desk) -> None:
    """Reversal and reversed record name each other, and both are explained by the same state."""
    post(desk, create("A-1"), restate("A-1", amount="50.00", correction_reason="Other"))

    original, reversal, new = (explained(desk, FIRST + n) for n in range(3))

    assert (None, FIRST + 1) == (original.reverses, original.reversed_by)
    assert (FIRST, None) == (reversal.reverses, reversal.reversed_by)
    assert (None, None) == (new.reverses, new.reversed_by)
    assert ("-100", "-8", "8.8") == (reversal.sale.usd, reversal.commission.usd, reversal.cost.usd)
    assert original.lines == reversal.lines
    assert "restate" == reversal.submission.kind
    told_of_it = told(desk, FIRST + 1)
    assert "  Reason given: Other." in told_of_it
    takes_back = f"  It takes back record {FIRST}, figure by figure; below is how that one came about."
    assert takes_back in told_of_it


def test_a_cancelled_state_is_told_as_zero(desk: Desk) -> None:
    """The last record of a cancelled order needs no rule: every amount is 0."""
    post(desk, create("A-1", 402, items=items(BOX)), cancel("A-1", 402))

    lines = told(desk, FIRST + 2)

    assert "Record 2000000003: new state of order 1500001/402/A-1, version 2" == lines[0]
    assert ["Amounts", "  The order is cancelled: every amount is 0."] == lines[-2:]
    assert () == explained(desk, FIRST + 2).lines


def test_the_fallback_pair_is_told_in_place_of_a_click(desk: Desk) -> None:
    """Without a click it is said that ad and property named the publisher."""
    pair = {"ad_id": AD_NORTHWIND, "promotional_property_id": PUBLISHER_B}
    post(desk, create("A-1", cj_event=None, **pair))

    assert [
        "  Publisher 7700002 Sparfuchs, property 9900002 sparfuchs.example, ad 12000001.",
        "  No click is known; the order named the ad and the property.",
    ] == told(desk, FIRST, "Who")


def test_later_terms_do_not_explain_an_earlier_order(desk: Desk) -> None:
    """An order keeps the version of the terms that priced it, also when it is restated under others (D66)."""
    post(desk, create("A-1"))
    _double_the_commission(desk, "2026-03-02T00:00:00Z")
    desk.clock(datetime.fromisoformat("2026-03-03T00:00:00Z"))
    post(desk, restate("A-1", amount="50.00"), create("B-1", event_time="2026-03-02T12:00:00Z"))

    found = [explained(desk, FIRST + n) for n in (0, 2, 3)]

    assert [1, 1, 2] == [each.terms.version for each in found]
    assert ["8 %", "8 %", "16 %"] == [line.rule and line.rule.rate for each in found for line in each.lines]
    last = told(desk, FIRST + 3, "Commission")
    assert ["  16 % of 100.00 USD by rule 1 of 'Northwind Records for Vinyl Digest' v2: 16.00 USD"] == last


def _double_the_commission(desk: Desk, since: str) -> None:
    """Vinyl Digest's terms get a second version, with 16 % in place of 8 %."""
    network = demo_network().replace("based_on = 0", "based_on = 1")
    begin = network.index("[[terms]]\nid = 701")
    terms = network[begin : network.index("[[terms]]\nid = 702")]
    later = terms.replace("valid_from = 1997-01-01", f"valid_from = {since}")
    later = later.replace("percent = 8", "percent = 16")
    applied = apply_network(desk.connection, network.replace(terms, terms + later), "changed.toml", "tests")
    assert not isinstance(applied, list), applied


def test_the_test_ledger_says_which_check_it_left_out(desk: Desk) -> None:
    """A test change after the lock is posted, and explained with what production would have said (D112)."""
    desk.send([create("A-1")], mode=Mode.TEST)
    desk.process()
    desk.clock(datetime.fromisoformat("2026-04-12T00:00:00Z"))
    desk.send([restate("A-1", amount="50.00", update_time="2026-04-11T23:00:00Z")], mode=Mode.TEST)
    desk.process()

    before, after = told(desk, FIRST_TEST), told(desk, FIRST_TEST + 2)

    left_out = (
        "  Outside the test ledger it would have been rejected, ORDER_LOCKED: "
        "The order was locked before the request came in."
    )
    assert left_out in after
    assert left_out not in before
    assert (
        f"Record {FIRST_TEST} of the test ledger: original of order 1500001/401/A-1, version 1" == before[0]
    )


def test_a_copy_of_a_live_order_says_so(desk: Desk) -> None:
    """What the test ledger adopted from the live one is told as adopted, the change of it is not (D113)."""
    post(desk, create("A-1"))
    desk.send([restate("A-1", amount="50.00")], mode=Mode.TEST)
    desk.process()

    copied, _, changed = (explained(desk, FIRST_TEST + n) for n in range(3))

    assert copied.is_adopted
    assert not changed.is_adopted
    copied_from = "  The first test change of an order that exists only live copied this state of it."
    assert copied_from in told(desk, FIRST_TEST)
    assert not explained(desk, FIRST).is_adopted


def test_an_id_of_nothing_is_not_explained(desk: Desk) -> None:
    """No record, no explanation."""
    assert lookups.explain(desk.connection, Networks(), FIRST) is None
