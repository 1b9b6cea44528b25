from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain


class CrmNeedIssue(models.Model):
    """An issued revision of an analysis: what the three books say, frozen."""

    _name = "crm.need.issue"
    _description = "Issue of an Analysis"
    _inherit = "crm.privacy.mixin"
    _order = "analysis_id, number desc"
    _privacy_purpose = "contract"
    _privacy_expiry = "keep"
    _privacy_only_sure = True
    _privacy_texts = ("content",)

    analysis_id = fields.Many2one(
        "crm.need.analysis",
        string="Analysis",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="The analysis that was issued.",
    )
    company_id = fields.Many2one(
        related="analysis_id.company_id",
        store=True,
        index=True,
        help="Our company that works with the customer.",
    )
    number = fields.Integer(
        string="Revision", required=True, readonly=True, help="The three books carry it."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Issued by",
        readonly=True,
        ondelete="set null",
        help="Who issued it.",
    )
    issued_at = fields.Datetime(string="Issued on", readonly=True, help="When it was issued.")
    content = fields.Json(readonly=True, help="What the books say.")
    fingerprint = fields.Char(
        readonly=True, help="SHA-256 of the content: the same fingerprint means the same books."
    )

    _number_uniq = models.UniqueIndex(
        "(analysis_id, number)",
        "Somebody issued this revision in the same moment. Look at it, and issue again if needed.",
    )

    @api.depends("number", "analysis_id.name")
    def _compute_display_name(self) -> None:
        for issue in self:
            issue.display_name = self.env._(
                "%(analysis)s, revision %(number)s",
                analysis=issue.analysis_id.name or "–",
                number=issue.number,
            )

    def action_print_functional(self) -> dict:
        """Print the functional book of this issue."""
        return self.env.ref("crm_strategy.crm_need_functional_report").report_action(self)

    def action_print_technical(self) -> dict:
        """Print the technical book of this issue."""
        return self.env.ref("crm_strategy.crm_need_technical_report").report_action(self)

    def action_print_contract(self) -> dict:
        """Print the contract data of this issue."""
        return self.env.ref("crm_strategy.crm_need_contract_report").report_action(self)

    # printing
    def _book(self) -> dict:
        """The content with the words that belong to the reader's language."""
        self.ensure_one()
        content = self.content or {}
        return {
            **content,
            "classes": self._by_class(content.get("needs", ())),
            "open_points": [
                line
                for part in ("needs", "functional", "technical", "commitments")
                for line in content.get(part, ())
                if line["orphan"] or line["suspect"]
            ],
        }

    def _by_class(self, needs: list[dict]) -> list[tuple[str, list[dict]]]:
        """(name of the class, needs) in the order of the classes; unknown ones as issued."""
        classes = self.env["crm.need.class"].with_context(active_test=False)
        known = classes.search(Domain.TRUE).sorted(lambda line: (line.sequence, line.id))
        names = {line.id: line.name for line in known}
        order = {line.id: place for place, line in enumerate(known)}
        grouped: dict[tuple, list[dict]] = {}
        for need in needs:
            class_id = need["class_id_id"]
            key = (order.get(class_id, len(order)), names.get(class_id, need["class_id"]))
            grouped.setdefault(key, []).append(need)
        return [(name, lines) for (_place, name), lines in sorted(grouped.items())]

    def _label(self, model: str, field: str, value: str) -> str:
        """Label of a choice in the reader's language."""
        choices = dict(self.env[model]._fields[field]._description_selection(self.env))
        return choices.get(value, value)

    def _day(self, text: str) -> str:
        """A day of the content as the reader's language writes it."""
        return self.env["ir.qweb.field.date"].value_to_html(text, {}) if text else ""
