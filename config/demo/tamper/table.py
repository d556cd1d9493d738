"""The matrix as data: each attack is a function, and beside it stands who notices and what he names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.demo.tamper.hand import Hand

LAYERS = {
    "database": "数据库",
    "chain": "哈希链",
    "checkpoint": "检查点",
    "reconcile": "重放对照",
    "opening": "开启",
    "outside": "独立核验程序",
    "sealer": "封存程序",
    "witness": "见证工具",
}
"""Layers in the order in which they are asked."""
SQL = "全部数据库权限"
KEY = "数据库、日志私钥、第二处检查点"
FILES = "数据库文件"
STORE = "数据库文件、第二处检查点"
WIRE = "日志私钥"
MEANS = {
    SQL: "full rights over the database",
    KEY: "the same, the log's key and the second store",
    FILES: "the database's file",
    STORE: "the database's file and the second store",
    WIRE: "the log's key",
}
"""What the attacker holds, as the screen and as the documents say it."""

Act = Callable[["Hand"], None]


@dataclass(frozen=True)
class Attack:
    """One row: `noticed` maps each layer that must notice to what it must name, and no other.

    `opens` lets the waiting bids be opened afterwards. An attack that nobody notices states why in
    `unseen`.
    """

    name: str
    title: str
    means: str
    act: Act
    noticed: dict[str, str]
    opens: bool
    unseen: str


ATTACKS: list[Attack] = []


def attack(
    title: str, means: str = SQL, *, opens: bool = False, unseen: str = "", **noticed: str
) -> Callable[[Act], Act]:
    """Register the decorated function as the next row of the matrix."""

    def register(act: Act) -> Act:
        name = act.__name__.replace("_", "-")
        ATTACKS.append(Attack(name, title, means, act, noticed, opens, unseen))
        return act

    return register
