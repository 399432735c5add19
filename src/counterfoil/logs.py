"""Logs: one JSON line an event on standard error.

Owns their form; control characters are escaped by it. Nothing secret is ever handed to a log.
"""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs() -> None:
    """Sends our events, and warnings of the libraries, to standard error as JSON lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format='{"level":"%(levelname)s","event":"%(name)s"}'
    )
