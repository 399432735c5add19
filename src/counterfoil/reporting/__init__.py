"""Reporting: pages of commission records for those who may read them.

Owns filters and windows, whose records are shown, and what each field of a record says. Reads only; how an
answer is written is api/projection.py. Next: filters.py.
"""

from counterfoil.reporting.filters import Filters, Side, read_filters
from counterfoil.reporting.pages import PAGE_MAX, Page, page
from counterfoil.reporting.records import Records

__all__ = ["PAGE_MAX", "Filters", "Page", "Records", "Side", "page", "read_filters"]
