"""The pages behind every docUrl: there for each code, readable without anything else, harmless."""

from __future__ import annotations

import tomllib
from html.parser import HTMLParser
from importlib.resources import files

from counterfoil.api.error_pages import PATH, explained
from counterfoil.api.plain_pages import STYLE_PATH
from counterfoil.errors import CATALOGUE, OWN, REFUSALS
from tests.api.serving import House

CODES = [*REFUSALS, *CATALOGUE, *OWN]


class Text(HTMLParser):
    """The words of a page and the places it links to or loads from."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words = ""
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name == "style" or name.startswith("on")]
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_each_code_has_its_page(house: House) -> None:
    """Every code of the catalogue leads to a page with its sentence, its remedy and what it means."""
    asked = house.served()
    for each in explained():
        page = asked.ask("GET", f"{PATH}/{each.code}")
        assert (200, "text/html; charset=utf-8") == (page.status, page.headers["content-type"])
        text = Text(page.body.decode())
        for words in (each.code, each.sentence, each.meaning, each.remedy, each.when):
            assert words.replace("`", "") in text.words
    assert sorted(CODES) == sorted(each.code for each in explained())


def test_the_list_leads_to_all(house: House) -> None:
    """The list names every code, and each of its links is answered by a page."""
    page = house.served().ask("GET", PATH)
    links = {link.removeprefix(f"{PATH}/") for link in Text(page.body.decode()).links}

    assert set(CODES) == links - {STYLE_PATH}


def test_a_doc_url_leads_there(house: House) -> None:
    """What an answer gives as docUrl is a path that is served."""
    told = house.ask("{ x }", token="wrong", headers={"Counterfoil-Errors": "detailed"})
    path = told.json["errors"][0]["extensions"]["docUrl"]

    assert 200 == house.served().ask("GET", path).status
    assert 404 == house.served().ask("GET", f"{PATH}/NO_SUCH_CODE").status


def test_a_page_loads_nothing_from_elsewhere(house: House) -> None:
    """No script, nothing inline, one style sheet of our own that is there; the policy allows no more."""
    page = house.served().ask("GET", f"{PATH}/RATE_MISSING")
    text = Text(page.body.decode())
    policy = page.headers["content-security-policy"]

    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "unsafe" not in policy
    assert ("nosniff", "same-origin") == (
        page.headers["x-content-type-options"],
        page.headers["referrer-policy"],
    )
    assert not {"script", "style", "img", "iframe"} & set(text.tags)
    assert all(link.startswith("/help/") for link in text.links)
    (style,) = (link for link in text.links if link.endswith(".css"))
    assert "text/css; charset=utf-8" == house.served().ask("GET", style).headers["content-type"]


def test_signs_are_escaped(house: House) -> None:
    """What stands in the catalogue shows as it stands, and never becomes a tag; back-quotes become code."""
    page = house.served().ask("GET", f"{PATH}/MISSING_TOKEN").body.decode()

    assert "<code>Authorization: Bearer &lt;token&gt;</code>" in page
    assert "<token>" not in page


def test_no_explanation_is_left_over() -> None:
    """Whatever is explained is a code of the catalogue."""
    words = tomllib.loads((files("counterfoil.api") / "errors_explained.toml").read_text("utf-8"))

    assert set(CODES) == set(words)
    assert all(set(each) <= {"meaning", "before", "after"} for each in words.values())
