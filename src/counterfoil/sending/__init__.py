"""Sending: a client that takes orders from a CSV file to any compatible server.

Owns the way of a row: file, mapping, order, batch, answer, and the memory of what is done. Leaves words and
bars to the command line. Next: mapping.py for the pure part, sender.py for the part that speaks to a server.
"""

from counterfoil.sending.batches import BATCH_MAX, Batch, Plan, batches, plan
from counterfoil.sending.faults import Stopped, Unsendable
from counterfoil.sending.mapping import FIELDS, Mapping, read_mapping
from counterfoil.sending.orders import BadRow, Fixed
from counterfoil.sending.sender import Patience, RefusedBatch, Report, Tally, Watch, check_address, send
from counterfoil.sending.state import State, load, state_name

__all__ = [
    "BATCH_MAX",
    "FIELDS",
    "BadRow",
    "Batch",
    "Fixed",
    "Mapping",
    "Patience",
    "Plan",
    "RefusedBatch",
    "Report",
    "State",
    "Stopped",
    "Tally",
    "Unsendable",
    "Watch",
    "batches",
    "check_address",
    "load",
    "plan",
    "read_mapping",
    "send",
    "state_name",
]
