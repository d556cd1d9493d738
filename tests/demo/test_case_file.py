"""A case file is played as it is written, or refused in Chinese before anything is touched."""

import copy
import json
import re

import pytest

from config.demo import case as cases
from config.demo.case import CaseError
from tests.demo.files import NAMES, lot, real, tender

CHINESE = re.compile("[\u4e00-\u9fff]")


def row(data, place=0):
    return data["lots"][0]["bidders"][place]


def drop(key):
    return lambda data: data.pop(key)


def set_row(key, value):
    return lambda data: row(data).update({key: value})


def set_lot(key, value):
    return lambda data: data["lots"][0].update({key: value})


def set_panel(key, value):
    return lambda data: data["panel"].update({key: value})


MALFORMED = {
    "no title": (drop("title"), "案例文件缺少 title,或者超过 200 字"),
    "no panel": (drop("panel"), "案例文件缺少评标委员会人数 panel"),
    "half a member": (
        set_panel("experts", "4.5"),
        "评标委员会人数 panel.experts 应为 1 至 99 的整数",
    ),
    "two representatives": (
        set_panel("tenderer_representatives", 2),
        "评标委员会人数 panel.tenderer_representatives 应为 0 至 1 的整数",
    ),
    "no lots": (drop("lots"), "案例文件缺少 lots,或者它不是对象的列表"),
    "empty lots": (lambda data: data["lots"].clear(), "案例文件没有标段"),
    "lot is text": (
        lambda data: data["lots"].append("二"),
        "案例文件缺少 lots,或者它不是对象的列表",
    ),
    "same lot twice": (
        lambda data: data["lots"].append(data["lots"][0]),
        "案例文件中名称重复:一",
    ),
    "lot without bidders": (
        lambda data: data["lots"][0].pop("bidders"),
        "一 标段缺少 bidders,或者它不是对象的列表",
    ),
    "lot with no bidder": (set_lot("bidders", []), "一 标段没有投标人"),
    "bidder without name": (set_row("bidder", " "), "一 标段缺少 bidder,或者超过 100 字"),
    "name that cannot be written": (
        set_row("bidder", "\ud800"),
        "一 标段的 bidder 含有不能显示的字符",
    ),
    "duplicate bidder": (set_row("bidder", NAMES[1]), f"一 标段中名称重复:{NAMES[1]}"),
    "rejected and valid": (
        set_lot("rejected", [{"bidder": NAMES[0], "reason": "未盖章"}]),
        f"一 标段中名称重复:{NAMES[0]}",
    ),
    "rejected for nothing": (
        set_lot("rejected", [{"bidder": "某厂"}]),
        "一 标段缺少 reason,或者超过 100 字",
    ),
    "missing scores": (
        lambda data: row(data).pop("scores"),
        f"一 标段{NAMES[0]}应有 5 个评分,现有 0 个",
    ),
    "one score short": (
        lambda data: row(data)["scores"].pop(),
        f"一 标段{NAMES[0]}应有 5 个评分,现有 4 个",
    ),
    "one score more": (
        lambda data: row(data)["scores"].append("80"),
        f"一 标段{NAMES[0]}应有 5 个评分,现有 6 个",
    ),
    "score over the maximum": (
        set_row("scores", ["80", "80", "100.01", "80", "80"]),
        f"一 标段{NAMES[0]}的评分“100.01”超过满分 100",
    ),
    "score in words": (
        set_row("scores", ["80", "80", "八十", "80", "80"]),
        f"一 标段{NAMES[0]}的评分“八十”不是最多四位小数的数字",
    ),
    "negative score": (
        set_row("scores", ["80", "80", "-1", "80", "80"]),
        f"一 标段{NAMES[0]}的评分“-1”不是最多四位小数的数字",
    ),
    "score is true": (
        set_row("scores", ["80", "80", True, "80", "80"]),
        f"一 标段{NAMES[0]}的评分“True”不是最多四位小数的数字",
    ),
    "price in words": (
        set_row("price_yuan", "九百万"),
        f"一 标段{NAMES[0]}报价“九百万”不是以元为单位的金额",
    ),
    "price of a tenth of a fen": (
        set_row("price_yuan", "9000000.001"),
        f"一 标段{NAMES[0]}报价“9000000.001”不是以元为单位的金额",
    ),
    "free": (set_row("price_yuan", "0.00"), f"一 标段{NAMES[0]}报价应大于零"),
    "over the ceiling": (
        set_row("price_yuan", "10000000.01"),
        f"一 标段{NAMES[0]}的报价高于最高投标限价,应列入 rejected",
    ),
    "ballots are text": (set_lot("ballots", "甲"), "一 标段的选票 ballots 应为列表"),
    "six ballots": (
        set_lot("ballots", [[[NAMES[0]]] * 6]),
        "一 标段第 1 轮应有 7 位定标委员的选票,现有 6 张",
    ),
    "ballot is text": (
        set_lot("ballots", [[NAMES[0]] * 7]),
        "一 标段第 1 轮的选票应为投标人名称的列表",
    ),
    "ballot for nobody": (
        set_lot("ballots", [[[NAMES[0]]] * 6 + [["某厂"]]]),
        "一 标段第 1 轮的选票中有不是有效投标人的名称:某厂",
    ),
}


