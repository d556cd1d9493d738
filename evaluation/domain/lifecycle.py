"""States of a project (docs/lifecycle.md). A project is one lot (标段)."""

PROJECT = {
    "registered": "已登记",
    "tendering": "招标中",
    "drawing": "抽取专家中",
    "opened": "已开标",
    "evaluating": "评标中",
    "reported": "已出评标报告",
    "candidates_public": "候选人公示中",
    "awarding": "定标中",
    "awarded": "已定标",
    "result_public": "中标结果公示中",
    "notified": "已发中标通知书",
    "contracted": "已签合同",
    "archived": "已归档",
    "suspended": "已中止",
    "failed": "招标失败",
    "terminated": "终止招标",
}
MAIN_LINE = (
    "registered",
    "tendering",
    "drawing",
    "opened",
    "evaluating",
    "reported",
    "candidates_public",
    "awarding",
    "awarded",
    "result_public",
    "notified",
    "contracted",
    "archived",
)
"""The order in which a page's stepper shows the states of a project that goes well."""
ORDERABLE = MAIN_LINE[1:11]
"""States from which the regulator may order a suspension: 招标中 … 已发中标通知书."""
REGIMES = {
    "separated": "评定分离",
    "ranked_first": "依排名确定第一中标候选人",
    "authorised": "授权评标委员会确定",
}
FUNDS = {"state": "国有资金", "state_controlled": "国有资金控股或主导", "private": "非国有资金"}
SMALL = "village"
TRADES = {
    "construction": "房屋建筑和市政",
    "transport": "交通运输",
    "water": "水利",
    "village": "村级和小额工程",
}
EDGE_OWNERS = {
    "evaluation.services": (
        "publish_tender",
        "start_draw",
        "open_bids",
        "start_evaluation",
        "submit_report",
        "request_recheck",
        "fail",
        "terminate",
        "archive",
    ),
    "award.services": (
        "publish_candidates",
        "begin_award",
        "confirm_first",
        "reconfirm",
        "decide",
        "publish_result",
        "notify",
        "lose_winner",
        "contract",
        "suspend",
        "resume",
        "uphold_reevaluate",
        "uphold_fail",
        "fail",
    ),
}
"""Which app's services may call which edge; an architecture test holds it."""
