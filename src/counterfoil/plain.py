"""Plain: a process that serves has no use for tables and colours, and is there sooner without them.

Owns one import, to be made before any other of ours. Next: supervision.py.
"""

import sys

if "rich" not in sys.modules:
    # The log would load it for pictures of tracebacks that it never draws: a sixth of all that is loaded.
    sys.modules["rich"] = None  # type: ignore[assignment]
    import structlog  # noqa: F401

    del sys.modules["rich"]
