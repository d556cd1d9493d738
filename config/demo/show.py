"""The demonstration on a terminal: set up, play every step, verify, sum up."""

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from audit_log.selectors import trail
from audit_log.services import clock, keys, reconciling, sealer, stored, verification
from audit_log.verifier import verify
from config.demo import cast, commission, job, synthetic
from config.demo.case import Case
from config.demo.cast import Player
from config.demo.job import LOCAL, Job
from desk.services import bundle, installing
from evaluation.models import Project
from experts.models import Draw, Expert, Seat
from experts.selectors import draws
from experts.services import pool

START = datetime(2025, 7, 1, 9, 0, tzinfo=LOCAL)
CODE = "NH2025-0701"
BAR = 30
WITNESS = "监督方的见证工具以自己的两把密钥独立运行:运行中"
NO_WITNESS = "监督方的见证工具未运行:检查点只封存、未见证,抽取各轮标明未经见证"


@dataclass
class Screen:
    """Numbered headings, lines, and a bar that redraws itself on a terminal only."""

    out: Any
    step: int = 0

    def head(self, title: str) -> None:
        self.step += 1
        self.out.write(f"\n【{self.step}】{title}")

    def line(self, text: str) -> None:
        moment = clock.now().astimezone(LOCAL)
        self.out.write(f"  {moment:%m月%d日 %H:%M}  {text}")

    def bar(self, done: int, whole: int, text: str) -> None:
        if not self.out.isatty():
            return
        filled = BAR * done // whole
        end = "\n" if done == whole else ""
        self.out.write(
            f"\r  [{'█' * filled}{'·' * (BAR - filled)}] {done}/{whole} {text}{end}", ending=""
        )
        sys.stdout.flush()


def play(case: Case, *, home: Path, experts: int, witness: bool, out: Any) -> bool:
    """Play the whole job; return whether everything verifies.

    `home` is an empty folder for the commission's tool. Raises Refused and Refusal where the case
    asks for what the rules forbid.
    """
    screen = Screen(out)
    players = set_up(screen, case, home, witness)
    with commission.running(home, witness):
        fill_pool(screen, players, experts, case)
        played = Job(CODE, case, {code: player.actor for code, player in players.items()})
        played.say = screen.line
        screen.head(case.title)
        job.play(played)
        sealer.seal_now()
    evidence = bundle.write(settings.DATA_DIR / "evidence.zip")
    return sum_up(screen, played, players, evidence, home)


def prepare(case: Case, *, home: Path, experts: int, out: Any) -> None:
    """Set everything up for a tender that people do by hand in the browser."""
    screen = Screen(out)
    players = set_up(screen, case, home, witness=True)
    with commission.running(home):
        fill_pool(screen, players, experts, case)
    screen.head("请在网页上办理:make serve,然后打开 http://127.0.0.1:8000/")
    print_bidders(screen, case)
    print_accounts(screen, players)


def set_up(screen: Screen, case: Case, home: Path, witness: bool) -> dict[str, Player]:
    """Keys, clock, rules, the commission's tool, bidders and the cast."""
    screen.head("启用系统:密钥、规则、工作日历、演示时钟")
    installing.make_keys()
    clock.set_demo_clock(START)
    installing.install()
    commission.install(home, keys.log_vkey(), wanted=witness)
    register_bidders(case)
    players = cast.make(case.lots[0].bidders[0].org)
    screen.line(WITNESS if witness else NO_WITNESS)
    return players


def register_bidders(case: Case) -> None:
    """Register every bidder as an organisation, under the label the case gives it."""
    from accounts.services import people

    for name, org in sorted({(one.name, one.org) for lot in case.lots for one in lot.bidders}):
        people.register_organisation(code=org, name=name, region="330400")


