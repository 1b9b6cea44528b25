from __future__ import annotations

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..core import assessment as core
from .crm_audit_log import AuditEntry
from .crm_strategy import CrmStrategy as Strategy


class CrmStrategy(models.Model):
    """The readiness gate in front of the approval of a strategy (S000-9.4, S001-2-FAIL, S004-S).

    Below the threshold of the company, or without an assessment, a strategy manager approves with
    a reason; strategy, chatter and audit log keep who did so, when, at how many points and why.
    """

    _inherit = "crm.strategy"
    _kept_fields = (
        *Strategy._kept_fields,
        "readiness_id",
        "readiness_points",
        "readiness_reason",
        "readiness_user_id",
        "readiness_at",
    )
    _made_fields = _kept_fields
    _privacy_texts = (*Strategy._privacy_texts, "readiness_reason", "readiness_points")

    assessment_ids = fields.One2many("crm.assessment", "strategy_id", string="Assessments")
    assessment_count = fields.Integer(
        string="Number of assessments",
        compute="_compute_assessment_count",
        help="Assessments of this version.",
    )
    # trace of an approval below the gate
    readiness_id = fields.Many2one(
        "crm.assessment",
        string="Readiness assessment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The assessment that held when the strategy was approved in spite of it.",
    )
    readiness_points = fields.Char(
        string="Readiness at approval",
        readonly=True,
        copy=False,
        help="Points of the readiness assessment and the points asked for, when approved.",
    )
    readiness_reason = fields.Text(
        string="Approved below the gate because",
        readonly=True,
        copy=False,
        help="Why the strategy was approved although the readiness gate was closed.",
    )
    readiness_user_id = fields.Many2one(
        "res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who approved below the gate.",
    )
    readiness_at = fields.Datetime(
        string="Decided on", readonly=True, copy=False, help="When it was approved below the gate."
    )

    readiness_trace = fields.Text(
        string="Approval below the gate",
        compute="_compute_readiness_trace",
        help="Who approved below the readiness gate, when, at how many points and why.",
    )

    def _compute_assessment_count(self) -> None:
        counts = dict(
            self.env["crm.assessment"]._read_group(
                [("strategy_id", "in", self.ids)], ["strategy_id"], ["__count"]
            )
        )
        for strategy in self:
            strategy.assessment_count = counts.get(strategy, 0)

    @api.depends("readiness_reason", "readiness_user_id", "readiness_at", "readiness_points")
    def _compute_readiness_trace(self) -> None:
        for strategy in self:
            strategy.readiness_trace = strategy.readiness_reason and self.env._(
                "Approved below the readiness gate by %(name)s on %(date)s (%(points)s): "
                "%(reason)s",
                name=strategy.readiness_user_id.name or "",
                date=format_date(self.env, strategy.readiness_at),
                points=strategy.readiness_points,
                reason=strategy.readiness_reason,
            )

    # approving
    def _approval_obstacles(self) -> list[str]:
        """The obstacles of the strategy itself, and the closed gate unless a reason was given."""
        obstacles = super()._approval_obstacles()
        gate = self._gate_obstacle()
        if gate and not self.readiness_reason:
            obstacles.append(gate)
        return obstacles

    def _gate_obstacle(self) -> str | bool:
        """The sentence of the closed gate; False when it is open or switched off."""
        readiness, company = self.env["crm.readiness"], self.company_id
        if not company.crm_readiness_threshold:
            return False
        found = readiness._assessment(company)
        if readiness._gate(company, found) == core.OPEN:
            return False
        return readiness._gate_sentence(company, found)

    def action_approve(self) -> dict | None:
        """Approve the draft; when only the readiness gate is closed, ask for a reason."""
        self.ensure_one()
        gate = self._gate_obstacle() if self.state == "draft" else False
        if not gate or self.readiness_reason or self._approval_obstacles() != [gate]:
            return super().action_approve()
        self.check_access("write")
        self._check_may_override()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Approve below the readiness gate"),
            "res_model": "crm.strategy.approve",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_strategy_id": self.id},
        }

    def _approve_below_gate(self, reason: str) -> None:
        """Approve with a reason although the gate is closed, and leave a trace of it."""
        self.ensure_one()
        self.check_access("write")
        self._check_may_override()
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "Say why “%(name)s” is approved although the readiness gate is closed.",
                    name=self.display_name,
                )
            )
        sentence = self._gate_obstacle()
        if not sentence:
            self.action_approve()
            return
        found = self.env["crm.readiness"]._assessment(self.company_id)
        points = self._gate_points(found)
        # Access: checked above; the trace is written by this button alone.
        self.sudo().write(
            {
                "readiness_id": found.id,
                "readiness_points": points,
                "readiness_reason": reason.strip(),
                "readiness_user_id": self.env.uid,
                "readiness_at": fields.Datetime.now(),
            }
        )
        self.action_approve()
        self._log_override(sentence, points, reason.strip())

    def _gate_points(self, found: models.BaseModel) -> str:
        threshold = self.company_id.crm_readiness_threshold
        if not found:
            return self.env._("not assessed; %(threshold)s asked for", threshold=threshold)
        return self.env._(
            "%(points)s points, %(answered)s of %(total)s questions; "
            "%(threshold)s points asked for",
            points=round(found.points, 1),
            answered=found.answered_count,
            total=found.question_count,
            threshold=threshold,
        )

    def _log_override(self, sentence: str, points: str, reason: str) -> None:
        self.message_post(
            body=self.env._(
                "Approved below the readiness gate (%(points)s): %(reason)s",
                points=points,
                reason=reason,
            )
        )
        self.env["crm.audit.log"]._insert(
            [
                AuditEntry(
                    "strategy",
                    "changed",
                    self._name,
                    self.id,
                    self.display_name,
                    "readiness_reason",
                    sentence,
                    f"{points}\n{reason}",
                    self.company_id.id,
                )
            ]
        )

    def _check_may_override(self) -> None:
        if not self.env.user.has_group("crm_strategy.crm_strategy_group_manager"):
            raise AccessError(
                self.env._(
                    "The readiness gate is closed for “%(name)s”. Only a strategy manager "
                    "approves it then, with a reason; ask for it.",
                    name=self.display_name,
                )
            )

    def action_open_assessments(self) -> dict:
        """Open the assessments of this version."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_strategy.crm_assessment_action")
        alignment = self.env["crm.assessment.set"]._for_company(self.company_id, "alignment")
        context = {"default_strategy_id": self.id, "default_set_id": alignment.id}
        return {**action, "domain": [("strategy_id", "=", self.id)], "context": context}
