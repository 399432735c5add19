"""Reading: a story's text becomes steps.

Owns the verbs and their words; every fault names file and line. Runs nothing. Next: orders.py for what an
order line says, telling.py for what the steps do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

from tests.stories import steps
from tests.stories.orders import Memory, read_order, read_reference
from tests.stories.words import Place, StoryFault, Words

ACTION_STATUSES = ("new", "extended", "locked", "closed")
VALIDATIONS = ("PENDING", "ACCEPTED", "DECLINED", "AUTOMATED")
PAPER_FIELDS = ("total", "brought", "payable", "carried")
STATES = ("standing", "cancelled", "recorded", "unknown")
RECORD_KINDS = ("original", "reversal", "correction", "legacy")
SETTINGS = {
    "COUNTERFOIL_UPDATE_TIME_BEHIND": ("apply", "reject"),
    "COUNTERFOIL_DECLINED_NOT_OPEN_ENDED": ("reject", "ignore"),
    "COUNTERFOIL_ACCEPTED_LOCK": ("cycle", "immediate"),
    "COUNTERFOIL_ITEMS_MAX": ("2", "100"),
    "COUNTERFOIL_RATE_AGE_DAYS_MAX": ("5", "30"),
}


class Heading(steps.Step, frozen=True):
    """Where a story begins: `story`, and the sentence that it proves."""

    sentence: str
    lines: tuple[Place, ...]


def headings(path: Path, shown: str) -> list[Heading]:
    """The stories of a file, not yet read. Lines before the first heading are comments or blank."""
    found: list[tuple[Place, str, list[Place]]] = []
    for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
        place = Place(shown, number, text.rstrip())
        if text.startswith("story "):
            found.append((place, text.removeprefix("story ").strip(), []))
        elif found:
            found[-1][2].append(place)
        elif text.strip() and not text.startswith("#"):
            raise StoryFault(place, "stands before the first `story`")
    return [Heading(place, sentence, tuple(lines)) for place, sentence, lines in found]


def stories_of_page(path: Path, shown: str) -> list[Heading]:
    """The blocks of a page whose language is `story`, each a story by itself, named for its section."""
    found: list[Heading] = []
    lines: list[Place] | None = None
    section = ""
    for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
        place = Place(shown, number, text.rstrip())
        if lines is not None and text.startswith("```"):
            found.append(Heading(lines[0], f"{section}, line {lines[0].number}", tuple(lines)))
            lines = None
        elif lines is not None:
            lines.append(place)
        elif text == "```story":
            lines = []
        elif text.startswith("#"):
            section = text.lstrip("# ")
    return found


def read(lines: tuple[Place, ...]) -> list[steps.Step]:
    """The steps of a story; raises StoryFault for the first line that cannot be understood."""
    return list(_grouped(_blocks(lines), Memory()))


def _blocks(lines: tuple[Place, ...]) -> Iterator[tuple[Place, list[Place]]]:
    """Each line with the indented ones that belong to it."""
    head: Place | None = None
    nested: list[Place] = []
    for line in lines:
        if not line.text.strip() or line.text.lstrip().startswith("#"):
            continue
        if not line.text[0].isspace():
            if head is not None:
                yield head, nested
            head, nested = line, []
        elif head is None:
            raise StoryFault(line, "is indented, and nothing stands before it")
        else:
            nested.append(line)
    if head is not None:
        yield head, nested


def _grouped(blocks: Iterator[tuple[Place, list[Place]]], memory: Memory) -> Iterator[steps.Step]:
    """The steps; lines that begin with `and`, and `ledger` lines of one order, join the step before."""
    waiting: steps.Send | steps.Ledger | None = None
    for place, nested in blocks:
        words = Words(place)
        verb = words.take("a verb")
        if nested and verb not in ("network", "told"):
            raise StoryFault(nested[0], f"is indented, and `{verb}` has nothing below it")
        if verb == "and" and isinstance(waiting, steps.Send):
            waiting = waiting.with_another(read_order(waiting.kind, words, memory, first=waiting))
            continue
        if verb == "also" and isinstance(waiting, steps.Ledger):
            waiting = waiting.with_figures(_figures(words))
            continue
        step = _step(verb, words, nested, memory)
        if isinstance(step, steps.Ledger) and isinstance(waiting, steps.Ledger) and waiting.continues(step):
            waiting = waiting.with_records(step)
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        if isinstance(step, steps.Send | steps.Ledger):
            waiting = step
        else:
            yield step
    if waiting is not None:
        yield waiting


def _step(verb: str, words: Words, nested: list[Place], memory: Memory) -> steps.Step:
    if verb == "network":
        words.end()
        return steps.Network(words.place, tuple(_edit(line) for line in nested))
    if verb == "told":
        return _told(words, nested, memory)
    read_verb = _VERBS.get(verb)
    if read_verb is None:
        raise words.fault(
            f"begins with {verb!r}, which is no verb: {', '.join((*_VERBS, 'network', 'told'))}"
        )
    step = read_verb(words, memory)
    words.end()
    return step


def _edit(line: Place) -> tuple[str, str]:
    mark, _, text = line.text.strip().partition(" ")
    if mark not in ("-", "+", "|"):
        raise StoryFault(line, "needs `-` (goes), `+` (comes) or `|` (stays) before the line of the file")
    return mark, text.strip()


def _told(words: Words, nested: list[Place], memory: Memory) -> steps.Step:
    reference = read_reference(words, memory)
    number = words.whole("the number of the submission") if words.has_whole() else None
    code = words.take("a code")
    words.end()
    said: dict[str, str] = {}
    for line in nested:
        what, _, text = line.text.strip().partition(" ")
        if what not in ("says", "fix") or what in said:
            raise StoryFault(line, "needs `says` and the sentence, or `fix` and what to do, once each")
        said[what] = text.strip()
    if said.keys() != {"says", "fix"}:
        raise words.fault("needs a line `says` and a line `fix` below it")
    return steps.Told(words.place, reference, number, code, said["says"], said["fix"])


def _at(words: Words, memory: Memory) -> steps.Step:
    return steps.At(words.place, words.time("a time"))


def _click(words: Words, memory: Memory) -> steps.Step:
    name = words.take("the click's id")
    fields = {"property": 0, "ad": 0}
    sid = None
    while words:
        field = words.one_of("a field", ("property", "ad", "sid"))
        if field == "sid":
            sid = words.take("the shopper id")
        else:
            fields[field] = words.whole(f"the {field}'s id")
    if not all(fields.values()):
        raise words.fault("needs `property` and `ad`")
    return steps.Click(words.place, name, fields["property"], fields["ad"], sid)


def _send(kind: str) -> Callable[[Words, Memory], steps.Step]:
    return lambda words, memory: read_order(kind, words, memory)


def _process(words: Words, memory: Memory) -> steps.Step:
    expected = []
    while words:
        expected.append(_outcome(words))
    return steps.Process(words.place, tuple(expected))


def _outcome(words: Words) -> str:
    word = words.take("an outcome")
    return f"held {words.take('the code')}" if word == "held" else word


def _ledger(words: Words, memory: Memory) -> steps.Step:
    reference = read_reference(words, memory)
    if words.takes("nothing"):
        return steps.Ledger(words.place, reference, ())
    kind = words.one_of("a kind of record", RECORD_KINDS)
    record = steps.Record(words.place, kind, (_figures(words),))
    return steps.Ledger(words.place, reference, (record,))


def _figures(words: Words) -> steps.Figures:
    """Sale and commission, then the optional columns in any order."""
    sale, commission = words.decimal("the sale"), words.decimal("the commission")
    columns: dict[str, object] = {}
    while words:
        if (currency := words.currency()) is not None:
            columns["currency"] = currency
            continue
        column = words.one_of("a column", ("quantity", "fee", "cost", "discount", "reason", "generation"))
        if column == "reason":
            columns[column] = words.take("the reason")
        else:
            columns[column] = words.decimal(f"the {column}")
    return steps.Figures(sale, commission, columns)


def _standing(words: Words, memory: Memory) -> steps.Step:
    reference = read_reference(words, memory)
    state = words.one_of("a state", STATES)
    fields: dict[str, object] = {}
    while words:
        if (currency := words.currency()) is not None:
            fields["currency"] = currency
            continue
        field = words.one_of("a field", (*steps.AMOUNTS_OF_STANDING, *steps.NUMBERS, *steps.TEXTS, "event"))
        if field in steps.AMOUNTS_OF_STANDING:
            fields[field] = words.decimal(f"the {field}")
        elif field == "event":
            fields[field] = words.time("the event time")
        else:
            word = words.take(f"the {field}")
            fields[field] = None if word == "none" else word
    return steps.StandingIs(words.place, reference, state, fields)


def _item(words: Words, memory: Memory) -> steps.Step:
    reference = read_reference(words, memory)
    sku = words.take("the SKU")
    fields: dict[str, object] = {"quantity": words.decimal("the quantity")}
    words.one_of("`x`", ("x",))
    fields["per_item"] = words.decimal("the per-item amount")
    while words:
        if (currency := words.currency()) is not None:
            fields["currency"] = currency
            continue
        field = words.one_of("a field", ("earns", "less", "list", "situation", "rule"))
        if field in ("earns", "less"):
            fields[field] = words.decimal("an amount")
        else:
            fields[field] = None if words.takes("none") else words.whole(f"the {field}")
    return steps.ItemIs(words.place, reference, sku, fields)


def _status(words: Words, memory: Memory) -> steps.Step:
    reference = read_reference(words, memory)
    action = words.one_of("the action status", ACTION_STATUSES)
    validation = words.one_of("the validation status", VALIDATIONS)
    fields: dict[str, object] = {}
    while words:
        field = words.one_of("a field", ("locking-date", "late-from"))
        if field == "late-from" and words.takes("never"):
            fields[field] = None
        else:
            fields[field] = words.time("a time")
    return steps.StatusIs(words.place, reference, action, validation, fields)


def _held(words: Words, memory: Memory) -> steps.Step:
    reference = read_reference(words, memory)
    if words.takes("nothing"):
        return steps.HeldAre(words.place, reference, ())
    return steps.HeldAre(words.place, reference, (words.take("a code"), *words.rest()))


def _submission(words: Words, memory: Memory) -> steps.Step:
    reference = read_reference(words, memory)
    number = words.whole("the number of the submission") if words.has_whole() else None
    outcome = _outcome(words)
    lists: dict[str, list[str]] = {"with": [], "skipping": [], "removing": []}
    current: list[str] | None = None
    for word in words.rest():
        if word in lists:
            current = lists[word]
        elif current is None:
            raise words.fault(f"has {word!r} where `with`, `skipping` or `removing` should be")
        else:
            current.append(word)
    listed = (tuple(lists[name]) for name in ("with", "skipping", "removing"))
    return steps.SubmissionIs(words.place, reference, number, outcome, *listed)


def _damage(words: Words, memory: Memory) -> steps.Step:
    return steps.Damage(words.place, read_reference(words, memory), repairs=False)


def _repair(words: Words, memory: Memory) -> steps.Step:
    return steps.Damage(words.place, read_reference(words, memory), repairs=True)


def _release(words: Words, memory: Memory) -> steps.Step:
    return steps.Release(words.place, read_reference(words, memory))


def _close(words: Words, memory: Memory) -> steps.Step:
    month = words.month("the month")
    if words.peek() in ("refused", "again"):
        return steps.Close(words.place, month, None, (), words.take("the answer"))
    actions = words.whole("how many actions") if words.takes("actions") else None
    leaving = words.rest() if words.takes("leaving") else ()
    return steps.Close(words.place, month, actions, leaving, "closed")


def _bonus(words: Words, memory: Memory) -> steps.Step:
    amount = words.decimal("the amount")
    words.one_of("`publisher`", ("publisher",))
    publisher = words.whole("the publisher")
    words.one_of("`tracker`", ("tracker",))
    tracker = words.whole("the tracker")
    month = words.month("the month")
    words.one_of("`because`", ("because",))
    return steps.Bonus(words.place, publisher, tracker, month, amount, " ".join(words.rest()))


def _paid(words: Words, memory: Memory) -> steps.Step:
    number = words.take("the paper's number")
    day = words.time("the day").date()
    words.one_of("`by`", ("by",))
    return steps.Paid(words.place, number, day, " ".join(words.rest()))


def _paper(words: Words, memory: Memory) -> steps.Step:
    number = words.take("the paper's number")
    fields: dict[str, Decimal] = {}
    paid = None
    while words:
        field = words.one_of("a field", (*PAPER_FIELDS, "paid"))
        if field == "paid":
            paid = words.take("the reference")
        else:
            fields[field] = words.decimal(f"the {field} amount")
    return steps.PaperIs(words.place, number, fields, paid)


def _rate(words: Words, memory: Memory) -> steps.Step:
    currency = words.currency()
    if currency is None:
        raise words.fault("needs a currency")
    per_euro = words.decimal_text("the units for a euro")
    day = words.time("the day").date()
    return steps.RateArrives(words.place, currency, per_euro, day, words.takes("daily"))


def _setting(words: Words, memory: Memory) -> steps.Step:
    name = words.one_of("a setting", tuple(SETTINGS))
    return steps.Setting(words.place, name, words.one_of("its value", SETTINGS[name]))


_VERBS: dict[str, Callable[[Words, Memory], steps.Step]] = {
    "at": _at,
    "click": _click,
    "create": _send("create"),
    "restate": _send("restate"),
    "cancel": _send("cancel"),
    "extend": _send("extend"),
    "process": _process,
    "ledger": _ledger,
    "standing": _standing,
    "item": _item,
    "status": _status,
    "held": _held,
    "submission": _submission,
    "damage": _damage,
    "repair": _repair,
    "release": _release,
    "close": _close,
    "bonus": _bonus,
    "paid": _paid,
    "paper": _paper,
    "rate": _rate,
    "setting": _setting,
}
