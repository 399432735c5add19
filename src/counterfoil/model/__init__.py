"""The trade's things as frozen records: the vocabulary of the whole house.

Owns shapes, no rules. Knows no store, no wire and no clock. Next: orders.py, then programme.py and ledger.py.
"""
