"""What stands sealed is read by whoever may, in one answer, and each reading is an entry."""

import hashlib
import re
from html import unescape

import pytest

from audit_log.selectors import trail
from award.models import Objection
from award.services import meeting, objections
from config.demo import job as steps
from desk.selectors import sealed
from evaluation.services import bidding
from tests.award.acting import JIA, YI, cast_all, open_round
from tests.desk.doors import sign_in, text_of
from tests.evaluation.tender import lot, tender
from tests.evaluation.test_scoring_service import seal, sheet

TEXT = "对第二候选人的业绩认定有异议,请复核合同金额"
LINK = "本人密封内容的凭证"


@pytest.fixture
def code(cast, ladder):
    """A project in its publicity with one objection, numbered O1."""
    found = ladder["candidates_public"]
    objections.object(actor=cast["tbr"], project=found, text=TEXT)
    return found


def page_of(code):
    return f"/project/{code}/objection/{code}-O1/"


def own_page(code, kind):
    return f"/project/{code}/envelope/{kind}/"


def newest(code):
    return trail.lines(f"project/{code}")[-1]


@pytest.mark.parametrize("account", ["zbr1", "zjj", "jw"])
def test_an_objection_is_read_by_post_and_the_reading_is_an_entry(cast, code, account):
    client, before = sign_in(cast[account]), newest(code)
    asked = client.get(page_of(code))
    assert ("阅读异议内容将记入流水" in text_of(asked), TEXT in text_of(asked)) == (True, False)
    assert newest(code) == before
    read, told = client.post(page_of(code)), newest(code)
    assert (TEXT in text_of(read), read["Cache-Control"]) == (True, "no-store")
    assert (f"第 {told.value['n']} 条" in text_of(read), told.hash in text_of(read)) == (True, True)
    assert told.value["type"] == "project.objection_read"
    assert told.value["actor"]["id"] == account
    assert TEXT not in text_of(client.get(f"/project/{code}/"))


@pytest.mark.parametrize(
    ("account", "status"),
    [("tbr", 403), ("jyzx1", 403), ("sjgl", 403), ("zjk", 404), ("xtgl", 404), ("dbwy1", 404)],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_reads_an_objection(cast, code, account, status, method):
    before = newest(code)
    assert getattr(sign_in(cast[account]), method)(page_of(code)).status_code == status
    assert newest(code) == before


def test_an_objection_is_found_in_its_project_only(cast, code, ladder):
    page = f"/project/{ladder['awarding']}/objection/{code}-O1/"
    assert sign_in(cast["zbr1"]).get(page).status_code == 404


@pytest.mark.parametrize(("account", "linked"), [("zbr1", True), ("jw", True), ("tbr", False)])
def test_the_table_of_objections_links_the_text_for_whoever_may_read_it(
    cast, code, account, linked
):
    page = text_of(sign_in(cast[account]).get(f"/project/{code}/"))
    assert Objection.objects.get(project=code).pk in page
    assert (page_of(code) in page) == linked


def recomputed(page):
    """The commitment from what the page shows, by the rule the page tells."""
    salt = re.search(r'<dt>盐值</dt><dd><code class="hash-full">([0-9a-f]{64})<', page)[1]
    text = unescape(re.search(r'<pre class="json">(.*?)</pre>', page, re.DOTALL)[1])
    return hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


def take(actor, page, code, kind, seen_at=""):
    """Follow the link on a project's page to the proof; return the page that shows it."""
    client = sign_in(actor)
    assert own_page(code, kind) in text_of(client.get(seen_at or f"/project/{code}/"))
    assert "盐值</dt>" not in text_of(client.get(page))
    shown = text_of(client.post(page))
    assert newest(code).value["type"] == "project.own_envelope_read"
    assert recomputed(shown) == newest(code).value["data"]["commitment"]
    return shown


def test_the_author_of_an_envelope_takes_its_proof_home_and_nobody_else(cast, code):
    page = own_page(code, f"objection/{code}-O1")
    assert TEXT in take(cast["tbr"], page, code, f"objection/{code}-O1")
    for account in ("zbr1", "jw", "jyzx1", "xtgl"):
        client = sign_in(cast[account])
        assert (client.get(page).status_code, client.post(page).status_code) == (404, 404)


def test_a_members_envelope_is_linked_until_the_sheets_are_opened(ladder):
    job = tender(ladder, steps.start_evaluation)
    member, project = job.members[0], lot(job).pk
    seal(job, member, sheet(job, "81.5"))
    page = own_page(project, "score_sheet/1")
    assert "81.5" in take(member, page, project, "score_sheet/1")
    assert sealed.own(job.members[1], lot(job)) == {}
    done = ladder["reported"]
    other = ladder.jobs["reported"].members[0]
    assert LINK not in text_of(sign_in(other).get(f"/project/{done}/"))
    assert sign_in(other).post(own_page(done, "score_sheet/1")).status_code == 404


def test_a_bidders_envelope_is_linked_where_he_finds_the_tender(cast, ladder):
    job = tender(ladder, steps.publish_tender)
    project, bidder = lot(job).pk, cast["tbr"]
    bidding.submit_bid(actor=bidder, project=project, price_fen=12_345)
    shown = take(bidder, own_page(project, "bid/1"), project, "bid/1", f"/public/{project}/")
    assert '"price_fen":12345' in unescape(shown)
    assert re.findall(r"第 \d+ 条", shown) == []  # a place would tell how many bids there are


def test_a_ballots_envelope_is_linked_until_the_ballots_are_opened(cast, ladder):
    project, member = ladder["awarding"], cast["dbwy1"]
    one = open_round(cast, project)
    cast_all(cast, project, [JIA, YI])
    assert JIA in take(member, own_page(project, one.kind), project, one.kind)
    meeting.close_ballot(actor=cast["zbr1"], project=project)
    assert LINK not in text_of(sign_in(member).get(f"/project/{project}/"))
