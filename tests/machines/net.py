"""Machines: network namespaces of the test's own, joined by two lines, each of which can be cut.

Owns the namespaces, their addresses and the cutting. Clients stand in the test's own namespace and reach
every machine by the front line; machines reach each other by the back line. Next: cluster.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import count
from types import TracebackType
from typing import NamedTuple, Self

_numbers = count(1)
NEEDED = ("ip", "setpriv")
IP = shutil.which("ip") or "ip"


def missing() -> str | None:
    """Why machines cannot be made here, or None."""
    if os.geteuid() != 0:
        return "machines: only root may make network namespaces"
    absent = [name for name in NEEDED if shutil.which(name) is None]
    if absent:
        return f"machines: {' and '.join(absent)} not installed"
    name = f"cfp{os.getpid()}"
    if subprocess.run([IP, "netns", "add", name], capture_output=True, check=False).returncode:
        return "machines: this system does not let us make network namespaces"
    _ip("netns", "delete", name)
    return None


class Machine(NamedTuple):
    """One host: the name of its namespace, and its addresses on the two lines."""

    name: str
    front: str
    back: str

    @property
    def inside(self) -> list[str]:
        """What stands before a command that runs on it."""
        return [IP, "netns", "exec", self.name]


class Net:
    """A few machines and the lines between them, until it is closed."""

    def __init__(self) -> None:
        """Makes the two lines; `machine` adds hosts."""
        self._mark = f"{os.getpid() % 100000}{next(_numbers) % 10}"
        self._octet = os.getpid() % 250 + 1
        self._machines: list[Machine] = []
        self._lines = {"f": f"cff{self._mark}", "b": f"cfb{self._mark}"}
        for line, bridge in self._lines.items():
            _ip("link", "add", bridge, "type", "bridge")
            _ip("address", "add", f"{self._address(line, 1)}/24", "dev", bridge)
            _ip("link", "set", bridge, "up")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for machine in self._machines:
            _ip("netns", "delete", machine.name)
        for bridge in self._lines.values():
            _ip("link", "delete", bridge)

    def machine(self) -> Machine:
        """Another host, on both lines."""
        number = len(self._machines) + 10
        made = Machine(f"cf{self._mark}-{number}", self._address("f", number), self._address("b", number))
        _ip("netns", "add", made.name)
        self._machines.append(made)
        _ip("-n", made.name, "link", "set", "lo", "up")
        for line, address in (("f", made.front), ("b", made.back)):
            outer = self._outer(made, line)
            _ip("link", "add", outer, "type", "veth", "peer", "name", f"net{line}", "netns", made.name)
            _ip("link", "set", outer, "master", self._lines[line])
            _ip("link", "set", outer, "up")
            _ip("-n", made.name, "address", "add", f"{address}/24", "dev", f"net{line}")
            _ip("-n", made.name, "link", "set", f"net{line}", "up")
        return made

    def cut(self, machine: Machine) -> None:
        """Takes the machine off the back line: nothing it sends arrives, and nobody is told."""
        _ip("link", "set", self._outer(machine, "b"), "down")

    def mend(self, machine: Machine) -> None:
        """Puts it on the line again."""
        _ip("link", "set", self._outer(machine, "b"), "up")

    def _outer(self, machine: Machine, line: str) -> str:
        # A name of an interface has fifteen characters at most.
        return f"v{line}{self._mark}{machine.name[-2:]}"

    def _address(self, line: str, host: int) -> str:
        return f"10.{213 if line == 'f' else 214}.{self._octet}.{host}"


def _ip(*words: str) -> None:
    subprocess.run([IP, *words], check=True, capture_output=True)
