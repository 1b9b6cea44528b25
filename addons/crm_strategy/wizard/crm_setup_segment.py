from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

# source -> (field of the partner, its part in a rule, which must read well in the rule editor)
SOURCES = {
    "tag": ("category_id", "category_id"),
    "industry": ("industry_id", "partner_id.industry_id"),
    "pricelist": (
        "specific_property_product_pricelist",
        "partner_id.specific_property_product_pricelist",
    ),
    "country": ("country_id", "country_id"),
}
REST_RULE = "[]"
MAX_LINES = 40
CHOSEN_AT_FIRST = 5


class CrmSetup(models.TransientModel):
    """The page that makes segments of what is known about the customers."""

    _inherit = "crm.setup"

    segment_source = fields.Selection(
        [
            ("tag", "Tags"),
            ("industry", "Industries"),
            ("pricelist", "Price lists"),
            ("country", "Countries"),
        ],
        string="Segments by",
        help="What tells your customers apart. Only values that some customer has are shown.",
    )
    segment_line_ids = fields.One2many(
        "crm.setup.segment", "setup_id", string="Proposed segments", help="Untick what you skip."
    )
    has_rest = fields.Boolean(
        string="One more segment for everybody else",
        default=True,
        help="Takes the customers whom no other rule fits, so that nobody stays unassigned.",
    )
    rest_name = fields.Char(
        string="Its name",
        default=lambda self: self.env._("Everybody else"),
        help="Name of the segment that takes everybody left.",
    )
    has_rest_segment = fields.Boolean(
        string="There is a segment for everybody else", compute="_compute_segment_effect"
    )
    segment_effect = fields.Text(string="What the segments take", compute="_compute_segment_effect")

    def _prepare_segments(self) -> None:
        if not self.segment_source:
            self.segment_source = self._best_segment_source()
        self.segment_line_ids = self._segment_line_commands()

    @api.onchange("segment_source")
    def _onchange_segment_source(self) -> None:
        self.segment_line_ids = self._segment_line_commands()

    def _best_segment_source(self) -> str:
        """The source that tells most customers apart: at least two values, most customers."""
        counts = {source: self._segment_values(source) for source in SOURCES}
        return max(
            SOURCES, key=lambda source: (len(counts[source]) > 1, sum(counts[source].values()))
        )

    def _segment_values(self, source: str) -> dict[models.BaseModel, int]:
        """Value -> customers of the company who have it, most first."""
        own = [("company_id", "=", self.company_id.id)]
        Partner = self.env["res.partner"].with_company(self.company_id)
        rows = Partner.with_context(active_test=False)._read_group(
            [("crm_customer_ids", "any", own)], [SOURCES[source][0]], ["__count"]
        )
        found = [(value, count) for value, count in rows if value]
        found.sort(key=lambda item: (-item[1], item[0].display_name))
        return dict(found[:MAX_LINES])

    def _segment_line_commands(self) -> list:
        """The lines of the present source; what a person chose on a line before is kept."""
        before = {(line.source, line.source_ref): line for line in self.segment_line_ids}
        commands = [Command.clear()]
        values = self._segment_values(self.segment_source) if self.segment_source else {}
        for rank, (value, count) in enumerate(values.items()):
            known = before.get((self.segment_source, value.id))
            commands.append(
                Command.create(
                    {
                        "source": self.segment_source,
                        "source_ref": value.id,
                        "value_name": value.display_name,
                        "name": known.name if known else value.display_name,
                        "customer_count": count,
                        "is_chosen": known.is_chosen if known else rank < CHOSEN_AT_FIRST,
                    }
                )
            )
        return commands

    @api.depends("segment_line_ids.gain_count", "segment_line_ids.name", "has_rest", "page")
    def _compute_segment_effect(self) -> None:
        self.has_rest_segment = self.segment_effect = False
        for setup in self.filtered(lambda setup: setup.page == "segments"):
            chosen = setup.segment_line_ids.filtered("is_chosen")
            new = chosen.filtered(lambda line: not line.segment_id)
            rest = setup._segment_of(REST_RULE)
            setup.has_rest_segment = bool(rest)
            gained = sum(new.mapped("gain_count"))
            left = 0 if rest else setup._count_free() - gained
            is_rest_new = setup.has_rest and not rest
            setup.segment_effect = self.env._(
                "%(created)s segments will be created, %(known)s exist already. %(gained)s of "
                "%(total)s customers move into the new ones; %(left)s stay unassigned.",
                created=len(new) + is_rest_new,
                known=len(chosen) - len(new) + bool(rest),
                gained=gained + left * is_rest_new,
                total=self.env["crm.customer"].search_count(
                    [("company_id", "=", setup.company_id.id)]
                ),
                left=0 if is_rest_new else left,
            )

    def _free_domain(self) -> Domain:
        """Customers of the company whom today's rules leave to nobody or to “everybody else”."""
        Segment = self.env["crm.segment"]
        rest = Segment.search(
            [("company_id", "=", self.company_id.id), ("rule_domain", "=", REST_RULE)]
        )
        free = SQL(
            "(SELECT target.id FROM (%s) AS target JOIN crm_customer AS customer USING (id) "
            "WHERE target.segment_id IS NULL OR (target.segment_id = ANY(%s) "
            "AND NOT customer.is_segment_manual))",
            Segment._target_sql(self.company_id, strict=False),
            rest.ids,
        )
        return Domain("company_id", "=", self.company_id.id) & Domain("id", "in", free)

    def _count_free(self, domain: Domain = Domain.TRUE) -> int:
        Customer = self.env["crm.customer"].with_company(self.company_id)
        return Customer.search_count(self._free_domain() & domain)

    def _segment_of(self, rule: str, name: str | None = None):
        """The company's segment with that rule or name, archived ones included."""
        wanted = Domain("rule_domain", "=", rule)
        if name:
            wanted |= Domain("name", "=", name)
        return (
            self.env["crm.segment"]
            .with_context(active_test=False)
            .search(wanted & Domain("company_id", "=", self.company_id.id), limit=1)
        )

    def _apply_segments(self) -> list[str]:
        Segment = self.env["crm.segment"]
        own = [("company_id", "=", self.company_id.id)]
        chosen = self.segment_line_ids.filtered("is_chosen")
        wanted = [(line.name, line._rule()) for line in chosen if not line.segment_id]
        if self.has_rest:
            wanted.append((self.rest_name, REST_RULE))
        # A segment for everybody stands last, or the new ones would never get a customer.
        rest = Segment.search([*own, ("rule_domain", "=", REST_RULE)])
        last = max((Segment.search(own) - rest).mapped("sequence"), default=0)
        created = Segment
        for place, (name, rule) in enumerate(wanted, start=1):
            if not self._segment_of(rule, None if rule == REST_RULE else name):
                created += Segment.create(
                    {
                        "name": name,
                        "company_id": self.company_id.id,
                        "rule_domain": rule,
                        "sequence": last + 10 * place,
                    }
                )
        if created and rest:
            rest.sequence = last + 10 * (len(wanted) + 1)
        result = Segment._assign(self.company_id)
        sentences = []
        if created:
            names = ", ".join(created.mapped("name"))
            sentences.append(self.env._("Created: %(names)s.", names=names))
        if result["changed"]:
            sentences.append(
                self.env._(
                    "%(changed)s of %(customers)s customers found their segment, %(unassigned)s "
                    "are unassigned.",
                    **result,
                )
            )
        return sentences


