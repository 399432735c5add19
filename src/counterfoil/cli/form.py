"""The form of a command's help: a sentence, then examples, then the options.

Owns that form. Leaves the words to each command. Next: commands.py.
"""

from __future__ import annotations

from counterfoil.cli.frame import EVERYWHERE

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}

# The sign at the start of a paragraph keeps its lines as they are.
_AS_IT_STANDS = "\b\n"

EPILOG = _AS_IT_STANDS + "\n".join(
    (
        "Every command takes, in any place:",
        *(
            f"  {name + (' DIR' if name == '--data-dir' else ''):<16} {meaning}"
            for name, meaning in EVERYWHERE.items()
        ),
    )
)


def told_by(sentence: str, *examples: str) -> str:
    """The help text of a command."""
    lines = "\n".join(f"  {line}" for example in examples for line in example.split("\n"))
    return f"{sentence}\n\n{_AS_IT_STANDS}Examples:\n{lines}"
