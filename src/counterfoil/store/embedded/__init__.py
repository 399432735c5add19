"""The embedded PostgreSQL: started by the first process that needs it, stopped by the last that leaves.

Owns the server's folder, account, passwords and life. Leaves tables to the migrations. Next: lease.py.
"""

from counterfoil.store.embedded.lease import Lease, acquire, is_running, stop_now
from counterfoil.store.embedded.postmaster import postmaster_pid
from counterfoil.store.embedded.roles import EmbeddedUrls
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
    "StartFailed",
    "StoreUnavailable",
    "WrongVersion",
    "acquire",
    "is_running",
    "postmaster_pid",
    "stop_now",
]
