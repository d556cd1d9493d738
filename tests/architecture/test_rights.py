"""Whoever deletes rows in a service has declared it, so that the site's database role may do it."""

from audit_log.guards_rights import rights
from tests.architecture.source import called, modules

DELETES = {
    "accounts.services.throttle": ["accounts_guess"],
    "accounts.services.vault": ["accounts_personkey"],
    "award.services.recusing": ["evaluation_part"],
    "evaluation.services.committee": ["evaluation_part"],
    "evaluation.services.concluding": ["evaluation_candidate"],
    "evaluation.services.drawing": ["evaluation_part"],
    "evaluation.services.rooms": ["evaluation_roomslot"],
    "evaluation.services.scoring": ["evaluation_candidate"],
    "evaluation.services.sites": ["evaluation_site"],
    "evaluation.services.voiding": ["evaluation_part"],
    "experts.services.changes": ["experts_expertspecialty"],
    "experts.services.drawn_persons": ["experts_expertspecialty"],
    "experts.services.engagements": ["experts_engagement"],
    "experts.services.intake_files": ["experts_intakepart"],
    "experts.services.intake_report": ["experts_intakeline"],
    "experts.services.intake_write": ["experts_expertspecialty"],
    "experts.services.records": ["experts_expertleave"],
}


def test_the_modules_that_delete_are_these():
    found = {
        module.name
        for module in modules()
        if module.layer == "services" and any(called(call) == "delete" for call in module.calls())
    }
    assert found == set(DELETES)


def test_each_of_their_tables_lets_rows_go():
    tables = {table for some in DELETES.values() for table in some}
    assert [table for table in sorted(tables) if "DELETE" not in rights(table)] == []
