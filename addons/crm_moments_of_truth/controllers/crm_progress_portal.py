"""The way of an order in the portal: where it stands, and what the customer says to it."""

from odoo import http
from odoo.exceptions import AccessError, MissingError, ValidationError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..models.sale_order_progress import SAYINGS


class CrmProgressPortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        partner = request.env.user.partner_id
        if "crm_progress_count" in counters:
            values["crm_progress_count"] = self._orders().search_count(self._order_domain(partner))
        if "crm_idea_count" in counters:
            ideas = request.env["crm.idea"]
            # Access: the number of the own company's ideas.
            values["crm_idea_count"] = ideas.sudo().search_count(ideas._portal_domain(partner))
        return values

    def _orders(self):
        # Access: orders of the own company only, which each search names; listed fields alone.
        return request.env["sale.order"].sudo()

    def _order_domain(self, partner):
        own = Domain("partner_id.commercial_partner_id", "=", partner.commercial_partner_id.id)
        return own & Domain("state", "=", "sale")

    @http.route(
        ["/my/progress", "/my/progress/page/<int:page>"], type="http", auth="user", website=True
    )
    def portal_my_progress(self, page=1, **_kwargs):
        """The orders of the own company with the step that each has reached."""
        domain = self._order_domain(request.env.user.partner_id)
        turning = pager(
            url="/my/progress",
            total=self._orders().search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        orders = self._orders().search(
            domain,
            order="date_order desc, id desc",
            limit=self._items_per_page,
            offset=turning["offset"],
        )
        passes = orders._progress_passes()
        values = self._prepare_portal_layout_values()
        values.update(
            lines=[(order, order._progress_steps(passes[order])) for order in orders],
            pager=turning,
            page_name="crm_progress_list",
            default_url="/my/progress",
        )
        return request.render("crm_moments_of_truth.crm_progress_portal_list", values)

    @http.route("/my/progress/<int:order_id>", type="http", auth="public", website=True)
    def portal_progress(self, order_id, access_token=None, thanks=None, **_kwargs):
        """The way of one order: of the own company, or by the link that came with it."""
        order = self._order(order_id, access_token)
        if not order:
            return request.redirect("/my")
        is_preview = request.httprequest.headers.get("Odoo-Link-Preview") == "True"
        if request.env.user.share and not is_preview:
            order._progress_seen()
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="crm_progress",
            # Not "order": at this name Odoo's pages of purchase show where one is.
            own_order=order,
            object=order,
            steps=order._progress_steps(),
            said=order._progress_said(),
            may=self._sayings(order),
            cases=self._cases_of(order),
            invitations=self._invitations(),
            access_token=access_token,
            thanks=thanks if thanks in SAYINGS else None,
        )
        return request.render("crm_moments_of_truth.crm_progress_portal_page", values)

    @http.route(
        "/my/progress/<int:order_id>/<string:saying>",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def portal_progress_say(self, order_id, saying, access_token=None, **_kwargs):
        """The customer acknowledges the order, or confirms that everything arrived."""
        order = self._order(order_id, access_token)
        if not order or saying not in SAYINGS:
            return request.redirect("/my")
        user = request.env.user
        order._progress_say(saying, None if user._is_public() else user.partner_id)
        token = f"&access_token={access_token}" if access_token else ""
        return request.redirect(f"/my/progress/{order.id}?thanks={saying}{token}")

    @http.route("/my/ideas", type="http", auth="user", website=True, methods=["GET", "POST"])
    def portal_my_ideas(self, thanks=None, **form):
        """What the own company proposed and what became of it; and a new idea."""
        partner = request.env.user.partner_id
        Idea = request.env["crm.idea"]
        error = None
        if request.httprequest.method == "POST":
            try:
                with request.env.cr.savepoint():
                    Idea._portal_propose(partner, self._own_company(partner), form)
                return request.redirect("/my/ideas?thanks=1")
            except ValidationError as refusal:
                error = refusal.args[0]
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="crm_ideas",
            # Access: ideas of the own company; the page shows listed fields alone.
            ideas=Idea.sudo().search(Idea._portal_domain(partner), limit=80),
            form=form,
            error=error,
            thanks=thanks,
        )
        return request.render("crm_moments_of_truth.crm_idea_portal_list", values)

    # what is the customer's
    def _sayings(self, order):
        """What the customer may say now; nobody is asked for the order once it has arrived."""
        may = [saying for saying in SAYINGS if order._progress_may(saying)]
        arrived = order._progress_is_delivered()
        return [saying for saying in may if saying == "receipt" or not arrived]

    def _order(self, order_id, access_token):
        """The order of the own company, or by its token; None for everybody else.

        Odoo's own rule lets a parent company in as well; here each company sees its own.
        """
        user = request.env.user
        if user.share and not user._is_public():
            order = self._orders().browse(order_id).exists()
            customer = order.partner_id.commercial_partner_id
            if order.state != "draft" and customer == user.partner_id.commercial_partner_id:
                return order
            if not access_token:
                return None
        try:
            return self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return None

    def _own_company(self, partner):
        """Our company that the customer deals with: of its last order, else the user's."""
        last = self._orders().search(
            self._order_domain(partner), order="date_order desc, id desc", limit=1
        )
        return last.company_id or request.env.user.company_id

    def _cases_of(self, order):
        """What was reported about the order; only for people of the own company."""
        # Access: cases of the own company about this order; number, subject, state are shown.
        cases = request.env["crm.case"].sudo()
        if request.env.user._is_public():
            return cases
        domain = cases._portal_domain(request.env.user.partner_id)
        return cases.search(domain & Domain("order_id", "=", order.id), limit=10)

    def _invitations(self):
        """Surveys to which this person was invited and has not answered."""
        user = request.env.user
        # Access: the person's own invitations; their links carry their own tokens.
        answers = request.env["survey.user_input"].sudo()
        if user._is_public():
            return answers
        found = answers.search(
            [
                ("partner_id", "=", user.partner_id.id),
                ("state", "!=", "done"),
                ("test_entry", "=", False),
                ("survey_id.active", "=", True),
                ("survey_id.access_mode", "=", "token"),
            ],
            limit=3,
        )
        now = request.env.cr.now()
        return found.filtered(lambda answer: not answer.deadline or answer.deadline > now)
