"""The explorer: a browser that opens an endpoint gets a page that works, from files of our own alone.

Owns the page, its files and its policy, and a real browser's word on them. Next: browser.py.
"""

from __future__ import annotations

import re
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest

from counterfoil import __version__
from tests.api import browser
from tests.api.serving import House, Reply
from tests.tidy.source import PACKAGE, ROOT

BROWSERS = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
ENDPOINTS = ("/graphql", "/graphqltest", "/query")
LOADS = re.compile(
    r"""(?:src|href|action)\s*=\s*["']([^"']*)|url\(\s*["']?([^"')]*)|@import\s+["']([^"']*)"""
)
STATIC = PACKAGE / "api" / "static"


def opened(house: House, path: str = "/graphql", accept: str = BROWSERS, **settings: str) -> Reply:
    """What a browser gets that goes to this address."""
    return house.served(**settings).ask("GET", path, None, {"Accept": accept})


def loads(text: str) -> list[str]:
    """Every address that a page or style sheet loads or leads to."""
    return ["".join(found) for found in LOADS.findall(text)]


@pytest.mark.parametrize("path", [*ENDPOINTS, "/graphql/"])
def test_a_browser_gets_a_page(house: House, path: str) -> None:
    """Who accepts HTML and asks nothing gets the explorer; a program gets 405 (D5)."""
    page, program = opened(house, path), opened(house, path, "application/json, */*")

    assert (200, "text/html; charset=utf-8") == (page.status, page.headers["content-type"])
    assert 'id="explorer"' in page.body.decode()
    assert (405, "POST") == (program.status, program.headers["allow"])


def test_the_explorer_can_be_switched_off(house: House) -> None:
    """By setting a browser's GET answers 405, and none of the explorer's files is served."""
    script = next(address for address in loads(opened(house).body.decode()) if address.endswith(".js"))

    assert 405 == opened(house, explorer="off").status
    assert [200, 404] == [opened(house, script).status, opened(house, script, explorer="off").status]


@pytest.mark.parametrize("path", ENDPOINTS)
def test_the_page_loads_from_here_alone(house: House, path: str) -> None:
    """Page and style sheets name no other origin; what they load is there, and may be kept for a year."""
    addresses = [each for each in loads(opened(house, path).body.decode()) if not each.startswith("data:")]

    assert 7 == len(addresses)
    for address in addresses:
        assert re.match(r"/(explorer|schema)/[\w.-]+$", address)
        reply = opened(house, address)
        assert 200 == reply.status
        if address.startswith("/explorer/"):
            assert "public, max-age=31536000, immutable" == reply.headers["cache-control"]
            assert sha256(reply.body).hexdigest()[:16] in address
        if address.endswith(".css"):
            assert [] == [each for each in loads(reply.body.decode()) if not each.startswith("data:")]


def test_the_policy_is_wide_on_its_own_pages_only(house: House) -> None:
    """The page runs scripts of this origin and nothing inline; no other answer widens anything."""
    policy = opened(house).headers["content-security-policy"]

    assert "default-src 'none'; script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert "<script>" not in opened(house).body.decode()
    for reply in (opened(house, accept="*/*"), house.ask("{ getBuildNumber }")):
        assert "content-security-policy" not in reply.headers


def test_every_vendored_file_is_the_one_listed() -> None:
    """Each file's SHA-256 is that of assets.toml, no file is unlisted, each package has its licence shown."""
    listed = tomllib.loads((PACKAGE / "api" / "assets.toml").read_text("utf-8"))["package"]
    licences = (ROOT / "THIRD_PARTY.md").read_text("utf-8")
    hashes = {}
    for package in listed:
        assert f"## {package['name']} {package['version']}\n" in licences
        for file in package["file"]:
            name = Path(file["source"]).name
            hashes[f"vendor/{package['name']}-{package['version']}/{name}"] = file["sha256"]

    found = {
        file.relative_to(STATIC).as_posix(): sha256(file.read_bytes()).hexdigest()
        for file in (STATIC / "vendor").rglob("*")
        if file.is_file()
    }
    assert hashes == found


@pytest.mark.parametrize("path", ["/graphql", "/graphqltest"])
def test_a_person_can_ask_in_a_browser(house: House, tmp_path: Path, path: str) -> None:
    """In a real browser the page shows the example header, sends by keyboard, and shows the answer."""
    if browser.program() is None:
        pytest.skip("there is no Chromium here")
    port = house.served(introspection="open").port
    with browser.Browser(tmp_path) as page:
        page.open(f"http://127.0.0.1:{port}{path}")
        page.until("document.body.innerText.includes('Bearer <your access token>')")
        page.until("!document.querySelector('.graphiql-spinner')")
        page.value("document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.focus()")
        page.press("Enter", 13, control=True)
        answer = page.until("document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()")

        assert f'"getBuildNumber": "{__version__}"' in answer
        assert [] == page.complaints
        here = f"http://127.0.0.1:{port}/"
        assert f"{here}{path[1:]}" in page.loaded
        assert [] == [each for each in page.loaded if not each.startswith((here, "data:"))]


def test_a_token_in_the_headers_editor_is_sent(house: House, tmp_path: Path) -> None:
    """What a person writes in place of the example opens what it opens."""
    if browser.program() is None:
        pytest.skip("there is no Chromium here")
    port = house.served().port
    headers = f'{{"Authorization": "Bearer {house.tokens["live"]}"}}'
    with browser.Browser(tmp_path) as page:
        page.open(f"http://127.0.0.1:{port}/graphql")
        result = "document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()"
        page.until("document.body.innerText.includes('Missing Token') && " + result)
        page.value(
            "document.querySelector('.graphiql-editor-tool .graphiql-editor:not(.hidden) .CodeMirror')"
            f".CodeMirror.setValue({headers!r})"
        )
        page.value("document.querySelector('.graphiql-execute-button').click()")

        page.until(f"{result}.includes('getBuildNumber')")
