"""Processing: decides what becomes of each submission, in log order.

Owns the order of checks (spec/processing.md, section 17) and who waits behind whom. Pure: facts come in, a
decision goes out, and each decision is a fact for the next of its key. Next: sequence.py.
"""

from counterfoil.processing.facts import Facts, Options, Undecidable, Waiting
from counterfoil.processing.sequence import decide, decide_each, decide_in_order

__all__ = ["Facts", "Options", "Undecidable", "Waiting", "decide", "decide_each", "decide_in_order"]