class CrmSetupSegment(models.TransientModel):
    """A value by which a segment may be made."""

    _name = "crm.setup.segment"
    _description = "Proposed Segment"
    _order = "customer_count desc, id"

    setup_id = fields.Many2one("crm.setup", required=True, ondelete="cascade", string="Set-up")
    is_chosen = fields.Boolean(string="Make it", help="Tick to make a segment of this value.")
    source = fields.Selection(
        [(source, source.title()) for source in SOURCES], string="Known from", required=True
    )
    source_ref = fields.Integer(string="Record", required=True, aggregator=None)
    value_name = fields.Char(string="Value", help="What the customers have in common.")
    name = fields.Char(string="Name of the segment", help="As it appears in reports.")
    customer_count = fields.Integer(
        string="Customers",
        help="Customers who have this value.",
    )
    gain_count = fields.Integer(
        string="Will get",
        compute="_compute_gain_count",
        help="Customers who will be in the new segment: those whom no rule of today and no line "
        "above takes, and whom nobody placed by hand.",
    )
    segment_id = fields.Many2one(
        "crm.segment",
        string="Exists already",
        compute="_compute_segment_id",
        help="This segment has the same rule or the same name; no second one is made.",
    )

    @api.depends("source", "source_ref", "name")
    def _compute_segment_id(self) -> None:
        for line in self:
            line.segment_id = line.setup_id._segment_of(line._rule(), line.name)

    @api.depends("segment_id", "setup_id.page", "setup_id.segment_line_ids.is_chosen")
    def _compute_gain_count(self) -> None:
        self.gain_count = 0
        for setup in self.setup_id.filtered(lambda setup: setup.page == "segments"):
            above = Domain.FALSE
            for line in setup.segment_line_ids:
                if line.is_chosen and not line.segment_id:
                    own = Domain(line._domain())
                    line.gain_count = setup._count_free(own & ~above)
                    above |= own

    def _domain(self) -> list:
        return [(SOURCES[self.source][1], "in", [self.source_ref])]

    def _rule(self) -> str:
        return str(self._domain())
