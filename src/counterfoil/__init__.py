"""Counterfoil: an affiliate network's order system.

Owns the package's version. Imports nothing of its own. Next: model/ for the nouns, cli.py for the commands.
"""

from importlib.metadata import version

__version__ = version("counterfoil")
