"""For tests that need real commits: an empty database whose guards stand."""

from django.core.management import call_command

from audit_log import guards


def reset(using: str = "default") -> None:
    """Empty every table, which the guards forbid to everyone else.

    Takes the triggers away, empties, lays them again; raises AssertionError where one is missing
    afterwards. Never for an installation: what stood in the trail is gone.
    """
    with guards.lifted(using):
        call_command("flush", interactive=False, verbosity=0, database=using)
    missing = guards.expected(using) - guards.standing(using)
    if missing:
        raise AssertionError(f"triggers are missing: {sorted(missing)}")
