"""Hands out a matrix as an XLSX or PDF file."""

import json

from werkzeug.exceptions import BadRequest, NotFound

from odoo import http
from odoo.http import content_disposition, request

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF_TYPE = "application/pdf"


class CrmMatrixController(http.Controller):
    @http.route(
        "/crm/matrix/xlsx", type="http", auth="user", methods=["GET", "POST"], readonly=True
    )
    def matrix_xlsx(self, model, id=None, options=None, cids=None, **_kwargs):
        """The matrix of one report as a file.

        :param model: a model that inherits ``crm.matrix.mixin``; any other is not found.
        :param id: the record, for a stored report.
        :param options: values of the filters by key, as JSON.
        :param cids: the active companies, the current one first: "1,2".
        """
        report = _report(model, id, _company_ids(cids))
        return _file(XLSX_TYPE, *report.get_matrix_xlsx(_options(options)))

    @http.route("/crm/matrix/pdf", type="http", auth="user", methods=["GET", "POST"], readonly=True)
    def matrix_pdf(self, model, id=None, options=None, cids=None, **_kwargs):
        """The matrix of one report on paper; the parameters are those of ``matrix_xlsx``."""
        report = _report(model, id, _company_ids(cids))
        return _file(PDF_TYPE, *report.get_matrix_pdf(_options(options)))


def _file(content_type: str, content: bytes, name: str):
    headers = [
        ("Content-Type", content_type),
        ("Content-Disposition", content_disposition(name)),
        ("X-Content-Type-Options", "nosniff"),
    ]
    return request.make_response(content, headers)


def _report(model: str, res_id: str | None, company_ids: list[int]):
    """The report as the user's own record; access is checked by the report itself."""
    env = request.env
    if company_ids:
        # Companies that the user does not have are refused by env.companies, not silently dropped.
        env = env(context={**env.context, "allowed_company_ids": company_ids})
    if model not in env or not issubclass(env.registry[model], env.registry["crm.matrix.mixin"]):
        raise NotFound
    report = env[model]
    if res_id:
        if not res_id.isdigit():
            raise BadRequest
        report = report.browse(int(res_id)).exists()
        if not report:
            raise NotFound
    return report


def _company_ids(cids: str | None) -> list[int]:
    parts = [part for part in (cids or "").split(",") if part]
    if not all(part.isdigit() for part in parts):
        raise BadRequest
    return [int(part) for part in parts]


def _options(text: str | None) -> dict:
    try:
        options = json.loads(text or "{}")
    except ValueError:
        raise BadRequest from None
    if not isinstance(options, dict):
        raise BadRequest
    return options
