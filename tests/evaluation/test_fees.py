"""专家劳务费: by the profile's values, in whole fen, by handle; names are read with a reason."""

import pytest

from audit_log.selectors import trail
from evaluation.domain.fees import Tariff, fee
from evaluation.models import Project
from evaluation.selectors import fees as reading
from evaluation.selectors import ruling
from evaluation.services import fees
from tests.desk.doors import sign_in, text_of
from tests.experts.world import refused

TARIFF = Tariff(
    base_fen=40_000, base_minutes=240, step_fen=10_000, step_minutes=60, remote_fen=10_000
)


@pytest.mark.parametrize(
    ("minutes", "remote", "due"),
    [
        (0, False, (40_000, 0, 0, 0, 40_000)),
        (240, False, (40_000, 0, 0, 0, 40_000)),
        (241, False, (40_000, 1, 10_000, 0, 50_000)),
        (300, False, (40_000, 1, 10_000, 0, 50_000)),
        (301, True, (40_000, 2, 20_000, 10_000, 70_000)),
    ],
)
def test_a_step_of_overtime_that_is_begun_is_due(minutes, remote, due):
    found = fee(TARIFF, minutes=minutes, remote=remote)
    parts = (found.base_fen, found.steps, found.overtime_fen, found.remote_fen)
    assert (*parts, found.total_fen) == due


def test_nobody_leaves_before_he_came():
    with pytest.raises(ValueError, match="before he came"):
        fee(TARIFF, minutes=-1, remote=False)


@pytest.fixture
def row(ladder) -> Project:
    return ladder.project("awarded")


@pytest.mark.django_db
def test_the_sheet_has_each_drawn_member_once_and_its_sum(cast, row):
    ref = fees.fix_fees(actor=cast["jyzx1"], project=row.pk)
    told = trail.last_event(row.stream, "project.fees_fixed")
    sheet = trail.document(told["data"]["sheet"])
    seated = row.parts.filter(relation="seated", kind="expert").order_by("handle")
    assert sorted(one["handle"] for one in sheet["rows"]) == [one.handle for one in seated]
    assert sheet["sum_fen"] == told["data"]["sum_fen"] == sum(r["total_fen"] for r in sheet["rows"])
    assert sheet["rows"][0]["base_fen"] == reading.tariff_of(ruling.profile(row)).base_fen
    assert ref.stream == row.stream
    assert "person" not in str(sheet)
    assert refused(fees.fix_fees, actor=cast["jyzx1"], project=row.pk) == ["fees_fixed"]


@pytest.mark.django_db
def test_there_is_no_sheet_before_the_report(ladder, cast):
    code = ladder["evaluating"]
    assert refused(fees.fix_fees, actor=cast["jyzx1"], project=code) == ["wrong_state"]
    assert sign_in(cast["jyzx1"]).get(f"/project/{code}/fees/").status_code == 404


@pytest.mark.django_db
def test_a_tenderer_reads_the_sheet_once_the_committee_is_no_secret(ladder, cast):
    codes = {
        state: sign_in(cast["zbr1"]).get(f"/project/{ladder[state]}/fees/").status_code
        for state in ("reported", "awarding", "awarded")
    }
    assert codes == {"reported": 404, "awarding": 404, "awarded": 200}
    assert sign_in(cast["tbr"]).get(f"/project/{ladder['awarded']}/fees/").status_code == 404


@pytest.mark.django_db
def test_names_are_shown_to_who_may_read_them_and_each_reading_is_an_entry(cast, row):
    address = f"/project/{row.pk}/fees/"
    parts = row.parts.filter(relation="seated", kind="expert")
    streams = [f"expert/{code}" for code in parts.values_list("person", flat=True)]
    assert sign_in(cast["jyzx1"]).post(address).status_code == 403
    assert [trail.events(one, "expert.person_read") for one in streams] == [[]] * len(streams)
    page = text_of(sign_in(cast["zjj"]).post(address))
    assert '<th scope="col">姓名</th>' in page
    for stream in streams:
        [read] = trail.events(stream, "expert.person_read")
        assert read["data"] == {"reason": "fee"}
