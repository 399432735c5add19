"""The crash points: every named place at which a process can be ended, and who ends it there.

Owns the list; a test keeps it equal to the code. Next: tests/processes/test_crash_points.py.
"""

from __future__ import annotations

IN_THE_API = (
    "intake.body_read",
    "intake.validated",
    "intake.before_append",
    "intake.log_inserted",
    "intake.before_flush",
    "intake.group_leader_committed",
    "intake.committed_unanswered",
)
IN_A_PROCESSOR = (
    "lane.claimed",
    "facts.loaded",
    "batch.decided",
    "versions.inserted",
    "outcomes.inserted",
    "pending.deleted",
    "drafts.copied",
    "post.before_flush",
    "post.committed",
)
BESIDE: dict[str, str] = {
    "close.lines_chosen": "Closing a month is one transaction of a command; no running server passes here.",
    "close.committed": "The same command, after its commit.",
    "reader.taken": "The reader of large bodies; its tests are tests/processes/test_readers.py.",
    "backup.half_written": "The command that copies; its tests stand with the backup's.",
    "restore.loaded_unverified": "The command that loads a copy; its tests stand with the backup's.",
}
"""Points in the code that the requests of test_crash_points.py do not pass: where they belong."""

NOT_IN_THE_CODE: dict[str, str] = {
    "intake.flushed_uncommitted": "Lies inside the database's COMMIT: `kill-back-end` ends it there.",
    "intake.answer_half_sent": "The answer is sent as one piece: `client-cut` cuts lines meanwhile.",
    "hold.marked": "Between `drafts.copied` and `post.committed` a hold has no step of its own.",
    "file.chunk_appended": "Data files are not built yet.",
    "file.receipt_written": "Data files are not built yet.",
    "event.sent_unrecorded": "Nothing sends events to others yet.",
    "migrate.between_steps": "Each step is one transaction with its mark: tests/store/test_migrations.py.",
    "network.half_applied": "A network is applied in one transaction: there is no half.",
    "embedded.initdb_running": "Killed for real while it writes, by tests/store/embedded/test_faults.py.",
}
"""Points of the programme that have no place of their own: why."""
