"""Telling: runs a story's steps on a desk, and says where the product disagrees.

Owns what each step does, through the product's own intake, worker and administration. Next: checking.py for
what is expected of the ledger, desk.py for the words below.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import singledispatchmethod

from msgspec.structs import replace
from psycopg import Connection

from counterfoil.administration import apply_network, import_rates, release_submission
from counterfoil.errors import CATALOGUE, Code
from counterfoil.lookups import EVERYTHING, submission
from counterfoil.model.orders import Cancellation, OrderKey, Restatement
from counterfoil.network import demo_network
from counterfoil.processing import Options
from counterfoil.rules.locking import action_status
from tests.desk import Desk, Sent
from tests.stories import steps
from tests.stories.checking import Books, Differs, compare, shown
from tests.stories.closing import Office
from tests.stories.orders import LATER, instant_text
from tests.stories.words import Place

OPTIONS: dict[tuple[str, str], dict[str, int]] = {
    ("COUNTERFOIL_UPDATE_TIME_BEHIND", "apply"): {"rejects_stale_changes": False},
    ("COUNTERFOIL_UPDATE_TIME_BEHIND", "reject"): {"rejects_stale_changes": True},
    ("COUNTERFOIL_DECLINED_NOT_OPEN_ENDED", "reject"): {"ignores_declined": False},
    ("COUNTERFOIL_DECLINED_NOT_OPEN_ENDED", "ignore"): {"ignores_declined": True},
    ("COUNTERFOIL_ACCEPTED_LOCK", "cycle"): {"accepted_locks_at_once": False},
    ("COUNTERFOIL_ACCEPTED_LOCK", "immediate"): {"accepted_locks_at_once": True},
    ("COUNTERFOIL_ITEMS_MAX", "2"): {"items_max": 2},
    ("COUNTERFOIL_ITEMS_MAX", "100"): {"items_max": 100},
    ("COUNTERFOIL_RATE_AGE_DAYS_MAX", "5"): {"rate_age_days_max": 5},
    ("COUNTERFOIL_RATE_AGE_DAYS_MAX", "30"): {"rate_age_days_max": 30},
}

DAMAGE = (
    "UPDATE intake_log SET body = '\\x5b'::bytea || body"
    " WHERE (enterprise_id, action_tracker_id, order_id) = (%s, %s, %s)"
)
REPAIR = (
    "UPDATE intake_log SET body = substr(body, 2) WHERE get_byte(body, 0) = 91"
    " AND (enterprise_id, action_tracker_id, order_id) = (%s, %s, %s)"
)


class StoryFails(Exception):
    """The product did not do what a line of the story says."""

    def __init__(self, place: Place, expected: str, got: str) -> None:
        """Both in the words of the story."""
        super().__init__(f"{place.told()}\n  expected  {expected}\n  got       {got}")


class Teller:
    """Runs steps one after the other; remembers what was sent, and what the story has shown of the ledger."""

    def __init__(self, desk: Desk, hand: Connection | None = None) -> None:
        """Begins with the desk's time, network and clicks; `hand` is one that can damage history."""
        self._desk = desk
        self._hand = hand
        self._office = Office(desk)
        self._books = Books(desk)
        self._network = demo_network()
        self._options = Options()
        self._sent: list[Sent] = []
        self._undecided: list[tuple[Place, Sent]] = []
        self._shown: dict[OrderKey, tuple[Place, int]] = {}

    def tell(self, story: Sequence[steps.Step]) -> None:
        """Runs the story to its end; raises StoryFails at the first line that does not hold."""
        for step in story:
            try:
                self._run(step)
            except Differs as found:
                raise StoryFails(found.place or step.place, found.expected, found.got) from None
        self._close(story[-1].place)

    def _close(self, end: Place) -> None:
        """Nothing may be left over: work not processed, records besides those told, a broken promise."""
        for place, _ in self._undecided:
            raise StoryFails(place, "a `process` before the story ends", "the end")
        for key, (place, count) in self._shown.items():
            if more := self._books.records(key)[count:]:
                raise StoryFails(place, "no record besides those told", "; ".join(shown(r) for r in more))
        for broken in self._books.broken_promises():
            raise StoryFails(end, "books that verify when the story ends", broken)

    @singledispatchmethod
    def _run(self, step: steps.Step) -> None:
        raise AssertionError(f"nobody runs {step}")

    @_run.register
    def _(self, step: steps.At) -> None:
        now = self._desk.now()
        if step.time < now:
            raise Differs(f"a time after {written(now)}", written(step.time))
        self._desk.clock(step.time)

    @_run.register
    def _(self, step: steps.Click) -> None:
        network = self._books.network()
        self._desk.click(
            step.click_id,
            step.property_id,
            network.properties[step.property_id].publisher,
            step.ad_id,
            network.ads[step.ad_id].advertiser,
            at=self._desk.now(),
            sid=step.sid,
        )

    @_run.register
    def _(self, step: steps.Send) -> None:
        now = instant_text(self._desk.now())
        orders = [
            replace(order, update_time=now)
            if isinstance(order, Restatement | Cancellation) and order.update_time == LATER
            else order
            for order in step.orders
        ]
        self._undecided.append((step.place, self._desk.send(orders, step.mode, step.channel)))

    @_run.register
    def _(self, step: steps.Process) -> None:
        sent, self._undecided = [each for _, each in self._undecided], []
        self._sent += sent
        self._desk.process()
        got = tuple(outcome for each in sent for outcome in self._desk.outcomes(each))
        compare(" ".join, step.expected or ("posted",) * len(got), got)

    @_run.register
    def _(self, step: steps.Ledger) -> None:
        _, count = self._shown.get(step.key, (step.place, 0))
        records = self._books.records(step.key)
        self._shown[step.key] = (step.place, len(records))
        self._books.compare_records(step, records[count:])

    @_run.register
    def _(self, step: steps.StandingIs) -> None:
        self._books.compare_standing(step)

    @_run.register
    def _(self, step: steps.ItemIs) -> None:
        self._books.compare_item(step)

    @_run.register
    def _(self, step: steps.StatusIs) -> None:
        standing = self._desk.standing(step.key)
        if standing is None or standing.status is None:
            raise Differs(f"{step.action} {step.validation}", "no order with a status")
        status = standing.status
        got: dict[str, object] = {"locking-date": status.locking_date, "late-from": status.locks_at}
        expected = [step.action, step.validation]
        found: list[str] = [action_status(status, self._desk.now()), str(status.validation)]
        for field, value in step.fields.items():
            expected.append(f"{field} {_instant(value)}")
            found.append(f"{field} {_instant(got[field])}")
        compare(" ".join, tuple(expected), tuple(found))

    @_run.register
    def _(self, step: steps.HeldAre) -> None:
        compare(_list, step.codes, tuple(self._desk.held(step.key)))

    @_run.register
    def _(self, step: steps.SubmissionIs) -> None:
        told = self._desk.submissions(step.key)
        number = step.number or len(told)
        if not 1 <= number <= len(told):
            raise Differs(f"a submission {number}", f"{len(told)} of this order")
        got = told[number - 1]
        removed = frozenset(got.removed if step.removed else ())
        compare(
            _told,
            (step.outcome, frozenset(step.warnings), frozenset(step.skipped), frozenset(step.removed)),
            (got.outcome, frozenset(got.warnings), frozenset(got.skipped), removed),
        )

    @_run.register
    def _(self, step: steps.Told) -> None:
        ids = self._desk.submission_ids(step.key)
        number = step.number or len(ids)
        if not 1 <= number <= len(ids):
            raise Differs(f"a submission {number}", f"{len(ids)} of this order")
        found = submission(self._desk.connection, ids[number - 1], EVERYTHING)
        assert found is not None
        notes = (found.note, *found.warnings, *found.skipped_checks)
        told = {note.code: (note.sentence, note.remedy) for note in notes if note is not None}
        if step.code not in told:
            raise Differs(step.code, " ".join(told) or found.state)
        entry = CATALOGUE[Code(step.code)]
        expected = (step.sentence, step.remedy)
        compare(" / ".join, expected, (entry.sentence, entry.remedy))
        compare(" / ".join, expected, told[step.code])

    @_run.register
    def _(self, step: steps.Damage) -> None:
        assert self._hand is not None, "nobody here can damage history"
        self._hand.execute(REPAIR if step.repairs else DAMAGE, step.key[1:])

    @_run.register
    def _(self, step: steps.Release) -> None:
        codes = self._desk.held(step.key)
        ids = self._desk.submission_ids(step.key)[-len(codes) :] if codes else []
        if not ids or release_submission(self._desk.connection, ids[0], "story") is None:
            raise Differs("something that can be released", " ".join(codes) or "nothing is held")

    @_run.register
    def _(self, step: steps.Close) -> None:
        self._office.close(step)

    @_run.register
    def _(self, step: steps.Bonus) -> None:
        self._office.add_bonus(step)

    @_run.register
    def _(self, step: steps.Paid) -> None:
        self._office.mark_paid(step)

    @_run.register
    def _(self, step: steps.PaperIs) -> None:
        self._office.compare_paper(step)

    @_run.register
    def _(self, step: steps.RateArrives) -> None:
        if step.is_daily:
            file = f"Date,{step.currency}\n{step.day},{step.per_euro}\n"
            compare(str, 1, import_rates(self._desk.connection, file, "story", "tests"))
            return
        block = (
            f'\n[[rates]]\nsource = "story"\nkind = "fixed"\nvalid_from = {step.day}\n'
            f'per_euro = {{ {step.currency} = "{step.per_euro}" }}\n'
        )
        self._apply(self._network + block)

    @_run.register
    def _(self, step: steps.Network) -> None:
        self._apply(edited(self._network, step.edits))

    @_run.register
    def _(self, step: steps.Setting) -> None:
        # What came before was decided by the settings that held until now; the first ones are noted late.
        self._desk.note(self._options)
        self._options = replace(self._options, **OPTIONS[step.name, step.value])
        self._desk.note(self._options)

    def _apply(self, text: str) -> None:
        version = self._books.network().version
        based = "".join(
            f"based_on = {version}\n" if line.startswith("based_on") else line
            for line in text.splitlines(keepends=True)
        )
        applied = apply_network(self._desk.connection, based, "story", "tests")
        if isinstance(applied, list):
            raise Differs("a network that can be applied", "; ".join(fault.told() for fault in applied))
        if applied.change.changes_nothing:
            raise Differs("a network that changes something", f"version {applied.version} as before")
        self._network = text


