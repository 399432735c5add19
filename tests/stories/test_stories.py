"""Every story holds: what it says is sent through the real intake and worker, and the ledger says the same.

Owns the finding of stories: `*.story` files beside it, and the blocks of some pages. Next: README.md for the
verbs, reading.py, telling.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg import Connection

from counterfoil.errors import CATALOGUE
from tests.desk import Desk
from tests.stories.reading import Heading, headings, read, stories_of_page
from tests.stories.steps import Told
from tests.stories.telling import StoryFails, Teller
from tests.stories.words import StoryFault

FOLDER = Path(__file__).parent
PAGES = (
    "docs/explanation/an-orders-life.md",
    "docs/explanation/locking.md",
    "docs/explanation/situational-commissioning.md",
    "tests/stories/README.md",
)
STORIES = [
    heading
    for path in sorted(FOLDER.glob("*.story"))
    for heading in headings(path, f"tests/stories/{path.name}")
] + [heading for page in PAGES for heading in stories_of_page(FOLDER.parents[1] / page, page)]


def _name(heading: Heading) -> str:
    file = Path(heading.place.file).stem
    return f"{file}: {heading.sentence}".encode("ascii", "replace").decode()


@pytest.mark.parametrize("heading", STORIES, ids=_name)
def test_story(heading: Heading, desk: Desk, shelf: Connection) -> None:
    """What the story tells is what the ledger shows."""
    try:
        Teller(desk, shelf).tell(read(heading.lines))
    except (StoryFails, StoryFault) as found:
        pytest.fail(f"{heading.place.file}: {heading.sentence}\n{found}", pytrace=False)


def test_every_code_is_shown_with_its_remedy() -> None:
    """Whatever is recorded, rejected, held, a duplicate or warned of stands in a story with what to do."""
    told = {step.code for heading in STORIES for step in read(heading.lines) if isinstance(step, Told)}

    assert sorted(CATALOGUE) == sorted(told)
