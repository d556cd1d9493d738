"""States of a rule profile, with their names (docs/lifecycle.md)."""

PROFILE = {"published": "已发布", "proposed": "待审批"}
