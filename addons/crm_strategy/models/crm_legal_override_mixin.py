from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .crm_legal_mixin import ROLES

# Who decided, and when, is noted by the suite and never typed.
SIGNED = ("crm_legal_override_user_id", "crm_legal_override_at")


class CrmLegalOverrideMixin(models.AbstractModel):
    """Refuses a document with uncovered legal needs where the company asks for it.

    The addon that owns the document inherits this and calls ``_crm_check_legal_needs()`` when the
    document is confirmed. The company's setting is off at installation: then nothing is refused.
    A person of the company's override group may give a reason, which stays on the document.
    """

    _name = "crm.legal.override.mixin"
    _description = "Refusal for Uncovered Legal Needs"
    _inherit = "crm.legal.mixin"

    crm_legal_override_reason = fields.Text(
        string="Reason to go on",
        copy=False,
        groups=ROLES,
        help="Why the document is confirmed although a legal need is not covered.",
    )
    crm_legal_override_user_id = fields.Many2one(
        "res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups=ROLES,
        help="Who decided to go on.",
    )
    crm_legal_override_at = fields.Datetime(
        string="Decided on",
        readonly=True,
        copy=False,
        groups=ROLES,
        help="When it was decided to go on.",
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create documents; nobody decided about a new one."""
        if self.env.su:
            return super().create(vals_list)
        forged = {f"default_{name}" for name in SIGNED}
        context = {name: value for name, value in self.env.context.items() if name not in forged}
        bare = self.with_env(self.env(context=context))
        records = super(CrmLegalOverrideMixin, bare).create(
            [
                {name: value for name, value in vals.items() if name not in SIGNED}
                for vals in vals_list
            ]
        )
        return records.with_env(self.env)

    def write(self, vals: dict) -> bool:
        """Write documents; who decided, and when, is not typed."""
        if not self.env.su and any(name in vals for name in SIGNED):
            raise AccessError(
                self.env._(
                    "Who decided to go on, and when, is noted when the document is confirmed. "
                    "Leave these fields out."
                )
            )
        return super().write(vals)

    def _crm_check_legal_needs(self) -> None:
        """Refuse the documents that must not be confirmed; note who decided otherwise.

        :raise UserError: names the document, the needs and the remedy.
        """
        for document, needs in self._crm_legal_needs().items():
            company = document._crm_legal_company()
            if not needs or not company.crm_refuse_uncovered_legal:
                continue
            group = company.crm_legal_override_group_id
            if not group or group not in self.env.user.all_group_ids:
                raise UserError(document._crm_legal_refusal(needs, group))
            # Access: the group of the company decides, whatever else its people see of CRM.
            known = document.sudo()
            if not (known.crm_legal_override_reason or "").strip():
                raise UserError(
                    self.env._(
                        "“%(document)s” has legal needs that no commitment covers: %(needs)s. "
                        "You may go on: write the reason into “Reason to go on” first.",
                        document=document.display_name,
                        needs=", ".join(needs.mapped("display_name")),
                    )
                )
            known.write(
                {
                    "crm_legal_override_user_id": self.env.uid,
                    "crm_legal_override_at": fields.Datetime.now(),
                }
            )

    def _crm_legal_refusal(self, needs: models.BaseModel, group: models.BaseModel) -> str:
        return self.env._(
            "“%(document)s” cannot be confirmed: legal needs of the customer are not covered by a "
            "commitment: %(needs)s. Complete their specifications and commitments, or ask somebody "
            "of “%(group)s” to decide.",
            document=self.display_name,
            needs=", ".join(needs.mapped("display_name")),
            group=group.display_name or self.env._("nobody, see the settings"),
        )
