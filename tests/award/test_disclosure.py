"""The check before a release: every form of personal data in a corpus, and nothing else."""

import pytest

from award.domain.disclosure import KINDS, Hit, Known, find

KNOWN = Known(
    people=frozenset({"E000123", "dbwy2"}), bodies=frozenset({"甲方建设", "91330400DM0000001X"})
)
CORPUS = [
    ("经办人身份证 11010519491231002X", "id_number"),
    ("身份证110105 19491231 002x。", "id_number"),
    ("证件号:11010519491231002X", "id_number"),
    ("身份证号码 110105194912310021", "id_number"),
    ("老证件号 110105491231002", "id_number"),
    ("联系人手机 13957301234", "mobile"),
    ("电话139 5730 1234", "mobile"),
    ("+86-139-5730-1234", "mobile"),
    ("微信同号 +8613957301234", "mobile"),
    ("请拨13957301234联系", "mobile"),
    ("139\u200b57301234", "mobile"),
    ("卡号 6222 0212 3456 7890 128", "bank_card"),
    ("汇至 4111111111111111", "bank_card"),
    ("受理电话 0573-82083000", "office_phone"),
    ("受理电话 010 65278114", "office_phone"),
    ("邮箱 zhaobiao@example.gov.cn", "email"),
    ("保证金账号:1204 0600 0920 0123 456", "bank_account"),
    ("开户行南湖支行,账户 33050163", "bank_account"),
    ("请向评委 E000123 核实", "person_code"),
    ("dbwy2力荐", "person_code"),
    ("评标专家张三认为", ""),
    ("评标专家:张三、李四", "evaluator"),
    ("评标委员会成员名单 王小明。", "evaluator"),
    ("已收到甲方建设的投标", "bidder"),
    ("投标人91330400DM0000001X已报名", "bidder"),
]
CLEAN = [
    "91330402MA2CU1YJ5X",
    "a" * 10 + "13957301234" + "b" * 43,
    "编号 2025-07-28-001",
    "最高限价 28378613.89 元",
    "设备编号 110105194912310021",
    "流水 110105194913310029",
    "合同编号 4111111111111112",
    "招标编号 NH2025-0701",
    "建设规模 12345678901 平方米",
    "评标委员会按招标文件规定的办法评审",
    "E0001234 号文件,xdbwy2",
    "",
]


@pytest.mark.parametrize(("text", "kind"), CORPUS)
def test_what_is_hidden_in_a_text_is_named_by_its_kind(text, kind):
    expected = [Hit("reason", kind)] if kind else []
    assert find({"reason": text}, KNOWN) == expected


@pytest.mark.parametrize("text", CLEAN)
def test_numbers_of_business_are_no_personal_data(text):
    assert find({"reason": text}, KNOWN) == []


def test_the_corpus_has_every_kind():
    assert {kind for _, kind in CORPUS if kind} == set(KINDS)


def test_hits_say_where_and_never_what():
    document = {
        "candidates": [{"bidder": "91330400DM0000001X", "remark": "电 13957301234"}],
        "objection_channel": "0573-82083000,zb@example.cn",
        "tenderer": {"org": "dbwy2", "name": "演示大学"},
    }
    assert find(document, KNOWN) == [
        Hit("candidates/0/remark", "mobile"),
        Hit("objection_channel", "email"),
        Hit("objection_channel", "office_phone"),
    ]


def test_one_text_may_hide_several_and_each_is_named_once():
    text = "张三 13957301234、13957301235,11010519491231002X"
    assert [hit.kind for hit in find(text, KNOWN)] == ["id_number", "mobile"]
