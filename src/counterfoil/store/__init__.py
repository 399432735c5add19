"""The store: who remembers.

Owns every table, lock and statement. Leaves judging to the pure modules. Next: embedded/.
"""
