from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

MANUAL, FIELD, ACTIVITY = "manual", "field", "activity"
# The samples of the first installation, by the stage of Odoo that they belong to.
KNOWN = {
    "crm.stage_lead1": ("crm_stage_criterion_contact", "crm_stage_criterion_need"),
    "crm.stage_lead2": ("crm_stage_criterion_decider", "crm_stage_criterion_met"),
    "crm.stage_lead3": (
        "crm_stage_criterion_specified",
        "crm_stage_criterion_objections",
        "crm_stage_criterion_date",
    ),
}


class CrmStageCriterion(models.Model):
    """What must be true before an opportunity leaves a sales stage (S002-2.2.2).

    Leaving without it is shown and never refused: the stages are a common language, not a gate.
    """

    _name = "crm.stage.criterion"
    _description = "Exit Criterion of a Stage"
    _inherit = "crm.audited.mixin"
    _order = "stage_id, sequence, id"

    name = fields.Char(
        required=True, translate=True, help="What is true when the stage is done, as a sentence."
    )
    stage_id = fields.Many2one(
        "crm.stage",
        string="Stage",
        index=True,
        ondelete="cascade",
        help="The stage that asks for it. Empty: no stage asks for it yet.",
    )
    sequence = fields.Integer(default=10, help="Order within the stage.")
    active = fields.Boolean(default=True, help="Untick to ask for it no longer.")
    kind = fields.Selection(
        [
            (MANUAL, "Somebody writes down the evidence"),
            (FIELD, "A field is filled in"),
            (ACTIVITY, "An activity was done"),
        ],
        string="Proven when",
        required=True,
        default=MANUAL,
        help="Fields and activities prove themselves; everything else is written down by a person.",
    )
    field_id = fields.Many2one(
        "ir.model.fields",
        string="Field",
        ondelete="cascade",
        domain="[('model', '=', 'crm.lead'), ('store', '=', True)]",
        help="The field of the opportunity that must not be empty.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Activity",
        ondelete="cascade",
        help="The kind of activity that must have been done on the opportunity.",
    )
    description = fields.Text(
        string="How to get there", translate=True, help="A hint for whoever is not there yet."
    )
    exit_ids = fields.One2many("crm.stage.exit", "criterion_id", string="Left without it")
    exit_count = fields.Integer(
        string="Times left without it",
        compute="_compute_exit_count",
        help="How many opportunities left the stage without it.",
    )

    _kind_check = models.Constraint(
        "CHECK ((kind <> 'field' OR field_id IS NOT NULL)"
        " AND (kind <> 'activity' OR activity_type_id IS NOT NULL))",
        "Choose the field that must be filled in, or the activity that must have been done.",
    )

    @api.depends("exit_ids")
    def _compute_exit_count(self) -> None:
        counts = dict(
            self.env["crm.stage.exit"]._read_group(
                [("criterion_id", "in", self.ids)], ["criterion_id"], ["__count"]
            )
        )
        for criterion in self:
            criterion.exit_count = counts.get(criterion, 0)

    # proof
    @api.model
    @api.private
    def _proofs(self, leads: models.BaseModel) -> set[tuple[str, int, int]]:
        """(kind, lead, criterion or activity type) of what was written down or done."""
        if not leads.ids:
            return set()
        self.env.flush_all()
        return set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT 'manual', lead_id, criterion_id FROM crm_stage_evidence
                     WHERE lead_id = ANY(%(leads)s)
                 UNION
                    SELECT 'activity', res_id, mail_activity_type_id FROM mail_message
                     WHERE model = 'crm.lead' AND res_id = ANY(%(leads)s)
                       AND mail_activity_type_id IS NOT NULL
                    """,
                    leads=leads.ids,
                )
            )
        )

    def _is_met(self, lead: models.BaseModel, proofs: set[tuple[str, int, int]]) -> bool:
        """Whether the criterion is proven for the lead; evidence proves any kind."""
        self.ensure_one()
        if (MANUAL, lead.id, self.id) in proofs:
            return True
        if self.kind == FIELD:
            # Access: whether a field is filled in, whatever the reader may see of it.
            name = self.field_id.sudo().name
            return bool(lead.sudo()[name]) if name in lead._fields else True
        if self.kind == ACTIVITY:
            return (ACTIVITY, lead.id, self.activity_type_id.id) in proofs
        return False

    def action_open_exits(self) -> dict:
        """Open the opportunities that left the stage without it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_stage_exit_action")
        return {**action, "domain": [("criterion_id", "=", self.id)], "context": {}}

    # installation
    @api.model
    @api.private
    def _place_known(self) -> None:
        """Put the samples on Odoo's own stages, where these still exist."""
        for stage_name, names in KNOWN.items():
            stage = self.env.ref(stage_name, raise_if_not_found=False)
            for name in names if stage else ():
                criterion = self.env.ref(f"crm_strategy.{name}", raise_if_not_found=False)
                if criterion and not criterion.stage_id:
                    criterion.stage_id = stage
        met = self.env.ref("crm_strategy.crm_stage_criterion_met", raise_if_not_found=False)
        meeting = self.env.ref("mail.mail_activity_data_meeting", raise_if_not_found=False)
        if met and meeting and met.kind == MANUAL:
            met.write({"kind": ACTIVITY, "activity_type_id": meeting.id})
