"""Network files for tests: read them, spoil them, see what is said.

Owns the ways of spoiling. Leaves each fault to its test. Next: test_file.py.
"""

from counterfoil.network import Fault, NetworkFile, demo_network, read

DEMO = demo_network()


def good(text: str) -> NetworkFile:
    """The file that the text is expected to hold."""
    file = read(text, "network.toml")
    assert isinstance(file, NetworkFile), "\n".join(fault.told() for fault in file)
    return file


def faults(text: str) -> list[Fault]:
    """What is wrong with a text that is expected to be wrong."""
    found = read(text, "network.toml")
    assert isinstance(found, list), "the file was read"
    return found


def said(text: str) -> list[tuple[str, str]]:
    """Path and sentence of each fault."""
    return [(fault.path, fault.sentence) for fault in faults(text)]


def spoilt(right: str, wrong: str, text: str = DEMO) -> str:
    """The text, the demo network at first, with the first occurrence of what is right replaced."""
    assert right in text, f"the text has no {right!r}"
    return text.replace(right, wrong, 1)
