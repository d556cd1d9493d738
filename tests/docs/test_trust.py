"""`docs/trust.md` says of PostgreSQL's roles what the attempts made as them show."""

from tests.docs.source import rows
from tests.postgresql.attempts import DDL, FROZEN, ON_DATA, ON_THE_GATE, Attempt

PAGE, TITLE = "docs/trust.md", "What PostgreSQL refuses to whom"


def frozen(one: Attempt) -> list[str]:
    """DDL: refused to everybody; who notices it once a superuser has disabled the event trigger."""
    return [one.title, *(FROZEN,) * 3, one.noticed]


def test_the_page_states_what_comes_of_each_attempt():
    told = [one.cells for one in ON_DATA + ON_THE_GATE] + [frozen(one) for one in DDL]
    assert rows(PAGE, under=TITLE) == told
