from __future__ import annotations

from odoo import fields, models
from odoo.exceptions import UserError


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
        help="Why the document is confirmed although a legal need is not covered.",
    )
    crm_legal_override_user_id = fields.Many2one(
        "res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who decided to go on.",
    )
    crm_legal_override_at = fields.Datetime(
        string="Decided on", readonly=True, copy=False, help="When it was decided to go on."
    )

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
            if not (document.crm_legal_override_reason or "").strip():
                raise UserError(
                    self.env._(
                        "“%(document)s” has legal needs that no commitment covers: %(needs)s. "
                        "You may go on: write the reason into “Reason to go on” first.",
                        document=document.display_name,
                        needs=", ".join(needs.mapped("display_name")),
                    )
                )
            document.write(
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
