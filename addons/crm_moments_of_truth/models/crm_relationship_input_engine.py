from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from odoo import api, models
from odoo.tools import SQL

from ..core import inputs, states
from .crm_moment_input import ANSWER, DOCUMENT, FIELD
from .crm_relationship_input_notice import PLACES

# How a company is reached it may say itself, or one of its people.
REACH = ("email", "phone")


class CrmRelationshipInputEngine(models.AbstractModel):
    """Looks for the inputs of passes, a batch at a time."""

    _name = "crm.relationship.input.engine"
    _description = "Looking for Inputs"
    _inherit = ["crm.relationship.input.notice"]

    @api.model
    def _look(self, passes: models.BaseModel) -> models.BaseModel:
        """Look for the inputs of moments under way and of those that come next.

        While the past is replayed (context ``crm_history``) nothing new is looked for: what a field
        held years ago nobody knows.

        :return: the rows of the passes
        """
        lines = self._looked_at(passes)
        rows = self.search([("relationship_id", "in", passes.ids)])
        known = {(row.line_id.id, row.input_id.id): row for row in rows}
        if not self.env.context.get("crm_history"):
            wanted = [(line, item) for line in lines for item in line.moment_id.input_ids]
            missing = [pair for pair in wanted if (pair[0].id, pair[1].id) not in known]
            rows += self._open_rows(missing)
        if rows:
            rows._refresh()
            # The derivation forgets what is cached when it is done.
            rows.flush_model()
        return rows

    @api.model
    def _looked_at(self, passes: models.BaseModel) -> models.BaseModel:
        """Lines of moments that began, and the first one after them in each pass."""
        lines = passes.line_ids.browse()
        for item in passes:
            ordered = item.line_ids.sorted(lambda line: (line.sequence, line.id))
            begun = ordered.filtered(lambda line: line.state != states.OPEN)
            after = ordered.filtered(
                lambda line, last=begun[-1:]: line.sequence > (last.sequence if last else 0)
            )
            lines += begun + after[:1]
        return lines

    @api.model
    def _open_rows(self, pairs: Iterable[tuple]) -> models.BaseModel:
        return self.create(
            [
                {
                    "line_id": line.id,
                    "relationship_id": line.relationship_id.id,
                    "company_id": line.company_id.id,
                    "moment_id": line.moment_id.id,
                    "input_id": item.id,
                    "is_required": item.is_required,
                }
                for line, item in pairs
            ]
        )

    def _refresh(self) -> None:
        """Bring the rows up to date with what is at hand now; writes only what changed."""
        found = {
            **self._found_fields(),
            **self._found_documents(),
            **self._found_files(),
            **self._found_answers(),
        }
        days = {
            company: self.env["crm.segment.membership"]._today(company)
            for company in self.company_id
        }
        changes: dict[tuple, models.BaseModel] = defaultdict(self.browse)
        for row in self:
            today = days[row.company_id]
            started_on = row.line_id.started_on
            filled_on = found.get(row.id, row.filled_on) or False
            if row.kind == FIELD and filled_on is True:
                filled_on = row.filled_on or today
            elif row.kind == FIELD and row.state == inputs.THERE and started_on:
                # It was at hand when the moment began; that somebody emptied it later is no news.
                filled_on = row.filled_on
            vals = {"started_on": started_on, "filled_on": filled_on}
            if not filled_on:
                vals["missed_on"] = today
            changed = {name: value for name, value in vals.items() if row[name] != value}
            if changed:
                changes[tuple(changed.items())] |= row
        for changed, rows in changes.items():
            rows.write(dict(changed))
        self._judge()

    # what is at hand
    def _found_fields(self) -> dict[int, bool]:
        """Row id -> whether the field of the pass's record is filled in."""
        found = {}
        rows = self.filtered(lambda row: row.kind == FIELD)
        reached = rows._reached_people()
        for row in rows:
            field, item = row.input_id.field_id, row.relationship_id
            record = item[PLACES[field.model]]
            if field.model == "sale.order" and not record:
                record = item.lead_id.order_ids.filtered(lambda order: order.state == "sale")[:1]
            is_reached = field.model == "res.partner" and record in reached.get(field.name, ())
            found[row.id] = bool(record and record[field.name]) or is_reached
        return found

    def _reached_people(self) -> dict[str, models.BaseModel]:
        """Companies of which one of the people has an e-mail address, or a telephone."""
        names = set(self.input_id.field_id.mapped("name")).intersection(REACH)
        partners = self.relationship_id.partner_id
        return {
            name: self.env["res.partner"]
            .search_fetch(
                [("commercial_partner_id", "in", partners.ids), (name, "not in", (False, ""))],
                ["commercial_partner_id"],
            )
            .commercial_partner_id
            for name in names
        }

    def _found_documents(self) -> dict[int, date | None]:
        """Row id -> day on which the document of the kind arrived in the pass."""
        rows = self.filtered(lambda row: row.kind == DOCUMENT and row.input_id.fact_id)
        return self._days(
            rows,
            SQL(
                """
                SELECT looked.id, MIN((event.fact_at AT TIME ZONE 'UTC'
                                    AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date)
                  FROM crm_relationship_input AS looked
                  JOIN crm_moment_input AS input ON input.id = looked.input_id
                  JOIN crm_moment_fact AS fact ON fact.id = input.fact_id
                  JOIN crm_moment_event AS event
                    ON event.relationship_id = looked.relationship_id
                   AND event.fact = fact.code AND event.voided_at IS NULL
                  JOIN res_company AS company ON company.id = looked.company_id
             LEFT JOIN resource_calendar AS calendar ON calendar.id = company.resource_calendar_id
                 WHERE looked.id = ANY(%s)
              GROUP BY looked.id
                """,
                rows.ids,
            ),
        )

    def _found_files(self) -> dict[int, date | None]:
        """Row id -> day on which the first file was attached to the opportunity or the order."""
        rows = self.filtered(lambda row: row.kind == DOCUMENT and not row.input_id.fact_id)
        workdays = self.env["crm.workdays"]
        return self._days(
            rows,
            SQL(
                """
                SELECT looked.id, MIN(%(day)s)
                  FROM crm_relationship_input AS looked
                  JOIN crm_relationship AS pass ON pass.id = looked.relationship_id
                  JOIN ir_attachment AS file
                    ON file.res_field IS NULL
                   AND ((file.res_model = 'crm.lead' AND file.res_id = pass.lead_id)
                     OR (file.res_model = 'sale.order' AND file.res_id = pass.order_id))
                 WHERE looked.id = ANY(%(ids)s)
              GROUP BY looked.id
                """,
                day=workdays._day_sql(SQL("file.create_date"), SQL("looked.company_id")),
                ids=rows.ids,
            ),
        )

    def _found_answers(self) -> dict[int, date | None]:
        """Row id -> day on which somebody of the customer answered the question."""
        rows = self.filtered(lambda row: row.kind == ANSWER)
        workdays = self.env["crm.workdays"]
        return self._days(
            rows,
            SQL(
                """
                SELECT looked.id, MIN(%(day)s)
                  FROM crm_relationship_input AS looked
                  JOIN crm_relationship AS pass ON pass.id = looked.relationship_id
                  JOIN crm_moment_input AS input ON input.id = looked.input_id
                  JOIN survey_user_input_line AS answer
                    ON answer.question_id = input.question_id
                   AND NOT COALESCE(answer.skipped, FALSE)
                  JOIN survey_user_input AS paper
                    ON paper.id = answer.user_input_id AND paper.state = 'done'
                  JOIN res_partner AS person
                    ON person.id = paper.partner_id
                   AND person.commercial_partner_id = pass.partner_id
                 WHERE looked.id = ANY(%(ids)s)
              GROUP BY looked.id
                """,
                day=workdays._day_sql(SQL("answer.create_date"), SQL("looked.company_id")),
                ids=rows.ids,
            ),
        )

    @api.model
    def _days(self, rows: models.BaseModel, query: SQL) -> dict[int, date | None]:
        if not rows:
            return {}
        self.env.flush_all()
        return {**dict.fromkeys(rows.ids), **dict(self.env.execute_query(query))}
