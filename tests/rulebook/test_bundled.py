"""The bundled profiles say what the rule table of the domain says, and where it comes from."""

import pytest

from rulebook.domain.rules import FUNDS, REGIMES
from tests.rulebook.facts import NATIONAL, VILLAGE, WATER, ZJ

# Rule by rule the level in Zhejiang (B block, W warn, R record) as the rule table has it.
LEVELS = {
    "R01": "B", "R02": "B", "R03": "B", "R04": "B", "R05": "B", "R06": "B", "R07": "B",
    "R08": "W", "R09": "B", "R10": "B", "R11": "B", "R12": "R", "R13": "R", "R14": "R",
    "R15": "R", "R16": "B", "R17": "B", "R18": "W", "R19": "B", "R20": "B", "R21": "B",
    "R22": "B", "R23": "R", "R24": "W", "R25": "W", "R26": "R", "R27": "B", "R28": "B",
    "R29": "B", "R30": "B", "R31": "W", "R32": "B", "R33": "B",
}  # fmt: skip


def test_every_numbered_rule_has_the_level_of_the_rule_table_in_zhejiang():
    numbered = {id: rule.level[0].upper() for id, rule in ZJ.rules.items() if id.startswith("R")}
    assert numbered == LEVELS


@pytest.mark.parametrize("profile", [NATIONAL, ZJ, WATER, VILLAGE], ids=lambda p: p.code)
def test_every_row_has_a_title_and_a_basis(profile):
    assert [rule.id for rule in profile.rules.values() if not (rule.title and rule.basis)] == []


@pytest.mark.parametrize("profile", [NATIONAL, ZJ, WATER, VILLAGE], ids=lambda p: p.code)
def test_every_parameter_of_a_rule_exists(profile):
    named = {name for rule in profile.rules.values() for name in rule.params}
    assert named - profile.rules.keys() == set()


def test_a_national_row_cites_no_provincial_law():
    cited = [rule.id for rule in NATIONAL.rules.values() if "浙江省" in rule.basis]
    assert cited == []


def test_what_blocks_in_zhejiang_without_an_article_is_exactly_this():
    blocking = {id for id, r in ZJ.rules.items() if r.level == "block" and r.sure == "profile"}
    assert blocking == {
        "R04", "R11", "R27", "R28", "R30",
        "abstention_allowed", "award_leader_last", "briefing_required", "min_ballot_reason_chars",
        "paper_sheets",
        "notice_explained",
        "plan_sealed_parts",
        "recusal_agency", "recusal_tenderer",
    }  # fmt: skip


def test_these_rules_bind_some_projects_only():
    narrowed = {id: dict(rule.applies_to) for id, rule in ZJ.rules.items() if rule.applies_to}
    compulsory = {"compulsory": True}
    assert narrowed == {
        "R01": compulsory, "R02": compulsory, "R03": compulsory, "R16": compulsory,
        "R32": compulsory, "R33": compulsory, "written_report_days": compulsory,
        "R21": {"compulsory": True, "funds": FUNDS[:2], "regime": (REGIMES[0], REGIMES[2])},
        "R22": {"regime": ("separated",)},
        "R31": {"regime": ("separated",)},
        **{
            f"award_{name}": {"regime": ("separated",)}
            for name in (
                "evidence", "inquiry_equal", "inquiry_persons", "inquiry_recorded", "leader_last",
                "minutes",
            )
        },
    }  # fmt: skip


def test_the_numbers_of_the_law_are_these():
    numbers = {
        "committee_size": 5, "candidate_count": 3, "publicity_days": 3, "publish_within_days": 3,
        "objection_answer_days": 3, "document_objection_days": 10, "complaint_days": 10,
        "complaint_accept_working_days": 3, "complaint_decide_working_days": 30, "R24": 15,
        "contract_days": 30, "filing_days": 15, "R32": 20, "R33": 3, "expert_years": 8,
    }  # fmt: skip
    assert {id: ZJ.number(id) for id in numbers} == numbers


def test_water_works_differ_from_the_province_in_the_size_of_the_committee_alone():
    differing = [id for id in ZJ.rules if ZJ.rules[id] != WATER.rules[id]]
    assert differing == ["committee_size"]
    assert WATER.number("committee_size") == 7
    assert WATER.rule("committee_size").basis == (
        "《水利工程建设项目招标投标管理规定》（水利部令第14号）第四十条"
    )


def test_village_works_are_lighter_and_fall_back_to_the_construction_regulator():
    order = ["record", "warn", "block"]
    heavier = [
        id
        for id, rule in VILLAGE.rules.items()
        if order.index(rule.level) > order.index(ZJ.rules[id].level)
    ]
    assert heavier == []
    assert VILLAGE.text("regulator_fallback") == "construction"
    assert VILLAGE.flag("non_compulsory_only") is True


def test_in_the_rest_of_the_country_a_missing_witness_and_briefing_warn():
    assert [NATIONAL.rule(id).level for id in ("R09", "R11")] == ["warn", "warn"]
