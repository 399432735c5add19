"""What must fit together in a network file, beyond each value by itself.

Owns the rules between things. Next: test_change.py.
"""

from counterfoil.network.checks import CHECKS
from tests.network.texts import DEMO, good, said, spoilt

CONTRACT = "[[contracts]]\nid = 604\nadvertiser = 5500001\npublisher = 7700001\nstart = 2026-01-01\n"


def test_two_things_of_a_kind_have_two_ids() -> None:
    """An id names one property."""
    text = spoilt("id = 9900003", "id = 9900002")

    assert [("properties[2].id", "is 9900002, like properties[1]")] == said(text)


def test_versions_of_a_list_start_apart() -> None:
    """Of two versions with one start, nobody could say which holds."""
    again = '[[item_lists]]\nid = 77\nadvertiser = 5500001\nvalid_from = 1997-01-01\nskus = ["X"]\n'

    assert [("item_lists[1].valid_from", "is 1997-01-01T00:00:00Z, when item_lists[0] starts too")] == said(
        DEMO + again
    )


def test_a_coupon_is_the_same_in_whatever_case() -> None:
    """Two versions of a coupon in different case that start together are a fault (D68)."""
    again = '[[coupons]]\ncode = "vinyl10"\nadvertiser = 5500001\nvalid_from = 1997-01-01\nexcluded = true\n'

    assert ["coupons[2].valid_from"] == [path for path, _ in said(DEMO + again)]


def test_terms_of_a_contract_start_apart() -> None:
    """Two versions of a contract's terms that start together are a fault, whatever their ids."""
    text = spoilt("contract = 602", "contract = 601")

    assert ("terms[1].valid_from", "is 1997-01-01T00:00:00Z, when terms[0] starts too") in said(text)


def test_terms_stay_with_their_contract() -> None:
    """An id of terms never serves two contracts."""
    text = spoilt("id = 702", "id = 701")

    assert [("terms[1].id", "is 701, like terms[0], which has another contract")] == said(text)


def test_a_currency_has_one_rate_a_day() -> None:
    """Two sources for one currency and day are a fault."""
    again = '[[rates]]\nsource = "other"\nkind = "fixed"\nvalid_from = 1997-01-01\nper_euro = { GBP = 1 }\n'

    assert [("rates[1].per_euro.GBP", "has a rate from 1997-01-01, and so has rates[0]")] == said(
        DEMO + again
    )


def test_contracts_of_two_companies_do_not_overlap() -> None:
    """A second contract begins when the first has ended."""
    assert [("contracts[3].start", "lies within contract 601 between the same two companies")] == said(
        DEMO + CONTRACT
    )


def test_contracts_may_follow_each_other() -> None:
    """A contract may start at the moment at which the one before it ends."""
    text = spoilt("start = 1997-01-01\n", "start = 1997-01-01\nend = 2026-01-01\n")

    assert ("contract", "604") in good(text + CONTRACT).entries


def test_terms_pay_for_actions_of_their_advertiser() -> None:
    """A tracker of another advertiser's enterprise can't stand in a contract's terms."""
    text = spoilt("tracker = 405", "tracker = 451")

    assert [
        (
            "terms[0].actions[4].tracker",
            "names tracker 451 of advertiser 5500002, and the contract is with 5500001",
        )
    ] == said(text)


def test_terms_use_situations_of_their_advertiser() -> None:
    """A situation of another advertiser can't stand in a rule."""
    text = spoilt("situation = 32", "situation = 31")

    assert ["terms[2].actions[0].rules[0].situation"] == [path for path, _ in said(text)]


def test_terms_use_lists_of_their_advertiser() -> None:
    """An item list of another advertiser can't stand in a rule."""
    text = spoilt(
        "[[item_lists]]\nid = 77\nadvertiser = 5500001", "[[item_lists]]\nid = 77\nadvertiser = 5500002"
    )

    assert 4 == sum("names item list 77 of advertiser 5500002" in sentence for _, sentence in said(text))


def test_rules_name_properties_of_their_publisher() -> None:
    """A property of another publisher can't stand in a rule."""
    text = spoilt("percent = 8 }", "percent = 8 }, properties = [9900001, 9900002]")

    assert [
        (
            "terms[0].actions[0].rules[0].properties[1]",
            "is of publisher 7700002, and the contract is with 7700001",
        )
    ] == said(text)


def test_conditions_name_properties_that_exist() -> None:
    """A condition on a property nobody has would never hold."""
    text = spoilt('{ vertical = "duration", at_least = 7 }', '{ order = "property", equals = [9900001, 5] }')

    assert [("situations[1].conditions[0].equals", "names 5, and no property has this id")] == said(text)


def test_incentives_are_in_the_advertisers_currency() -> None:
    """Thresholds and rewards are reckoned in one currency (spec/processing.md, section 9)."""
    incentive = 'incentives = [{ threshold = { orders = 10 }, reward = { flat = 50, currency = "EUR" } }]'
    text = spoilt("referral_days = 120\n", f"referral_days = 120\n{incentive}\n")

    assert [
        ("terms[0].actions[0].incentives[0].reward.currency", "is EUR, and the advertiser reckons in USD")
    ] == said(text)


def test_terms_name_an_action_once() -> None:
    """Two lists of rules for one tracker are a fault."""
    assert [("terms[0].actions[3].tracker", "is 402, like terms[0].actions[1]")] == said(
        spoilt("tracker = 404", "tracker = 402")
    )


def test_ranks_are_given_once() -> None:
    """Two rules with one rank are a fault: nobody could say which is tried first."""
    assert [("terms[0].actions[1].rules[2].rank", "is 2, like terms[0].actions[1].rules[1]")] == said(
        spoilt("rank = 3", "rank = 2")
    )


def test_lists_are_for_items() -> None:
    """A simple action has no items that a list could hold."""
    assert [
        (
            "terms[0].actions[0].rules[0].item_list",
            "can never apply: tracker 401 is a sim_sale, which has no items",
        )
    ] == said(spoilt("rate = { percent = 8 }", "rate = { percent = 8 }, item_list = 77"))


def test_every_check_has_a_sentence() -> None:
    """Each check says in its docstring what must hold."""
    assert [] == [check.__name__ for check in CHECKS if not check.__doc__]
