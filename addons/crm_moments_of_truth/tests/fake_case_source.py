"""A task of another application, as an adapter would see it; not loaded outside the test."""

from odoo import fields, models


class CrmTestTask(models.Model):
    """The shape that ``project.task`` and OCA's ``helpdesk.ticket`` share."""

    _name = "crm.test.task"
    _description = "Task of Another Application"
    _inherit = ["crm.case.adapter.mixin"]
    _module = "crm_moments_of_truth"

    name = fields.Char()
    is_ticket = fields.Boolean(default=True)
    partner_id = fields.Many2one("res.partner")
    user_id = fields.Many2one("res.users")
    company_id = fields.Many2one("res.company")
    stage = fields.Selection([("todo", "To do"), ("asked", "Asked"), ("done", "Done")])
    closed_at = fields.Datetime()

    def _case_watched(self):
        return {"name", "is_ticket", "partner_id", "user_id", "stage", "closed_at"}

    def _case_values(self):
        if not self.is_ticket:
            return None
        states = {"todo": "progress", "asked": "waiting", "done": "solved"}
        return {
            "name": self.name,
            "kind": "anomaly",
            "company_id": self.company_id.id,
            "contact_id": self.partner_id.id,
            "user_id": self.user_id.id,
            "opened_at": self.create_date,
            "state": states.get(self.stage),
            "solved_at": self.closed_at,
        }
