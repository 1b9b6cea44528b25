from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [("functional", "Functional"), ("technical", "Technical")]


class CrmSpecification(models.Model):
    """What we deliver: as a function of use, or as a measurable characteristic (S000-9.9-0b, 0c).

    One model with two kinds: both have an owner, a revision, an approval by both sides and a
    place in the trace; only the words differ.
    """

    _name = "crm.specification"
    _description = "Specification"
    _inherit = "crm.trace.mixin"
    _order = "kind, code, id"
    _meaning_fields = (
        "verb",
        "noun",
        "criterion",
        "level",
        "feature",
        "advantage",
        "benefit",
        "characteristic",
        "value",
        "unit",
        "tolerance",
        "product_tmpl_id",
    )
    _trace_field = "specification_id"
    _book_fields = (
        *_meaning_fields,
        "approval",
        "our_approver_id",
        "our_approved_at",
        "customer_approver_id",
        "customer_approved_at",
        "verdict",
    )
    _kept_fields = (
        "analysis_id",
        "code",
        "kind",
        "revision",
        "is_suspect",
        "is_orphan",
        "our_approver_id",
        "our_approved_at",
        "our_approved_revision",
        "customer_approved_at",
        "customer_approved_revision",
    )
    _made_fields = (
        "revision",
        "our_approver_id",
        "our_approved_at",
        "our_approved_revision",
        "customer_approved_at",
        "customer_approved_revision",
    )
    _privacy_texts = (
        "name",
        "verb",
        "noun",
        "criterion",
        "level",
        "feature",
        "advantage",
        "benefit",
        "characteristic",
        "value",
        "unit",
        "tolerance",
    )

    kind = fields.Selection(
        KINDS,
        required=True,
        default="functional",
        index=True,
        help="Functional: what the customer can do with it. Technical: what is measured on it.",
    )
    name = fields.Char(
        string="Specification",
        compute="_compute_name",
        store=True,
        help="The parts below in one line.",
    )
    # functional
    verb = fields.Char(help="What it does, as a verb: keep, warn, deliver.")
    noun = fields.Char(string="Object", help="To what it does it: water pressure, the operator.")
    criterion = fields.Char(help="By what one sees that it is done: response time, loss.")
    level = fields.Char(help="How much is enough: at most 4 hours, at least 99.5 %.")
    feature = fields.Char(help="What it has: a second pump on standby.")
    advantage = fields.Char(help="What this does better: it takes over within 30 seconds.")
    benefit = fields.Char(help="What the customer gains: no night call, no claim by tenants.")
    # technical
    characteristic = fields.Char(help="What is measured: flow, noise, spare-part stock.")
    value = fields.Char(help="The value that is delivered: 45, IP67, yes.")
    unit = fields.Char(help="Unit of the value: m³/h, dB(A), hours.")
    tolerance = fields.Char(help="How far it may be off: ± 2 %, at most.")
    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Product",
        index=True,
        ondelete="set null",
        check_company=True,
        help="The product or service that has this characteristic, if it is one of ours.",
    )
    # approval by both sides
    our_approver_id = fields.Many2one(
        "res.users",
        string="Approved by us",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The colleague who agreed for us.",
    )
    our_approved_at = fields.Datetime(
        string="We approved on", readonly=True, copy=False, help="When we agreed."
    )
    our_approved_revision = fields.Integer(
        string="Revision we approved", readonly=True, copy=False, help="What we agreed to."
    )
    customer_approver_id = fields.Many2one(
        "res.partner",
        string="Approves for the customer",
        copy=False,
        ondelete="set null",
        tracking=True,
        help="The contact who speaks for the customer. Choose before you note the approval.",
    )
    customer_approved_at = fields.Datetime(
        string="Customer approved on", readonly=True, copy=False, help="When the customer agreed."
    )
    customer_approved_revision = fields.Integer(
        string="Revision the customer approved",
        readonly=True,
        copy=False,
        help="What the customer agreed to.",
    )
    approval = fields.Selection(
        [
            ("open", "To approve"),
            ("ours", "Approved by us"),
            ("theirs", "Approved by the customer"),
            ("both", "Approved by both"),
        ],
        compute="_compute_approval",
        store=True,
        help="Who agreed to the specification as it reads now. A new revision asks both anew.",
    )
    verdict = fields.Selection(
        [("open", "Not checked"), ("met", "Met"), ("unmet", "Not met")],
        required=True,
        default="open",
        tracking=True,
        help="Whether what was delivered keeps to the specification.",
    )
    # trace
    need_link_ids = fields.One2many(
        "crm.trace.link",
        "functional_id",
        string="Answers the needs",
        domain=[("need_id", "!=", False)],
        help="Needs that this functional specification answers.",
    )
    technical_link_ids = fields.One2many(
        "crm.trace.link",
        "functional_id",
        string="Made real by",
        domain=[("technical_id", "!=", False)],
        help="Technical specifications that make the function real.",
    )
    functional_link_ids = fields.One2many(
        "crm.trace.link",
        "technical_id",
        string="Makes real",
        domain=[("functional_id", "!=", False)],
        help="Functions that this technical specification makes real.",
    )
    commitment_link_ids = fields.One2many(
        "crm.trace.link",
        "technical_id",
        string="Promised in",
        domain=[("commitment_id", "!=", False)],
        help="Commitments that promise the characteristic.",
    )
    revision_ids = fields.One2many(
        "crm.trace.revision",
        "specification_id",
        string="Revisions",
        help="What changed, when, by whom.",
    )

    _code_uniq = models.UniqueIndex(
        "(company_id, code)", "This number is taken. Save again to be given the next one."
    )
    _words_check = models.Constraint(
        "CHECK ((kind = 'functional' AND verb IS NOT NULL AND noun IS NOT NULL)"
        " OR (kind = 'technical' AND characteristic IS NOT NULL))",
        "A functional specification needs a verb and an object, a technical one a "
        "characteristic. Fill them in.",
    )

    @api.depends(
        "kind",
        "verb",
        "noun",
        "criterion",
        "level",
        "characteristic",
        "value",
        "unit",
        "tolerance",
    )
    def _compute_name(self) -> None:
        for spec in self:
            if spec.kind == "functional":
                head, tail = (spec.verb, spec.noun), (spec.criterion, spec.level)
            else:
                head = (spec.characteristic,)
                tail = (spec.value, spec.unit, spec.tolerance and f"({spec.tolerance})")
            parts = (" ".join(filter(None, part)) for part in (head, tail))
            spec.name = ": ".join(filter(None, parts))

    @api.depends("revision", "our_approved_revision", "customer_approved_revision")
    def _compute_approval(self) -> None:
        for spec in self:
            ours = spec.our_approved_revision == spec.revision
            theirs = spec.customer_approved_revision == spec.revision
            spec.approval = {
                (True, True): "both",
                (True, False): "ours",
                (False, True): "theirs",
            }.get((ours, theirs), "open")

    @api.model
    def _code_sequence(self, vals: dict) -> str:
        kind = vals.get("kind") or self.env.context.get("default_kind") or "functional"
        return f"crm.specification.{kind}"

    def action_approve_ours(self) -> bool:
        """We agree to the specification as it reads now (S000-9.6-M4)."""
        self.check_access("write")
        # Access: who may write the specification may agree for us; nobody types the signature.
        for spec in self.sudo():
            spec.write(
                {
                    "our_approver_id": self.env.uid,
                    "our_approved_at": fields.Datetime.now(),
                    "our_approved_revision": spec.revision,
                }
            )
            spec.message_post(
                body=self.env._("Revision %(number)s approved by us.", number=spec.revision)
            )
        return True

    def action_approve_customer(self) -> bool:
        """Note that the customer's contact agreed to the specification as it reads now."""
        self.check_access("write")
        for spec in self:
            if not spec.customer_approver_id:
                raise spec._no_contact()
        # Access: who may write the specification may note the customer's answer.
        for spec in self.sudo():
            spec.write(
                {
                    "customer_approved_at": fields.Datetime.now(),
                    "customer_approved_revision": spec.revision,
                }
            )
            spec.message_post(
                body=self.env._(
                    "Revision %(number)s approved by %(contact)s for the customer.",
                    number=spec.revision,
                    contact=spec.customer_approver_id.display_name,
                )
            )
        return True

    def _no_contact(self) -> UserError:
        return UserError(
            self.env._(
                "“%(spec)s” does not say who approves for the customer. Choose the contact first.",
                spec=self.display_name,
            )
        )
