"""Due work and a ceremony may ask the witness for the same checkpoint; one line is kept."""

import pytest

from audit_log.domain import note as notes
from audit_log.domain.note import Cosigner
from audit_log.models import Checkpoint, Cosignature
from audit_log.services import cosigning

pytestmark = pytest.mark.django_db
WITNESS = Cosigner("test.witness/one", bytes(range(32)))


def test_the_same_line_twice_is_kept_once(ladder):
    last = Checkpoint.objects.order_by("-size")[0]
    line = WITNESS.cosign(notes.parse_note(last.note).text, 1_750_000_000)
    cosigning._keep(last.size, [line, line])
    cosigning._keep(last.size, [line])
    assert list(Cosignature.objects.values_list("size", "line")) == [(last.size, line)]
