"""What is recorded of an expert besides his state: documents, trainings, yearly assessments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DOCUMENTS = {
    "identity_check": "身份核验",
    "title_certificate": "职称证书",
    "work_proof": "从业证明",
    "qualification": "执业资格证书",
    "education": "学历证书",
    "specialty_proof": "专业能力证明",
    "pledge": "入库承诺书",
    "recommendation": "单位推荐函",
}
"""Kind of a document → its name."""
TRAININGS = {
    "entry": "入库培训",
    "briefing": "业务学习和纪律宣贯",
    "yearly": "年度继续教育",
}
BRIEFING = "briefing"
GRADES = {
    "excellent": "优秀",
    "good": "良好",
    "qualified": "合格",
    "unqualified": "不合格",
}
EFFECTS = {"": "无", "talk": "约谈", "suspend": "暂停参评", "exit": "出库"}
"""What an assessment proposes; a person decides by an act of his own."""
FULL_MARK = 100


@dataclass(frozen=True, slots=True)
class Scale:
    """Grades with the least score of each, the best first, and what a grade proposes."""

    grades: Sequence[tuple[str, int]]
    effects: dict[str, str]

    def grade(self, score: int) -> str:
        """Return the grade of a score; the last grade where no other is reached."""
        reached = (grade for grade, least in self.grades if score >= least)
        return next(reached, self.grades[-1][0])

    def proposal(self, grade: str) -> str:
        """Return the key of `EFFECTS` that the grade proposes."""
        return self.effects.get(grade, "")


def scale(grades: Iterable[str], effects: Iterable[str]) -> Scale:
    """Read the profile's `assessment_grades` (`good:75`) and `assessment_effects` (`good:talk`).

    Raise ValueError where a grade or an effect is not of the list, or there is no grade.
    """
    read = [_pair(text) for text in grades]
    ordered = sorted(((grade, int(least)) for grade, least in read), key=lambda one: -one[1])
    proposed = dict(_pair(text) for text in effects)
    known = {grade for grade, _ in ordered} | proposed.keys() <= GRADES.keys()
    if not (ordered and known and set(proposed.values()) <= EFFECTS.keys()):
        raise ValueError("not a scale of assessment")
    return Scale(ordered, proposed)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name, value
