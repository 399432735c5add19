"""What a run remembers.

Owns the arithmetic of rows done and the state file. Leaves sending to test_sender.py.
"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.sending import Fixed, State, Unsendable, read_mapping
from counterfoil.sending.state import digest_of, load, save, state_name

FIXED = Fixed(enterprise_id="1500001", action_tracker_id=401)
MAPPING = read_mapping(["order_id=id"], ["id", "sum"])


def new_state() -> State:
    """A state in which nothing is done."""
    return State(digest="d", file="orders.csv")


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 8))))
def test_a_row_is_done_when_a_batch_with_it_was_accepted(batches: list[tuple[int, int]]) -> None:
    """In any order of answers the state holds exactly the rows that were added, in ranges that are apart."""
    state = new_state()
    rows: set[int] = set()
    for first, length in batches:
        state.add(first, first + length, 1)
        rows |= set(range(first, first + length + 1))

    assert rows == {number for number in range(60) if state.holds(number)}
    assert all(before[1] + 1 < after[0] for before, after in zip(state.done, state.done[1:], strict=False))
    assert len(batches) == state.accepted
    assert min(set(range(1, 60)) - rows) == state.first_left


def test_a_state_outlives_its_process(tmp_path: Path) -> None:
    """What is saved is what is loaded."""
    state = State(digest="d", file="orders.csv", accepted=7, done=[(1, 7)])
    save(tmp_path / "state.json", state)

    assert state == load(tmp_path / "state.json", "d", Path("orders.csv"))
    assert [tmp_path / "state.json"] == list(tmp_path.iterdir())


def test_a_state_of_something_else_is_not_used(tmp_path: Path) -> None:
    """With a given state file nothing is skipped that was sent elsewhere."""
    save(tmp_path / "state.json", new_state())

    with pytest.raises(Unsendable, match="belongs to another file, mapping or address"):
        load(tmp_path / "state.json", "another", Path("orders.csv"))


def test_a_broken_state_is_told_as_such(tmp_path: Path) -> None:
    """A state file that cannot be read is neither ignored nor overwritten."""
    (tmp_path / "state.json").write_text("{")

    with pytest.raises(Unsendable, match="cannot be read"):
        load(tmp_path / "state.json", "d", Path("orders.csv"))


def test_a_state_that_cannot_be_kept_stops_the_run(tmp_path: Path) -> None:
    """Rather than to forget what was accepted, the run ends."""
    with pytest.raises(Unsendable, match="cannot be written"):
        save(tmp_path / "none" / "state.json", new_state())


def test_file_mapping_common_fields_and_address_make_the_name_of_a_state() -> None:
    """Changing one of them begins anew; the order in which mappings are given changes nothing."""
    other = read_mapping(["order_id=sum"], ["id", "sum"])
    digests = [
        digest_of("file", MAPPING, FIXED, "http://a/graphql"),
        digest_of("other file", MAPPING, FIXED, "http://a/graphql"),
        digest_of("file", other, FIXED, "http://a/graphql"),
        digest_of("file", MAPPING, Fixed(enterprise_id="2", action_tracker_id=401), "http://a/graphql"),
        digest_of("file", MAPPING, FIXED, "http://a/graphqltest"),
    ]
    one, two = (
        digest_of("file", read_mapping(maps, ["id", "sum"]), FIXED, "u")
        for maps in (["order_id=id", "amount=sum"], ["amount=sum", "order_id=id"])
    )

    assert 5 == len(set(digests))
    assert one == two
    assert Path(f"orders.csv.{one[:12]}.send-state.json") == state_name(Path("/some/where/orders.csv"), one)
