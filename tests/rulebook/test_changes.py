"""A profile's next version as it is typed, and two profiles compared."""

from dataclasses import replace
from datetime import date

import pytest

from rulebook.domain.changes import changed, difference, written
from rulebook.domain.rules import ProfileError, dump_profile, lineage, merge
from rulebook.seeding import bundled_profiles

OWN = bundled_profiles()["zj"]
DAY = date(2026, 12, 1)


def whole(own=OWN):
    return merge(lineage("zj", {**bundled_profiles(), "zj": own}))


def change(rule, value, **more):
    kept = whole().rule(rule)
    return {
        "rule": rule,
        "value": value,
        "level": kept.level,
        "basis": "",
        "sure": kept.sure,
    } | more


def next_version(*changes):
    return changed(OWN, whole(), changes, effective_from=DAY)


def test_the_next_version_has_the_next_number_its_own_day_and_only_the_change():
    draft = next_version(change("R32", "25"))
    assert (draft.version, draft.effective_from) == (OWN.version + 1, DAY)
    assert [(one.id, one.parts) for one in difference(whole(), whole(draft))] == [
        ("R32", frozenset({"value"}))
    ]


@pytest.mark.parametrize(
    ("rule", "typed", "value"),
    [
        ("R32", "25", 25),
        ("R01", "否", False),
        ("R02", "3/4", "3/4"),
        ("R21", "gave_up、 proven_illegal", ("gave_up", "proven_illegal")),
    ],
)
def test_what_is_typed_becomes_a_value_of_the_rules_kind_and_is_written_back_alike(
    rule, typed, value
):
    draft = next_version(change(rule, typed))
    assert draft.rules[rule].value == value
    assert written(value) == typed.replace(" ", "")


@pytest.mark.parametrize(
    ("rule", "typed", "error"),
    [
        ("R32", "二十", "规则 R32 的值应为不带单位的整数"),
        ("R32", "-1", "规则 R32 的值应为不带单位的整数"),
        ("R01", "true", "规则 R01 的值应为“是”或“否”"),
        ("R02", "", "规则 R02 的值不能为空"),
        ("R02", "两成", "规则 R02 的值应为分数，与上级规则集一致"),
    ],
)
def test_a_value_of_another_kind_is_refused(rule, typed, error):
    with pytest.raises(ProfileError) as refused:
        whole(next_version(change(rule, typed)))
    assert refused.value.errors == (error,)


def test_level_and_basis_change_too_and_an_empty_basis_stays():
    draft = next_version(change("R32", "20", level="warn", basis="某文件第一条"))
    assert (draft.rules["R32"].level, draft.rules["R32"].basis) == ("warn", "某文件第一条")
    assert next_version(change("R32", "21")).rules["R32"].basis == whole().rule("R32").basis


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ([change("R32", "20")], "没有任何改动"),
        ([], "没有任何改动"),
        ([change("R32", "21"), change("R32", "22")], "规则 R32 写了两次"),
        ([change("R32", "21") | {"rule": "R99"}], f"规则集 {OWN.label} 中没有规则 R99"),
    ],
)
def test_a_proposal_that_changes_nothing_or_an_unknown_rule_is_refused(changes, error):
    with pytest.raises(ProfileError) as refused:
        next_version(*changes)
    assert refused.value.errors == (error,)


def test_profiles_that_do_not_share_a_rule_differ_in_all_of_it():
    without = {name: rule for name, rule in whole().rules.items() if name != "R32"}
    (found,) = difference(whole(), replace(whole(), rules=without))
    assert (found.id, found.after, found.title) == ("R32", None, whole().rule("R32").title)
    assert found.parts == {"value", "level", "basis", "applies_to", "sure"}


def test_a_profile_does_not_differ_from_itself():
    assert difference(whole(), whole()) == []
    assert dump_profile(whole()) == dump_profile(whole(OWN))
