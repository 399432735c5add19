"""Whatever is in force can be written as a file that says the same.

Owns the round trip. Next: test_change.py.
"""

from hypothesis import given, settings

from counterfoil.network import EntryKey, print_network
from tests.network.networks import networks
from tests.network.texts import DEMO, good


@settings(max_examples=60, deadline=None)
@given(entries=networks())
def test_a_printed_network_reads_back_the_same(entries: dict[EntryKey, bytes]) -> None:
    """Printing any network and reading the text gives every entry again, byte for byte."""
    assert entries == good(print_network(7, entries)).entries


def test_an_export_is_based_on_the_version_in_force() -> None:
    """A printed file names the version it was printed from."""
    assert 7 == good(print_network(7, good(DEMO).entries)).based_on


def test_a_network_has_one_way_of_being_printed() -> None:
    """The order of the entries makes no difference to the text."""
    entries = good(DEMO).entries
    reordered = dict(reversed(entries.items()))

    assert print_network(1, entries) == print_network(1, reordered)


def test_a_printed_network_is_made_for_people() -> None:
    """SKUs stand in order, midnight is a date, and one table holds all rates of a source and day."""
    rates = "per_euro = { JPY = 130, CHF = 1 }"
    other = f'[[rates]]\nsource = "a bank"\nkind = "fixed"\nvalid_from = 1997-01-01\n{rates}\n'
    text = print_network(1, good(DEMO + other).entries)

    assert 'skus = [\n  "BOX-9",\n  "LP-1001",\n  "LP-1002",\n]' in text
    assert "start = 1997-01-01\n" in text
    assert 'per_euro = { CHF = "1", JPY = "130" }\n' in text
    assert 2 == text.count("[[rates]]")


def test_an_empty_network_can_be_printed() -> None:
    """A network in which nothing takes part is a file too."""
    assert {} == good(print_network(0, {})).entries
