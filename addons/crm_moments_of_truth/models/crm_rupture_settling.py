from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import rupture


class CrmRuptureSettling(models.AbstractModel):
    """What people do about ruptures: open the document, settle, waive, speak for the customer."""

    _name = "crm.rupture.settling"
    _description = "Settling of Ruptures"

    # actions
    def action_open_document(self) -> dict:
        """Open the document that shows the rupture, the first of them."""
        self.ensure_one()
        self.check_access("read")
        documents = self.sudo()._documents()  # sudo: its rights are checked when it opens.
        if not documents:
            raise UserError(
                self.env._(
                    "The document behind “%(name)s” no longer exists. Open the pass to see what "
                    "still counts.",
                    name=self.display_name,
                )
            )
        model, res_id, _label = documents[0]
        self.env[model].browse(res_id).check_access("read")
        return self._form(model, res_id)

    def action_open_pass(self) -> dict:
        """Open the pass that breaks."""
        self.ensure_one()
        return self._form("crm.relationship", self.relationship_id.id)

    def action_waive(self) -> dict:
        """Ask for the reason, then waive."""
        self.check_access("write")
        self._check_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waive"),
            "res_model": "crm.rupture.waive",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rupture_ids": [fields.Command.set(self.ids)]},
        }

    def action_reassign(self) -> dict:
        """Ask who takes the passes over, in one step."""
        self.check_access("read")
        return self.relationship_id.action_reassign()

    def action_resolve(self) -> bool:
        """Close what people settle; what facts settle is judged again and closes if it may.

        :raise UserError: while the repairing fact has not arrived
        """
        self.check_access("write")
        self._check_open()
        judged = self.filtered("is_judged")
        if judged:
            self._judge(judged.relationship_id)
            standing = judged.filtered(lambda item: item.state == rupture.OPEN)
            if standing:
                raise UserError(
                    self.env._(
                        "“%(name)s” is not repaired yet: %(why)s It closes by itself as soon as "
                        "the missing fact arrives. If nobody will repair it, waive it with a "
                        "reason.",
                        name=standing[0].display_name,
                        why=standing[0].why_text,
                    )
                )
        # Access: the person may write the ruptures; the engine's fields are set by this button.
        rest = (self - judged).sudo()
        rest._close(self.env._("Settled by %(name)s", name=self.env.user.name))
        return True

    def action_reopen(self) -> bool:
        """Open again what was waived or closed.

        :raise UserError: where facts and documents show that all is well
        """
        self.check_access("write")
        # Access: the person may write the ruptures; the engine's fields are set by this button.
        settled = self.filtered(lambda item: item.state != rupture.OPEN).sudo()
        settled._reopen()
        judged = settled.filtered("is_judged")
        self._judge(judged.relationship_id)
        well = judged.filtered(lambda item: item.state != rupture.OPEN)[:1]
        if well:
            raise UserError(
                self.env._(
                    "“%(name)s” cannot be reopened: nothing breaks there now. It opens by itself "
                    "when it breaks again.",
                    name=well.display_name,
                )
            )
        settled._announce()
        return True

    def action_advocate(self) -> bool:
        """Say that one speaks for the customer in the company until this is repaired."""
        self.write({"advocate_id": self.env.uid})
        return True

    def action_improve(self) -> dict:
        """Open the round of improvement that this rupture gives reason to, or the running one."""
        self.ensure_one()
        cycle = self.env["crm.pdca.cycle"]._open_from(self)
        return self._form("crm.pdca.cycle", cycle.id)

    @api.private
    def _waive(self, reason: str) -> None:
        """Waive open ruptures with a reason, as the person may who asks."""
        self.check_access("write")
        self._check_open()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(
                self.env._("Write down why nobody repairs it: who decided, and for what reason.")
            )
        now = fields.Datetime.now()
        # Access: the person may write the ruptures; the engine's fields are set by this button.
        known = self.sudo()
        for item in known:
            item.write(
                {
                    "state": rupture.WAIVED,
                    "closed_at": now,
                    "hours": (item.hours or 0) + item._hours_since(now),
                    "waive_reason": reason,
                }
            )
            item.message_post(body=self.env._("Waived: %(reason)s", reason=reason))
        known.activity_unlink(["crm_moments_of_truth.crm_rupture_activity_type"])

    @api.private
    def _join(self, standing: models.BaseModel) -> None:
        """Let the rupture that stands already speak for this one, which is waived for it.

        :param standing: the open rupture of the same moment and cause, or none
        """
        if not standing:
            return
        if self.words and self.words not in (standing.words or ""):
            standing.words = "\n".join(filter(None, (standing.words, self.words)))
        standing.figures = self._joined_figures(standing)
        links = standing.links or []
        standing.links = links + [link for link in self.links or [] if link not in links]
        self._waive(
            self.env._(
                "The passes became one; it goes on in “%(name)s”.", name=standing.display_name
            )
        )

    def _joined_figures(self, standing: models.BaseModel) -> dict | bool:
        """What is bad in both, the lowest score first; without figures of both the words speak."""
        both = [standing.figures, self.figures]
        if not all(both):
            return False
        gaps: list = []
        for figures in both:
            gaps += [gap for gap in figures.get("gaps", ()) if gap not in gaps]
        scores = [figures["score"] for figures in both if "score" in figures]
        return {"gaps": gaps} | ({"score": min(scores)} if scores else {})

    def _check_open(self) -> None:
        settled = self.filtered(lambda item: item.state != rupture.OPEN)[:1]
        if settled:
            raise UserError(
                self.env._(
                    "“%(name)s” is settled already. Reopen it first if it is still so.",
                    name=settled.display_name,
                )
            )

    def _form(self, model: str, res_id: int) -> dict:
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "views": [(False, "form")],
        }
