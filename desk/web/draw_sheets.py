"""The record sheet of a draw (专家抽取记录表): one form, printed from the page or taken as PDF."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audit_log.domain.entry import Actor
from desk.domain import display
from desk.domain.forms import Fact, Form, Table
from desk.domain.labels import PARTIES
from desk.domain.pdf import pdf
from desk.selectors import fonts, things, timeline
from desk.web.doors import for_actor
from desk.web.draws import facts, public_list
from evaluation.domain.lifecycle import TRADES
from experts.domain.lifecycle import DRAW, SEAT
from experts.models import Draw

SIGNERS = ("交易中心", "招标人", "行业主管部门", "监督人员")


@for_actor
def sheet(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """The sheet as a page that prints on A4."""
    row = things.drawn(actor, code)
    return render(request, "desk/draw_sheet.html", {"draw": row, "form": _form(row)})


@for_actor
def sheet_pdf(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """The sheet as PDF, with a font inside where the machine has a Chinese one."""
    row = things.drawn(actor, code)
    form = _form(row)
    disposition = f'attachment; filename="draw-{row.pk}.pdf"'
    return HttpResponse(
        pdf(form, fonts.font_for(form)),
        content_type="application/pdf",
        headers={"Content-Disposition": disposition},
    )


def _form(row: Draw) -> Form:
    found = facts(row)
    head = timeline.of(row)[0]
    return Form(
        title="公开抽签记录表" if row.is_public else "专家抽取记录表",
        notes=_notes(row, found),
        facts=_facts(row, found),
        tables=[_rounds(row, found), _drawn(row) if row.is_public else _seats(found)],
        signers=SIGNERS,
        foot=[
            f"本表依据流水 {head.stream} 第 {head.n} 条生成,哈希 {head.hash}({head.seal_name})。",
            "" if row.is_listed else "凭抽取回执可以用任何程序重新计算本次抽取。",
        ],
    )


def _notes(row: Draw, found: dict[str, Any]) -> list[str]:
    """How the experts came about where nobody was drawn here."""
    if not row.is_listed:
        return []
    confirmed = [one.sheet for one in found["lists"] if one.state == "confirmed"]
    sheets = f"(SHA-256 {'、'.join(confirmed)})" if confirmed else ""
    if row.is_external:
        text = "本次抽取在省级系统进行,本表只记载录入的结果,以省级系统的记录表为准"
    else:
        text = (
            "专家由招标人按特殊招标项目提出,经行政监督部门批准"
            "(《招标投标法实施条例》第四十七条),另附说明材料"
        )
    return [f"{row.mark}:{text}{sheets}。"]


def _facts(row: Draw, found: dict[str, Any]) -> list[Fact]:
    unit = "个" if row.is_public else "人"
    size = f"{found['distinct']} {unit}" if row.manifest else "尚未冻结"
    told = [
        Fact("抽取编号", row.pk),
        Fact("项目编号", row.case),
        Fact("招标人", found["tenderer"] or "—"),
        Fact("行业", TRADES.get(row.trade, row.trade)),
        Fact("抽签时间" if row.is_public else "评标时间", _moment(row.held_at)),
        Fact("抽签地点" if row.is_public else "评标地点", row.place),
        Fact("次数", f"第 {row.attempt} 次"),
        Fact("状态", DRAW[row.state]),
        Fact("名单" if row.is_public else "候选专家", size),
        Fact("应抽个数" if row.is_public else "应抽人数", f"{found['wanted']} {unit}"),
    ]
    if row.is_public:
        told.append(Fact("抽签事项", row.request["subject"], wide=True))
    elif not row.is_listed:
        told.append(Fact("抽取前试算", f"{found['trials']} 次", wide=True))
    if found["entropy"]:
        told.append(Fact("随机性", found["entropy"], wide=True))
    if row.manifest:
        told.append(Fact("名册摘要", row.manifest, wide=True))
    return told


def _rounds(row: Draw, found: dict[str, Any]) -> Table:
    head = ("轮次", "待抽", "输入随机内容", "监督方标记", "抽中")
    rows = []
    for one in found["rounds"]:
        run = one["run"]
        mark = "尚未执行" if not run else "有" if run["mark"] else "无(未见证)"
        needs = "、".join(f"席位 {slot}:{count}" for slot, count in one["needs"])
        parties = _named(one["parties"]) or "无"
        if one["absent"]:
            parties += f"(未参加:{_named(one['absent'])})"
        drawn = str(len(run["selected"])) if run else "—"
        rows.append((str(one["opened"]["round"]), needs, parties, mark, drawn))
    return Table("各轮抽取", head, rows, "尚未抽取")


def _named(parties: Iterable[str]) -> str:
    return "、".join(PARTIES.get(party, party) for party in parties)


def _seats(found: dict[str, Any]) -> Table:
    head = ("席位", "候选代号", "轮次", "应答")
    rows = [
        (seat.slot, seat.candidate, str(seat.round), SEAT[seat.state]) for seat in found["seats"]
    ]
    return Table("抽取结果(签到前以代号记载)", head, rows, "尚未抽取")


def _drawn(row: Draw) -> Table:
    told = public_list(row)
    rows = [
        (one["item"], one["name"] or "—", f"第 {one['place']} 个抽中" if one["place"] else "未抽中")
        for one in told["items"]
    ]
    return Table("抽取结果", ("编号", "名称", "结果"), rows if told["drawn"] else [], "尚未抽取")


def _moment(value: Any) -> str:
    return display.moment(timezone.localtime(value))
