"""Why there is no embedded database: the outages, each with what to do about it.

Owns their kinds. Leaves the sentences to where the fault is seen. Next: lease.py.
"""


class StoreUnavailable(Exception):
    """No database can be had; `sentence` says why and `fix` what to do, both for a person."""

    def __init__(self, sentence: str, fix: str) -> None:
        """Both are whole sentences, without passwords."""
        super().__init__(f"{sentence} {fix}")
        self.sentence = sentence
        self.fix = fix


class BinariesMissing(StoreUnavailable):
    """The programs of PostgreSQL are not installed, or not for this platform."""


class FolderClosed(StoreUnavailable):
    """A folder can't be entered, written or trusted by the account that needs it."""


class WrongVersion(StoreUnavailable):
    """The folder was written by another major version of PostgreSQL."""


class DatabaseBroken(StoreUnavailable):
    """The folder is there, but something without which it can't be opened is not."""


class StartFailed(StoreUnavailable):
    """The server, or a program of it, gave up; the sentence ends with its last lines."""
