"""What an interference report says: the ways of interfering, and how long its texts may be."""

from collections.abc import Mapping

WAYS = {
    "intercede": "打招呼、说情",
    "name_winner": "授意、指定或者暗示中标人",
    "press": "施压、威胁或者许以利益",
    "ask_secrets": "打听评审、表决情况或者人员名单",
    "alter_papers": "要求设置或者修改有倾向性的条件",
    "other": "其他",
}
LIMITS = {"project": 60, "who": 200, "text": 2000}
"""Characters at most. Escaped to six bytes each they still fit into `report.SIZE`."""


def wrong(told: Mapping[str, str]) -> dict[str, str]:
    """Field → message of what is missing or too long; empty where nothing is."""
    found = {
        name: f"不超过 {limit} 字" for name, limit in LIMITS.items() if len(told[name]) > limit
    }
    found |= {name: "请填写" for name in ("who", "text") if not told[name].strip()}
    if told["way"] not in WAYS:
        found["way"] = "请选择列出的方式"
    return found