@pytest.mark.parametrize(("spoil", "message"), MALFORMED.values(), ids=list(MALFORMED))
def test_a_malformed_case_is_refused_and_told_where(spoil, message):
    data = tender(lot("一"))
    spoil(data)
    with pytest.raises(CaseError) as refused:
        cases.parse(data)
    assert str(refused.value) == message


@pytest.mark.parametrize("data", [None, [], "甲", 7, {}], ids=repr)
def test_what_is_no_object_is_no_case(data):
    with pytest.raises(CaseError, match=CHINESE):
        cases.parse(data)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "案例文件不是 JSON:第 1 行第 2 列有误"),
        (b"", "案例文件不是 JSON:第 1 行第 1 列有误"),
        (b'{\n "lots": [,]}', "案例文件不是 JSON:第 2 行第 11 列有误"),
        (b"\xff\xfe", "案例文件不是 UTF-8 编码的 JSON"),
        (b"[" * 100_000, "案例文件不是 UTF-8 编码的 JSON"),
        (b'{"title": ' + b"9" * 5000 + b"}", "案例文件不是 UTF-8 编码的 JSON"),
    ],
    ids=["cut off", "empty", "stray comma", "not UTF-8", "deep", "thousands of digits"],
)
def test_a_file_that_is_no_json_is_refused(tmp_path, content, message):
    path = tmp_path / "case.json"
    path.write_bytes(content)
    with pytest.raises(CaseError) as refused:
        cases.load(path)
    assert str(refused.value) == message


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CaseError) as refused:
        cases.load(tmp_path / "nowhere.json")
    assert str(refused.value) == f"读不出案例文件 {tmp_path / 'nowhere.json'}"


def test_numbers_are_taken_digit_for_digit_as_they_are_written(tmp_path):
    data = tender(lot("一"))
    path = tmp_path / "case.json"
    written = json.dumps(data).replace('"91.5", "90.25"', "91.50, 90")
    path.write_text(written.replace('"9123456.78"', "9123456.78"))
    first = next(one for one in cases.load(path).lots[0].bidders if one.name == NAMES[0])
    assert first.scores == ("91.50", "90", "92", "88.125", "93.0")
    assert first.price_fen == 912_345_678


def test_nothing_reads_who_won():
    data = real()
    without = copy.deepcopy(data)
    for one in without["lots"]:
        for key in ("winner", "award_amount_yuan", "lawfully_skipped"):
            one.pop(key, None)
    other = copy.deepcopy(data)
    for one in other["lots"]:
        one["winner"] = one["bidders"][0]["bidder"]
    parsed = cases.parse(data)
    assert [parsed, parsed] == [cases.parse(without), cases.parse(other)]
    assert {one["winner"] for one in data["lots"]} != {one["winner"] for one in other["lots"]}


def test_a_price_that_is_not_stated_follows_from_lot_and_name_alone():
    data = real()
    alone = data["lots"][0] | {"bidders": data["lots"][0]["bidders"][:1], "rejected": []}
    few = cases.parse(data | {"lots": [alone]}).lots[0].bidders[0]
    many = {one.name: one.price_fen for one in cases.parse(data).lots[0].bidders}
    assert few.price_fen == many[few.name]
    assert all(0.90 <= price / 3_000_000_000 < 0.99 for price in many.values())
