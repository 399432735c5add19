"""The command line: what a person or a script types.

Owns the way of one call: options every command takes, the command, the exit code, the last words. Leaves all
work to the rooms below; commands import them when they run. Next: frame.py, then commands.py.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from counterfoil.cli.frame import Frame, Wrong, read_frame
from counterfoil.cli.output import ReaderGone, write_line

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and answers its exit code.

    0 done; 1 it ran and the answer is no; 2 wrong usage; 3 wrong setting or environment; 4 not reachable or
    not allowed; 130 interrupted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    frame = Frame(is_json="--json" in words)
    try:
        frame, rest = read_frame(words)
        code = _run(frame, rest)
        sys.stdout.flush()
    except (ReaderGone, BrokenPipeError):
        return _reader_gone()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if frame.debug:
            raise
        return _say(frame, error)
    return code


def _run(frame: Frame, rest: list[str]) -> int:
    if rest[:1] == ["--version"]:
        # Before anything else is imported: scripts ask this often, and want the answer at once.
        return _version(frame)
    from counterfoil.cli import commands

    return commands.run(frame, rest)


def _version(frame: Frame) -> int:
    from counterfoil import __version__

    write_line(f'{{"version":"{__version__}"}}' if frame.is_json else f"counterfoil {__version__}")
    return 0


def _say(frame: Frame, error: Exception) -> int:
    from counterfoil.cli.told import say, told

    try:
        said = told(error)
        say(frame, said)
    except BrokenPipeError:
        return _reader_gone()
    return said.exit_code


def _reader_gone() -> int:
    # Python flushes once more at its end; it must find an open file, or it complains about the closed pipe.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    return 0


__all__ = ["Wrong", "main"]
