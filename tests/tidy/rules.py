"""The rules on the source: each takes a module and gives what is wrong with it, a sentence a fault.

Owns what counts as a fault. Leaves the exceptions to allowed.py and the finding of files to source.py. Next:
test_source.py applies them to the tree, test_rules.py shows that each one catches something.
"""

import ast
import re
from collections.abc import Callable, Iterator

from tests.tidy import allowed
from tests.tidy.source import Module

Rule = Callable[[Module], Iterator[str]]

SQL_OPENING = re.compile(
    r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP|TRUNCATE|COPY|WITH|LOCK|GRANT)\s+\S"
)
TIME_FUNCTIONS = frozenset(
    {
        "clock_gettime", "clock_gettime_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns",
        "process_time", "process_time_ns", "time", "time_ns",
    },
)  # fmt: skip
TODAY_FUNCTIONS = frozenset({"now", "today", "utcnow"})
ENVIRONMENT_NAMES = frozenset({"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"})
VAGUE_NAMES = frozenset({"base", "common", "helper", "helpers", "misc", "util", "utils"})

# Written in pieces, because this file travels too.
REGISTRY_HOSTS = tuple(
    ".".join(pieces)
    for pieces in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs"),
        ("deb", "debian", "org"),
        ("crates", "io"),
        ("proxy", "golang"),
    )
)


def opens_with_a_docstring(module: Module) -> Iterator[str]:
    """Every module that says anything says first what it owns."""
    if module.tree.body and not ast.get_docstring(module.tree):
        yield f"{module.path}:1 does not open with a docstring"


def is_short(module: Module) -> Iterator[str]:
    """A module over the limit is a question that needs an answer."""
    if module.line_count > allowed.LINES_MAX:
        yield f"{module.path} has {module.line_count} lines, more than {allowed.LINES_MAX}"


def has_a_telling_name(module: Module) -> Iterator[str]:
    """A module is named for what is in it."""
    if vague := VAGUE_NAMES.intersection(module.path.removesuffix(".py").split("/")):
        yield f"{module.path} is called {', '.join(sorted(vague))}, which says nothing about what is in it"


def keeps_sql_in_the_store(module: Module) -> Iterator[str]:
    """A string that opens like a statement belongs into the store's `.sql` files."""
    if module.room in allowed.SQL_ROOMS:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_OPENING.match(node.value):
            yield f"{module.path}:{node.lineno} holds SQL: {node.value.strip()[:40]!r}"


def leaves_time_to_the_clock(module: Module) -> Iterator[str]:
    """Business time and machine time are both asked in one module, so that a test can set them."""
    if module.path == allowed.CLOCK_MODULE:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and _asks_the_time(node):
            yield f"{module.path}:{node.lineno} asks the time itself: {ast.unparse(node)}"
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            for name in node.names:
                if name.name in TIME_FUNCTIONS:
                    yield f"{module.path}:{node.lineno} asks the time itself: from time import {name.name}"


def _asks_the_time(node: ast.Attribute) -> bool:
    owner = ast.unparse(node.value)
    if owner == "time":
        return node.attr in TIME_FUNCTIONS
    return owner.split(".")[-1] in {"date", "datetime"} and node.attr in TODAY_FUNCTIONS


def leaves_the_environment_to_the_settings(module: Module) -> Iterator[str]:
    """Settings are read once, in one module, and handed on."""
    if module.path == allowed.SETTINGS_MODULE:
        return
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.Attribute)
            and ast.unparse(node.value) == "os"
            and node.attr in ENVIRONMENT_NAMES
        ):
            yield f"{module.path}:{node.lineno} reads the environment: os.{node.attr}"
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            for name in node.names:
                if name.name in ENVIRONMENT_NAMES:
                    yield f"{module.path}:{node.lineno} reads the environment: from os import {name.name}"


def keeps_floats_from_money(module: Module) -> Iterator[str]:
    """Where an amount may pass, there is no float: no literal, no conversion, no annotation."""
    if module.room not in allowed.MONEY_ROOMS:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{module.path}:{node.lineno} has the float {node.value}"
        if isinstance(node, ast.Name) and node.id == "float":
            yield f"{module.path}:{node.lineno} speaks of float"


def stays_pure(module: Module) -> Iterator[str]:
    """A room that decides imports nothing that does, and of our own rooms only those that decide."""
    if module.room not in allowed.PURE_ROOMS:
        return
    for line, name in _imports(module):
        parts = name.split(".")
        if parts[0] in allowed.IMPURE_MODULES:
            yield f"{module.path}:{line} is pure and imports {name}"
        if parts[0] == "graphql" and module.room not in allowed.GRAPHQL_READERS:
            yield f"{module.path}:{line} reads no documents and imports {name}"
        if parts[0] == "counterfoil" and (len(parts) == 1 or parts[1] not in allowed.PURE_ROOMS):
            yield f"{module.path}:{line} is pure and imports {name}"


def _imports(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        if isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            yield from ((node.lineno, f"{origin}.{name.name}") for name in node.names)


def catches_what_it_knows(module: Module) -> Iterator[str]:
    """A bug falls through to the edge; below it, only named exceptions are caught."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type):
            yield f"{module.path}:{node.lineno} catches every exception"


def _is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    if isinstance(caught, ast.Tuple):
        return any(_is_broad(each) for each in caught.elts)
    return isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"}


def hosts_in(path: str, text: str) -> Iterator[str]:
    """Nothing that travels names a package registry: where packages come from is the installer's choice."""
    for number, line in enumerate(text.splitlines(), start=1):
        for host in REGISTRY_HOSTS:
            if host in line.lower():
                yield f"{path}:{number} names the registry {host}"
