"""Applying a file adds versions, and never takes back what was in force.

Owns the difference between the network in force and a file. Next: test_reference.py.
"""

import pytest

from counterfoil.network import Change, build, compare
from tests.network.texts import DEMO, good, spoilt

IN_FORCE = good(DEMO).entries


def applied(right: str, wrong: str) -> Change:
    """The demo network, in force as version 1, beside a file based on it with one thing changed."""
    return compare(1, IN_FORCE, good(spoilt(right, wrong, spoilt("based_on = 0", "based_on = 1"))))


def test_the_first_file_adds_everything() -> None:
    """Where nothing is in force, every entry is added."""
    change = compare(0, {}, good(DEMO))

    assert set(IN_FORCE) == set(change.added)
    assert IN_FORCE == {(kind, key): body for kind, key, body in change.rows}
    assert () == change.faults


@pytest.mark.parametrize("based_on", [0, 1, 9])
def test_the_same_file_again_changes_nothing(based_on: int) -> None:
    """A file that says what is in force is no fault, whatever version it is based on."""
    change = compare(1, IN_FORCE, good(spoilt("based_on = 0", f"based_on = {based_on}")))

    assert change.changes_nothing
    assert ((), ()) == (change.rows, change.faults)
    assert ["Nothing to change: the file says what version 1 says."] == change.told()


def test_a_name_may_be_written_anew() -> None:
    """A changed name is one new row, shown with what it was."""
    change = applied('"Vinyl Digest"', '"The Vinyl Digest"')

    assert () == change.faults
    assert [("publisher", "7700001")] == [(kind, key) for kind, key, _ in change.rows]
    assert ['changes  publisher 7700001: name "Vinyl Digest" -> "The Vinyl Digest"'] == change.told()


def test_an_end_may_be_set_and_moved() -> None:
    """A contract can be ended, and its end moved: an id can't be given a second time."""
    ended = applied("start = 1997-01-01\n", "start = 1997-01-01\nend = 2026-01-01\n")
    moved = good(spoilt("start = 1997-01-01\n", "start = 1997-01-01\nend = 2027-01-01\n"))
    later = compare(2, {**IN_FORCE, **{(kind, key): body for kind, key, body in ended.rows}}, moved)

    assert () == ended.faults
    assert ["based_on"] == [fault.path for fault in later.faults]
    assert ['contract 601: end "2026-01-01T00:00:00Z" -> "2027-01-01T00:00:00Z"'] == [
        amended.told() for amended in later.amended
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "path"),
    [
        ('currency = "USD"', 'currency = "GBP"', "advertisers[0].currency"),
        ('enterprise = 1500002', 'enterprise = 1500003', "action_trackers[5].enterprise"),
        ('type = "sim_sale"', 'type = "sim_lead"', "action_trackers[0].type"),
        ("publisher = 7700009", "publisher = 7700002", "properties[3].publisher"),
        ("start = 1997-01-01", "start = 1998-01-01", "contracts[0].start"),
        ("advertiser = 5500002\ndestination", "advertiser = 5500001\ndestination", "ads[1].advertiser"),
    ],
)  # fmt: skip
def test_what_a_thing_is_does_not_change(right: str, wrong: str, path: str) -> None:
    """Fields that say what a thing is are refused, at their place in the file."""
    faults = applied(right, wrong).faults

    assert [path] == [fault.path for fault in faults]
    assert faults[0].line is not None


@pytest.mark.parametrize(
    ("right", "wrong", "path"),
    [
        ("percent = 8 ", "percent = 9 ", "terms[0].actions"),
        ("fee = { percent = 10 }", "fee = { percent = 11 }", "terms[0].fee"),
        ('"BOX-9"', '"BOX-10"', "item_lists[0].skus"),
        ("excluded = true", "exclusive_to = 7700001", "coupons[1].excluded"),
        ('USD = "1.10"', 'USD = "1.20"', "rates[0].per_euro"),
    ],
)
def test_a_version_is_never_written_anew(right: str, wrong: str, path: str) -> None:
    """A changed body under the same start is refused, and a later start offered."""
    faults = applied(right, wrong).faults

    assert path in [fault.path for fault in faults]
    assert "put it back, and add a version with a later `valid_from`" == faults[0].remedy