def fill_pool(screen: Screen, players: dict[str, Player], count: int, case: Case) -> None:
    """Enter the synthetic experts a hundred to a transaction; suspend and retire some."""
    screen.head(f"专家库:{count} 名合成专家按程序入库(申报 → 审核 → 测试 → 入库)")
    works_at = synthetic.employers(max(10, count // 12))
    works_at += [bidder.org for bidder in case.lots[0].bidders[:3]]
    people = list(synthetic.applications(count, works_at))
    owner, regulator = players["zjk"].actor, players["zjj"].actor
    for start in range(0, count, pool.BATCH):
        pool.enter_batch(
            actor=owner, reviewer=regulator, applications=people[start : start + pool.BATCH]
        )
        screen.bar(min(start + pool.BATCH, count), count, "人")
    district = Expert.objects.filter(region="330402").order_by("pk").values_list("pk", flat=True)
    leaving = list(district[: max(2, count // 100)])
    for index, code in enumerate(leaving):
        if index % 2:
            pool.exit(actor=owner, expert=code, ground="voluntary")
        else:
            pool.suspend(
                actor=regulator, expert=code, ground=SUSPENSION, decision=decision_document()
            )
    sealer.seal_now()
    left = ",".join(f"{name} {number} 名" for name, number in states())
    screen.line(f"{left};流水 {trail.standing().sealed} 条已封存")


SUSPENSION = "inquiry"


def decision_document() -> str:
    """The SHA-256 of an invented decision document that stands as an attachment."""
    from audit_log.services import attachments

    return attachments.keep("演示:暂停参加评标活动的决定(虚构)".encode())


def states() -> list[tuple[str, int]]:
    """How many experts stand in which state, by its Chinese name."""
    from experts.domain.lifecycle import EXPERT

    return [
        (name, number)
        for state, name in EXPERT.items()
        if (number := Expert.objects.filter(state=state).count())
    ]


def sum_up(
    screen: Screen, played: Job, players: dict[str, Player], evidence: Path, home: Path
) -> bool:
    """Print what happened and check it from inside and from outside; return whether it holds."""
    screen.head("结果")
    print_draw(screen, played)
    for code, lot in played.lots:
        print_lot(screen, code, {bidder.org: bidder.name for bidder in lot.bidders})
    screen.head("核验")
    ok = print_checks(screen, evidence, home)
    screen.head("怎样查看")
    print_places(screen, players, evidence, home)
    return ok


def print_draw(screen: Screen, played: Job) -> None:
    draw = Draw.objects.get(pk=played.draw)
    outcome = draws.outcome(draw.pk)
    witnessed = sum(one.witnessed for one in outcome.rounds)
    rounds = len(outcome.rounds)
    mark = "经监督方标记" if witnessed == rounds else f"其中 {rounds - witnessed} 轮未经见证"
    screen.out.write(f"  抽取 {draw.pk}:{rounds} 轮({mark})")
    for seat in Seat.objects.filter(draw=draw).order_by("round", "slot", "candidate"):
        place = f"第 {seat.round} 轮  席位 {seat.slot}"
        screen.out.write(f"    {place}  {seat.candidate}  {seat.get_state_display()}")


def print_lot(screen: Screen, code: str, names: dict[str, str]) -> None:
    row = Project.objects.get(pk=code)
    screen.out.write(f"  {row.lot} 标段({code}):{row.get_state_display()}")
    for candidate in row.candidates.select_related("bid").order_by("-total"):
        left = f",退出:{candidate.left_for}" if candidate.left_for else ""
        name = names[candidate.bid.bidder_id]
        screen.out.write(f"    候选人 {name}  平均得分 {candidate.total}{left}")
    for one in row.rounds.order_by("session", "number"):
        votes = "、".join(
            f"{names[line['bidder']]} {line['value']} 票" for line in one.result["count"]["tally"]
        )
        screen.out.write(f"    第 {one.number} 轮票决(取 {one.seats} 名):{votes}")
    failed = trail.last_event(row.stream, "project.failed")
    screen.out.write(f"    中标人 {names.get(row.winner, '无')}")
    if failed is not None:
        screen.out.write(f"    招标失败:{failed['data']['reason']}")


def print_checks(screen: Screen, evidence: Path, home: Path) -> bool:
    inside, beside, folded = verification.verify(), stored.verify(), reconciling.reconcile()
    outside = verify.verify(str(evidence), (home / "policy").read_text())
    standing = trail.standing()
    screen.out.write(
        f"  流水 {standing.entries} 条,已封存 {standing.sealed},已见证 {standing.witnessed}"
    )
    screen.out.write(f"  检查点 {standing.sealed} 根 {standing.root}")
    screen.out.write(
        f"  内部核验:{_verdict(inside.faults)}({inside.entries} 条,{inside.checkpoints} 个检查点)"
    )
    screen.out.write(f"  留存核对:{_verdict(beside.faults)}(各列、树叶、节点、附件与条目相符)")
    screen.out.write(f"  重放对照:{_verdict(folded.faults)}(业务表 {folded.rows} 行与流水一致)")
    screen.out.write(f"  独立核验程序:{outside.verdict}")
    if standing.witnessed < standing.sealed:
        screen.out.write("  注意:最新检查点已封存,未见证(sealed, not witnessed)")
    for fault in (*inside.faults, *beside.faults, *folded.faults):
        screen.out.write(f"    {fault.where}:{fault.why}")
    return inside.ok and beside.ok and folded.ok and outside.exit_code == 0


def _verdict(faults: list[Any]) -> str:
    return "一致" if not faults else f"发现 {len(faults)} 处不一致"


def print_places(screen: Screen, players: dict[str, Player], evidence: Path, home: Path) -> None:
    write = screen.out.write
    write(f"  证据包      {evidence}")
    write(f"  监督方策略  {home / 'policy'}")
    write("  核验        python -I verify.py evidence.zip --policy policy(程序在证据包内)")
    write("  网页        make serve,然后打开 http://127.0.0.1:8000/")
    print_accounts(screen, players)


def print_bidders(screen: Screen, case: Case) -> None:
    screen.out.write("  可以投标的单位(统一社会信用代码):")
    for bidder in case.lots[0].bidders[:8]:
        screen.out.write(f"    {bidder.org}  {bidder.name}")


def print_accounts(screen: Screen, players: dict[str, Player]) -> None:
    screen.out.write("  演示账号与密码(本次生成,仅此处显示):")
    for player in players.values():
        screen.out.write(f"    {player.code:<7}{player.password}  {player.title}")
