from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

ROLES = "crm_strategy.crm_strategy_group_user,crm_strategy.crm_strategy_group_finance"


class CrmSegmentThenMixin(models.AbstractModel):
    """A document that knows the segment and team its customer had on the document's date.

    Nothing is stored: both follow from the segment history, so a figure of a team opens its
    documents by one short condition, however many they are.
    """

    _name = "crm.segment.then.mixin"
    _description = "Document with the segment of its date"

    crm_segment_then_id = fields.Many2one(
        "crm.segment",
        string="Segment then",
        compute="_compute_crm_segment_then",
        search="_search_crm_segment_then_id",
        groups=ROLES,
        help="The segment in which the customer was on the date of this document.",
    )
    crm_team_then_id = fields.Many2one(
        "crm.team",
        string="Segment team then",
        compute="_compute_crm_segment_then",
        search="_search_crm_team_then_id",
        groups=ROLES,
        help="The team of the segment in which the customer was on the date of this document.",
    )

    @api.model
    def _segment_then_date_sql(self, alias: str) -> SQL:
        """Date (not datetime) of the document ``alias``, in the zone of its company."""
        raise NotImplementedError

    @api.model
    def _segment_then_from(self) -> SQL:
        """FROM clause: document, partner (commercial), membership, segment_team."""
        Membership = self.env["crm.segment.membership"]
        return SQL(
            """
            FROM %(table)s AS document
            JOIN res_partner AS contact ON contact.id = document.partner_id
            %(membership)s
            %(team)s
            """,
            table=SQL.identifier(self._table),
            membership=Membership._join_at(
                SQL("contact.commercial_partner_id"),
                SQL("document.company_id"),
                self._segment_then_date_sql("document"),
            ),
            team=Membership._team_join(),
        )

    @api.depends("partner_id", "company_id")
    def _compute_crm_segment_then(self) -> None:
        ids = self._origin.ids
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT document.id, membership.segment_id, segment_team.id %s "
                "WHERE document.id = ANY(%s)",
                self._segment_then_from(),
                ids,
            )
        )
        found = {document_id: (segment, team) for document_id, segment, team in rows}
        for document in self:
            segment_id, team_id = found.get(document._origin.id, (False, False))
            document.crm_segment_then_id = segment_id
            document.crm_team_then_id = team_id

    @api.model
    def _search_crm_segment_then_id(self, operator: str, value) -> Domain:
        return self._search_then("crm.segment", SQL("membership.segment_id"), operator, value)

    @api.model
    def _search_crm_team_then_id(self, operator: str, value) -> Domain:
        return self._search_then("crm.team", SQL("segment_team.id"), operator, value)

    @api.model
    def _search_then(self, comodel: str, column: SQL, operator: str, value) -> Domain:
        """Condition on the documents; False stands for what belonged to none."""
        if operator not in ("in", "any"):
            return NotImplemented
        if operator == "any" or any(isinstance(item, str) for item in value):
            # Names and conditions are resolved among the records the reader may see.
            domain = (
                value
                if operator == "any"
                else Domain.OR(Domain("display_name", "=", item) for item in value)
            )
            value = self.env[comodel].search(domain).ids
        ids = [item for item in value if item]
        wanted = SQL("%s = ANY(%s)", column, ids)
        if any(not item for item in value):
            wanted = SQL("(%s OR %s IS NULL)", wanted, column)
        self.env.flush_all()
        return Domain(
            "id", "in", SQL("(SELECT document.id %s WHERE %s)", self._segment_then_from(), wanted)
        )
