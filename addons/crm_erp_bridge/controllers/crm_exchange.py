from odoo import http
from odoo.http import content_disposition, request


class CrmExchangeController(http.Controller):
    @http.route(
        "/crm/exchange/errors/<int:run_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def error_file(self, run_id: int):
        """The rows to repair of a run, as a file; who may not read the run gets "not found"."""
        run = request.env["crm.exchange.run"].browse(run_id).exists()
        if not run or not run.has_access("read"):
            return request.not_found()
        return request.make_response(
            run._error_file(),
            headers=[
                ("Content-Type", "text/csv; charset=utf-8"),
                ("Content-Disposition", content_disposition(run._error_file_name())),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
