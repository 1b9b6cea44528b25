from __future__ import annotations

import hashlib
import json

from odoo import fields, models
from odoo.exceptions import UserError


class CrmNeedBook(models.AbstractModel):
    """The part of an analysis that issues its three books (S000-9.9-O1..3).

    Issuing freezes what the books say under one revision number; all three print that. What
    changes afterwards enters the next issue.
    """

    _name = "crm.need.book"
    _description = "Books of an Analysis"

    issue_ids = fields.One2many(
        "crm.need.issue", "analysis_id", string="Issues", help="What was issued, with its books."
    )
    revision = fields.Integer(
        string="Issued revision",
        readonly=True,
        copy=False,
        tracking=True,
        help="Number of the last issue; the three books carry it.",
    )
    is_changed = fields.Boolean(
        string="Changed since the issue",
        compute="_compute_is_changed",
        help="Something differs from what was issued last. Issue a new revision to print it.",
    )

    def _compute_is_changed(self) -> None:
        for analysis in self:
            issue = analysis._last_issue()
            content = issue and fingerprint_of(analysis._book_content())
            analysis.is_changed = bool(issue) and issue.fingerprint != content

    def _last_issue(self) -> models.BaseModel:
        return self.issue_ids.filtered(lambda issue: issue.number == self.revision)[:1]

    def action_issue(self) -> bool:
        """Freeze what the analysis says now as its next revision."""
        self.ensure_one()
        self.check_access("write")
        if not self.need_ids:
            raise UserError(
                self.env._(
                    "“%(analysis)s” has no need yet, so there is nothing to issue. Write down the "
                    "needs and their specifications first.",
                    analysis=self.display_name,
                )
            )
        content = self._book_content()
        number = self.revision + 1
        # Access: who may write the analysis may issue it; nobody types an issue.
        self.env["crm.need.issue"].sudo().create(
            {
                "analysis_id": self.id,
                "number": number,
                "user_id": self.env.uid,
                "issued_at": fields.Datetime.now(),
                "content": content,
                "fingerprint": fingerprint_of(content),
            }
        )
        # Access: see above.
        self.sudo().write({"revision": number, "state": "issued"})
        self.message_post(body=self.env._("Revision %(number)s issued.", number=number))
        return True

    def action_print_functional(self) -> dict:
        """Print the functional book of the last issue."""
        return self._print("crm_strategy.crm_need_functional_report")

    def action_print_technical(self) -> dict:
        """Print the technical book of the last issue."""
        return self._print("crm_strategy.crm_need_technical_report")

    def action_print_contract(self) -> dict:
        """Print the contract data of the last issue."""
        return self._print("crm_strategy.crm_need_contract_report")

    def _print(self, xml_id: str) -> dict:
        self.ensure_one()
        issue = self._last_issue()
        if not issue:
            raise UserError(
                self.env._(
                    "“%(analysis)s” has not been issued, and books carry an issued revision. "
                    "Press “Issue revision” first.",
                    analysis=self.display_name,
                )
            )
        return self.env.ref(xml_id).report_action(issue)

    # content
    def _book_content(self) -> dict:
        """What the books say, as plain data without language: labels come when it is printed."""
        self.ensure_one()
        # Access: a book is whole, whoever of its people issues it.
        analysis = self.sudo().with_context(lang="en_US")
        trace = analysis._trace()
        codes = {
            record._trace_key(): record.code
            for records in (
                analysis.need_ids,
                analysis.specification_ids,
                analysis.commitment_ids,
            )
            for record in records
        }
        ends = {
            "up": {key: [codes[link.source] for link in links] for key, links in trace._up.items()},
            "down": {
                key: [codes[link.target] for link in links] for key, links in trace._down.items()
            },
        }

        def head(record):
            key = record._trace_key()
            return {
                "code": record.code,
                "revision": record.revision,
                "name": record.name or "",
                "up": sorted(ends["up"].get(key, ())),
                "down": sorted(ends["down"].get(key, ())),
                "suspect": key in trace.suspects,
                "orphan": record.is_orphan,
            }

        specifications = analysis.specification_ids.sorted("code")
        return {
            "name": analysis.name,
            "subject": analysis.subject or "",
            "responsible": analysis.user_id.name or "",
            "needs": [head(need) | need._book_words() for need in analysis.need_ids.sorted("code")],
            "functional": [
                head(spec) | spec._book_words()
                for spec in specifications
                if spec.kind == "functional"
            ],
            "technical": [
                head(spec) | spec._book_words()
                for spec in specifications
                if spec.kind == "technical"
            ],
            "commitments": [
                head(line) | line._book_words() for line in analysis.commitment_ids.sorted("code")
            ],
        }


def fingerprint_of(content: dict) -> str:
    """SHA-256 of the content: the same fingerprint means the same books."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
