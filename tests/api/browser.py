"""A browser without a window: Chromium, spoken to over a pipe in its own protocol.

Owns its start and end and the few words a test of a page needs. Tests skip with a reason where there is none.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--window-size=1300,800", "--remote-debugging-pipe",
)  # fmt: skip
PATIENCE_S = 30.0

# The protocol's pipe is on the descriptors 3 and 4; neither may be in the other's way.
LAUNCH = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
os.dup2(ends[0], 3)
os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


def program() -> str | None:
    """Where Chromium is, if it is here."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """One page in one browser; keeps what the page loaded and what the browser complained of."""

    def __init__(self, folder: Path) -> None:
        """`folder` is an empty place for the browser's own files."""
        path = program()
        assert path is not None, "ask for the program first"
        self._in, theirs_out = os.pipe()
        theirs_in, self._out = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, str(theirs_in), str(theirs_out), path, *OPTIONS,
             f"--user-data-dir={folder}", "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        self._pending = b""
        self._sent = 0
        self._session: str | None = None
        self.loaded: list[str] = []
        self.complaints: list[str] = []

    def __enter__(self) -> Self:
        try:
            self._attach()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _attach(self) -> None:
        targets = self._call("Target.getTargets")["targetInfos"]
        page = next(each for each in targets if each["type"] == "page")
        attached = self._call("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for room in ("Page", "Network", "Log", "Runtime"):
            self._call(f"{room}.enable")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def open(self, address: str) -> None:
        """Goes to an address."""
        self._call("Page.navigate", url=address)

    def value(self, script: str) -> Any:
        """What a script gives on the page."""
        return self._call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def until(self, script: str) -> Any:
        """Waits until a script gives something true; fails when it does not."""
        end = time.monotonic() + PATIENCE_S
        while not (found := self.value(script)):
            assert time.monotonic() < end, (
                f"waited in vain: {script}\n{self.value('document.body.innerText')}"
            )
            time.sleep(0.05)
        return found

    def press(self, key: str, code: int, *, control: bool = False) -> None:
        """Presses and releases a key."""
        for kind in ("rawKeyDown", "keyUp"):
            self._call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                modifiers=2 if control else 0,
            )  # fmt: skip

    def _call(self, method: str, **parameters: Any) -> Any:
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._sent:
                assert "error" not in answer, answer
                return answer["result"]
            self._note(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._pending:
            ready, _, _ = select.select([self._in], [], [], PATIENCE_S)
            piece = os.read(self._in, 1 << 20) if ready else b""
            assert piece, "the browser has fallen silent"
            self._pending += piece
        message, _, self._pending = self._pending.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def _note(self, event: dict[str, Any]) -> None:
        told = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.loaded.append(told["request"]["url"])
            case "Log.entryAdded" if told["entry"]["level"] in ("error", "warning"):
                self.complaints.append(told["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(str(told["exceptionDetails"]))
            case _:
                pass
