"""What someone hands in to enter the pool: checked, then split into the row and the vault.

Name, number and phone go into the vault and nowhere else; the row and the trail know a code.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NotRequired, TypedDict

from django.db import IntegrityError, transaction

from accounts.domain import credit_code
from accounts.models import User
from accounts.services import vault
from accounts.services.gate import BadInput
from audit_log.services import locks
from experts.models import Expert, ExpertSpecialty
from experts.services import papers
from experts.services.papers import Paper, Sealed

CODE = re.compile(r"[A-Za-z0-9._-]{1,20}")
SPECIALTY = re.compile(r"[ABC]([0-9]{2}){2,3}")
"""Third or fourth level of 公共资源交易评标专家专业分类标准 (发改法规〔2018〕316号)."""
REGION = re.compile(r"[0-9]{6}")
ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
PHONE = re.compile(r"[0-9+-]{5,20}")


class Someone(TypedDict):
    """What goes into the vault."""

    name: str
    id_number: str
    phone: str


class Application(TypedDict):
    """One application. `specialties` are specialty codes, the main one first.

    `recommended_by`: the body that recommends him (单位推荐), "" where he applies by himself.
    """

    code: str
    person: Someone
    employer: str
    region: str
    title: str
    years: int
    specialties: list[str]
    recommended_by: NotRequired[str]
    documents: NotRequired[list[Paper]]


class Entry(Application):
    """An application with the term of appointment, for those who enter at once.

    `score` and `material` are those of the test, where there was one.
    """

    term_from: date
    term_to: date
    score: NotRequired[int | None]
    material: NotRequired[str]


def new_expert(given: Application, *, state: str = "applied") -> Expert:
    """Return the unsaved row of a sound application; raise BadInput naming each wrong field."""
    if wrong := _mistakes(given):
        raise BadInput("application_incomplete", "申报内容有误", wrong)
    return Expert(
        code=given["code"],
        employer=given["employer"],
        region=given["region"],
        title=given["title"],
        years=given["years"],
        recommended_by=given.get("recommended_by", ""),
        state=state,
    )


def facts_of(given: Application, told: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Return what the trail keeps of an application: everything but the person.

    `told` are its papers (experts.services.papers).
    """
    by = given.get("recommended_by", "")
    return {
        "employer": given["employer"],
        "region": given["region"],
        "title": given["title"],
        "years": given["years"],
        "specialties": list(given["specialties"]),
        **({"recommended_by": by} if by else {}),
        **({"documents": list(told)} if told else {}),
    }


def term_of(term_from: date, term_to: date) -> dict[str, str]:
    """Return a term as the trail keeps it; raise BadInput where it ends before it begins."""
    if term_to < term_from:
        raise BadInput("term_backwards", "聘期有误", {"term_to": "不能早于聘期起"})
    return {"term_from": term_from.isoformat(), "term_to": term_to.isoformat()}


def refuse_known(given: Sequence[Application]) -> None:
    """Raise BadInput where a code is taken, by an account even, or stands twice."""
    locks.names("experts")
    codes = [one["code"] for one in given]
    taken = Expert.objects.filter(pk__in=codes).order_by("pk").values_list("pk", flat=True)
    accounts = User.objects.filter(pk__in=codes).order_by("pk").values_list("pk", flat=True)
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if known := [*taken, *accounts, *twice]:
        raise BadInput("expert_exists", f"专家编号已存在:{known[0]}", {"code": "请换一个编号"})


def keep_persons(given: Iterable[Application], sealed: Mapping[str, Sealed] | None = None) -> None:
    """Put the persons, with what opens their papers, into the vault.

    Raise BadInput where one is in it already.
    """
    kept = {code: {"documents": one.kept} for code, one in (sealed or {}).items() if one.kept}
    persons = [(one["code"], dict(one["person"]) | kept.get(one["code"], {})) for one in given]
    try:
        with transaction.atomic():
            vault.store(persons)
    except IntegrityError as error:
        message = "该证件号码已有专家档案"
        raise BadInput("person_exists", message, {"id_number": message}) from error


def keep_specialties(given: Iterable[Application]) -> None:
    """Store the specialties of experts whose rows stand."""
    ExpertSpecialty.objects.bulk_create(
        ExpertSpecialty(expert_id=one["code"], code=code, main=place == 0)
        for one in given
        for place, code in enumerate(one["specialties"])
    )


def _mistakes(given: Application) -> dict[str, str]:
    person, codes = given["person"], given["specialties"]
    sound = {
        "code": (CODE.fullmatch(given["code"]), "应为 1 至 20 位字母、数字或 . _ -"),
        "name": (person["name"].strip(), "不能为空"),
        "id_number": (ID_NUMBER.fullmatch(person["id_number"]), "应为 18 位身份证件号码"),
        "phone": (PHONE.fullmatch(person["phone"]), "应为电话号码"),
        "employer": (credit_code.is_valid(given["employer"]), "统一社会信用代码有误"),
        "region": (REGION.fullmatch(given["region"]), "应为 6 位行政区划代码"),
        "title": (given["title"].strip(), "不能为空"),
        "years": (given["years"] >= 0, "应为年数"),
        "specialties": (
            codes and len(set(codes)) == len(codes) and all(map(SPECIALTY.fullmatch, codes)),
            "应为互不相同的 5 位或 7 位专业代码",
        ),
    }
    by = given.get("recommended_by", "")
    sound["recommended_by"] = (not by or credit_code.is_valid(by), "统一社会信用代码有误")
    wrong = {field: message for field, (good, message) in sound.items() if not good}
    return wrong | papers.mistakes(given.get("documents", []), codes)
