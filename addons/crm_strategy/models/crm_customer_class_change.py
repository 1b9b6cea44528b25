from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_compared_mixin import Compared
from .crm_customer_classes import KINDS

DECISION = "decision"


class CrmCustomerClassChange(models.Model):
    """Who was in which class since when; only added to, never changed (S000-9.8-04)."""

    _name = "crm.customer.class.change"
    _description = "Change of Class"
    _inherit = ["crm.partner.keyed.mixin", "crm.compared.mixin"]
    _order = "date desc, id desc"
    _rec_name = "customer_id"
    _partner_merge = "rekey"
    _privacy_purpose = "profiling"
    # No words; the mix of past days needs the row.
    _privacy_expiry = "keep"

    customer_id = fields.Many2one(
        "crm.customer", required=True, index=True, ondelete="cascade", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
        help="The customer's partner, kept here so that reports need one join less.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(required=True, readonly=True, help="First day on which the new class holds.")
    kind = fields.Selection(
        [
            ("type", "Customer type"),
            ("loyalty", "Loyalty class"),
            ("phase", "Loyalty phase"),
            ("decision", "Decision"),
        ],
        string="What changed",
        required=True,
        readonly=True,
        help="Type, class and phase follow from figures; people decide to keep, develop or exit.",
    )
    before = fields.Selection(
        selection="_selection_class", readonly=True, help="Empty: there was no data."
    )
    after = fields.Selection(
        selection="_selection_class", readonly=True, help="Empty: there is no data any more."
    )

    _kind_idx = models.Index("(company_id, kind, customer_id, date, id)")

    @api.model
    def _selection_class(self) -> list[tuple[str, str]]:
        """All classes by code, named as their definitions are today."""
        return [choice for kind in (*KINDS, DECISION) for choice in self._classes(kind)]

    @api.model
    def _classes(self, kind: str) -> list[tuple[str, str]]:
        """(code, name) of the classes of one kind, in their order."""
        if kind == DECISION:
            return self.env["crm.customer"]._fields["decision"]._description_selection(self.env)
        model = {
            "type": "crm.customer.type",
            "loyalty": "crm.loyalty.class",
            "phase": "crm.loyalty.phase",
        }[kind]
        # Access: names of definitions, which everybody with a role reads; the list of choices is
        # asked for before that is known.
        definitions = self.env[model].sudo().with_context(active_test=False).search(Domain.TRUE)
        return [(record.code, record.name) for record in definitions]

    # only added to: both always refuse, so neither calls super()
    def write(self, vals: dict) -> bool:  # pylint: disable=method-required-super
        """Refuse: what was, was."""
        self._refuse()

    def unlink(self) -> bool:  # pylint: disable=method-required-super
        """Refuse; the lines go with their customer."""
        self._refuse()

    def _refuse(self) -> None:
        raise UserError(
            self.env._(
                "Changes of class are a history and stay as they are. Change the thresholds or "
                "decide anew on the customer: a new line is added."
            )
        )

    @api.model
    @api.private
    def _log(self, company: models.BaseModel, day: date, changes: Sequence[tuple]) -> None:
        """Add lines (customer, partner, kind, before, after) of a day."""
        if not changes:
            return
        # Raw SQL: one statement for a step of customers; nobody may create lines by hand.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_customer_class_change
                       (customer_id, partner_id, company_id, date, kind, before, after,
                        create_uid, write_uid, create_date, write_date)
                SELECT new.customer_id, new.partner_id, %(company)s, %(day)s, new.kind, new.before,
                       new.after, %(uid)s, %(uid)s, %(now)s::timestamp, %(now)s::timestamp
                  FROM (VALUES %(values)s)
                    AS new (customer_id, partner_id, kind, before, after)
                """,
                company=company.id,
                day=day,
                uid=self.env.uid,
                now=self.env.cr.now(),
                values=SQL(", ").join(
                    SQL("(%s, %s, %s, %s::varchar, %s::varchar)", *change) for change in changes
                ),
            )
        )
        self.env["crm.customer"].invalidate_model(["class_change_ids"], flush=False)

    # as of a day
    @api.model
    @api.private
    def _at_sql(self, company: models.BaseModel, kind: str, day: date) -> SQL:
        """SELECT of (customer_id, code): the class of each customer at the end of a day.

        Customers of whom nothing is known by then are absent.
        """
        return SQL(
            """
            SELECT DISTINCT ON (line.customer_id) line.customer_id, line.after AS code
              FROM crm_customer_class_change AS line
             WHERE line.company_id = %(company)s AND line.kind = %(kind)s AND line.date <= %(day)s
          ORDER BY line.customer_id, line.date DESC, line.id DESC
            """,
            company=company.id,
            kind=kind,
            day=day,
        )

    @api.model
    @api.private
    def _mix(
        self, company: models.BaseModel, kind: str, day: date
    ) -> dict[tuple[int, str | None], int]:
        """(segment id of that day or 0, class code or None for no data) -> customers.

        Counted are the customers who existed on the day.
        """
        self.env.flush_all()
        Membership = self.env["crm.segment.membership"]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(membership.segment_id, 0), class.code, COUNT(*)
                  FROM crm_customer AS customer
             LEFT JOIN (%(classes)s) AS class ON class.customer_id = customer.id
                  %(membership)s
                 WHERE customer.company_id = %(company)s
                   AND (customer.create_date::date <= %(day)s OR class.customer_id IS NOT NULL)
              GROUP BY 1, 2
                """,
                classes=self._at_sql(company, kind, day),
                membership=Membership._join_at(
                    SQL("customer.partner_id"), SQL("customer.company_id"), SQL("%s::date", day)
                ),
                company=company.id,
                day=day,
            )
        )
        return {(segment_id, code): count for segment_id, code, count in rows}

    # consumer
    @api.model
    @api.private
    def _process_changes(self, rows: list[tuple[int, int, date]]) -> None:
        """Sort the customers anew; a consumer of ``crm.change``."""
        partners: dict[int, list[int]] = {}
        for company_id, partner_id, _day in rows:
            partners.setdefault(company_id, []).append(partner_id)
        for company in self.env["res.company"].browse(partners):
            self.env["crm.customer"]._classify(company, partners[company.id])

    # comparison
    @api.model
    @api.private
    def _compare(self, company: models.BaseModel, partners: range) -> Compared:
        """Customers sorted today have the classes that their facts give, and a matching history.

        Who was not sorted today yet is left to the nightly run: facts change with time alone.
        """
        Customer = self.env["crm.customer"]
        day = self.env["crm.segment.membership"]._today(company)
        scope = SQL(
            "%s AND customer.classified_on = %s",
            self._in_range(SQL("customer.partner_id"), partners),
            day,
        )
        rows = Customer._class_rows(company, scope)
        verdicts = Customer._class_verdicts(company, rows, day) if rows else {}
        names = dict(self._selection_class())
        differing, sample = [], ""
        for row in rows:
            for kind in KINDS:
                code, _facts = Customer._class_outcome(verdicts[row["id"]][kind])
                if code != row[kind]:
                    differing.append((row["partner_id"], None))
                    sample = sample or self.env._(
                        "“%(name)s” was sorted as “%(stored)s”, while its facts say “%(found)s”.",
                        name=self._partner_name(row["partner_id"]),
                        stored=names.get(row[kind], self.env._("no data")),
                        found=names.get(code, self.env._("no data")),
                    )
                    break
        return self._compared(len(rows), differing, sample)

    # merge
    @api.model
    def _merge_collisions(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """Keep one history of classes per remaining customer."""
        if customers:
            self._merge_histories(customers, SQL("line.id"))
