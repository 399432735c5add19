"""The embedded PostgreSQL: started by the first process that needs it, stopped by the last that leaves.

Owns the server's folder, account, passwords and life. Leaves tables to the migrations. Next: lease.py.
"""

from counterfoil.store.embedded.binaries import programs
from counterfoil.store.embedded.lease import Lease, acquire, is_running, stop_now, users_of
from counterfoil.store.embedded.modes import Loose, has_database, loose
from counterfoil.store.embedded.place import flush
from counterfoil.store.embedded.postmaster import postmaster_pid
from counterfoil.store.embedded.roles import EmbeddedUrls
from counterfoil.store.embedded.standstill import Watch
from counterfoil.store.embedded.unavailable import (
    BinariesMissing,
    DatabaseBroken,
    FolderClosed,
    StartFailed,
    StoreUnavailable,
    WrongVersion,
)

__all__ = [
    "BinariesMissing",
    "DatabaseBroken",
    "EmbeddedUrls",
    "FolderClosed",
    "Lease",
    "Loose",
    "StartFailed",
    "StoreUnavailable",
    "Watch",
    "WrongVersion",
    "acquire",
    "flush",
    "has_database",
    "is_running",
    "loose",
    "postmaster_pid",
    "programs",
    "stop_now",
    "users_of",
]
