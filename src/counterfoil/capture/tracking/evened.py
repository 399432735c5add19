"""A list of orders with comments or block strings, made even: the same values, written for the fast gear.

Owns what is cut out and rewritten, and the way back to places in the text that was sent. Says nothing of the
rest of the list, right or wrong. Next: skeleton.py.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from graphql.language.block_string import dedent_block_string_lines
from msgspec import Struct

_STRING = rb'"(?!"")(?:[^"\\\r\n]++|\\.)*+"'
_BLOCK = rb'"""((?:[^"\\]++|\\"""|\\|"(?!""))*+)"""'
_UNTIL_ODD = re.compile(rb'(?:[^"#)]++|%b)*+(?:(#[^\r\n]*+)|%b|\))' % (_STRING, _BLOCK))
"""What is plain, and then a comment, a block string, or the parenthesis that closes the arguments."""

_COMMENT, _BLOCK_STRING = 1, 2
_LINE_END = re.compile(r"\r\n|[\r\n]")


class Evened(Struct, frozen=True):
    """The text of a list, and what follows up to the end of the arguments, without anything odd.

    `places` are where its parts begin, `sent` where those began in the text that was sent. `comments` counts
    the characters of the comments that were cut out.
    """

    text: bytes
    comments: int
    places: list[int]
    sent: list[int]

    def sent_size(self, size: int) -> int:
        """How much was sent of what is so much here; its last byte is none that was rewritten."""
        part = bisect_left(self.places, size) - 1
        return self.sent[part] + size - self.places[part]


def evened(text: bytes) -> Evened | None:
    """The list at the beginning of a text, made even; None if there is nothing odd in it, or no end to it.

    A comment is cut out, as the end of its line parts what stands around it. A block string becomes a string
    with the value that the library gives it.
    """
    parts: list[bytes] = []
    places: list[int] = []
    sent: list[int] = []
    strings: dict[bytes, bytes] = {}
    position = length = comments = 0
    while (found := _UNTIL_ODD.match(text, position)) is not None:
        kind = found.lastindex
        end = found.end() if kind is None else found.start(kind) - 3 * (kind == _BLOCK_STRING)
        parts.append(text[position:end])
        places.append(length)
        sent.append(position)
        length += end - position
        if kind is None:
            return Evened(b"".join(parts), comments, places, sent) if len(parts) > 1 else None
        position = found.end()
        if kind == _COMMENT:
            comments += len(found[kind].decode())
            continue
        block = found[kind]
        string = strings.get(block) or strings.setdefault(block, _string(block.decode()))
        parts.append(string)
        places.append(length)
        sent.append(end)
        length += len(string)
    return None


def _string(block: str) -> bytes:
    """What a block string says, as an ordinary one."""
    lines = dedent_block_string_lines(_LINE_END.split(block.replace('\\"""', '"""')))
    content = "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return f'"{content}"'.encode()
