"""What a body asks for: envelope or document, character set, digits.

Owns D1 to D4. Leaves the document's own syntax to test_reading_syntax.py. Next: asking.py.
"""

import json

import pytest

from counterfoil.capture.body import Request, read_request
from counterfoil.capture.scalars import NumberText
from counterfoil.errors import Refusal
from tests.api.asking import envelope, requested

DOCUMENT = "{ getBuildNumber }"


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "application/json",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "text/plain; charset=utf-8",
        "application/json; charset=nonsense",
    ],
)
@pytest.mark.parametrize("body", [DOCUMENT, json.dumps({"query": DOCUMENT})])
def test_the_content_type_is_never_consulted(body: str, content_type: str | None) -> None:
    """Envelope and bare document are told apart by themselves, whatever the header says."""
    assert Request(document=DOCUMENT, variables={}) == read_request(body.encode(), content_type)


@pytest.mark.parametrize(
    "body",
    [
        "mutation{a}",
        "query {\n\ta\r\n}",
        "\n\n  { a }",
        "  mutation M { a }",
        '# { "query": "x" }\n{ a }',
        '"a string"',
        "17",
        '{ a(b: "c") }',
    ],
)
def test_anything_that_is_no_json_object_is_the_document(body: str) -> None:
    """Blanks and line ends in front stay; a body that is no object of JSON is taken as it stands."""
    assert Request(document=body, variables={}) == read_request(body.encode())


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"variables": None, "operationName": None},
        {"variables": {}, "operationName": None, "extensions": {"persistedQuery": 1}},
        {"variables": [], "operationName": ""},
        {"id": 1, "unknown": [{}]},
    ],
)
def test_nothing_means_nothing(members: dict[str, object]) -> None:
    """Absent, null and empty members are the same, and members that nobody knows are passed over."""
    assert Request(document=DOCUMENT, variables={}) == requested(json.dumps({"query": DOCUMENT, **members}))


def test_variables_and_the_operation_are_handed_on() -> None:
    """The variables and the name of the operation come as they are."""
    expected = Request(document=DOCUMENT, variables={"a": [None, "b"]}, operation_name="A")

    assert expected == requested(envelope(DOCUMENT, {"a": [None, "b"]}, "A"))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "   \n",
        "\ufeff",
        "[]",
        '[{"query": "{ getBuildNumber }"}]',
        "{}",
        '{"foo": 1}',
        '{"query": null}',
        '{"query": 7}',
        '{"query": ""}',
        '{"query": " \\n"}',
        '{"query": "{ getBuildNumber }", "variables": 3}',
        '{"query": "{ getBuildNumber }", "variables": [1]}',
    ],
)
def test_a_body_that_cannot_be_used_is_invalid_syntax(body: str) -> None:
    """No body, a batch of operations, an object without a query: `Invalid Syntax` and nothing more."""
    refusal = read_request(body.encode())

    assert isinstance(refusal, Refusal)
    assert ("Invalid Syntax", "InvalidSyntax") == (refusal.message, refusal.classification)


@pytest.mark.parametrize(
    "body", [DOCUMENT, json.dumps({"query": DOCUMENT}), json.dumps({"query": "\ufeff" + DOCUMENT})]
)
def test_a_byte_order_mark_is_dropped(body: str) -> None:
    """In front of a document, of an envelope and of the document inside one."""
    assert DOCUMENT == requested("\ufeff" + body).document


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("ISO-8859-1", "latin-1"),
        ('"windows-1252"', "cp1252"),
        ("utf-16", "utf-16"),
        ("Shift_JIS", "shift_jis"),
    ],
)
def test_the_named_charset_reads_what_is_not_utf_8(charset: str, codec: str) -> None:
    """A header's character set counts once the bytes are not UTF-8."""
    text = '{ a(b: "ソ") }' if codec in {"shift_jis", "utf-16"} else '{ a(b: "é") }'
    read = read_request(text.encode(codec), f"text/plain; charset={charset}")

    assert isinstance(read, Request)
    assert text == read.document


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "text/plain; charset=utf-8",
        "text/plain; charset=nonsense",
        "a; charset=punycode",
        "a; charset=hex",
        "a; charset=unicode_escape",
    ],
)
def test_bytes_that_nothing_reads_are_invalid_syntax(content_type: str | None) -> None:
    """Bytes that are neither UTF-8 nor of a named character set are no text."""
    assert isinstance(read_request(b'{ a(b: "\xe9") }', content_type), Refusal)


def test_utf_8_wins_over_the_header() -> None:
    """A body that is UTF-8 is read as UTF-8 though the header says otherwise."""
    read = read_request('{ a(b: "é") }'.encode(), "text/plain; charset=ISO-8859-1")

    assert isinstance(read, Request)
    assert '{ a(b: "é") }' == read.document


def test_numbers_keep_every_digit() -> None:
    """A fraction, an exponent, a negative zero and a thousand digits come as they were sent."""
    sent = ["0.10", "1e-05", "1E400", "-0", "0.1000000000000000055511151231257827", "9" * 5000]
    variables = requested(
        '{"query": "{a}", "variables": {"n": {"all": [' + ", ".join(sent) + "]}}}"
    ).variables

    assert [NumberText(each) for each in sent] == variables["n"]["all"]
    assert {NumberText} == {type(each) for each in variables["n"]["all"]}


def test_whole_numbers_are_whole() -> None:
    """A whole number is an int, with all its digits."""
    variables = requested('{"query": "{a}", "variables": {"n": [3, -7, 12345678901234567890]}}').variables

    assert [3, -7, 12345678901234567890] == variables["n"]


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_json(constant: str) -> None:
    """A body with NaN or an infinity is no envelope; as a document it will not parse."""
    body = '{"query": "{a}", "variables": {"n": ' + constant + "}}"

    assert Request(document=body, variables={}) == read_request(body.encode())


def test_the_last_of_a_repeated_member_counts() -> None:
    """Repeated members of JSON are no fault; the last one counts."""
    assert {"a": 2} == requested('{"query": "x", "query": "{a}", "variables": {"a": 1, "a": 2}}').variables


def test_a_bottomless_body_is_refused() -> None:
    """A body that nests a hundred thousand times is refused and harms nobody."""
    deep = "[" * 100_000 + "]" * 100_000

    assert isinstance(read_request(deep.encode()), Refusal)
    assert isinstance(read_request(b'{"query": "{a}", "variables": {"a": %s}}' % deep.encode()), Refusal)


def test_lone_surrogates_and_nul_are_kept() -> None:
    """Half of a surrogate pair and NUL pass as they were sent."""
    variables = requested('{"query": "{a}", "variables": {"a": "x\\ud800\\u0000y"}}').variables

    assert {"a": "x\ud800\x00y"} == variables
