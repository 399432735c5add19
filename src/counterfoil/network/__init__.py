"""The network file: who takes part, and what is paid for what, as one text under version control.

Owns reading, checking, comparing and writing that text, all of it pure. Leaves locks and rows to the shell
that applies a file. Next: file.py.
"""

from counterfoil.network.change import Amended, Change, compare, named
from counterfoil.network.ecb import read_ecb
from counterfoil.network.entries import EntryKey, assemble, build, rates
from counterfoil.network.fault import Fault
from counterfoil.network.file import NetworkFile, demo_network, read
from counterfoil.network.printing import print_network

__all__ = [
    "Amended",
    "Change",
    "EntryKey",
    "Fault",
    "NetworkFile",
    "assemble",
    "build",
    "compare",
    "demo_network",
    "named",
    "print_network",
    "rates",
    "read",
    "read_ecb",
]
