import pytest

from audit_log.domain.note import Ed25519Signer
from audit_log.models import Checkpoint
from audit_log.services import keys, sealer
from audit_log.witness import state
from tests.audit_log.signing import ask, trust


@pytest.fixture
def old(ladder) -> Ed25519Signer:
    """The log's key before the change; everything is sealed."""
    sealer.seal()
    return keys.log_signer()


@pytest.fixture
def commission(old, tmp_path):
    """A witness that trusts the old key and has co-signed what it signed."""
    home = tmp_path / "home"
    state.create(home, "test.discipline/one", "test.discipline/draw")
    trust(home, old.vkey)
    ask(home, Checkpoint.objects.order_by("size").last(), 0)
    return home
