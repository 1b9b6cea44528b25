from __future__ import annotations

from collections.abc import Iterable

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_moment_input import ANSWER, DOCUMENT, FIELD

# Where the record of a pass is found whose field an input asks for.
PLACES = {
    "res.partner": "partner_id",
    "crm.customer": "customer_id",
    "crm.lead": "lead_id",
    "sale.order": "order_id",
}
# Documents of a pass to which people attach files.
FILED = ("crm.lead", "sale.order")


class CrmRelationshipInputNotice(models.AbstractModel):
    """Notices that a missing input came without any fact: an address, a file, an answer.

    Passes are derived when facts arrive. What is filled in between two facts has its passes
    derived again, so that whoever repairs a missing input sees it seconds later.
    """

    _name = "crm.relationship.input.notice"
    _description = "Noticing of Inputs"

    @api.model
    @api.private
    def _notice_fields(self, records: models.BaseModel, names: Iterable[str]) -> None:
        """Fields of records were written: passes that miss one of them are looked at again."""
        watched = self.env["crm.moment.input"]._watched_fields().get(records._name)
        if not watched or not watched.intersection(names):
            return
        if records._name == "res.partner":
            # Access: the company of a contact, whoever writes the contact's address.
            records = records.sudo().commercial_partner_id
        self._notice(
            SQL(
                "input.kind = %s AND pass.%s = ANY(%s)",
                FIELD,
                SQL.identifier(PLACES[records._name]),
                records.ids,
            )
        )

    @api.model
    @api.private
    def _notice_files(self, model: str, ids: list[int]) -> None:
        """Files were attached to opportunities or orders."""
        if model in FILED and ids:
            self._notice(
                SQL(
                    "input.kind = %s AND input.fact_id IS NULL AND pass.%s = ANY(%s)",
                    DOCUMENT,
                    SQL.identifier(PLACES[model]),
                    ids,
                )
            )

    @api.model
    @api.private
    def _notice_answers(self, papers: models.BaseModel) -> None:
        """Surveys were answered."""
        self._notice(
            SQL(
                "input.kind = %s AND input.question_id = ANY(%s) AND pass.partner_id = ANY(%s)",
                ANSWER,
                papers.survey_id.question_ids.ids,
                papers.partner_id.commercial_partner_id.ids,
            )
        )

    @api.model
    def _notice(self, which: SQL) -> None:
        self.flush_model(["filled_on", "input_id", "relationship_id"])
        # Raw SQL: passes of which the person may see none follow as well.
        roots = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT pass.root_model, pass.root_id
                  FROM crm_relationship_input AS looked
                  JOIN crm_moment_input AS input ON input.id = looked.input_id
                  JOIN crm_relationship AS pass ON pass.id = looked.relationship_id
                 WHERE pass.active AND looked.filled_on IS NULL AND (%s)
                """,
                which,
            )
        )
        self.env["crm.moment.event"]._touch(roots)

    @api.model
    @api.private
    def _look_again(self, passes: models.BaseModel) -> None:
        """Look once a day for what is missing still; what nobody looked for yet is left alone."""
        rows = self.search(
            Domain("relationship_id", "in", passes.ids) & Domain("filled_on", "=", False)
        )
        if rows:
            rows._refresh()
            rows.flush_model()
