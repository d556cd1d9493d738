"""The act that fixes the sheet of fees."""

from accounts.acts import Act
from evaluation.selectors import fees as reading
from evaluation.services import fees

ACTS = (
    Act(
        "project.fix_fees",
        "确定专家劳务费发放表",
        fees.fix_fees,
        blockers=reading.fix_fees,
        warning="按签到、终签时间和规则集的标准计算,同一招标项目的各标段合并为一张表;"
        "收款账户等信息不进入本系统。",
    ),
)
