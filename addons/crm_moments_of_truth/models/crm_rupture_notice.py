from __future__ import annotations

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_amount

from ..core import rupture

ACTIVITY = "crm_moments_of_truth.crm_rupture_activity_type"
BUS_TYPE = "crm_moments_rupture"
IN_DIGEST = 10


class CrmRuptureNotice(models.AbstractModel):
    """Tells people of ruptures: at once up to the company's cap, the rest in one digest a day.

    What is found in history is told to nobody.
    """

    _name = "crm.rupture.notice"
    _description = "Notices of Ruptures"

    is_announced = fields.Boolean(
        string="Told",
        readonly=True,
        copy=False,
        help="Ticked when the responsible person was told. The others come in one digest.",
    )
    digested_on = fields.Date(
        string="In the digest of",
        readonly=True,
        copy=False,
        help="The day on which it was in the one message with all that goes beyond the cap.",
    )

    def _announce(self) -> None:
        """Tell the responsible people, the largest amount first, up to their cap."""
        silent = self.env["crm.rupture.rule"].search([("is_told", "=", False)]).mapped("cause")
        news = self.filtered(
            lambda item: (
                item.user_id.active
                and item.state == rupture.OPEN
                and not item.is_backlog
                and not item.is_announced
                and item.cause not in silent
            )
        )
        if self.env.context.get("crm_history") or not news:
            return
        told = self._told_counts(news.user_id)
        for (company, user), items in news.grouped(
            lambda item: (item.company_id, item.user_id)
        ).items():
            free = max(company.crm_rupture_cap - told.get((company, user), 0), 0)
            items.sorted(lambda item: (-item.amount, item.id))[:free]._tell(user)

    @api.model
    def _told_counts(self, users: models.BaseModel) -> dict[tuple, int]:
        """(company, owner) -> open ruptures of which the owner was told."""
        groups = self._read_group(
            [
                ("user_id", "in", users.ids),
                ("state", "=", rupture.OPEN),
                ("is_announced", "=", True),
            ],
            ["company_id", "user_id"],
            ["__count"],
        )
        return {(company, user): count for company, user, count in groups}

    def _tell(self, user: models.BaseModel) -> None:
        """One activity each, and one message on the screen of the person."""
        if not self:
            return
        self.write({"is_announced": True})
        spoken = self.with_context(lang=user.lang, mail_activity_quick_update=True)
        for item in spoken:
            item.activity_schedule(
                ACTIVITY, summary=item.display_name, note=item.why, user_id=user.id
            )
        first = spoken[0]
        message = first.why_text
        if len(spoken) > 1:
            message = self.with_context(lang=user.lang).env._(
                "%(count)s relationships break, first of all: %(why)s",
                count=len(spoken),
                why=message,
            )
        user._bus_send(
            BUS_TYPE,
            {
                "title": f"{first.partner_id.name or ''}: {first.display_name}",
                "message": message,
                "ids": self.ids,
            },
        )

    # digest
    @api.model
    def _send_digests(self) -> int:
        """What goes beyond the cap: free places are filled first, the rest comes in one message.

        Each rupture is in one digest only; message and mark are one transaction.
        """
        me = self.sudo()  # sudo: each owner is told what is the owner's own.
        waiting = me.search(
            [
                ("state", "=", rupture.OPEN),
                ("is_announced", "=", False),
                ("is_backlog", "=", False),
                ("user_id.active", "=", True),
            ]
        )
        waiting._announce()
        rest = waiting.filtered(lambda item: not item.is_announced and not item.digested_on)
        if not rest:
            return 0
        # Two servers at once: whoever marks first sends.
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_rupture WHERE id = ANY(%s) AND digested_on IS NULL "
                "ORDER BY id FOR UPDATE SKIP LOCKED",
                rest.ids,
            )
        )
        rest = me.browse(row[0] for row in self.env.cr.fetchall())
        for (company, user), items in rest.grouped(
            lambda item: (item.company_id, item.user_id)
        ).items():
            items._send_digest(company, user)
        rest.write({"digested_on": fields.Date.context_today(self)})
        return len(rest)

    def _send_digest(self, company: models.BaseModel, user: models.BaseModel) -> None:
        items = self.with_context(lang=user.lang).sorted(lambda item: (-item.amount, item.id))
        env = items.env
        stakes = [
            (item.relationship_id, item.amount, item.relationship_id.amount) for item in items
        ]
        total = format_amount(env, rupture.at_stake(stakes), company.currency_id)
        lines = Markup().join(
            Markup('<li><a href="/odoo/crm-ruptures/%s">%s</a>: %s</li>')
            % (
                item.id,
                f"{item.partner_id.name or ''} · {item.display_name}",
                item.why_text or "",
            )
            for item in items[:IN_DIGEST]
        )
        head = env._(
            "%(count)s more ruptures wait for you in %(company)s; %(amount)s is at stake.",
            count=len(items),
            company=company.name,
            amount=total,
        )
        foot = Markup('<a href="/odoo/crm-ruptures">%s</a>') % env._("Open all ruptures")
        env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=env._("%(count)s more ruptures", count=len(items)),
            body=Markup("<p>%s</p><ul>%s</ul><p>%s</p>") % (head, lines, foot),
            model=False,
            res_id=False,
        )
