from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.period import Period
from ..core.value import UNDEFINED


class CrmSegmentPreview(models.TransientModel):
    """What the rules would move: shown before it happens, then done exactly so (S000-9.8-03)."""

    _name = "crm.segment.preview"
    _description = "Preview of an Assignment"
    _inherit = ["crm.kept.mixin"]
    _kept_fields = ("company_id", "state", "customer_count", "manual_count", "has_revenue")
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="The company whose customers are assigned.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("shown", "Shown"), ("changed", "Changed meanwhile"), ("applied", "Applied")],
        string="Stage",
        default="shown",
        readonly=True,
        help="Changed meanwhile: rules or customers changed since; nothing was applied.",
    )
    customer_count = fields.Integer(string="Customers", readonly=True)
    manual_count = fields.Integer(
        string="Placed by hand", readonly=True, help="They stay where a person put them."
    )
    move_count = fields.Integer(string="Customers who move", compute="_compute_move_count")
    has_revenue = fields.Boolean(readonly=True, string="Revenue is known")
    revenue_note = fields.Char(string="About the revenue", compute="_compute_revenue_note")
    line_ids = fields.One2many("crm.segment.preview.line", "preview_id", string="Segments")
    move_ids = fields.One2many("crm.segment.preview.move", "preview_id", string="Moves")

    @api.depends("move_ids")
    def _compute_move_count(self) -> None:
        counts = dict(
            self.env["crm.segment.preview.move"]._read_group(
                [("preview_id", "in", self.ids)], ["preview_id"], ["__count"]
            )
        )
        for preview in self:
            preview.move_count = counts.get(preview, 0)

    @api.depends("has_revenue")
    def _compute_revenue_note(self) -> None:
        for preview in self:
            if preview.has_revenue:
                preview.revenue_note = self.env._(
                    "Revenue: posted, without tax, of the last twelve months."
                )
            else:
                preview.revenue_note = self.env["crm.facts"]._why_no_data()

    @api.depends("company_id")
    def _compute_display_name(self) -> None:
        for preview in self:
            preview.display_name = self.env._(
                "Assignment of %(company)s", company=preview.company_id.name
            )

    # showing
    @api.model
    def _open(self, company: models.BaseModel) -> dict:
        """Make a preview of the company and open it."""
        self.env["crm.segment"].check_access("write")
        # Access: whoever may write segments may see what they would do; lines are written here.
        preview = self.sudo().create({"company_id": company.id})
        preview._look()
        return preview._action()

    def _action(self) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview of the assignment"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
            "context": {"create": False},
        }

    def _look(self) -> None:
        """Find out what an assignment made now would do; set-based, as the superuser."""
        self.ensure_one()
        self.env.flush_all()
        self.line_ids.unlink()
        self.env.cr.execute(
            SQL("DELETE FROM crm_segment_preview_move WHERE preview_id = %s", self.id)
        )
        # Raw SQL: one statement for all customers, with the query that the assignment uses.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_segment_preview_move
                       (preview_id, customer_id, from_id, to_id, create_uid, write_uid,
                        create_date, write_date)
                SELECT %(preview)s, customer_id, from_id, to_id, %(uid)s, %(uid)s, %(now)s, %(now)s
                  FROM (%(moves)s) AS moves
                """,
                preview=self.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                moves=self.env["crm.segment"]._moves_sql(self.company_id),
            )
        )
        self.env.invalidate_all(flush=False)
        self.has_revenue = self._add_revenue()
        counts = self.env["crm.segment"]._count_company(self.company_id)
        self.customer_count = counts["customers"]
        self.manual_count = counts["manual"]
        self._make_lines(counts["by_segment"])
        self.state = "shown"

    def _add_revenue(self) -> bool:
        """Write what each moving customer brought in; False when nobody knows."""
        day = self.env["crm.segment.membership"]._today(self.company_id)
        revenue = self.env["crm.facts"]._revenue_by_customer(self.company_id, _last_year(day))
        if revenue is UNDEFINED:
            return False
        if revenue:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE crm_segment_preview_move AS move
                       SET revenue_amount = told.amount, is_known = TRUE
                      FROM unnest(%s::int[], %s::numeric[]) AS told(customer_id, amount)
                     WHERE move.preview_id = %s AND move.customer_id = told.customer_id
                    """,
                    list(revenue),
                    list(revenue.values()),
                    self.id,
                )
            )
        self.env.invalidate_all(flush=False)
        return True

    def _make_lines(self, today: dict[int, int]) -> None:
        """One line per segment, unassigned last: before, who enters, who leaves, after."""
        Move = self.env["crm.segment.preview.move"]
        own = [("preview_id", "=", self.id)]
        aggregates = ["__count", "revenue_amount:sum"]
        come = {line[0].id: line[1:] for line in Move._read_group(own, ["to_id"], aggregates)}
        go = {line[0].id: line[1:] for line in Move._read_group(own, ["from_id"], aggregates)}
        segments = self.env["crm.segment"].search(
            ["|", ("company_id", "=", self.company_id.id), ("id", "in", [*filter(None, go)])]
        )
        self.env["crm.segment.preview.line"].create(
            [
                {
                    "preview_id": self.id,
                    "sequence": number,
                    "segment_id": segment_id,
                    "before_count": today.get(segment_id or 0, 0),
                    "enter_count": come.get(segment_id, (0, 0))[0],
                    "leave_count": go.get(segment_id, (0, 0))[0],
                    "enter_amount": come.get(segment_id, (0, 0))[1],
                    "leave_amount": go.get(segment_id, (0, 0))[1],
                }
                for number, segment_id in enumerate([*segments.ids, False])
            ]
        )

    # doing
    def action_apply(self) -> dict:
        """Do exactly what is shown; where something changed meanwhile, show it anew instead."""
        self.ensure_one()
        self.check_access("write")
        self.env["crm.segment"].check_access("write")
        if self.state == "applied":
            raise UserError(
                self.env._("This preview was applied already. Make a new one to go on.")
            )
        self.env.flush_all()
        # Access: whoever may write segments applies what the preview shows; see _open.
        preview = self.sudo()
        if preview._is_outdated():
            preview._look()
            preview.state = "changed"
            return self._action()
        result = self.env["crm.segment"]._assign(self.company_id)
        preview.state = "applied"
        notification = self.env["crm.segment"]._assign_notification(result)
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_segment_action")
        notification["params"]["next"] = {**action, "target": "main"}
        return notification

    def action_look_again(self) -> dict:
        """Show what an assignment made now would do."""
        self.ensure_one()
        self.check_access("write")
        self.env["crm.segment"].check_access("write")
        # Access: whoever may write segments may see what they would do; see _open.
        self.sudo()._look()
        return self._action()

    def _is_outdated(self) -> bool:
        """Whether an assignment made now would move others, or elsewhere, than shown."""
        shown = SQL(
            "SELECT customer_id, from_id, to_id FROM crm_segment_preview_move"
            " WHERE preview_id = %s",
            self.id,
        )
        now = self.env["crm.segment"]._moves_sql(self.company_id)
        return bool(
            self.env.execute_query(
                SQL(
                    """
                    WITH shown AS (%s), now AS (%s)
                    (TABLE shown EXCEPT TABLE now) UNION ALL (TABLE now EXCEPT TABLE shown)
                    LIMIT 1
                    """,
                    shown,
                    now,
                )
            )
        )

    def action_open_moves(self) -> dict:
        """Open the customers who move."""
        self.ensure_one()
        return self._moves_action(self.env._("Customers who move"), [])

    def _moves_action(self, name: str, domain: list) -> dict:
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_strategy.crm_segment_preview_move_action"
        )
        domain = [("preview_id", "=", self.id), *domain]
        return {**action, "name": name, "display_name": name, "domain": domain, "context": {}}


def _last_year(day: date) -> Period:
    after = day + relativedelta(days=1)
    return Period.parse(f"{after - relativedelta(years=1)}..{after}")
