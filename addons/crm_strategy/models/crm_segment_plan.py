from __future__ import annotations

from odoo import api, fields, models

from ..core.plan import Filled, filled

SCORES = [
    ("1", "1 · hardly felt"),
    ("2", "2 · some"),
    ("3", "3 · clear"),
    ("4", "4 · strong"),
    ("5", "5 · unmatched"),
]


class CrmSegmentPlan(models.Model):
    """How we serve one segment: business model canvas, positioning, mix (S000-9.8-04, S001-3-d)."""

    _name = "crm.segment.plan"
    _description = "Plan of a Segment"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.kept.mixin",
        "crm.audited.mixin",
        "crm.type.mixin",
        "crm.segment.plan.figures",
    ]
    _order = "company_id, segment_id, id"
    _rec_name = "segment_id"
    _check_company_auto = True

    # identity
    segment_id = fields.Many2one(
        "crm.segment",
        required=True,
        index=True,
        ondelete="cascade",
        help="The segment that the plan is for. A segment has one plan.",
    )
    company_id = fields.Many2one(
        related="segment_id.company_id", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        index="btree_not_null",
        ondelete="set null",
        default=lambda self: self.env.user,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="The person who keeps the plan true.",
    )
    review_date = fields.Date(
        string="Next review", tracking=True, help="The day on which the plan is looked at again."
    )
    # canvas
    canvas_partners = fields.Text(
        string="Key partners",
        help="Who helps us to serve these customers: suppliers, installers, carriers, banks.",
    )
    canvas_activities = fields.Text(
        string="Key activities", help="What we must do well for these customers, every time."
    )
    canvas_resources = fields.Text(
        string="Key resources", help="What we need for it: people, stock, knowledge, systems."
    )
    canvas_value = fields.Text(
        string="Value proposition",
        help="What these customers get from us that makes them choose us. The promises tied to "
        "products and needs stand on the page “Value proposition”.",
    )
    canvas_relationships = fields.Text(
        string="Customer relationships",
        help="How we win, keep and develop these customers: personal, by contract, by themselves.",
    )
    canvas_channels = fields.Text(
        string="Channels", help="Over which ways we talk to these customers and deliver to them."
    )
    canvas_segments = fields.Text(
        string="Customers", help="Who these customers are and what they want to get done."
    )
    canvas_costs = fields.Text(
        string="Cost structure", help="What serving these customers costs us, and what drives it."
    )
    canvas_revenue = fields.Text(
        string="Revenue streams", help="What these customers pay for, how, and how often."
    )
    # positioning
    segmentation = fields.Text(
        help="By what we tell these customers from others: size, use, behaviour, place."
    )
    targeting = fields.Text(
        help="Why we choose them, which of them come first, and what share we want."
    )
    positioning = fields.Text(
        help="The place that our offer shall have in their minds, in one sentence."
    )
    # mix
    product_tmpl_ids = fields.Many2many(
        "product.template",
        string="Products",
        check_company=True,
        help="The products offered to this segment.",
    )
    category_ids = fields.Many2many(
        "product.category",
        string="Product categories",
        help="Whole categories of products offered to this segment.",
    )
    pricelist_ids = fields.Many2many(
        "product.pricelist",
        string="Price lists",
        check_company=True,
        help="The price lists by which this segment buys.",
    )
    channel_ids = fields.Many2many(
        "crm.channel",
        string="Allowed channels",
        help="The channels over which we meet and serve this segment.",
    )
    promotion = fields.Text(
        help="How these customers hear of us. Campaigns stand on the page “Campaigns”."
    )
    # map
    x_area_id = fields.Many2one(
        "crm.competition.area",
        string="Axis to the right",
        index="btree_not_null",
        ondelete="restrict",
        help="What customers compare first; the map shows it from left to right.",
    )
    y_area_id = fields.Many2one(
        "crm.competition.area",
        string="Axis upwards",
        index="btree_not_null",
        ondelete="restrict",
        help="What customers compare second; the map shows it from bottom to top.",
    )
    own_x_score = fields.Selection(
        SCORES, string="We, to the right", help="How strong these customers find us, from 1 to 5."
    )
    own_y_score = fields.Selection(
        SCORES, string="We, upwards", help="How strong these customers find us, from 1 to 5."
    )
    # lines
    criterion_ids = fields.One2many(
        "crm.buying.criterion",
        "plan_id",
        string="Buying criteria",
        help="What these customers look at when they choose, the weightiest first.",
    )
    proposition_ids = fields.One2many(
        "crm.value.proposition",
        "plan_id",
        string="Promises",
        help="What we promise, with which products, for which kinds of needs.",
    )
    action_ids = fields.One2many(
        "crm.lifecycle.action",
        "plan_id",
        string="Actions by stage",
        help="What we do at each stage of the relation with these customers.",
    )
    channel_policy_ids = fields.One2many(
        "crm.channel.policy",
        "plan_id",
        string="Channel policy",
        help="Which channels we use for customers of which value.",
    )
    price_policy_ids = fields.One2many(
        "crm.price.policy",
        "plan_id",
        string="Price policy",
        help="By which price list this segment buys, and how much discount is allowed.",
    )
    campaign_ids = fields.One2many(related="segment_id.campaign_ids", string="Campaigns")
    competitor_ids = fields.Many2many(
        related="segment_id.competitor_ids", string="Competitors", readonly=True
    )
    # results
    canvas_filled = fields.Integer(
        string="Blocks filled",
        compute="_compute_filled",
        store=True,
        help="How many of the nine blocks of the canvas have something in them.",
    )
    mix_filled = fields.Integer(
        string="Fields of the mix filled",
        compute="_compute_filled",
        store=True,
        help="How many of the seven fields of positioning and mix are filled in.",
    )
    filled_text = fields.Char(
        string="Plan filled",
        compute="_compute_filled_text",
        help="How far the plan is filled in, and what is missing.",
    )
    is_review_due = fields.Boolean(
        string="Review due",
        compute="_compute_is_review_due",
        search="_search_is_review_due",
        help="The day of the next review has come.",
    )

    _segment_uniq = models.UniqueIndex(
        "(segment_id)", "The segment has a plan already. Open it from the segment's page."
    )
    _axes_check = models.Constraint(
        "CHECK (x_area_id <> y_area_id)",
        "The two axes of a positioning map are different areas. Choose another area for one.",
    )

    @api.depends(
        "canvas_partners",
        "canvas_activities",
        "canvas_resources",
        "canvas_value",
        "canvas_relationships",
        "canvas_channels",
        "canvas_segments",
        "canvas_costs",
        "canvas_revenue",
        "segmentation",
        "targeting",
        "positioning",
        "product_tmpl_ids",
        "category_ids",
        "pricelist_ids",
        "channel_ids",
        "promotion",
        "proposition_ids",
        "action_ids",
        "segment_id.campaign_ids",
    )
    def _compute_filled(self) -> None:
        for plan in self:
            plan.canvas_filled = plan._canvas_state().done
            plan.mix_filled = plan._mix_state().done

    @api.depends("canvas_filled", "mix_filled")
    def _compute_filled_text(self) -> None:
        for plan in self:
            canvas, mix = plan._canvas_state(), plan._mix_state()
            done = {
                "canvas": canvas.done,
                "blocks": canvas.total,
                "mix": mix.done,
                "fields": mix.total,
            }
            missing = ", ".join(canvas.missing + mix.missing)
            plan.filled_text = (
                self.env._(
                    "Canvas %(canvas)s of %(blocks)s, mix %(mix)s of %(fields)s. "
                    "Missing: %(missing)s.",
                    missing=missing,
                    **done,
                )
                if missing
                else self.env._(
                    "Canvas %(canvas)s of %(blocks)s, mix %(mix)s of %(fields)s: complete.", **done
                )
            )

    @api.depends("review_date")
    def _compute_is_review_due(self) -> None:
        today = fields.Date.context_today(self)
        for plan in self:
            plan.is_review_due = bool(plan.review_date) and plan.review_date <= today

    def _search_is_review_due(self, operator: str, value) -> fields.Domain:
        if operator != "in":
            return NotImplemented
        return fields.Domain("review_date", "<=", fields.Date.context_today(self))

    # business
    def _canvas_blocks(self) -> dict[str, tuple[str, list[str]]]:
        """The nine blocks in their order: field -> (words, names of what is linked to it)."""
        self.ensure_one()
        linked = {
            "canvas_value": self.proposition_ids.mapped("name"),
            "canvas_relationships": self.action_ids.mapped("display_name"),
            "canvas_channels": self.channel_ids.mapped("name"),
            "canvas_revenue": self.pricelist_ids.mapped("name"),
        }
        names = [name for name in self._fields if name.startswith("canvas_")]
        names.remove("canvas_filled")
        return {name: (self[name] or "", linked.get(name, [])) for name in names}

    def _canvas_printed(self) -> dict[str, dict]:
        """The nine blocks as the printed page wants them: title, words, what is linked."""
        return {
            name: {
                "title": self._fields[name]._description_string(self.env),
                "words": words,
                "linked": linked,
            }
            for name, (words, linked) in self._canvas_blocks().items()
        }

    def _canvas_file_name(self) -> str:
        """Name of the printed canvas."""
        return self.env._("Business model canvas - %(segment)s", segment=self.segment_id.name)

    def _canvas_state(self) -> Filled:
        """The nine blocks; promises, actions and channels fill their block as words do."""
        parts = {
            self._fields[name]._description_string(self.env): words.strip()
            or (name != "canvas_revenue" and linked)
            for name, (words, linked) in self._canvas_blocks().items()
        }
        return filled(parts)

    def _mix_state(self) -> Filled:
        """The seven fields; product, price and place are filled by real records alone."""
        return filled(
            {
                self.env._("segmentation"): self.segmentation,
                self.env._("targeting"): self.targeting,
                self.env._("positioning"): self.positioning,
                self.env._("product"): self.product_tmpl_ids or self.category_ids,
                self.env._("price"): self.pricelist_ids,
                self.env._("place"): self.channel_ids,
                self.env._("promotion"): self.promotion or self.segment_id.campaign_ids,
            }
        )

    # actions
    def action_open_segment(self) -> dict:
        """Open the segment that the plan is for."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.segment",
            "res_id": self.segment_id.id,
            "views": [(False, "form")],
        }

    def action_open_competitors(self) -> dict:
        """Open the competitors met in the segment."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_competitor_action")
        segment = self.segment_id
        return {
            **action,
            "domain": [("segment_ids", "in", segment.ids)],
            "context": {"default_segment_ids": segment.ids},
        }
