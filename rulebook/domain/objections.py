"""Objections (R17): they stop the flow and have their time; answering terms are in deadlines.py."""

from datetime import date, timedelta

from rulebook.domain.blockers import Blocker, blocker, collect
from rulebook.domain.calendar import chinese_date
from rulebook.domain.rules import Facts, Profile


def no_open_objection(profile: Profile, facts: Facts, *, open_objections: int) -> list[Blocker]:
    """R17: nothing goes on before every objection is answered (条例第五十四条第二款)."""
    if not open_objections:
        return []
    message = f"有 {open_objections} 件异议未答复，答复前应当暂停招标投标活动"
    return collect(blocker(profile, "R17", "objection_open", message, facts))


def objection_in_publicity(
    profile: Profile, facts: Facts, *, received_on: date, start: date, last: date
) -> list[Blocker]:
    """R17: an objection to the evaluation result comes while candidates are public."""
    if start <= received_on <= last:
        return []
    message = f"对评标结果的异议应在公示期间（{chinese_date(start)}至{chinese_date(last)}）提出"
    return collect(blocker(profile, "R17", "objection_out_of_time", message, facts))


def objection_to_documents(
    profile: Profile, facts: Facts, *, received_on: date, deadline_on: date
) -> list[Blocker]:
    """R17: an objection to the documents comes days before the deadline (条例第二十二条)."""
    param = "document_objection_days"
    days = profile.number(param)
    latest = deadline_on - timedelta(days=days)
    if received_on <= latest:
        return []
    message = f"对招标文件的异议应在投标截止时间 {days} 日前提出，最迟为{chinese_date(latest)}"
    return collect(blocker(profile, "R17", "objection_out_of_time", message, facts, param=param))
