from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

ROLE = "crm_strategy.crm_strategy_group_user"
# What is still to be done beside a pass, by its model.
TO_DO = {
    "crm.promise": Domain("state", "in", ("made", "enabled")),
    "crm.pdca.cycle": Domain("state", "in", ("p", "d", "c", "a")),
    "crm.obligation": Domain("state", "=", "open"),
    # A case that follows a record of another application is given to somebody there.
    "crm.case": Domain("is_open", "=", True) & Domain("source_id", "=", False),
}


class CrmRelationshipReassign(models.TransientModel):
    """Gives passes, their documents and their ruptures to somebody else in one step.

    For what nobody answers for any more: who left cannot hand over. What somebody active owns is
    offered by a hand-off instead, which the receiver accepts.
    """

    _name = "crm.relationship.reassign"
    _description = "Passes to Somebody Else"

    relationship_ids = fields.Many2many(
        "crm.relationship",
        "crm_relationship_reassign_pass_rel",
        string="Passes",
        required=True,
        help="The passes that get a new owner.",
    )
    receiver_company_id = fields.Many2one(
        "res.company", string="Company", compute="_compute_receiver_company_id"
    )
    user_id = fields.Many2one(
        "res.users",
        string="New owner",
        required=True,
        domain="[('share', '=', False), ('company_ids', 'in', receiver_company_id)]",
        help="Who answers for these customers from now on.",
    )
    with_customer = fields.Boolean(
        string="The customers too",
        default=True,
        help="Ticked: customers whose owner left, or who have none, get the new owner too.",
    )
    orphan_count = fields.Integer(
        string="Without owner",
        compute="_compute_orphan_count",
        help="How many of the passes nobody active answers for.",
    )

    @api.depends("relationship_ids")
    def _compute_receiver_company_id(self) -> None:
        for wizard in self:
            wizard.receiver_company_id = wizard.relationship_ids.company_id[:1]

    @api.depends("relationship_ids")
    def _compute_orphan_count(self) -> None:
        for wizard in self:
            wizard.orphan_count = len(
                wizard.relationship_ids.filtered(lambda item: not item.user_id.active)
            )

    def action_confirm(self) -> None:
        """Write the new owner on documents, customers, passes and what is still to be done.

        Ownerless ruptures close.


        :raise AccessError: for somebody who does not lead a team
        """
        self.ensure_one()
        passes = self.relationship_ids
        passes.check_access("read")
        if not self.env.user.has_group("crm_strategy.crm_strategy_group_leader"):
            raise AccessError(
                self.env._("Only leaders of a team give passes away. Ask the leader of your team.")
            )
        self._check_receiver(passes.company_id)
        # Access: a leader who sees the passes; only the owner of their documents is written.
        known = passes.sudo()
        for record, field in (
            (known.lead_id, "user_id"),
            (known.order_id | self._orders(known), "user_id"),
            (known.invoice_id, "invoice_user_id"),
        ):
            record.write({field: self.user_id.id})
        handed = known.customer_id.browse()
        if self.with_customer:
            handed = known.customer_id.filtered(lambda customer: not customer.user_id.active)
            handed.write({"user_id": self.user_id.id})
        known.write({"user_id": self.user_id.id})
        known.open_rupture_ids.write({"user_id": self.user_id.id})
        for name, to_do in TO_DO.items():
            self._nobodys(known, handed, name, to_do).write({"user_id": self.user_id.id})
        self.env["crm.rupture"]._judge(known)

    @api.model
    def _orders(self, passes: models.BaseModel) -> models.BaseModel:
        """Orders of the opportunities of passes."""
        # Access: see above; orders of the passes that the leader sees.
        return (
            self.env["sale.order"]
            .sudo()
            .search(
                Domain("opportunity_id", "in", passes.lead_id.ids) & Domain("state", "!=", "cancel")
            )
        )

    @api.model
    def _nobodys(
        self, passes: models.BaseModel, customers: models.BaseModel, name: str, to_do: Domain
    ) -> models.BaseModel:
        """What nobody active has to do beside passes, and for customers beside none."""
        nobody = Domain("user_id", "=", False) | Domain("user_id.active", "=", False)
        # Access: see above; what a colleague still does stays with the colleague.
        notes = self.env[name].sudo()
        beside = Domain("relationship_id", "in", passes.ids) | (
            Domain("relationship_id", "=", False) & Domain("customer_id", "in", customers.ids)
        )
        return notes.search(beside & to_do & nobody)

    def _check_receiver(self, companies: models.BaseModel) -> None:
        # Access: whether the receiver works there and has a role; only the answer is used.
        receiver = self.user_id.sudo()
        if not receiver.active or companies - receiver.company_ids:
            raise UserError(
                self.env._(
                    "%(name)s does not work in all companies of these passes. Choose somebody "
                    "who does.",
                    name=receiver.name,
                )
            )
        if not receiver.has_group(ROLE):
            raise UserError(
                self.env._(
                    "%(name)s has no role in the customer strategy and would not see the passes. "
                    "Choose somebody else, or ask your administrator to give the role.",
                    name=receiver.name,
                )
            )
