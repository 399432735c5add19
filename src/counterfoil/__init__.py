"""Counterfoil: an affiliate network's order system.

Owns the package's version. Imports nothing of its own. Next: model/ for the nouns, cli.py for the commands.
"""

__version__: str


def __getattr__(name: str) -> str:
    # Looked up when it is asked for: what reads it is a third of what a short command would load.
    if name != "__version__":
        raise AttributeError(name)
    from importlib.metadata import version  # noqa: PLC0415

    return version("counterfoil")
