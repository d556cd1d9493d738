"""The matrix as data: each attack is a function; beside it stands who notices and what he names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from config.demo.tamper.hand import Hand

LAYERS = {
    "database": "数据库",
    "start": "启动检查",
    "chain": "哈希链",
    "checkpoint": "检查点",
    "stored": "留存核对",
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


class Reason(NamedTuple):
    """Why an attack is not caught, for the screen and for the documents."""

    chinese: str
    english: str


UNSEEN = {
    "forged": Reason(
        "哈希只证明条目写入后未被改动,不证明确为本人所为",
        "hashes prove that an entry was not changed since, not that its actor meant it",
    ),
    "window": Reason(
        "尚未封存或者已封存未见证的内容,没有任何一份在他人手中",
        "what is not sealed, or sealed and not witnessed yet, stands in nobody else's hands",
    ),
}
MODULES = ("on_entries", "on_tree", "on_story", "on_history", "on_rows", "on_columns")
"""The modules that hold the attacks, in the order of the matrix."""
Act = Callable[["Hand"], None]


@dataclass(frozen=True)
class Attack:
    """One row: `noticed` maps each layer that must notice to what it must name, and no other.

    `opens` lets the waiting bids be opened afterwards. An attack that nobody notices states why in
    `unseen`, a key of UNSEEN; what the triggers alone refuse counts as unseen.
    """

    name: str
    title: str
    means: str
    act: Act
    noticed: dict[str, str]
    opens: bool
    unseen: str

    @property
    def shown(self) -> bool:
        """Whether the commission's tool is shown a checkpoint: where it matters to a history."""
        return self.means != SQL or "witness" in self.noticed


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
