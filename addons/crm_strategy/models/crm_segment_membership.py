from __future__ import annotations

from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_compared_mixin import Compared


class CrmSegmentMembership(models.Model):
    """Who was in which segment when; what reports call "segment then" (S000-9.8-03)."""

    _name = "crm.segment.membership"
    _description = "Segment Membership"
    _inherit = ["crm.partner.keyed.mixin", "crm.compared.mixin"]
    _order = "date_from desc nulls last, id desc"
    _rec_name = "segment_id"
    _partner_merge = "rekey"
    _privacy_purpose = "profiling"
    # No words; figures of past periods need the row.
    _privacy_expiry = "keep"

    customer_id = fields.Many2one(
        "crm.customer", required=True, index=True, ondelete="cascade", readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        ondelete="cascade",
        readonly=True,
        help="The customer's partner, kept here so that reports need one join less.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    segment_id = fields.Many2one(
        "crm.segment",
        required=True,
        index=True,
        # A used segment refuses to be deleted; only its company takes it along.
        ondelete="cascade",
        readonly=True,
    )
    date_from = fields.Date(
        string="From",
        readonly=True,
        help="First day in the segment. Empty: since ever, so that documents older than the "
        "first assignment have a segment too.",
    )
    date_to = fields.Date(
        string="Until",
        readonly=True,
        help="First day that no longer belongs to the segment. Empty: still there.",
    )
    assigned_on = fields.Date(
        required=True,
        readonly=True,
        help="Day on which this was decided. A change on the same day corrects the decision "
        "instead of adding a line.",
    )

    _one_open_uniq = models.UniqueIndex(
        "(customer_id) WHERE date_to IS NULL",
        "A customer is in one segment at a time.",
    )
    _interval_check = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from < date_to)",
        "A stay in a segment ends after it began.",
    )
    _partner_company_idx = models.Index("(partner_id, company_id, date_from)")

    @api.model
    def _today(self, company: models.BaseModel) -> date:
        """Today in the zone of the company's calendar."""
        zone = company.resource_calendar_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    @api.model
    @api.private
    def _follow(self, company: models.BaseModel, moved: SQL) -> list[int]:
        """Bring the history in line with the customers that ``moved`` returns.

        ``moved`` is a SELECT, or an UPDATE with RETURNING, that gives customer_id, partner_id
        and segment_id as they are now. All in one statement: a decision of today is corrected
        in place, an older one closes today, a new one opens. Returns the customer ids whose
        history changed.
        """
        # Raw SQL: the customers and their history change in the same statement, for all
        # customers at once. The count of "closed" in "opened" makes the database finish closing
        # first, since only one membership of a customer may be open.
        rows = self.env.execute_query(
            SQL(
                """
                WITH moved AS (%(moved)s),
                delta AS (
                    SELECT moved.customer_id, moved.partner_id, moved.segment_id,
                           latest.id AS latest_id, latest.assigned_on,
                           latest.date_from AS since
                      FROM moved
                 LEFT JOIN crm_segment_membership AS latest
                        ON latest.customer_id = moved.customer_id AND latest.date_to IS NULL
                     WHERE latest.segment_id IS DISTINCT FROM moved.segment_id
                ),
                dropped AS (
                    DELETE FROM crm_segment_membership AS membership USING delta
                     WHERE membership.id = delta.latest_id
                       AND delta.assigned_on >= %(today)s AND delta.segment_id IS NULL
                ),
                corrected AS (
                    UPDATE crm_segment_membership AS membership
                       SET segment_id = delta.segment_id,
                           write_uid = %(uid)s, write_date = %(now)s
                      FROM delta
                     WHERE membership.id = delta.latest_id
                       AND delta.assigned_on >= %(today)s AND delta.segment_id IS NOT NULL
                ),
                closed AS (
                    UPDATE crm_segment_membership AS membership
                       SET date_to = %(today)s, write_uid = %(uid)s, write_date = %(now)s
                      FROM delta
                     WHERE membership.id = delta.latest_id AND delta.assigned_on < %(today)s
                 RETURNING membership.id
                ),
                opened AS (
                    INSERT INTO crm_segment_membership
                           (customer_id, partner_id, company_id, segment_id, date_from,
                            assigned_on, create_uid, write_uid, create_date, write_date)
                    SELECT delta.customer_id, delta.partner_id, %(company)s::int,
                           delta.segment_id,
                           CASE WHEN EXISTS (
                               SELECT 1 FROM crm_segment_membership AS earlier
                                WHERE earlier.customer_id = delta.customer_id
                           ) THEN %(today)s::date END,
                           %(today)s::date, %(uid)s::int, %(uid)s::int,
                           %(now)s::timestamp, %(now)s::timestamp
                      FROM delta
                     WHERE delta.segment_id IS NOT NULL
                       AND (delta.latest_id IS NULL OR delta.assigned_on < %(today)s)
                       AND (SELECT COUNT(*) FROM closed) >= 0
                )
                SELECT customer_id,
                       -- The first day whose segment is another one now.
                       CASE WHEN latest_id IS NOT NULL AND assigned_on < %(today)s
                            THEN %(today)s::date
                            WHEN latest_id IS NOT NULL THEN since
                            WHEN EXISTS (
                               SELECT 1 FROM crm_segment_membership AS earlier
                                WHERE earlier.customer_id = delta.customer_id
                            ) THEN %(today)s::date END
                  FROM delta
                """,
                moved=moved,
                company=company.id,
                today=self._today(company),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        if rows:
            self.invalidate_model()
            self.env["crm.customer"].invalidate_model(["membership_ids"])
            since = min(day or date.min for _customer_id, day in rows)
            self.env["crm.indicator"]._note_stale(company.ids, since)
        return [customer_id for customer_id, _day in rows]

    # comparison
    @api.model
    @api.private
    def _compare(self, company: models.BaseModel, partners: range) -> Compared:
        """The open membership of each customer is in the segment of today."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT customer.partner_id, today.name, history.name
                  FROM crm_customer AS customer
             LEFT JOIN crm_segment_membership AS line
                    ON line.customer_id = customer.id AND line.date_to IS NULL
             LEFT JOIN crm_segment AS today ON today.id = customer.segment_id
             LEFT JOIN crm_segment AS history ON history.id = line.segment_id
                 WHERE customer.company_id = %(company)s AND %(scope)s
                   AND (customer.segment_id IS DISTINCT FROM line.segment_id
                        OR EXISTS (
                            SELECT FROM crm_segment_membership AS any_line
                             WHERE any_line.customer_id = customer.id
                               AND (any_line.partner_id, any_line.company_id)
                                   != (customer.partner_id, customer.company_id)
                        ))
              ORDER BY customer.id
                """,
                company=company.id,
                scope=self._in_range(SQL("customer.partner_id"), partners),
            )
        )
        ((checked,),) = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM crm_customer WHERE company_id = %s AND %s",
                company.id,
                self._in_range(SQL("partner_id"), partners),
            )
        )
        sample = rows and self.env._(
            "“%(name)s” is in segment “%(today)s” today, while its history says “%(history)s”.",
            name=self._partner_name(rows[0][0]),
            today=self._segment_name(rows[0][1]),
            history=self._segment_name(rows[0][2]),
        )
        return self._compared(checked, [(row[0], None) for row in rows], sample)

    @api.model
    def _segment_name(self, translations: dict | None) -> str:
        """Name from a translated column, in the reader's language."""
        if not translations:
            return self.env._("none")
        return translations.get(self.env.lang) or translations["en_US"]

    @api.model
    @api.private
    def _process_changes(self, rows: list[tuple[int, int, date]]) -> None:
        """Let the history follow the segments of today; a consumer of ``crm.change``."""
        partners: dict[int, list[int]] = {}
        for company_id, partner_id, _day in rows:
            partners.setdefault(company_id, []).append(partner_id)
        self.env.flush_all()
        for company in self.env["res.company"].browse(partners):
            # Raw SQL: copies of the customer's own keys, which nobody may write by hand.
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE crm_segment_membership AS line
                       SET partner_id = customer.partner_id, company_id = customer.company_id
                      FROM crm_customer AS customer
                     WHERE customer.id = line.customer_id AND customer.company_id = %s
                       AND customer.partner_id = ANY(%s)
                       AND (line.partner_id, line.company_id)
                           != (customer.partner_id, customer.company_id)
                    """,
                    company.id,
                    partners[company.id],
                )
            )
            if self.env.cr.rowcount:
                self.env["crm.indicator"]._note_stale(company.ids, date.min)
            self._follow(
                company,
                SQL(
                    """
                    SELECT id AS customer_id, partner_id, segment_id
                      FROM crm_customer
                     WHERE company_id = %s AND partner_id = ANY(%s)
                    """,
                    company.id,
                    partners[company.id],
                ),
            )
        self.invalidate_model(flush=False)

    # joins for reports
    @api.model
    @api.private
    def _join_at(self, partner: SQL, company: SQL, day: SQL, alias: str = "membership") -> SQL:
        """LEFT JOIN of the membership that was valid on a day ("segment then").

        ``partner`` is a commercial partner's id, ``day`` a date. Read ``<alias>.segment_id``;
        it is null for whoever was unassigned. At most one row joins.
        """
        return SQL(
            """
            LEFT JOIN crm_segment_membership AS %(alias)s
                   ON %(alias)s.partner_id = %(partner)s
                  AND %(alias)s.company_id = %(company)s
                  AND (%(alias)s.date_from IS NULL OR %(alias)s.date_from <= %(day)s)
                  AND (%(alias)s.date_to IS NULL OR %(day)s < %(alias)s.date_to)
            """,
            alias=SQL.identifier(alias),
            partner=partner,
            company=company,
            day=day,
        )

    @api.model
    @api.private
    def _team_join(self, alias: str = "membership") -> SQL:
        """LEFT JOIN of the segment's active team as ``segment_team``; comes after _join_at."""
        return SQL(
            """
            LEFT JOIN crm_team AS segment_team
                   ON segment_team.crm_segment_id = %(alias)s.segment_id
                  AND segment_team.company_id = %(alias)s.company_id
                  AND segment_team.active
            """,
            alias=SQL.identifier(alias),
        )

    # merge
    @api.model
    def _merge_collisions(
        self, source_ids: list[int], destination_id: int, customers: dict[int, int]
    ) -> None:
        """Keep one history per remaining customer: its own, else that of the oldest other.

        Two histories cannot both hold at one day; the one that goes is kept in words in the
        audit log of its company, so that nothing is lost for a reader.
        """
        if not customers:
            return
        rows = self._merge_histories(
            customers,
            SQL("line.company_id, line.partner_id, line.segment_id, line.date_from, line.date_to"),
        )
        if rows:
            companies = {company_id for company_id, *_rest in rows}
            self.env["crm.indicator"]._note_stale(companies, date.min)
            self._tell_merged_history(destination_id, rows)

    @api.model
    def _tell_merged_history(self, destination_id: int, rows: list[tuple]) -> None:
        """Log (company, contact, segment, from, until) of what is no longer in the history.

        The contact's messages are read in every company, so they only say where to look.
        """
        Company, Segment = self.env["res.company"], self.env["crm.segment"]
        destination = self.env["res.partner"].browse(destination_id)
        told: dict[int, list[str]] = {}
        for company_id, partner_id, segment_id, date_from, date_to in rows:
            line = self.env._(
                "%(contact)s: segment “%(segment)s” from %(date_from)s until %(date_to)s",
                contact=destination.browse(partner_id).display_name,
                segment=Segment.browse(segment_id).display_name,
                date_from=date_from or self.env._("ever"),
                date_to=date_to or self.env._("today"),
            )
            told.setdefault(company_id, []).append(line)
        for company_id, lines in told.items():
            self.env["crm.audit.log"]._log_run(
                "runs",
                self.env._("Contacts merged into %(name)s", name=destination.display_name),
                "; ".join(lines),
                Company.browse(company_id),
                destination,
            )
        destination.message_post(
            body=self.env._(
                "Contacts were merged. The remaining customer keeps its own segment history; "
                "what the others had is in the audit log."
            )
        )