def edited(text: str, edits: Sequence[tuple[str, str]]) -> str:
    """The text with the lines that go or stay, found in one place, rewritten; or with lines added below."""
    wanted = [line for mark, line in edits if mark in "-|"]
    written_anew = [line for mark, line in edits if mark in "+|"]
    lines = text.splitlines()
    if not wanted:
        return "\n".join((*lines, "", *written_anew)) + "\n"
    stripped = [line.strip() for line in lines]
    found = [at for at in range(len(lines)) if stripped[at : at + len(wanted)] == wanted]
    if len(found) != 1:
        raise Differs("lines that stand in the network file once", f"{len(found)} times: {wanted[0]} …")
    lines[found[0] : found[0] + len(wanted)] = written_anew
    return "\n".join(lines) + "\n"


def written(time: datetime) -> str:
    """The time as stories write it."""
    return time.strftime("%Y-%m-%d %H:%M:%S")


def _instant(value: object) -> str:
    return written(value) if isinstance(value, datetime) else "never"


def _list(codes: Sequence[str]) -> str:
    return " ".join(codes) or "nothing"


def _told(submission: tuple[str, frozenset[str], frozenset[str], frozenset[str]]) -> str:
    outcome, warnings, skipped, removed = submission
    told = [outcome]
    for word, codes in (("with", warnings), ("skipping", skipped), ("removing", removed)):
        told += [word, *sorted(codes)] if codes else []
    return " ".join(told)
