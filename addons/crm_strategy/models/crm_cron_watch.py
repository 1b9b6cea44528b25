from __future__ import annotations

from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain

FAILURES = 3


class CrmCronWatch(models.AbstractModel):
    """Tells an administrator when scheduled actions of the suite no longer do their work.

    Odoo switches a scheduled action off after it failed for a week, and then nothing renews the
    figures any more.
    """

    _name = "crm.cron.watch"
    _description = "Watch over Scheduled Actions"

    @api.model
    @api.private
    def _check(self) -> int:
        """Raise an activity for each scheduled action that is off or fails; returns how many.

        One open activity per action, however often this runs; it is taken away once the action
        does its work again.
        """
        administrator = self._administrator()
        words = self.with_context(lang=administrator.lang)
        crons = self._crons()
        troubles = {cron: trouble for cron in crons if (trouble := words._trouble_of(cron))}
        activities = {cron: self._activities_of(cron) for cron in crons}
        # Access: scheduled work may run as anybody; the administrator gets a note of his own.
        Activity = self.env["mail.activity"].sudo()
        Activity.union(*(activities[cron] for cron in crons if cron not in troubles)).unlink()
        Activity.create(
            [
                words._prepare_activity_vals(administrator, cron, trouble)
                for cron, trouble in troubles.items()
                if administrator and not activities[cron]
            ]
        )
        return len(troubles)

    @api.model
    def _crons(self) -> models.BaseModel:
        """Scheduled actions of the suite, the switched-off ones and copied lanes included."""
        # Access: which scheduled actions exist is asked by scheduled work alone.
        own = self.env["ir.model.data"].sudo()
        modules = self.env["crm.merge.link"]._suite_modules()
        ids = own.search([("model", "=", "ir.cron"), ("module", "in", modules)])
        lanes = Domain("model_id.model", "=", "crm.change")
        # Access: as above.
        crons = self.env["ir.cron"].sudo().with_context(active_test=False)
        return crons.search(Domain("id", "in", ids.mapped("res_id")) | lanes)

    @api.model
    def _trouble_of(self, cron: models.BaseModel) -> str | None:
        """What is wrong and what to do, in words; nothing when the action does its work."""
        if not cron.active:
            return self.env._(
                "The scheduled action “%(name)s” is switched off, so figures are no longer "
                "renewed by themselves. Open Settings > Technical > Scheduled Actions, run it "
                "once by hand to see whether it fails, and switch it on again.",
                name=cron.name,
            )
        if cron.failure_count >= FAILURES:
            return self.env._(
                "The scheduled action “%(name)s” failed %(count)s times in a row since "
                "%(since)s. Read the reason in the server log. After a week Odoo switches it off.",
                name=cron.name,
                count=cron.failure_count,
                since=cron.first_failure_date,
            )
        return None

    # notes
    @api.model
    def _administrator(self) -> models.BaseModel:
        """Who is told: Odoo's own administrator, else the first user who may mend it."""
        system = self.env.ref("base.group_system").sudo().all_user_ids
        users = system.filtered(lambda user: user.active and not user.share).sorted("id")
        first = self.env.ref("base.user_admin", raise_if_not_found=False)
        return first if first in users else users[:1]

    @api.model
    def _activities_of(self, cron: models.BaseModel) -> models.BaseModel:
        """Open notes about a scheduled action, known by the link to it."""
        # Access: the note may be another administrator's.
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", False),
                    ("note", "like", f'data-oe-model="ir.cron" data-oe-id="{cron.id}"'),
                ]
            )
        )

    @api.model
    def _prepare_activity_vals(
        self, administrator: models.BaseModel, cron: models.BaseModel, trouble: str
    ) -> dict:
        return {
            "user_id": administrator.id,
            "activity_type_id": self.env.ref("mail.mail_activity_data_warning").id,
            "summary": self.env._("Does not run: %(name)s", name=cron.name),
            "note": Markup(
                '<p>%s</p><p><a href="#" data-oe-model="ir.cron" data-oe-id="%s">%s</a></p>'
            )
            % (trouble, cron.id, cron.name),
        }
