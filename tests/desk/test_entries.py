"""Entries, proofs and what stays closed: nobody learns from the trail what his page withholds."""

import hashlib
import re
from datetime import UTC, datetime

import pytest

from audit_log.domain import canonical, proof
from audit_log.domain.checkpoint import parse as parse_checkpoint
from audit_log.domain.merkle import verify_inclusion
from audit_log.domain.note import Cosigner, parse_note
from audit_log.models import Checkpoint, Cosignature
from audit_log.selectors import trail
from audit_log.services import cosigning
from desk.templatetags.desk import moment
from desk.web.doors import PER_PAGE
from tests.desk.doors import sign_in, text_of


def entry_of(stream: str, kind: str) -> trail.Line:
    return trail.lines(stream, type=kind)[0]


def address(line: trail.Line, *more: str) -> str:
    return "/".join(("/entry", line.value["stream"], str(line.value["n"]), *more, ""))


def test_an_entry_shows_its_canonical_bytes_and_its_hash(cast, ladder):
    line = entry_of(f"project/{ladder['awarded']}", "project.awarded")
    page = text_of(sign_in(cast["jw"]).get(address(line)))
    body = canonical.dumps(line.value)
    assert hashlib.sha256(b"\x00" + body).hexdigest() == line.hash
    assert line.hash in page


def test_the_downloaded_proof_proves_the_entry(cast, ladder):
    line = entry_of(f"project/{ladder['awarded']}", "project.awarded")
    text = text_of(sign_in(cast["jw"]).get(address(line, "proof")))
    found = proof.parse(text)
    head = parse_checkpoint(parse_note(found.checkpoint).text)
    leaf = bytes.fromhex(line.hash)
    assert verify_inclusion(leaf, found.index, head.size, found.hashes, head.root)


@pytest.mark.parametrize("account", ["zbr1", "jyzx1", "jw", "tbr"])
def test_before_the_opening_the_trail_tells_neither_bids_nor_their_number(cast, ladder, account):
    code = ladder["tendering"]
    stream, client = f"project/{code}", sign_in(cast[account])
    assert len(trail.lines(stream, type="project.bid_sealed")) > 0
    page = client.get(f"/project/{code}/")
    assert "收到投标" not in text_of(page)
    last = entry_of(stream, "project.tender_published").value["n"]
    codes = [client.get(f"/entry/{stream}/{n}/").status_code for n in range(last + 1, last + 6)]
    assert codes == [404] * 5


@pytest.mark.parametrize(
    ("account", "kind", "opens"),
    [
        ("jw", "project.score_sheet_opened", True),
        ("jyzx1", "project.score_sheet_opened", True),
        ("tbr", "project.score_sheet_opened", False),
        ("tbr", "project.member_signed_in", False),
        ("tbr", "project.bid_opened", True),
        ("zbdb", "project.ballot_opened", False),
        ("zbr1", "project.ballot_opened", True),
    ],
)
def test_contents_open_to_their_circle_only(cast, ladder, account, kind, opens):
    line = entry_of(f"project/{ladder['awarded']}", kind)
    page = text_of(sign_in(cast[account]).get(address(line)))
    assert line.hash in page
    assert ("规范原文" in page) == opens


def test_nobody_but_the_pool_sees_an_experts_stream(cast, ladder):
    part = ladder.project("awarded").parts.filter(kind="expert").first()
    line = trail.lines(f"expert/{part.person}")[0]
    assert sign_in(cast["zbr1"]).get(address(line)).status_code == 404
    assert sign_in(cast["zjk"]).get(address(line)).status_code == 200


def test_the_commission_verifies_from_the_page(cast, ladder):
    page = text_of(sign_in(cast["jw"]).post("/trail/verify/"))
    assert "核验一致" in page


def test_the_newest_checkpoints_are_listed_with_their_times(cast, ladder):
    found = trail.checkpoints()
    sizes = [one.size for one in found]
    assert sizes == sorted(Checkpoint.objects.values_list("size", flat=True), reverse=True)[:50]
    page = text_of(sign_in(cast["jw"]).get("/trail/witness/"))
    table = page.partition("监督方联署时间")[2]
    listed = re.findall(r'<td class="number">(\d+)</td>', table)
    assert listed == [str(size) for size in sizes[:PER_PAGE]]
    assert found[0].root in table
    assert moment(found[0].sealed_at) in table


def test_a_checkpoint_tells_when_it_was_cosigned(db):
    size = trail.standing().sealed
    text = parse_note(cosigning.cosigned_note(size)).text
    line = Cosigner("witness.example", bytes(32)).cosign(text, 1_767_225_600)
    Cosignature.objects.create(size=size, line=line)
    newest, before = trail.checkpoints(limit=2)
    assert (newest.cosigned, before.cosigned) == ((datetime(2026, 1, 1, tzinfo=UTC),), ())
    assert newest.note == cosigning.cosigned_note(size)
    assert newest.note.endswith(line)


def test_a_line_that_is_no_cosignature_tells_no_time(db):
    Cosignature.objects.create(size=trail.standing().sealed, line="nothing\n")
    assert trail.checkpoints(limit=1)[0].cosigned == ()


@pytest.mark.parametrize(
    ("account", "state", "shown"),
    [
        ("zbr1", "evaluating", False),
        ("zbr1", "reported", True),
        ("tbr", "evaluating", False),
        ("tbr", "reported", False),
        ("jyzx1", "evaluating", True),
    ],
)
def test_rejections_are_shown_with_the_scores(cast, ladder, account, state, shown):
    page = text_of(sign_in(cast[account]).get(f"/project/{ladder[state]}/"))
    assert ('<th scope="col">评审</th>' in page) == shown


@pytest.mark.parametrize(("account", "shown"), [("tbr", False), ("zbr1", True), ("jw", True)])
def test_a_bidder_never_reads_the_committees_remarks(cast, ladder, account, shown):
    page = text_of(sign_in(cast[account]).get(f"/project/{ladder['notified']}/"))
    assert "中标候选人" in page
    assert ("评委会意见" in page) == shown
