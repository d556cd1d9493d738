"""What the tests of the commission's pages share: who else there is, what a page lists."""

import re

from accounts.domain import roles as r
from accounts.services import people
from audit_log.domain import canonical
from audit_log.domain.entry import SYSTEM, Actor
from audit_log.models import Entry
from config.demo import synthetic

LINK = re.compile(r'href="/entry/([a-z]+/[^/"]+)/(\d+)/(?:#[a-z-]+)?"')


def elsewhere(role: str = r.COMMISSION) -> Actor:
    """A commission, or another role, of a district in which nothing happens."""
    org = synthetic.credit_code("commission of another district")
    people.register_organisation(code=org, name="外地监委", region="110101")
    people.create_user(
        actor=SYSTEM, code="waidi", title="外地", role=role, org=org, password="a long enough one"
    )
    return Actor("waidi", role, org)


def listed(page: str) -> list[tuple[str, int]]:
    """(stream, position) of the entries that a page links to, in its order, each once."""
    return list(dict.fromkeys((stream, int(n)) for stream, n in LINK.findall(page)))


def entries(**about: str) -> list[dict]:
    """The parsed entries, newest first, whose columns are as given."""
    rows = Entry.objects.filter(**about).order_by("-pk").values_list("body", flat=True)
    return [canonical.loads(bytes(body)) for body in rows]


def place(value: dict) -> tuple[str, int]:
    return value["stream"], value["n"]
