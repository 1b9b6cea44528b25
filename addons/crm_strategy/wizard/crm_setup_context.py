from __future__ import annotations

from odoo import api, fields, models

from .crm_setup import SetupPage


class CrmSetup(models.TransientModel):
    """The page that offers a sample configuration for the kind of business."""

    _inherit = "crm.setup"

    sample_set_id = fields.Many2one(
        "crm.sample.set",
        string="Kind of business",
        ondelete="set null",
        help="Brings segments, weights, channels, needs and targets to begin with. Everything can "
        "be changed, and taken away again.",
    )
    sample_description = fields.Text(related="sample_set_id.description", string="Whom it fits")
    sample_item_ids = fields.Many2many(
        "crm.sample.item", string="What it brings", compute="_compute_sample"
    )
    sample_effect = fields.Text(string="What the sample does", compute="_compute_sample")
    is_sample_loaded = fields.Boolean(string="Loaded here", compute="_compute_sample")

    @api.model
    def _setup_pages(self) -> list[SetupPage]:
        return [
            *super()._setup_pages(),
            SetupPage(
                "context",
                25,
                self.env._("Sample"),
                self.env._(
                    "Which business is yours like? A sample saves the blank page; skip it when "
                    "you know what you want."
                ),
            ),
        ]

    @api.depends("sample_set_id", "page", "outcome")
    def _compute_sample(self) -> None:
        self.sample_item_ids = self.sample_effect = self.is_sample_loaded = False
        for setup in self.filtered(lambda setup: setup.page == "context"):
            if not setup.sample_set_id:
                setup.sample_effect = self.env._("Nothing: no kind of business is chosen.")
                continue
            sample = setup.sample_set_id.with_company(setup.company_id)
            setup.sample_item_ids = sample.item_ids
            setup.is_sample_loaded = sample.is_loaded
            states = list(sample._item_states(setup.company_id).values())
            setup.sample_effect = self.env._(
                "%(new)s parts will be added, %(kept)s are there already and stay as they are. "
                "Segments come without a rule and without customers; channels are shared by all "
                "companies.",
                new=states.count("new"),
                kept=len(states) - states.count("new") - states.count("impossible"),
            )

    def _apply_context(self) -> list[str]:
        if not self.sample_set_id:
            return []
        return self.sample_set_id.with_company(self.company_id)._load(self.company_id)

    def action_remove_sample(self) -> None:
        """Take the chosen sample away again, as far as nobody changed or used it."""
        self.ensure_one()
        self.check_access("write")
        self._check_allowed()
        sample = self.sample_set_id.with_company(self.company_id)
        self.outcome = "\n".join(sample._remove(self.company_id))
