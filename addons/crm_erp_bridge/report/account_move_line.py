from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

PURCHASE_TYPES = ("in_invoice", "in_refund", "in_receipt")
ROLES = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"


class AccountMoveLine(models.Model):
    """Says which customer and segment a journal item counts for in the joint reports.

    It stands beside the reports, which read the same join, so that the journal items which a
    figure opens are exactly those which the figure adds up.
    """

    _inherit = "account.move.line"

    crm_partner_id = fields.Many2one(
        "res.partner",
        string="Counts for customer",
        compute="_compute_crm_placement",
        search="_search_crm_partner_id",
        groups=ROLES,
        help="The customer this journal item counts for: the company behind the partner of the "
        "item. Items of vendor documents count for nobody, also when the vendor buys from us.",
    )
    crm_segment_then_id = fields.Many2one(
        "crm.segment",
        string="Segment then",
        compute="_compute_crm_placement",
        search="_search_crm_segment_then_id",
        groups=ROLES,
        help="The segment in which the customer was on the accounting date. Later changes of the "
        "segment do not move it. Empty means unassigned.",
    )

    @api.depends("date", "company_id", "partner_id.commercial_partner_id", "move_id.move_type")
    def _compute_crm_placement(self) -> None:
        self._crm_flush()
        places = {
            line_id: (partner_id, segment_id)
            for line_id, partner_id, segment_id in self.env.execute_query(
                SQL(
                    "SELECT line.id, partner.commercial_partner_id, membership.segment_id "
                    "%s WHERE line.id = ANY(%s)",
                    self._crm_from(),
                    self._origin.ids,
                )
            )
        }
        for line in self:
            partner_id, segment_id = places.get(line._origin.id, (None, None))
            line.crm_partner_id = partner_id
            line.crm_segment_then_id = segment_id

    @api.model
    def _search_crm_partner_id(self, operator: str, value):
        column = SQL("partner.commercial_partner_id")
        return self._crm_search("res.partner", column, operator, value)

    @api.model
    def _search_crm_segment_then_id(self, operator: str, value):
        return self._crm_search("crm.segment", SQL("membership.segment_id"), operator, value)

    @api.model
    def _crm_search(self, comodel: str, column: SQL, operator: str, value):
        """Domain of the lines whose placement is one of the values; False stands for none."""
        if operator == "any":
            # Names and conditions are looked up among the records that the reader may see.
            value = self.env[comodel].search(value).ids
        elif operator != "in":
            return NotImplemented
        ids = [item for item in value if item]
        found = SQL("%s = ANY(%s)", column, ids)
        if len(ids) < len(list(value)):
            found = SQL("(%s OR %s IS NULL)", found, column)
        self._crm_flush()
        lines = SQL(
            "SELECT line.id %s WHERE line.company_id = ANY(%s) AND %s",
            self._crm_from(),
            self.env.companies.ids,
            found,
        )
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL("%s IN (%s)", SQL.identifier(alias, "id"), lines)
        )

    @api.model
    @api.private
    def _crm_from(self) -> SQL:
        """FROM of journal items with ``line``, ``move``, ``partner`` and ``membership`` then.

        The customer is the commercial partner as of today of the line's partner, else of its
        entry's; a vendor document has none. The segment is that of the accounting date.
        """
        return SQL(
            """
            FROM account_move_line AS line
            JOIN account_move AS move ON move.id = line.move_id
       LEFT JOIN res_partner AS partner
              ON partner.id = COALESCE(line.partner_id, move.partner_id)
             AND move.move_type NOT IN %(purchase)s
            %(membership)s
            """,
            purchase=PURCHASE_TYPES,
            membership=self.env["crm.segment.membership"]._join_at(
                SQL("partner.commercial_partner_id"), SQL("line.company_id"), SQL("line.date")
            ),
        )

    @api.model
    def _crm_flush(self) -> None:
        """Write what the join reads: raw SQL sees the database only."""
        self.flush_model(["date", "company_id", "partner_id", "move_id"])
        self.env["account.move"].flush_model(["move_type", "partner_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["crm.segment.membership"].flush_model()
