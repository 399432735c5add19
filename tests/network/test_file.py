"""A network file is read whole, or every fault is told with its place.

Owns values, keys, references and lines. Rules between things are in test_checks.py. Next: test_checks.py.
"""

import pytest

from counterfoil.model.programme import Percent
from counterfoil.network import assemble
from tests.network.texts import DEMO, faults, good, said, spoilt


@pytest.mark.parametrize("written", ["8", "8.0", '"8"', '"8.00"', '"08"', "8.000_0"])
def test_a_number_has_one_meaning_however_it_is_written(written: str) -> None:
    """Quotes and zeros at the ends make no difference to a rate, nor to the bytes that are kept."""
    file = good(spoilt("percent = 8 ", f"percent = {written} "))

    assert good(DEMO).entries == file.entries


def test_a_number_with_a_point_is_exact() -> None:
    """A rate that no float can hold is kept digit for digit."""
    entries = good(spoilt("percent = 8 ", "percent = 8.00000000000000000001 ")).entries

    terms = assemble(1, 1, entries).terms[601][0]
    rate = terms.actions[0].rules[0].rate
    assert isinstance(rate, Percent)
    assert "8.00000000000000000001" == str(rate.value)


@pytest.mark.parametrize(
    "written",
    ["-1", '"8 %"', '"8,5"', "1e2", "1e999999999999999999999", "nan", "inf", '" 8"', "true", "[8]", '""',
     "1000000000000000", '"0.000000000000000000001"'],
)  # fmt: skip
def test_what_is_no_plain_number_is_refused(written: str) -> None:
    """Signs, units, exponents, blanks and numbers beyond 15 digits or 20 decimals are faults."""
    found = faults(spoilt("percent = 8 ", f"percent = {written} "))

    assert ["terms[0].actions[0].rules[0].rate.percent"] == [fault.path for fault in found]


@pytest.mark.parametrize("written", ["1997-01-01T00:00:00Z", "1997-01-01T01:00:00+01:00"])
def test_a_date_is_midnight_utc(written: str) -> None:
    """A date and the same instant with any offset are one version."""
    file = good(spoilt("valid_from = 1997-01-01\nskus", f"valid_from = {written}\nskus"))

    assert good(DEMO).entries == file.entries
    assert ("item_list", "77@1997-01-01T00:00:00Z") in file.entries


def test_a_time_without_a_zone_is_refused() -> None:
    """A local time could be any of 24 instants."""
    text = spoilt("valid_from = 1997-01-01\nskus", "valid_from = 1997-01-01T09:00:00\nskus")

    assert [("item_lists[0].valid_from", "is 1997-01-01 09:00:00, without a zone")] == said(text)


def test_a_fault_names_file_line_path_and_remedy() -> None:
    """What the terminal shows leads to the line that has to be corrected."""
    text = spoilt("situation = 31, item_list = 77", "situation = 39, item_list = 77")
    line = 1 + text[: text.index("situation = 39")].count("\n")

    (fault,) = faults(text)
    assert (
        f"network.toml:{line}: terms[0].actions[1].rules[0].situation: no situation has the id 39\n"
        "fix: correct the id, or add the situation to [[situations]]"
    ) == fault.told()


def test_every_fault_is_told_at_once() -> None:
    """Faults of different kinds in different places are all in one answer, by line."""
    text = spoilt('currency = "USD"', 'currency = "usd"')
    text = spoilt("days = 30", "day = 30", text)
    text = spoilt("referral_days = 120", "referral_days = 121", text)
    text = spoilt("enterprise = 1500001", "enterprise = 1", text)
    text = spoilt('name = "Sparfuchs"\n', "", text)

    found = faults(text)
    assert [
        "advertisers[0].currency",
        "publishers[1].name",
        "action_trackers[0].enterprise",
        "terms[0].actions[0].referral_days",
        "terms[0].actions[3].locking.day",
        "terms[0].actions[3].locking.days",
    ] == [fault.path for fault in found]
    assert sorted(fault.line or 0 for fault in found) == [fault.line for fault in found]


def test_an_unknown_key_is_told_with_its_nearest_name() -> None:
    """A misspelt key is never passed over in silence."""
    found = faults(spoilt("fee = {", "feee = {"))

    assert [("terms[0].feee", "feee", "did you mean `fee`?")] == [
        (fault.path, fault.key, fault.remedy) for fault in found
    ]


def test_an_unknown_section_is_told() -> None:
    """A misspelt section would otherwise be a section left out."""
    found = faults(spoilt("[[rates]]", "[[rate]]"))

    assert ["rate"] == [fault.path for fault in found]
    assert "did you mean `rates`?" == found[0].remedy