def test_an_open_coupon_may_be_closed_once() -> None:
    """An open `valid_until` may be set; a set one stays."""
    closed = applied("excluded = true", "excluded = true\nvalid_until = 2026-01-01")
    in_force = {**IN_FORCE, **{(kind, key): body for kind, key, body in closed.rows}}
    text = spoilt("excluded = true", "excluded = true\nvalid_until = 2027-01-01")
    moved = compare(2, in_force, good(spoilt("based_on = 0", "based_on = 2", text)))

    assert () == closed.faults
    assert ["coupons[1].valid_until"] == [fault.path for fault in moved.faults]


def test_a_later_version_is_added() -> None:
    """A version with a later start stands beside the earlier one and holds from then on."""
    later = '[[item_lists]]\nid = 77\nadvertiser = 5500001\nvalid_from = 2026-01-01\nskus = ["X"]\n'
    change = compare(1, IN_FORCE, good(spoilt("based_on = 0", "based_on = 1") + later))
    rows = [(*key, body) for key, body in IN_FORCE.items()]

    assert () == change.faults
    assert (("item_list", "77@2026-01-01T00:00:00Z"),) == change.added
    lists = build(2, 9, [*rows, *change.rows]).item_lists[77]
    assert [{"LP-1001", "LP-1002", "BOX-9"}, {"X"}] == [set(each.skus) for each in lists]


def test_versions_ascend_by_their_start() -> None:
    """A version entered later with an earlier start stands before the others (`Network` reads series so)."""
    earlier = '[[item_lists]]\nid = 77\nadvertiser = 5500001\nvalid_from = 1990-01-01\nskus = ["X"]\n'
    change = compare(1, IN_FORCE, good(spoilt("based_on = 0", "based_on = 1") + earlier))
    rows = [(*key, body) for key, body in IN_FORCE.items()]

    assert [1990, 1997] == [
        each.valid_from.year for each in build(2, 9, [*rows, *change.rows]).item_lists[77]
    ]


def test_nothing_is_removed_by_leaving_it_out() -> None:
    """What is in force and missing from the file is a fault."""
    ad = '[[ads]]\nid = 12000002\nadvertiser = 5500002\ndestination = "https://stays.alpine.example/"\n'
    change = applied(ad, "")

    assert (("ad", "12000002"),) == change.missing
    assert ["network.toml: ad 12000002 is in force and missing from the file"] == [
        fault.told().split("\n")[0] for fault in change.faults
    ]


def test_a_file_from_an_older_version_is_refused_with_the_difference() -> None:
    """Whoever did not see the newest version is shown what the file would change back."""
    renamed = applied('"Vinyl Digest"', '"The Vinyl Digest"')
    in_force = {**IN_FORCE, **{(kind, key): body for kind, key, body in renamed.rows}}
    faults = compare(2, in_force, good(spoilt("based_on = 0", "based_on = 1"))).faults

    assert ["based_on"] == [fault.path for fault in faults]
    assert "version 2 is in force" in faults[0].sentence
    assert 'publisher 7700001: name "The Vinyl Digest" -> "Vinyl Digest"' in faults[0].sentence


def test_a_file_from_a_version_to_come_is_refused() -> None:
    """A file of another network, or of another data directory, is not applied by chance."""
    text = spoilt('"Vinyl Digest"', '"X"', spoilt("based_on = 0", "based_on = 7"))
    faults = compare(1, IN_FORCE, good(text)).faults

    assert [True] == [fault.sentence.startswith("is 7, and the newest version is 1") for fault in faults]
