"""Cases in the portal: what the own company reported, and how to report something."""

from odoo import http
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager


class CrmCasePortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "crm_case_count" in counters:
            values["crm_case_count"] = self._cases().search_count(self._case_domain())
        return values

    def _cases(self):
        # Access: a customer has no right on cases; each search names the own company, and pages
        # show listed fields alone.
        return request.env["crm.case"].sudo()

    def _case_domain(self):
        return request.env["crm.case"]._portal_domain(request.env.user.partner_id)

    @http.route(["/my/cases", "/my/cases/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_cases(self, page=1, **_kwargs):
        """The cases of the own company, the newest first."""
        domain = self._case_domain()
        turning = pager(
            url="/my/cases",
            total=self._cases().search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        cases = self._cases().search(
            domain,
            order="opened_at desc, id desc",
            limit=self._items_per_page,
            offset=turning["offset"],
        )
        values = self._prepare_portal_layout_values()
        values.update(cases=cases, pager=turning, page_name="crm_cases", default_url="/my/cases")
        return request.render("crm_moments_of_truth.crm_case_portal_list", values)

    @http.route("/my/cases/new", type="http", auth="user", website=True, methods=["GET", "POST"])
    def portal_new_case(self, **form):
        """Report something: the form, and what was typed into it."""
        partner = request.env.user.partner_id
        error = None
        if request.httprequest.method == "POST":
            try:
                with request.env.cr.savepoint():
                    case = request.env["crm.case"]._portal_open(partner, form, self._case_files())
                return request.redirect(f"/my/cases/{case.id}?thanks=1")
            except ValidationError as refusal:
                error = refusal.args[0]
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="crm_case_new",
            error=error,
            form=form,
            orders=request.env["crm.case"]._portal_orders(partner),
            # Access: shared definitions, of which the customer sees the names.
            causes=request.env["crm.case.cause"].sudo().search([]),
        )
        return request.render("crm_moments_of_truth.crm_case_portal_new", values)

    @http.route("/my/cases/<int:case_id>", type="http", auth="public", website=True)
    def portal_case(self, case_id, access_token=None, thanks=None, error=None, **_kwargs):
        """One case: of the own company, or by the link that came with an e-mail (to read)."""
        try:
            case = self._case(case_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="crm_case",
            case=case,
            messages=case._portal_messages(),
            may_reply=self._is_own(case),
            thanks=thanks,
            error=error,
        )
        return request.render("crm_moments_of_truth.crm_case_portal_page", values)

    @http.route(
        "/my/cases/<int:case_id>/reply", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_reply_case(self, case_id, message="", **_kwargs):
        """Write a message on a case of the own company."""
        case = self._cases().browse(case_id).exists()
        if not case or not self._is_own(case):
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                case._portal_reply(request.env.user.partner_id, message, self._case_files())
        except ValidationError as refusal:
            return self.portal_case(case_id, error=refusal.args[0])
        return request.redirect(f"/my/cases/{case.id}#messages")

    def _case(self, case_id, access_token):
        """The case of the own company, or by its token; raises what Odoo's portal raises."""
        case = self._cases().browse(case_id).exists()
        if case and self._is_own(case):
            return case
        return self._document_check_access("crm.case", case_id, access_token)

    def _is_own(self, case):
        user = request.env.user
        if user._is_public():
            return False
        return case.partner_id == user.partner_id.commercial_partner_id

    def _case_files(self):
        """(name, content) of the files that came with the form."""
        files = request.httprequest.files.getlist("files")
        return [(file.filename, file.read()) for file in files if file.filename]
