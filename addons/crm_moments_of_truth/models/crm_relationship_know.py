from __future__ import annotations

from odoo import fields, models

# What people write beside a pass.
NOTES = (
    "crm.promise",
    "crm.pdca.cycle",
    "crm.insight",
    "crm.preference",
    "crm.knowledge.use",
    "crm.obligation",
    "crm.case",
)
# What was told about a moment of a pass: by our people and by the customer.
TOLD = (
    "crm.value.entry",
    "crm.rupture",
    "crm.satisfaction.invitation",
    "crm.satisfaction.answer",
)


class CrmRelationship(models.Model):
    """What people wrote beside a pass: value, promises, rounds, insights."""

    _inherit = "crm.relationship"

    value_entry_ids = fields.One2many(
        "crm.value.entry",
        "relationship_id",
        string="Value ledger",
        help="What the moments of the pass gave to the customer and to us.",
    )
    promise_ids = fields.One2many(
        "crm.promise", "relationship_id", string="Promises", help="What was promised in the pass."
    )
    insight_ids = fields.One2many(
        "crm.insight",
        "relationship_id",
        string="What we learned",
        help="What the pass has taught us.",
    )
    value_entry_count = fields.Integer(
        string="Value entries",
        compute="_compute_know_counts",
        help="Entries in the value ledger of the pass, of both sides.",
    )
    promise_count = fields.Integer(
        string="Number of promises",
        compute="_compute_know_counts",
        help="Promises made in the pass.",
    )
    insight_count = fields.Integer(
        string="Number of insights",
        compute="_compute_know_counts",
        help="What colleagues wrote down to have learned in the pass.",
    )
    pdca_cycle_count = fields.Integer(
        string="Number of rounds",
        compute="_compute_know_counts",
        help="Rounds of improvement that began in the pass.",
    )

    def _compute_know_counts(self) -> None:
        models_by_field = {
            "value_entry_count": "crm.value.entry",
            "promise_count": "crm.promise",
            "insight_count": "crm.insight",
            "pdca_cycle_count": "crm.pdca.cycle",
        }
        for name, model in models_by_field.items():
            counts = dict(
                self.env[model]._read_group(
                    [("relationship_id", "in", self.ids)], ["relationship_id"], ["__count"]
                )
            )
            for relationship in self:
                relationship[name] = counts.get(relationship, 0)

    def _after_derivation(self) -> None:
        """Delivery dates of the orders of these passes are promises."""
        result = super()._after_derivation()
        self._follow_opportunities()
        self.env["crm.promise"]._follow_passes(self)
        return result

    def _follow_opportunities(self) -> None:
        """What was written beside an order goes with it to the pass of its opportunity."""
        left = self.filtered(lambda item: not item.active and item.root_model == "sale.order")
        leads = self._lead_of_orders(left.mapped("root_id")) if left else {}
        for item in left.filtered(lambda item: item.root_id in leads):
            item._give_notes(self._passes_of([("crm.lead", leads[item.root_id])]))

    def _give_notes(self, kept: models.BaseModel) -> None:
        """Let what people wrote beside these passes hang on the pass that goes on."""
        kept = kept.filtered("active")[:1]
        for name in NOTES if kept else ():
            self._notes_for(kept, name).write({"relationship_id": kept.id})
        for name in TOLD if kept else ():
            self._give_told(kept, name)
        if kept:
            self._give_ticks(kept)

    def _notes_for(self, kept: models.BaseModel, name: str) -> models.BaseModel:
        """What of a kind hangs on these passes and is of the customer of the one that goes on."""
        # Access: two passes became one, whoever joined their documents; nothing is shown.
        notes = self.env[name].sudo().with_context(active_test=False, tracking_disable=True)
        return notes.search(
            [
                ("relationship_id", "in", self.ids),
                ("company_id", "=", kept.company_id.id),
                ("customer_id", "in", (kept.customer_id.id, False)),
            ]
        )

    def _give_told(self, kept: models.BaseModel, name: str) -> None:
        """Let what was told about a moment hang on the same moment of the pass that goes on.

        What the suite judges itself it judges anew. Nothing stays behind: where the chain has no
        such moment the one before it takes what was told, of a rupture that is open in both passes
        the words of both stand in one, and a question asked in both keeps no moment.
        """
        told = self._notes_for(kept, name)
        if name == "crm.rupture":
            told = told.filtered(lambda item: not item.is_judged)
        for item in told:
            line = kept._line_like(item.moment_id)
            if name == "crm.value.entry":
                item.line_id = line
                continue
            same = [("relationship_id", "=", kept.id), ("moment_id", "=", line.moment_id.id)]
            values = {"relationship_id": kept.id, "moment_id": line.moment_id.id}
            if name == "crm.rupture" and item.state == "open":
                same += [("state", "=", "open"), ("cause", "=", item.cause)]
                item._join(told.search(same, limit=1))
            elif name == "crm.satisfaction.invitation" and item.rule_id:
                same += [("rule_id", "=", item.rule_id.id)]
                if told.search_count(same, limit=1):
                    values["moment_id"] = False
            item.write(values)
        if name == "crm.satisfaction.answer":
            told._moment_collect()

    def _line_like(self, moment: models.BaseModel) -> models.BaseModel:
        """The same moment of this pass by its code, else the last one before it; none for none."""
        self.ensure_one()
        lines = self.line_ids.sorted(lambda line: (line.sequence, line.id))
        if not moment:
            return lines.browse()
        same = lines.filtered(lambda line: line.code == moment.code)
        before = lines.filtered(lambda line: line.sequence <= moment.sequence)
        return same[:1] or before[-1:] or lines[:1]

    def _give_ticks(self, kept: models.BaseModel) -> None:
        """Let what people ticked off be ticked off in the pass that goes on."""
        # Access: as for notes; the engine keeps these rows.
        rows = self.env["crm.relationship.input"].sudo()
        ticked = self._notes_for(kept, rows._name).filtered(
            lambda row: row.kind == "manual" and (row.filled_on or row.note)
        )
        known = {
            (row.line_id, row.input_id.name): row
            for row in rows.search([("relationship_id", "=", kept.id)])
        }
        for row in ticked:
            line = kept._line_like(row.moment_id)
            wanted = line.moment_id.input_ids.filtered(
                lambda item, row=row: (item.kind, item.name) == ("manual", row.input_id.name)
            )[:1]
            same = known.get((line, wanted.name)) or (wanted and rows._open_rows([(line, wanted)]))
            if not same:
                continue
            # Another of the passes may have ticked off the same.
            known[line, wanted.name] = same
            values = {"note": row.note} if row.note and not same.note else {}
            if row.filled_on and not same.filled_on:
                values |= {"filled_on": row.filled_on, "user_id": row.user_id.id}
            same.write({**values, "started_on": line.started_on})
            same._judge()

    # actions
    def action_open_value_entries(self) -> dict:
        """Open the value ledger of the pass."""
        return self._open_notes("crm_value_entry_action")

    def action_open_promises(self) -> dict:
        """Open the promises made in the pass."""
        return self._open_notes("crm_promise_action")

    def action_open_insights(self) -> dict:
        """Open what was learned in the pass."""
        return self._open_notes("crm_insight_action")

    def action_open_pdca_cycles(self) -> dict:
        """Open the rounds of improvement that began in the pass."""
        return self._open_notes("crm_pdca_cycle_action")

    def _open_notes(self, action_name: str) -> dict:
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"crm_moments_of_truth.{action_name}"
        )
        return {
            **action,
            "domain": [("relationship_id", "=", self.id)],
            "context": {
                "default_relationship_id": self.id,
                "default_customer_id": self.customer_id.id,
            },
        }
