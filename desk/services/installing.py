"""Putting an installation into service: keys, rules, calendar, one entry that says so."""

from django.db import transaction

from audit_log.domain.entry import SYSTEM, Ref
from audit_log.services import keys, trail
from experts.domain.modes import OWNER
from experts.services import modes
from rulebook.domain.rules import dump_profile
from rulebook.seeding import bundled_profiles, calendar_from_library
from rulebook.services.publishing import publish_calendar, publish_profile

FIRST_YEAR, LAST_YEAR = 2024, 2030


def make_keys() -> None:
    """Make the keys of the log and of the vault; raise FileExistsError where there are some."""
    keys.create_log_key()
    keys.create_vault_key()
    keys.create_identity_key()


@transaction.atomic
def install(mode: str = OWNER) -> Ref:
    """Publish the bundled rules and calendar and record the log's key as the first entries.

    `mode` says whose pool the installation works with (experts.domain.modes).
    """
    ref = trail.record_system("log", "system.installed", SYSTEM, {"vkey": keys.log_vkey()})
    modes.install(mode)
    for profile in bundled_profiles().values():
        publish_profile(actor=SYSTEM, content=dump_profile(profile))
    publish_calendar(actor=SYSTEM, content=calendar_from_library(FIRST_YEAR, LAST_YEAR))
    return ref
