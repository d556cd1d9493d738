"""The product's settings with the peers beside it, on a database of the benchmark's own."""

from config.settings import *  # noqa: F403
from config.settings import DATABASE_URL, INSTALLED_APPS

DEMO = False
POSTGRESQL = DATABASE_URL.startswith("postgresql")
INSTALLED_APPS = [
    *INSTALLED_APPS,
    "auditlog",
    "simple_history",
    "reversion",
    *(["pgtrigger", "pghistory"] if POSTGRESQL else []),
    "benchmarks.peers",
]
MIDDLEWARE: list[str] = []
