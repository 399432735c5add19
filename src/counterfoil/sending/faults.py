"""Why a file is not sent: faults of what was asked for, and servers that do not answer.

Owns the two kinds. Leaves the sentences to where the fault is seen. Next: mapping.py.
"""

from __future__ import annotations


class Unsendable(Exception):
    """What was asked for cannot be done: the mapping, the file, the address or the state is wrong."""

    def __init__(self, sentence: str, fix: str) -> None:
        """`sentence` says what is wrong, `fix` what to do."""
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix


class Stopped(Exception):
    """The server is not reachable or lets us not in; what was accepted before stays accepted."""

    def __init__(self, sentence: str, fix: str) -> None:
        """`sentence` says what happened, `fix` how to go on."""
        super().__init__(sentence)
        self.sentence = sentence
        self.fix = fix
