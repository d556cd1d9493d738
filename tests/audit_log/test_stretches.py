"""Reading many entries at once gives the same bytes as one by one, or says that it cannot."""

import pytest
from django.db import connection

from audit_log import guards
from audit_log.domain.shapes import AT_ONCE
from audit_log.models import Entry, Leaf
from audit_log.selectors import trail
from audit_log.services import sealer, verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def bodies(ladder) -> list[bytes]:
    """Every sealed entry, read one by one; there are several stretches of them."""
    sealer.seal()
    entries = Entry.objects.in_bulk(Leaf.objects.values_list("entry_id", flat=True))
    order = Leaf.objects.order_by("index").values_list("entry_id", flat=True)
    found = [bytes(entries[pk].body) for pk in order]
    assert len(found) > 2 * AT_ONCE
    return found


def put(index, body):
    """Another body at a place of the log, by the owner of the database; None takes the row away."""
    pk = Leaf.objects.get(index=index).entry_id
    with guards.lifted(), connection.cursor() as cursor:
        if body is None:
            cursor.execute("DELETE FROM audit_log_entry WHERE id = %s", [pk])
        else:
            cursor.execute("UPDATE audit_log_entry SET body = %s WHERE id = %s", [body, pk])


@pytest.mark.parametrize("lo", [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1])
@pytest.mark.parametrize("length", [1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1])
def test_stretches_end_where_the_logs_do_and_hold_the_same_bytes(bodies, lo, length):
    found = trail.stretches(lo, lo + length)
    assert [body for lines in found for body in lines.bodies] == bodies[lo : lo + length]
    assert [lines.text for lines in found] == [b"\n".join(lines.bodies) for lines in found]
    inner = [end for end in range(AT_ONCE, lo + length, AT_ONCE) if end > lo]
    assert len(found) == len(inner) + 1


@pytest.mark.parametrize("separator", [b"\n", b"\x1e"])
def test_two_entries_in_one_row_do_not_pass_for_two_rows(bodies, separator):
    """The row of the second is gone and the first holds both, so that their number is right."""
    put(3, bodies[3] + separator + bodies[4])
    put(4, None)
    assert trail.stretches(0, 8) is None
    given = [*bodies[:3], bodies[3] + separator + bodies[4], None, *bodies[5:8]]
    assert trail.bodies(0, 8) == given
    faults = verification.verify().faults
    assert "第 3 条" in [fault.where for fault in faults]
    assert "第 4 条" in [fault.where for fault in faults]


def test_an_empty_body_is_there_and_is_no_entry(bodies):
    put(3, b"")
    assert trail.bodies(2, 5) == [bodies[2], b"", bodies[4]]
    assert "第 3 条" in [fault.where for fault in verification.verify().faults]
