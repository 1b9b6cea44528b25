from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain

from ..core import routing


class CrmCase(models.Model):
    """Who takes a case: the queue, then skill and load, then the fallback (S002-2.2-V3)."""

    _inherit = "crm.case"

    skill_ids = fields.Many2many(
        "crm.case.skill",
        string="Needs",
        compute="_compute_skill_ids",
        help="The skills that the case needs, by its cause, its product and the customer's "
        "language.",
    )

    @api.depends("cause_id.skill_ids", "product_id.categ_id", "contact_id.lang")
    def _compute_skill_ids(self) -> None:
        # Access: shared definitions; a case of a portal customer is routed like any other.
        skills = self.env["crm.case.skill"].sudo().search(Domain.TRUE)
        for case in self:
            needed = case.cause_id.sudo().skill_ids & skills
            branch = {
                int(part)
                for part in (case.product_id.categ_id.parent_path or "").split("/")
                if part
            }
            needed |= skills.filtered(lambda skill, ids=branch: ids & set(skill.categ_ids.ids))
            speaks = case.contact_id.lang
            needed |= skills.filtered(
                lambda skill, lang=speaks: lang and lang in skill.lang_ids.mapped("code")
            )
            case.skill_ids = needed.ids

    def write(self, vals: dict) -> bool:
        """Write cases; whoever is chosen by hand is noted as such."""
        if "user_id" in vals and not self.env.su:
            changed = self.filtered(lambda case: case.user_id.id != vals["user_id"])
            result = super().write(vals)
            # Access: two kept fields that follow from the choice of the person.
            changed.sudo()._note_hand()
            return result
        return super().write(vals)

    def _note_hand(self) -> None:
        for case in self:
            case.write(
                {
                    "assigned_at": fields.Datetime.now() if case.user_id else False,
                    "routing_note": self.env._("Chosen by hand") if case.user_id else False,
                }
            )

    def action_route(self) -> None:
        """Let the queue choose anew; whoever has the case now is left out."""
        self.check_access("write")
        # Access: checked above; who has skill and time is looked up among all people of a queue.
        self.sudo()._route(leave_out=True)

    @api.private
    def _route(self, leave_out: bool = False) -> None:
        """Give each case to somebody of its queue, else to the fallback, else to nobody."""
        for reported in self:
            # Why this person: read by the house, so not in the language of whoever reported it.
            spoken = reported.company_id.partner_id.lang or self.env.lang
            case = reported.with_context(lang=spoken)
            queue = case.queue_id or self.env["crm.case.queue"]._for(case.company_id, case.cause_id)
            user, note = case._find_taker(queue, case.user_id if leave_out else None)
            case.write(
                {
                    "queue_id": queue.id,
                    "user_id": user.id,
                    "assigned_at": fields.Datetime.now() if user else False,
                    "routing_note": note,
                }
            )

    def _find_taker(
        self, queue: models.BaseModel, without: models.BaseModel | None
    ) -> tuple[models.BaseModel, str]:
        """Who takes the case, and why in words."""
        self.ensure_one()
        Users = self.env["res.users"]
        if not queue:
            return Users, self.env._("The company has no queue of cases. Create one.")
        people = [
            person for person in queue._people() if not without or person.user_id != without.id
        ]
        choice = routing.choose(frozenset(self.skill_ids.ids), people)
        names = ", ".join(self.skill_ids.mapped("name"))
        if choice.user_id:
            words = {
                routing.SKILLED: self.env._(
                    "Knows %(skills)s and has the least to do", skills=names
                ),
                routing.UNSKILLED: self.env._("Has the least to do in the queue"),
            }
            return Users.browse(choice.user_id), words[choice.why]
        fallback = queue._fallback()
        if not fallback:
            return Users, self.env._(
                "Nobody of “%(queue)s” has skill and time, and it falls to nobody. "
                "Name somebody in the queue.",
                queue=queue.name,
            )
        if names:
            return fallback, self.env._(
                "Falls to the last resort: nobody who knows %(skills)s has time", skills=names
            )
        return fallback, self.env._("Falls to the last resort: nobody in the queue has time")
