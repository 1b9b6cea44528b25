from __future__ import annotations

from odoo import api, fields, models

KINDS = [
    ("segment", "Segment with its team"),
    ("weight", "Weight of a criterion"),
    ("channel", "Channel"),
    ("need", "Need"),
    ("target", "Target of a charter rule"),
]


class CrmSampleItem(models.Model):
    """One thing that a sample configuration brings."""

    _name = "crm.sample.item"
    _description = "Part of a Sample Configuration"
    _inherit = ["crm.audited.mixin"]
    _order = "set_id, sequence, id"
    _audit_parent = "set_id"

    set_id = fields.Many2one(
        "crm.sample.set", string="Sample", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10, help="Order of loading.")
    kind = fields.Selection(KINDS, string="What", required=True, help="What becomes of it.")
    name = fields.Char(translate=True, help="Its name once it is loaded.")
    description = fields.Text(translate=True, help="What stands beside the name.")
    key = fields.Char(
        string="Refers to",
        help="Segment: its short name here. Weight: the criterion. Channel: its code. Need: its "
        "class. Target: the rule.",
    )
    segment_key = fields.Char(
        string="For the segment", help="Needs and targets: short name of the segment here."
    )
    amount = fields.Float(
        string="Figure", digits=(6, 2), aggregator=None, help="Weight, or target (1 = 100 %)."
    )
    title = fields.Char(string="Brings", compute="_compute_title", help="What it is called.")
    state_here = fields.Selection(
        [
            ("new", "Will be added"),
            ("known", "Is there already, stays as it is"),
            ("loaded", "Loaded, untouched"),
            ("changed", "Loaded, changed since"),
            ("used", "Loaded, in use"),
            ("impossible", "Cannot be loaded"),
        ],
        string="In this company",
        compute="_compute_state_here",
        help="What loading or removing would do with it in the active company.",
    )

    @api.depends("name", "kind", "key", "amount")
    def _compute_title(self) -> None:
        for item in self:
            if item.kind == "weight":
                criterion = item._sample_criterion()
                item.title = f"{criterion.name or item.key}: {item.amount:g}"
            elif item.kind == "target":
                rule = item._sample_rule()
                item.title = f"{(rule and rule.name) or item.key}: {round(item.amount * 100)} %"
            else:
                item.title = item.name or item.key

    @api.depends_context("company")
    @api.depends("set_id.record_ids")
    def _compute_state_here(self) -> None:
        company = self.env.company
        for sample in self.set_id:
            states = sample._item_states(company)
            for item in self.filtered(lambda item, sample=sample: item.set_id == sample):
                item.state_here = states.get(item._origin.id, "new")

    def _sample_criterion(self) -> models.BaseModel:
        """The criterion whose weight the item sets."""
        name = f"crm_strategy.crm_segment_criterion_{self.key}"
        empty = self.env["crm.segment.criterion"]
        return self.env.ref(name, raise_if_not_found=False) or empty

    def _sample_rule(self) -> models.BaseModel | None:
        """The charter rule whose target the item sets; None where there are no charters."""
        if "crm.charter.rule" not in self.env:
            return None
        return self.env["crm.charter.rule"].search([("code", "=", self.key)], limit=1)
