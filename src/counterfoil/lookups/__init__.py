"""Look-ups: what became of a submission, what an order is and was, and why a record says what it says.

Owns the answers to those questions, in words and figures that API, terminal and pages share. Decides nothing;
releasing is the one act. Next: submissions.py, orders.py, explaining.py, telling.py.
"""

from counterfoil.lookups.explaining import Explanation, explain
from counterfoil.lookups.orders import Generation, OrderHistory, order_history
from counterfoil.lookups.periods import PeriodExplanation
from counterfoil.lookups.submissions import Note, Submission, submission, submissions_of_batch
from counterfoil.lookups.telling import told
from counterfoil.store.lookups import EVERYTHING, Visible, is_known, orders_named

__all__ = [
    "EVERYTHING",
    "Explanation",
    "Generation",
    "Note",
    "OrderHistory",
    "PeriodExplanation",
    "Submission",
    "Visible",
    "explain",
    "is_known",
    "order_history",
    "orders_named",
    "submission",
    "submissions_of_batch",
    "told",
]
