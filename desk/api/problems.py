"""Errors as RFC 9457 problem details: one shape, stable English codes, messages in Chinese."""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts.services.gate import BadInput, NotAllowed, NotFound, Refusal
from rulebook.domain.blockers import Refused

LOG = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "请求无法处理",
    401: "尚未登录",
    403: "您的岗位不能办理这一事项",
    404: "没有找到这项内容",
    405: "不支持这种请求方式",
    406: "不支持所要求的内容格式",
    409: "现在不能办理",
    415: "不支持这种内容格式",
    422: "填写有误",
    429: "请求过于频繁",
    500: "系统出错",
}


def handler(exc: Exception, context: dict[str, Any]) -> Response:
    """Turn any exception of an API view into a problem (REST_FRAMEWORK.EXCEPTION_HANDLER)."""
    set_rollback()
    found = problem_of(exc)
    if found["status"] == 500:
        LOG.error("API error", exc_info=exc)
    response = Response(found, status=found["status"], content_type=MEDIA_TYPE)
    if isinstance(exc, drf.APIException) and (wanted := getattr(exc, "auth_header", None)):
        response["WWW-Authenticate"] = wanted
    return response


def problem_of(exc: Exception) -> dict[str, Any]:
    """The problem details of an exception."""
    if isinstance(exc, Refused):
        reasons = [asdict(blocker) for blocker in exc.blockers]
        return problem(409, "refused", str(exc), blockers=reasons)
    if isinstance(exc, BadInput):
        fields = {name: [message] for name, message in exc.fields.items()}
        return problem(422, exc.code, exc.message, errors=fields)
    if isinstance(exc, Refusal):
        return problem(exc.status, exc.code, exc.message)
    if isinstance(exc, Http404):
        return problem_of(NotFound())
    if isinstance(exc, PermissionDenied):
        return problem_of(NotAllowed())
    if isinstance(exc, drf.ValidationError):
        errors = exc.detail if isinstance(exc.detail, Mapping) else {"": exc.detail}
        return problem(422, "invalid", "填写的内容有误", errors=errors)
    if isinstance(exc, drf.APIException):
        return problem(exc.status_code, str(exc.default_code), str(exc.detail))
    return problem(500, "error", "本次没有办理成功,已经办理的事项不受影响")


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    blockers: list[dict[str, Any]] | None = None,
    errors: Any = None,
) -> dict[str, Any]:
    """The members of a problem; `type` is about:blank, `code` tells problems apart."""
    return {
        "type": "about:blank",
        "title": TITLES.get(status, TITLES[400]),
        "status": status,
        "detail": detail,
        "code": code,
        "blockers": blockers or [],
        "errors": errors or {},
    }


def not_found(request: HttpRequest, path: str) -> HttpResponse:
    """An address under /api/ that is none."""
    return JsonResponse(
        problem_of(NotFound()),
        status=404,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
