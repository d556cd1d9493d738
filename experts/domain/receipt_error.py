"""What can be wrong with a receipt, in the words an auditor reads."""

from typing import Final

MESSAGES: Final = {
    "receipt_malformed": "收据的字段或写法不符合格式",
    "manifest_malformed": "收据所附抽取清单无效",
    "entry_malformed": "记录的字段或写法不符合格式",
    "chain_broken": "记录与前一条记录未衔接，可能有删改",
    "stream_foreign": "记录不属于清单所指的抽取",
    "time_reversed": "记录时间早于前一条记录",
    "data_malformed": "记录内容的字段不符合该类记录的格式",
    "type_unknown": "抽取承诺之后不应出现该类记录",
    "not_committed": "缺少抽取承诺，后续记录无从核对",
    "committed_twice": "同一抽取出现两次承诺",
    "after_end": "抽取结束后又出现记录",
    "manifest_changed": "清单与承诺时的哈希值不一致",
    "manifest_foreign": "清单的项目或次数与承诺不一致",
    "attempt_mismatch": "抽取次数与所替代的抽取不对应",
    "chain_short": "承诺的随机码链长度不足",
    "party_unknown": "提供随机内容的一方不在承诺名单内",
    "party_twice": "同一方在同一轮重复提供随机内容",
    "round_pending": "本轮已开启，此后只能出现本轮抽取结果",
    "round_not_opened": "本轮未开启即有抽取结果",
    "round_gap": "轮次编号不连续",
    "round_beyond_chain": "轮次超出承诺的随机码链",
    "needs_differ": "本轮应抽人数与重新计算的结果不一致",
    "excluded_unknown": "被排除者不在候选名单内",
    "excluded_twice": "同一候选人被重复排除",
    "code_invalid": "本轮公开的随机码与承诺不符",
    "mark_missing": "承诺了见证密钥，但本轮没有见证签名",
    "mark_unexpected": "未承诺见证密钥，但本轮带有见证签名",
    "mark_invalid": "本轮见证签名无效",
    "result_differs": "抽取结果与重新计算的结果不一致",
    "not_selected": "答复者并未被抽中",
    "answerer_foreign": "答复的操作者不是该候选人本人",
    "evidence_missing": "代为记录的答复缺少录音或送达凭证",
    "reason_missing": "回避未注明依据",
    "seats_exceeded": "该答复使入选人数超出应抽人数，或使同一单位有两人入选",
    "not_seated": "被揭示身份者并非入选人员",
    "opened_twice": "同一候选人的身份被重复揭示",
    "identity_differs": "揭示的身份与清单中的身份承诺不一致",
    "closing_differs": "结束时的入选名单与重新计算的结果不一致",
    "cancelled_late": "已进行过抽取,不能再撤销",
    "not_supervision": "作废抽取的操作者不是监督部门",
}


class ReceiptError(ValueError):
    """A receipt that does not hold.

    `code` is stable, `n` is the position of the entry at fault in the draw's stream (None where it
    is the receipt or its manifest), `message` is Chinese and names the entry.
    """

    def __init__(self, code: str, n: int | None = None) -> None:
        self.code = code
        self.n = n
        place = "" if n is None else f"第 {n} 号记录："
        self.message = f"{place}{MESSAGES[code]}"
        super().__init__(code, n, self.message)
