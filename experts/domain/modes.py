"""Whose pool an installation works with (条例第四十五条: a pool is a province's).

A district has none of its own: it holds rows of the owner's list, or the draw itself is made in the
province's system and only entered here.
"""

OWNER = "owner"
TERMINAL = "terminal"
EXTERNAL = "external"
APPOINTED = "appointed"

MODES = {OWNER: "库主", TERMINAL: "抽取终端", EXTERNAL: "外部抽取"}
MEANS = {
    OWNER: "本机管理专家库:入库、在库、出库均在本机办理",
    TERMINAL: "专家库由库主管理:本机导入库主的名单,在名单内抽取",
    EXTERNAL: "抽取在省级系统进行:本机由两人录入抽取结果,抽取过程不可复核",
}
ORIGINS = MODES | {APPOINTED: "直接确定"}
"""How experts come about: by the installation's mode, or chosen (条例第四十七条)."""
UNVERIFIABLE = "抽取不可复核"
"""How a draw that was made elsewhere is marked wherever it is shown."""
NOT_DRAWN = "直接确定,未经随机抽取"
"""How experts are marked whom the tenderer chose, wherever they are shown."""
MARKS = {EXTERNAL: UNVERIFIABLE, APPOINTED: NOT_DRAWN}
