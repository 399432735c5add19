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


def test_an_empty_network_can_be_printed() -> None:
    """A network in which nothing takes part is a file too."""
    assert {} == good(print_network(0, {})).entries
