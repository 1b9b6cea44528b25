from __future__ import annotations

from odoo import api, fields, models


class CrmIdeaSession(models.Model):
    """A session in which ideas were looked for by a technique (S000-9.9-I4)."""

    _name = "crm.idea.session"
    _description = "Idea Session"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.kept.mixin", "crm.privacy.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _privacy_purpose = "contract"
    _privacy_expiry = "keep"
    _privacy_only_sure = True
    _privacy_texts = ("name", "question", "outcome")

    name = fields.Char(required=True, help="What the session was about.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Our company that held it.",
    )
    analysis_id = fields.Many2one(
        "crm.need.analysis",
        string="Analysis",
        index=True,
        ondelete="set null",
        check_company=True,
        help="The analysis of needs that uses the ideas.",
    )
    date = fields.Date(
        required=True, default=fields.Date.context_today, help="The day of the session."
    )
    technique = fields.Selection(
        [
            ("brainstorming", "Brainstorming"),
            ("brainwriting", "Brainwriting"),
            ("scamper", "Seven questions to a product"),
            ("hats", "Six points of view"),
            ("morphology", "Table of parts and variants"),
            ("analogy", "Analogies"),
            ("journey", "Walk through the customer's day"),
        ],
        required=True,
        default="brainstorming",
        help="How ideas were looked for.",
    )
    question = fields.Char(help="The question that the session asked.")
    participant_ids = fields.Many2many(
        "res.partner", string="Participants", help="Customers and colleagues who took part."
    )
    outcome = fields.Text(help="What was decided, by whom and until when it is done.")
    idea_ids = fields.One2many(
        "crm.idea", "session_id", string="Ideas", help="Ideas that came up in the session."
    )
    idea_count = fields.Integer(
        string="Number of ideas", compute="_compute_idea_count", help="Ideas that came up."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Led by",
        index=True,
        ondelete="set null",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="The colleague who led the session.",
    )

    @api.depends("idea_ids")
    def _compute_idea_count(self) -> None:
        counts = dict(
            self.env["crm.idea"]._read_group(
                [("session_id", "in", self.ids)], ["session_id"], ["__count"]
            )
        )
        for session in self:
            session.idea_count = counts.get(session, 0)

    def action_open_ideas(self) -> dict:
        """Open the ideas of the session."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_idea_action")
        return {
            **action,
            "domain": [("session_id", "=", self.id)],
            "context": {"default_session_id": self.id},
        }
