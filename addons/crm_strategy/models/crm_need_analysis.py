from __future__ import annotations

from odoo import api, fields, models

from ..core.trace import Link, Trace
from .crm_need_input import KINDS

MODELS = ("crm.need", "crm.specification", "crm.commitment")


class CrmNeedAnalysis(models.Model):
    """From needs to contract for one customer, one segment, or the CRM project itself (S000-9.9).

    It holds the nine inputs, the needs, the specifications of both kinds, the commitments and
    the links between them, and issues the three books.
    """

    _name = "crm.need.analysis"
    _description = "Analysis of Needs"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.kept.mixin",
        "crm.partner.keyed.mixin",
        "crm.need.book",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True
    # Another subject is another analysis: what was issued stays true.
    _kept_fields = ("company_id", "customer_id", "segment_id", "is_crm_project", "revision")
    _made_fields = ("revision",)
    _partner_merge = "rekey"
    _privacy_purpose = "contract"
    _privacy_expiry = "keep"
    _privacy_only_sure = True
    _privacy_texts = ("name", "method_note")

    # subject
    name = fields.Char(
        required=True,
        tracking=True,
        help="What is analysed, for instance “Pressure for the new district”.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Our company that works with the customer.",
    )
    customer_id = fields.Many2one(
        "crm.customer",
        string="Customer",
        index=True,
        ondelete="cascade",
        check_company=True,
        domain="[('company_id', '=', company_id)]",
        help="Whose needs are analysed. Leave empty for a whole segment.",
    )
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Customer's contact data")
    segment_id = fields.Many2one(
        "crm.segment",
        string="Segment",
        index=True,
        ondelete="set null",
        check_company=True,
        domain="[('company_id', '=', company_id)]",
        help="The segment whose common needs are analysed, when it is not one customer.",
    )
    is_crm_project = fields.Boolean(
        string="The CRM project itself",
        help="Ticked: the needs are those of our own people towards CRM. Specifications that are "
        "not met then show in the programme's risks.",
    )
    subject = fields.Char(
        compute="_compute_subject", help="The customer, the segment or the CRM project."
    )
    subject_segment_id = fields.Many2one(
        "crm.segment",
        string="Segment today",
        compute="_compute_subject_segment_id",
        search="_search_subject_segment_id",
        help="The segment analysed, or the one that serves the customer today.",
    )
    # course
    state = fields.Selection(
        [("draft", "In work"), ("issued", "Issued"), ("closed", "Closed")],
        required=True,
        default="draft",
        index=True,
        tracking=True,
        copy=False,
        help="In work: nothing issued yet. Issued: books exist. Closed: history, no longer asked "
        "about when orders come in.",
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The day on which the analysis began.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        index=True,
        ondelete="set null",
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="The colleague who leads the analysis.",
    )
    member_ids = fields.Many2many(
        "res.users",
        string="Work on it too",
        domain="[('share', '=', False), ('company_ids', '=', company_id)]",
        help="Colleagues who see and change the analysis beside its responsible. Who is given a "
        "need, a specification or a commitment joins by itself.",
    )
    active = fields.Boolean(
        default=True, help="Untick to put the analysis away; its numbers stay taken."
    )
    method = fields.Selection(
        [
            ("functional", "Functional analysis"),
            ("value", "Value analysis"),
            ("quality", "Quality function deployment"),
            ("jobs", "Jobs and situations of use"),
            ("interview", "Interviews alone"),
        ],
        default="functional",
        help="How needs are turned into functions.",
    )
    method_note = fields.Text(
        string="How we went about it",
        help="Who was asked, in which order, and what was left out.",
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language of the books",
        help="Language in which the three books are printed; empty: that of the reader.",
    )
    # content
    input_ids = fields.One2many(
        "crm.need.input", "analysis_id", string="Inputs", help="What the analysis stands on."
    )
    session_ids = fields.One2many(
        "crm.idea.session",
        "analysis_id",
        string="Idea sessions",
        help="Sessions in which ideas were looked for.",
    )
    need_ids = fields.One2many("crm.need", "analysis_id", string="Needs", help="What is needed.")
    specification_ids = fields.One2many(
        "crm.specification", "analysis_id", string="Specifications", help="What is delivered."
    )
    commitment_ids = fields.One2many(
        "crm.commitment", "analysis_id", string="Commitments", help="What is promised."
    )
    link_ids = fields.One2many(
        "crm.trace.link", "analysis_id", string="Links", help="What answers what."
    )
    # figures
    input_text = fields.Char(
        string="Inputs present",
        compute="_compute_input_text",
        help="How many of the nine kinds of inputs there are, and which are missing.",
    )
    need_count = fields.Integer(
        string="Number of needs", compute="_compute_counts", help="Needs that are not dropped."
    )
    specification_count = fields.Integer(
        string="Number of specifications",
        compute="_compute_counts",
        help="Functional and technical specifications that are not dropped.",
    )
    commitment_count = fields.Integer(
        string="Number of commitments",
        compute="_compute_counts",
        help="Commitments that are not dropped.",
    )
    suspect_count = fields.Integer(
        string="Links to approve",
        compute="_compute_counts",
        help="Links whose source changed since they were approved.",
    )
    orphan_count = fields.Integer(
        string="Orphans",
        compute="_compute_counts",
        help="Needs that nothing answers, and specifications and commitments that answer nothing.",
    )
    coverage_text = fields.Char(
        string="Coverage",
        compute="_compute_counts",
        help="Needs with a specification, needs that reach a commitment, and legal needs that are "
        "covered by approved links, each as share and count.",
    )

    _subject_check = models.Constraint(
        "CHECK (NOT is_crm_project OR (customer_id IS NULL AND segment_id IS NULL))",
        "An analysis of the CRM project itself has no customer and no segment. Take them out or "
        "untick the project.",
    )
    _one_subject_check = models.Constraint(
        "CHECK (customer_id IS NULL OR segment_id IS NULL)",
        "An analysis is about one customer or about one segment. Take one of them out.",
    )

    @api.depends("customer_id", "segment_id", "is_crm_project")
    def _compute_subject(self) -> None:
        for analysis in self:
            chosen = analysis.customer_id or analysis.segment_id
            project = analysis.is_crm_project and self.env._("The CRM project itself")
            analysis.subject = chosen.display_name or project or False

    @api.depends("customer_id.segment_id", "segment_id")
    def _compute_subject_segment_id(self) -> None:
        for analysis in self:
            analysis.subject_segment_id = analysis.segment_id or analysis.customer_id.segment_id

    @api.model
    def _search_subject_segment_id(self, operator, value):
        own = fields.Domain("segment_id", operator, value)
        return own | fields.Domain("customer_id.segment_id", operator, value)

    @api.depends("input_ids.kind", "session_ids", "need_ids.stakeholder_id")
    def _compute_input_text(self) -> None:
        labels = dict(self.env["crm.need.input"]._fields["kind"]._description_selection(self.env))
        for analysis in self:
            present = analysis._input_kinds()
            missing = [labels[kind] for kind, _label in KINDS if kind not in present]
            analysis.input_text = self.env._(
                "%(present)s of %(all)s", present=len(present), all=len(KINDS)
            )
            if missing:
                analysis.input_text = self.env._(
                    "%(count)s; missing: %(kinds)s",
                    count=analysis.input_text,
                    kinds=", ".join(missing),
                )

    def _input_kinds(self) -> set[str]:
        """Kinds of inputs that the analysis has, those included that stand elsewhere in it."""
        kinds = set(self.input_ids.mapped("kind"))
        if self.session_ids:
            kinds.add("ideas")
        if self.need_ids.stakeholder_id:
            kinds.add("stakeholders")
        return kinds

    @api.depends(
        "need_ids.is_settled",
        "need_ids.is_orphan",
        "specification_ids.is_orphan",
        "commitment_ids.is_orphan",
        "link_ids.is_suspect",
    )
    def _compute_counts(self) -> None:
        for analysis in self:
            needs = analysis.need_ids
            records = [needs, analysis.specification_ids, analysis.commitment_ids]
            analysis.need_count = len(needs)
            analysis.specification_count = len(analysis.specification_ids)
            analysis.commitment_count = len(analysis.commitment_ids)
            analysis.suspect_count = len(analysis.link_ids.filtered("is_suspect"))
            analysis.orphan_count = sum(len(rows.filtered("is_orphan")) for rows in records)
            analysis.coverage_text = " · ".join(
                f"{label}: {text}" for label, text in needs._coverage_words()
            )

    # trace
    def _trace(self) -> Trace:
        """The whole trace of the analysis; keys are (model, id), dropped records are left out."""
        if not self:
            return Trace(({}, {}, {}, {}), ())
        needs, specifications, commitments = (
            self.env[model].search([("analysis_id", "=", self.id)], order="code, id")
            for model in MODELS
        )
        levels = (
            needs,
            specifications.filtered(lambda spec: spec.kind == "functional"),
            specifications.filtered(lambda spec: spec.kind == "technical"),
            commitments,
        )
        known = [{record._trace_key(): record.revision for record in level} for level in levels]
        present = {key for level in known for key in level}
        links = []
        for link in self.env["crm.trace.link"].search([("analysis_id", "=", self.id)]):
            source, target = link._source()._trace_key(), link._target()._trace_key()
            if {source, target} <= present:
                links.append(Link(source, target, link.approved_revision))
        return Trace(tuple(known), tuple(links))

    def _below(self, record: models.BaseModel) -> list[models.BaseModel]:
        """Specifications and commitments that hang on a record, at any distance."""
        found = self._trace().below([record._trace_key()])
        return [
            self.env[model].browse(sorted(res_id for name, res_id in found if name == model))
            for model in MODELS
        ]

    # buttons
    def action_open_needs(self) -> dict:
        """Open the needs of the analysis."""
        return self._open("crm_strategy.crm_need_action")

    def action_open_specifications(self) -> dict:
        """Open the specifications of the analysis."""
        return self._open("crm_strategy.crm_specification_action")

    def action_open_commitments(self) -> dict:
        """Open the commitments of the analysis."""
        return self._open("crm_strategy.crm_commitment_action")

    def action_open_suspects(self) -> dict:
        """Open the links of the analysis that wait for approval."""
        action = self._open("crm_strategy.crm_trace_link_action")
        return {**action, "domain": [*action["domain"], ("is_suspect", "=", True)]}

    def action_open_matrix(self) -> dict:
        """Open the matrix of the analysis."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id("crm_strategy.crm_need_matrix_action")
        options = {"analysis": self.id, "customer": 0, "segment": 0, "need_class": 0}
        return {**action, "params": {"model": "crm.need.matrix", "options": options}}

    def action_snapshot(self) -> bool:
        """Keep the customer's profile of today as an input (S000-9.9-I1)."""
        self.check_access("write")
        Input = self.env["crm.need.input"]
        for analysis in self:
            Input.create(
                {
                    "analysis_id": analysis.id,
                    "kind": "profile",
                    "name": self.env._("Profile of %(subject)s", subject=analysis.subject or "–"),
                    "date": fields.Date.context_today(self),
                    "note": "\n".join(
                        f"{label}: {words}"
                        for label, words in analysis.customer_id._profile_words()
                    ),
                }
            )
        return True

    def action_close(self) -> bool:
        """Close the analyses: they become history."""
        self.write({"state": "closed"})
        return True

    def action_reopen(self) -> bool:
        """Take closed analyses up again."""
        for analysis in self:
            analysis.state = "issued" if analysis.revision else "draft"
        return True

    def _open(self, xml_id: str) -> dict:
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        return {
            **action,
            "domain": [("analysis_id", "=", self.id)],
            "context": {"default_analysis_id": self.id},
        }
