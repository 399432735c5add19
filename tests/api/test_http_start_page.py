"""The start page: whoever opens the server's address is led on, and nothing is told that is not for all."""

from __future__ import annotations

import re

import pytest
from typer.core import TyperGroup

from counterfoil.api.explorer import Explorer
from counterfoil.cli.commands import tree
from tests.api.serving import House
from tests.api.test_http_error_pages import Text

BROWSERS = {"Accept": "text/html,*/*;q=0.8"}


@pytest.mark.parametrize("explorer", ["on", "off"])
def test_every_link_leads_somewhere(house: House, explorer: str) -> None:
    """With the explorer and without, what the page links to is answered by 200."""
    asked = house.served(explorer=explorer)
    page = asked.ask("GET", "/", None, BROWSERS)
    links = Text(page.body.decode()).links

    assert (200, "text/html; charset=utf-8") == (page.status, page.headers["content-type"])
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert dict.fromkeys(links, 200) == {
        link: asked.ask("GET", link, None, BROWSERS).status for link in links
    }
    assert (explorer == "on") == (set(Explorer().pages) <= set(links))


def test_the_commands_are_there(house: House) -> None:
    """Every command that the page names can be called."""
    words = Text(house.served().ask("GET", "/").body.decode()).words
    named = re.findall(r"^counterfoil ([a-z ]+[a-z])", words, re.MULTILINE)

    assert 4 == len(named)
    for command in named:
        _assert_is_a_command(command.split())


def _assert_is_a_command(path: list[str]) -> None:
    group = tree()
    for name in path[:-1]:
        found = group.commands[name]
        assert isinstance(found, TyperGroup)
        group = found
    assert path[-1] in group.commands
