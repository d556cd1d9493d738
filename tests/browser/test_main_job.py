"""One tender by hand in the browser, in every role, from registration to the award notice."""

import re
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.demo import synthetic
from tests.browser.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.processes]

LOCAL = ZoneInfo("Asia/Shanghai")
GROUP, CODE = "HAND-1", "HAND-1-1"
PROJECT, DRAW = f"project/{CODE}", f"draw/{GROUP}-D1"
BIDDERS = ("投标人03", "投标人04", "投标人10", "投标人13")
SCORES = ("55.5", "52", "50.25", "46")
CREDIT = ("9", "8.5", "8", "7")
MEMBERS = [f"dbwy{number}" for number in range(1, 8)]


def org(name: str) -> str:
    return synthetic.credit_code(f"bidder/{name}")


def moment(office: Office, days: float) -> str:
    """A time on the demonstration's clock, as the browser's date field takes it."""
    text = office.page("zbr1").inner_text("body")
    found = re.search(r"演示时钟\s*(\d+)年(\d+)月(\d+)日 (\d+):(\d+)", text)
    now = datetime(*map(int, found.groups()), tzinfo=LOCAL)
    return (now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def messages(data_dir: Path, wanted: str, count: int) -> list[str]:
    """The one-time tokens of the messages of a kind, once `count` of them have been sent."""
    for _ in range(100):
        texts = [path.read_text() for path in sorted((data_dir / "demo/outbox").glob("*.txt"))]
        found = [text for text in texts if wanted in text]
        if len(found) >= count:
            return [re.search(r"口令:(\S+)", text)[1] for text in found]
        time.sleep(0.3)
    raise AssertionError(f"{len(found)} messages of {count} were sent")


def test_one_tender_by_hand_in_every_role(office: Office, data_dir: Path):
    register_and_publish(office)
    draw_the_experts(office, data_dir)
    evaluate(office, data_dir)
    go_public_with_an_objection(office)
    award(office)
    page = office.page("jw")
    page.goto(f"{office.base}/trail/verify/")
    page.click("main form button")
    office.photograph(page, "commission-verifies")
    assert "没有发现不一致" in page.inner_text("main")
    page.goto(f"{office.base}/{PROJECT}/")
    assert "已发中标通知书" in page.inner_text("main")


def register_and_publish(office: Office) -> None:
    office.act(
        "zbr1",
        "project/new",
        "register",
        {
            "code": CODE,
            "title": "示例中学教学楼维修工程施工",
            "group": GROUP,
            "lot": "1",
            "region": "330402",
            "trade": "construction",
            "compulsory": "true",
            "funds": "state",
            "regime": "separated",
            "ceiling_fen": "30000000.00",
            "ranked": "false",
        },
    )
    office.act("zbr1", PROJECT, "fix-award-plan")
    office.act("zbr1", PROJECT, "seal-award-members", MEMBERS_TYPED)
    office.act("zbr1", PROJECT, "publish-tender", {"deadline": moment(office, 21)})
    for index, name in enumerate(BIDDERS):
        office.act(
            "jyzx1",
            PROJECT,
            "submit-bid",
            {"price_fen": f"2{index + 5}000000.00", "bidder": org(name)},
        )
    office.act("zbr1", PROJECT, "appoint-representative", {"member": "zbdb"})


MEMBERS_TYPED = {
    "members": "\n".join(MEMBERS),
    "leader": "dbwy1",
    "observers": "jdz",
}


def draw_the_experts(office: Office, data_dir: Path) -> None:
    office.act(
        "zbr1",
        PROJECT,
        "start-draw",
        {
            "held_at": moment(office, 21.05),
            "place": "评标一室",
            "slots[0]slot": "1",
            "slots[0]specialty": "A0801",
            "slots[0]region": "33",
            "slots[0]count": "4",
            "one_per_group": "true",
        },
    )
    office.act("jyzx1", DRAW, "review", {"approve": "true"})
    office.act("jyzx1", DRAW, "commit")
    fill_the_seats(office, data_dir)


def fill_the_seats(office: Office, data_dir: Path) -> None:
    """Round after round until the draw is filled; a recusal at the opening takes one more."""
    while "已满员" not in draw_page(office):
        answered = len(messages(data_dir, "请在", 0))
        office.act("zjj", DRAW, "contribute", {"value": "3 1 4 1 5 9"})
        office.act("zbr2", DRAW, "contribute", {"value": "秋风起 271828"})
        office.act("jyzx1", DRAW, "open-round")
        office.act("jyzx1", DRAW, "run-round")
        missing = draw_page(office).count("已抽中")
        for token in messages(data_dir, "请在", answered + missing)[answered:]:
            office.expert(token)


def draw_page(office: Office) -> str:
    page = office.page("jyzx1")
    page.goto(f"{office.base}/{DRAW}/")
    return page.inner_text("main")


def arrivals(office: Office, data_dir: Path, room: str) -> list[str]:
    """The four who sign in; one who was struck later may have been told to come as well."""
    tried: list[str] = []
    members: list[str] = []
    for _ in range(100):
        for token in messages(data_dir, "准时到场", 0)[len(tried) :]:
            tried.append(token)
            members += filter(None, [office.sign_in(token, room)])
        if len(members) == 4:
            return members
        time.sleep(0.3)
    raise AssertionError(f"{len(members)} of 4 signed in with {len(tried)} messages")


def evaluate(office: Office, data_dir: Path) -> None:
    office.jump()
    office.act("jyzx1", PROJECT, "open-bids")
    fill_the_seats(office, data_dir)
    room = re.search(r"签到码\s*(\d{6})", draw_page(office))[1]
    office.photograph(office.page("jyzx1"), "draw")
    members = [*arrivals(office, data_dir, room), "zbdb"]
    office.act("zbdb", PROJECT, "sign-in-representative")
    for member in members:
        office.act(member, PROJECT, "promise")
        office.act(member, PROJECT, "brief", {"minutes": "15"})
        office.act(member, PROJECT, "declare", {"conflict": "false"})
    office.act("jyzx1", PROJECT, "start-evaluation")
    office.act(members[0], PROJECT, "establish", sheet(CREDIT))
    for member in members:
        office.act(member, PROJECT, "review")
    for member in members:
        office.act(member, PROJECT, "seal-sheet", sheet(SCORES))
    office.act("jyzx1", PROJECT, "open-sheets")
    office.act(members[0], PROJECT, "remark-candidates", remarks())
    for member in members:
        office.act(member, PROJECT, "sign-report", {"agree": "true"})
    office.act("jyzx1", PROJECT, "submit-report")


def sheet(scores: tuple[str, ...]) -> dict[str, str]:
    """The scores in the order in which the form lists the bidders."""
    return {f"scores[{index}]score": score for index, score in enumerate(scores)}


def remarks() -> dict[str, str]:
    texts = {"strengths": "方案完整", "weaknesses": "计划偏紧", "risks": "工期紧张"}
    return {
        f"candidates[{index}]{name}": text for index in range(3) for name, text in texts.items()
    }


def go_public_with_an_objection(office: Office) -> None:
    office.act("zbr1", PROJECT, "draft-candidates", {"objection_channel": "本平台在线提交"})
    office.act("jyzx2", PROJECT, "publish-candidates")
    office.act("tbr", PROJECT, "object", {"text": "请复核第二项业绩的合同金额。"})
    office.act("zbr1", PROJECT, "review-objection", {"accept": "true"})
    page = office.page("zbr1")
    page.goto(f"{office.base}/{PROJECT}/")
    office.photograph(page, "suspended")
    assert "已中止" in page.inner_text("main")
    answer = {"upheld": "false", "answer": "经核对合同原件,业绩认定符合要求。"}
    office.act("zbr1", PROJECT, "answer-objection", answer)
    office.act("zbr1", PROJECT, "resume")
    office.jump()


def award(office: Office) -> None:
    office.act("zbr1", PROJECT, "begin-award")
    for member in (*MEMBERS, "jdz"):
        office.act(member, PROJECT, "attend-award")
    for seats in (2, 1):
        office.act("zbr1", PROJECT, "open-ballot")
        for member in MEMBERS:
            vote(office, member, seats)
        office.act("zbr1", PROJECT, "close-ballot")
    office.act("zbr2", PROJECT, "decide", {"reasons": "逐轮票决得票最多,方案可行,报价合理。"})
    office.act("jyzx2", PROJECT, "publish-result")
    office.jump()
    office.act("zbr1", PROJECT, "notify")


def vote(office: Office, member: str, seats: int) -> None:
    """Tick the first names of the form, give a reason."""
    page = office.page(member)
    page.goto(f"{office.base}/{PROJECT}/cast-ballot/")
    boxes = page.locator("form.fields [type=checkbox]")
    for index in range(seats):
        boxes.nth(index).check()
    page.fill("form.fields [name=reason]", "(演示选票)综合比较方案、报价与履约情况后择优选择。")
    office.photograph(page, "cast-ballot-form")
    page.click("form.fields button.primary")
    page.click("button[value=do]")
    assert "/receipt/" in page.url
