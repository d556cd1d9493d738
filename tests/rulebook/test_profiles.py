"""Profiles: inheritance, scope, strict reading, stable hash."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from audit_log.domain import canonical
from rulebook.domain.profile_json import parse_profile
from rulebook.domain.rules import (
    ProfileError,
    Rule,
    applies,
    content_hash,
    dump_profile,
    lineage,
    merge,
)
from rulebook.seeding import bundled_profile, bundled_profiles
from tests.rulebook.facts import (
    COMPULSORY,
    NATIONAL,
    SEPARATED,
    VILLAGE,
    VOLUNTARY,
    WATER,
    ZJ,
    with_value,
)

ROOT: dict[str, Any] = {
    "code": "root", "version": 3, "name": "上级", "parent": "", "region": "", "trade": "",
    "effective_from": "2025-01-01", "effective_to": "2026-12-31",
    "rules": [
        {"id": "R01", "value": True, "level": "block", "sure": "found", "title": "单数",
         "basis": "某法第一条", "applies_to": {"compulsory": True}, "params": ["least"]},
        {"id": "least", "value": 5, "level": "block", "sure": "found", "title": "人数",
         "basis": "某法第二条"},
        {"id": "share", "value": "2/3", "level": "block", "sure": "found", "title": "比例",
         "basis": "某法第三条"},
    ],
}  # fmt: skip
CHILD: dict[str, Any] = {
    **ROOT, "code": "child", "version": 1, "name": "下级", "parent": "root",
    "effective_from": "2025-06-01", "effective_to": None,
    "rules": [{"id": "least", "value": 7, "level": "warn", "sure": "profile"}],
}  # fmt: skip


def child(rule_id, value):
    """Return a child that states one row only."""
    return {**CHILD, "rules": [{"id": rule_id, "value": value, "level": "warn", "sure": "found"}]}


def row(**changes):
    """Return a root whose only rule is a sound one with `changes`."""
    sound = {
        "id": "least",
        "value": 5,
        "level": "block",
        "sure": "found",
        "title": "t",
        "basis": "b",
    }
    return {**ROOT, "rules": [{**sound, **changes}]}


def test_a_child_overrides_value_and_level_and_keeps_what_it_leaves_out():
    merged = merge([parse_profile(ROOT), parse_profile(CHILD)])
    assert merged.rule("least") == Rule(
        "least", 7, "warn", "profile", title="人数", basis="某法第二条", applies_to={}
    )
    assert merged.rule("R01") == parse_profile(ROOT).rule("R01")
    assert (merged.label, merged.name, merged.parent) == ("child@1", "下级", "root")


def test_a_child_may_state_its_own_title_basis_scope_and_parameters():
    stated = {
        "title": "新",
        "basis": "省条例第九条",
        "applies_to": {"funds": ["state"]},
        "params": ["share"],
    }
    rule = {"id": "R01", "value": False, "level": "record", "sure": "found", **stated}
    merged = merge([parse_profile(ROOT), parse_profile({**CHILD, "rules": [rule]})])
    assert merged.rule("R01") == Rule(
        "R01", False, "record", "found", "新", "省条例第九条", {"funds": ("state",)}, ("share",)
    )


def test_an_empty_scope_widens_a_rule_to_every_project():
    rule = {"id": "R01", "value": True, "level": "block", "sure": "found", "applies_to": {}}
    merged = merge([parse_profile(ROOT), parse_profile({**CHILD, "rules": [rule]})])
    assert applies(merged.rule("R01"), VOLUNTARY) is True


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        (date(2025, 5, 31), False),
        (date(2025, 6, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_merged_profile_is_in_force_only_while_every_link_is(day, in_force):
    merged = merge([parse_profile(ROOT), parse_profile(CHILD)])
    assert merged.effective_on(day) is in_force


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ([], "没有可合并的规则集"),
        ([CHILD], "规则集 child@1 的上级应为“root”，而不是“”"),
        ([ROOT, ROOT], "规则集 root@3 的上级应为“”，而不是“root”"),
        ([ROOT, child("least", "7")], "规则 least 的值应为整数，与上级规则集一致"),
        ([ROOT, child("least", True)], "规则 least 的值应为整数，与上级规则集一致"),
        ([ROOT, child("share", "二")], "规则 share 的值应为分数，与上级规则集一致"),
        ([ROOT, child("new", ["a"])], "规则 new 缺少名称；规则 new 缺少依据"),
        ([row(params=["share"])], "规则 least 引用了不存在的参数 share"),
    ],
)  # fmt: skip
def test_a_chain_that_does_not_fit_is_refused(chain, message):
    with pytest.raises(ProfileError) as refused:
        merge([parse_profile(data) for data in chain])
    assert str(refused.value) == message


def test_a_lineage_runs_from_the_root_to_the_leaf():
    chain = lineage("zj_water", bundled_profiles())
    assert [profile.code for profile in chain] == ["national", "zj", "zj_water"]


def test_a_lineage_with_an_unknown_profile_is_refused():
    with pytest.raises(ProfileError, match=r"^找不到规则集 root$"):
        lineage("child", {"child": parse_profile(CHILD)})


def test_a_lineage_that_runs_in_a_circle_is_refused():
    circle = {"root": parse_profile({**ROOT, "parent": "child"}), "child": parse_profile(CHILD)}
    with pytest.raises(ProfileError, match=r"^规则集 child 的上级关系成环$"):
        lineage("child", circle)


@pytest.mark.parametrize(
    ("scope", "facts", "bound"),
    [
        ({}, VOLUNTARY, True),
        ({"compulsory": True}, COMPULSORY, True),
        ({"compulsory": True}, VOLUNTARY, False),
        ({"compulsory": False}, VOLUNTARY, True),
        ({"funds": ("state", "state_controlled")}, COMPULSORY, True),
        ({"funds": ("state_controlled",)}, COMPULSORY, False),
        ({"trade": ("construction",)}, COMPULSORY, True),
        ({"trade": ("water",)}, COMPULSORY, False),
        ({"regime": ("separated",)}, SEPARATED, True),
        ({"regime": ("separated",)}, COMPULSORY, False),
        ({"compulsory": True, "regime": ("separated",)}, COMPULSORY, False),
        ({"compulsory": True, "regime": ("separated",)}, SEPARATED, True),
        (None, VOLUNTARY, True),
    ],
)
def test_a_rule_binds_where_every_condition_of_its_scope_holds(scope, facts, bound):
    assert applies(Rule("R01", True, "block", "found", applies_to=scope), facts) is bound


def test_values_are_read_by_kind():
    assert ZJ.flag("R01") is True
    assert ZJ.number("committee_size") == 5
    assert ZJ.text("draw_window") == "before_opening"
    assert ZJ.ratio("R02") == Fraction(2, 3)
    assert ZJ.names("plan_sealed_parts") == ("members",)


@pytest.mark.parametrize(
    ("read", "rule_id", "message"),
    [
        ("flag", "committee_size", "规则集 zj@1 的规则 committee_size 的值应为是或否"),
        ("number", "R01", "规则集 zj@1 的规则 R01 的值应为整数"),
        ("number", "R02", "规则集 zj@1 的规则 R02 的值应为整数"),
        ("text", "R01", "规则集 zj@1 的规则 R01 的值应为文字"),
        ("ratio", "draw_window", "规则集 zj@1 的规则 draw_window 的值应为分数"),
        ("names", "R01", "规则集 zj@1 的规则 R01 的值应为清单"),
        ("flag", "R99", "规则集 zj@1 中没有规则 R99"),
    ],
)
def test_a_value_of_another_kind_is_told_and_never_guessed(read, rule_id, message):
    with pytest.raises(ProfileError) as refused:
        getattr(ZJ, read)(rule_id)
    assert str(refused.value) == message


@pytest.mark.parametrize("profile", [NATIONAL, ZJ, WATER, VILLAGE, parse_profile(CHILD)])
def test_a_profile_survives_being_written_and_read(profile):
    written = canonical.dumps(dump_profile(profile))
    assert parse_profile(canonical.loads(written)) == profile


def test_the_hash_does_not_depend_on_the_order_of_rows():
    turned = replace(ZJ, rules=dict(reversed(ZJ.rules.items())))
    assert content_hash(turned) == content_hash(ZJ)


def test_the_hash_of_a_known_profile_is_this():
    assert content_hash(parse_profile(CHILD)) == (
        "f2a846087773858ebb281dea418f32bc83a725c5ea40c66f00c06e68fe4476b2"
    )


@pytest.mark.parametrize(
    "changes",
    [{"value": 7}, {"level": "warn"}, {"basis": "x"}, {"applies_to": {"compulsory": True}}],
)
def test_the_hash_changes_with_any_row(changes):
    assert content_hash(with_value(ZJ, "committee_size", **changes)) != content_hash(ZJ)


def test_the_hash_of_a_merged_profile_changes_with_its_parent():
    national = with_value(bundled_profiles()["national"], "R32", value=21)
    merged = merge(lineage("zj", {**bundled_profiles(), "national": national}))
    assert content_hash(merged) != content_hash(ZJ)


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ([], ("规则集应为一个 JSON 对象",)),
        ({"code": "a"} | {key: None for key in ROOT if key not in ("code", "trade")},
         ("规则集 缺少 trade",)),
        ({**ROOT, "note": ""}, ("规则集 有不认识的项 note",)),
        ({**ROOT, "code": "浙江"},
         ("规则集代码应以小写字母开头，由小写字母、数字、下划线和连字符组成，不超过 32 位",)),
        ({**ROOT, "version": 0}, ("版本号应为正整数",)),
        ({**ROOT, "version": True}, ("版本号应为正整数",)),
        ({**ROOT, "name": " "}, ("规则集名称不能为空",)),
        ({**ROOT, "parent": None}, ("上级规则集代码不正确",)),
        ({**ROOT, "region": "3304"}, ("地区应为 6 位行政区划代码，全国为空",)),
        ({**ROOT, "trade": "水利"}, ("行业代码不正确",)),
        ({**ROOT, "effective_from": "20250101"}, ("施行日期应为 YYYY-MM-DD",)),
        ({**ROOT, "effective_from": None}, ("施行日期应为 YYYY-MM-DD",)),
        ({**ROOT, "effective_to": "2026-02-30"}, ("失效日期应为 YYYY-MM-DD 或空",)),
        ({**ROOT, "effective_to": "2024-12-31"}, ("失效日期早于施行日期",)),
        ({**ROOT, "rules": {}}, ("rules 应为清单",)),
        ({**ROOT, "rules": ["R01", {"id": "r-1"}]},
         ("第 1 条规则的编号不正确", "第 2 条规则的编号不正确")),
        ({**ROOT, "rules": [*ROOT["rules"], ROOT["rules"][0]]}, ("规则 R01 重复",)),
        (row(note=1), ("规则 least 有不认识的项 note",)),
        ({**ROOT, "rules": [{"id": "least"}]},
         ("规则 least 缺少 level", "规则 least 缺少 sure", "规则 least 缺少 value")),
        (row(value=1.5), ("规则 least 的值应为是或否、非负整数、文字或文字清单",)),
        (row(value=-1), ("规则 least 的值应为是或否、非负整数、文字或文字清单",)),
        (row(value=2**53), ("规则 least 的值应为是或否、非负整数、文字或文字清单",)),
        (row(value=[1]), ("规则 least 的值应为是或否、非负整数、文字或文字清单",)),
        (row(level="hint"), ("规则 least 的等级应为 block、warn 或 record",)),
        (row(sure="maybe"), ("规则 least 的把握程度应为 found、known_high 或 profile",)),
        (row(title=1, basis=None),
         ("规则 least 的 title 应为文字", "规则 least 的 basis 应为文字")),
        (row(params="x"), ("规则 least 的 params 应为文字清单",)),
        (row(applies_to=[]), ("规则 least 的适用范围应为 JSON 对象",)),
        (row(applies_to={"size": 1}), ("规则 least 的适用范围 有不认识的项 size",)),
        (row(applies_to={"compulsory": "yes"}), ("规则 least 的适用范围 compulsory 应为是或否",)),
        (row(applies_to={"trade": []}), ("规则 least 的适用范围 trade 应为非空文字清单",)),
        (row(applies_to={"funds": ["gold"], "regime": "separated"}),
         ("规则 least 的适用范围 funds 不认识“gold”",
          "规则 least 的适用范围 regime 应为非空文字清单")),
    ],
)  # fmt: skip
def test_a_mistake_in_a_profile_is_told_in_chinese(data, errors):
    with pytest.raises(ProfileError) as refused:
        parse_profile(data)
    assert refused.value.errors == errors


def test_every_mistake_is_told_at_once():
    broken = {**row(level="hint", sure="maybe"), "version": 0}
    with pytest.raises(ProfileError) as refused:
        parse_profile(broken)
    assert len(refused.value.errors) == 3


def test_an_unknown_bundled_profile_is_refused():
    with pytest.raises(ProfileError, match=r"^找不到规则集 mars$"):
        bundled_profile("mars")
