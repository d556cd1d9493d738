"""Event types of accounts."""

EVENTS = {
    "account.created": "建立账号",
    "account.password_set": "设置密码",
    "account.disabled": "停用账号",
    "account.enabled": "启用账号",
    "account.organisation_registered": "登记单位",
    "account.bodies_related": "登记单位的上级(集团关系)",
    "sealed.report_left": "留下干预插手记录",
}