def test_an_id_in_quotes_is_told_once() -> None:
    """Things that refer to a badly written id are not faults of their own."""
    text = spoilt("id = 5500001", 'id = "5500001"')

    assert [("advertisers[0].id", 'must be a whole number, not "5500001"')] == said(text)


@pytest.mark.parametrize(
    ("right", "wrong", "path"),
    [
        ('currency = "USD"', 'currency = "XYZ"', "advertisers[0].currency"),
        ('type = "sim_sale"', 'type = "simple_sale"', "action_trackers[0].type"),
        ('destination = "https://shop', 'destination = "javascript:shop', "ads[0].destination"),
        ("referral_days = 120", "referral_days = 0", "terms[0].actions[0].referral_days"),
        (
            'referral_occurrences = "unlimited"',
            'referral_occurrences = "many"',
            "terms[0].actions[0].referral_occurrences",
        ),
        (", days = 30", "", "terms[0].actions[3].locking.days"),
        ('"FIXED_DATE" }', '"FIXED_DATE", days = 3 }', "terms[0].actions[0].locking.days"),
        ("exclusive_to = 7700001", "", "coupons[0]"),
        ("excluded = true", "excluded = true\nexclusive_to = 7700001", "coupons[1]"),
        ("excluded = true", "excluded = false", "coupons[1]"),
        ('code = "VINYL10"', 'code = "VINYL10,X"', "coupons[0].code"),
        ('hosts = ["shop.', 'hosts = ["https://shop.', "advertisers[0].hosts"),
        ('skus = ["LP-1001"', 'skus = ["LP-1002"', "item_lists[0].skus"),
        ("start = 1997-01-01", "start = 1997-01-01\nend = 1997-01-01", "contracts[0].end"),
        (', at_least = 7 }', " }", "situations[1].conditions[0]"),
        ('{ vertical = "duration", at_least = 7 }', "{ at_least = 7 }", "situations[1].conditions[0]"),
        ("at_least = 7 }", "at_least = 7, below = 7 }", "situations[1].conditions[0].below"),
        ('vertical = "customerStatus"', 'order = "property"', "situations[0].conditions[0].equals"),
        ('per_euro = { USD = "1.10"', 'per_euro = { EUR = "1.10"', "rates[0].per_euro"),
        ('per_euro = { USD = "1.10"', 'per_euro = { USD = "0"', "rates[0].per_euro"),
        ('kind = "fixed"', 'kind = "daily"', "rates[0].kind"),
        ('flat = "3.00", currency = "USD"', 'flat = "3.00"', "terms[0].actions[2].rules[0].rate.currency"),
        ('flat = "3.00"', 'percent = "3.00"', "terms[0].actions[2].rules[0].rate.currency"),
        ('flat = "3.00"', 'flat = "3.00", percent = 1', "terms[0].actions[2].rules[0].rate"),
        ("based_on = 0", "", "based_on"),
        ("id = 401", "id = 2147483648", "action_trackers[0].id"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_place_and_nowhere_else(right: str, wrong: str, path: str) -> None:
    """Each thing that can't be so is one fault, at the key or the table that has to be corrected."""
    changed = spoilt(right, wrong)
    found = {fault.path for fault in faults(changed) if "no action tracker has" not in fault.sentence}

    assert {path} == found


@pytest.mark.parametrize(
    ("text", "line"),
    [("format = 1\nbased_on = \n", 2), ("format = 1\n[[terms]\n", 2), ("format = 1\nformat = 1\n", 2)],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int) -> None:
    """A slip of the pen is one fault with the line at which reading stopped."""
    found = faults(text)

    assert [line] == [fault.line for fault in found]
    assert found[0].sentence.startswith("the file is no TOML: ")
    assert "line" not in found[0].sentence


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "9" * 5000, "a = 1e" + "9" * 400])
def test_a_hostile_file_is_a_fault(text: str) -> None:
    """Deep nesting and giant numbers are told, not raised."""
    assert faults(text)


def test_another_format_is_told_alone() -> None:
    """Of a form this version does not know, nothing else can be said."""
    text = spoilt("format = 1", "format = 2")

    assert [("format", "is one that this version does not read")] == said(text.replace("fee =", "feee ="))


def test_a_mark_before_the_file_is_passed_over() -> None:
    """A byte-order mark and Windows line ends change nothing."""
    assert good(DEMO).entries == good("\ufeff" + DEMO.replace("\n", "\r\n")).entries
