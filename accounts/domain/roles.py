"""Role ids (formats.md section 1) and their names as people read them."""

TRADING_CENTER = "trading_center"
TENDERER = "tenderer"
AGENCY = "agency"
BIDDER = "bidder"
EXPERT = "expert"
TENDERER_REP = "tenderer_rep"
AWARD_MEMBER = "award_member"
OBSERVER = "observer"
REGULATOR = "regulator"
COORDINATOR = "coordinator"
POOL_OWNER = "pool_owner"
COMMISSION = "commission"
SYSTEM_ADMIN = "system_admin"
SECURITY_ADMIN = "security_admin"
AUDIT_ADMIN = "audit_admin"
SYSTEM = "system"

ROLES: dict[str, str] = {
    TRADING_CENTER: "交易中心",
    TENDERER: "招标人",
    AGENCY: "招标代理机构",
    BIDDER: "投标人",
    EXPERT: "评标专家",
    TENDERER_REP: "招标人代表",
    AWARD_MEMBER: "定标委员",
    OBSERVER: "监督小组",
    REGULATOR: "行业主管部门",
    COORDINATOR: "发改部门",
    POOL_OWNER: "专家库管理单位",
    COMMISSION: "纪检监察机关",
    SYSTEM_ADMIN: "系统管理员",
    SECURITY_ADMIN: "安全管理员",
    AUDIT_ADMIN: "审计管理员",
    SYSTEM: "系统",
}
ADMINISTRATORS = frozenset({SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN})
"""Three different people (GB/T 22239-2019): nobody holds two of these."""
