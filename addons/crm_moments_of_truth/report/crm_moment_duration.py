from __future__ import annotations

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_strategy.models.figure_field import FigureField

from ..core import states

BRANCH = 10**12
MOMENT, PASS = "moment", "pass"
# Aggregated field -> (column, share of the rows below it).
PERCENTILES = {
    "median_working": ("working_days", 0.5),
    "p90_working": ("working_days", 0.9),
    "median_calendar": ("calendar_days", 0.5),
    "p90_calendar": ("calendar_days", 0.9),
}
# Aggregated field -> (sum above, sum below).
RATIOS = {
    "in_time_rate": ("in_time_count", "judged_count"),
    "parallel_rate": ("parallel_days", "moment_days"),
}


class CrmMomentDuration(models.Model):
    """How long moments and passes took: one row per proven moment, and one per pass transferred.

    A median of a group is the median of its rows, never a mean of medians; shares are ratios of
    sums (S000-9.5-R7).
    """

    _name = "crm.moment.duration"
    _description = "Duration of Moments"
    _auto = False
    _order = "proven_on desc, id desc"
    _rec_name = "relationship_id"
    _depends = {
        "crm.relationship": [
            "company_id",
            "partner_id",
            "customer_id",
            "user_id",
            "team_id",
            "date_first",
            "active",
        ],
        "crm.relationship.moment": ["moment_id", "state", "started_on", "proven_on"],
        "crm.moment": ["code", "letter", "sequence", "target_days", "tolerance_days"],
        "crm.segment.membership": ["partner_id", "segment_id", "date_from", "date_to"],
    }

    kind = fields.Selection(
        [(MOMENT, "One moment"), (PASS, "The whole way to the transfer")],
        string="What took so long",
        readonly=True,
        help="The whole way runs from the first fact of a pass to the day on which its last "
        "“Do” moment was proven: the customer has the product and owns it.",
    )
    relationship_id = fields.Many2one("crm.relationship", string="Pass", readonly=True)
    moment_id = fields.Many2one(
        "crm.moment", string="Moment", readonly=True, help="Empty for the whole way."
    )
    code = fields.Char(
        string="Moment (all versions)",
        readonly=True,
        help="Short name of the moment, the same in all versions of the chain.",
    )
    letter = fields.Selection(
        [("p", "Plan"), ("d", "Do"), ("c", "Check"), ("a", "Act")], string="PDCA", readonly=True
    )
    company_id = fields.Many2one("res.company", string="Company", readonly=True)
    currency_id = fields.Many2one("res.currency", string="Currency", readonly=True)
    customer_id = fields.Many2one("crm.customer", string="Customer", readonly=True)
    segment_id = fields.Many2one(
        "crm.segment",
        string="Segment then",
        readonly=True,
        help="The segment in which the customer was on the day of the end.",
    )
    team_id = fields.Many2one("crm.team", string="Team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    started_on = fields.Date(string="Started", readonly=True, help="Day of the first fact.")
    proven_on = fields.Date(string="Ended", readonly=True, help="Day of the last needed fact.")
    # figures
    calendar_days = fields.Integer(
        string="Calendar days", readonly=True, help="Days from the beginning to the end."
    )
    working_days = fields.Integer(
        string="Working days",
        readonly=True,
        help="Working days of the company from the beginning to the end, holidays left out. What "
        "begins and ends on one day took 0.",
    )
    target_days = fields.Integer(
        string="Target (working days)",
        readonly=True,
        aggregator="avg",
        help="The target of the moment; for the whole way the sum over its Plan and Do moments "
        "that began. Of two moments that may run side by side the longer one counts.",
    )
    in_time_count = fields.Integer(
        string="Ended in time", readonly=True, help="Took no longer than the target."
    )
    judged_count = fields.Integer(string="With an end", readonly=True, help="How many ended.")
    parallel_days = fields.Integer(
        string="Days side by side",
        readonly=True,
        help="Days on which another moment of the same pass was under way too.",
    )
    moment_days = fields.Integer(
        string="Days of moments",
        readonly=True,
        help="Calendar days of single moments, below the share of days side by side.",
    )
    median_working = FigureField(
        string="Median (working days)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Half took no longer than this.",
    )
    p90_working = FigureField(
        string="90 % within (working days)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Nine out of ten took no longer than this.",
    )
    median_calendar = FigureField(
        string="Median (calendar days)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Half took no longer than this, weekends and holidays counted.",
    )
    p90_calendar = FigureField(
        string="90 % within (calendar days)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Nine out of ten took no longer than this, weekends and holidays counted.",
    )
    in_time_rate = FigureField(
        string="In time",
        readonly=True,
        aggregator="avg",
        digits=(16, 4),
        help="Those that took no longer than their target / all that ended.",
    )
    parallel_rate = FigureField(
        string="Side by side",
        readonly=True,
        aggregator="avg",
        digits=(16, 4),
        help="Days on which another moment of the same pass ran too / all days of the moments. "
        "No figure where all began and ended on one day.",
    )

    @property
    def _table_query(self) -> SQL:
        companies = self.env.companies
        return SQL(
            """
            SELECT told.*,
                   told.working_days::float AS median_working,
                   told.working_days::float AS p90_working,
                   told.calendar_days::float AS median_calendar,
                   told.calendar_days::float AS p90_calendar,
                   told.in_time_count::float AS in_time_rate,
                   told.parallel_days / NULLIF(told.moment_days, 0)::float AS parallel_rate
              FROM (%s UNION ALL %s) AS told
            """,
            self._moments_sql(companies),
            self._passes_sql(companies),
        )

    @api.model
    def _moments_sql(self, companies: models.BaseModel) -> SQL:
        """One row per moment that was proven."""
        ended = SQL(
            """
            SELECT line.id, %(kind)s AS kind, line.relationship_id, line.moment_id, moment.code,
                   moment.letter, relationship.company_id, relationship.customer_id,
                   relationship.partner_id, relationship.team_id, relationship.user_id,
                   line.started_on, line.proven_on, moment.target_days
              FROM crm_relationship_moment AS line
              JOIN crm_relationship AS relationship ON relationship.id = line.relationship_id
              JOIN crm_moment AS moment ON moment.id = line.moment_id
             WHERE line.state = %(proven)s AND relationship.active
               AND relationship.company_id = ANY(%(companies)s)
            """,
            kind=MOMENT,
            proven=states.PROVEN,
            companies=companies.ids,
        )
        parallel = SQL(
            """
            (SELECT COUNT(*) FROM generate_series(
                        ended.started_on, ended.proven_on - 1, INTERVAL '1 day') AS day
              WHERE EXISTS (
                    SELECT FROM crm_relationship_moment AS other
                     WHERE other.relationship_id = ended.relationship_id
                       AND other.id <> ended.id AND other.started_on <= day::date
                       AND (other.proven_on IS NULL OR other.proven_on > day::date)))
            """
        )
        return self._rows_sql(ended, SQL("ended.id"), parallel, companies)

    @api.model
    def _passes_sql(self, companies: models.BaseModel) -> SQL:
        """One row per pass whose last “Do” moment was proven."""
        ended = self._ways_sql(companies)
        return self._rows_sql(
            ended, SQL("%s + ended.relationship_id", BRANCH), SQL("NULL::int"), companies
        )

    @api.model
    def _rows_sql(self, ended: SQL, row_id: SQL, parallel: SQL, companies) -> SQL:
        Workdays = self.env["crm.workdays"]
        calendar = SQL("calendar")
        working = SQL(
            "%s - %s",
            Workdays._ordinal_sql(SQL("ended.proven_on"), calendar),
            Workdays._ordinal_sql(SQL("ended.started_on"), calendar),
        )
        return SQL(
            """
            SELECT (%(row_id)s)::bigint AS id, ended.kind, ended.relationship_id, ended.moment_id,
                   ended.code, ended.letter, ended.company_id, company.currency_id,
                   ended.customer_id, membership.segment_id, ended.team_id, ended.user_id,
                   ended.started_on, ended.proven_on,
                   ended.proven_on - ended.started_on AS calendar_days,
                   %(working)s AS working_days,
                   ended.target_days,
                   (%(working)s <= ended.target_days)::int AS in_time_count,
                   1 AS judged_count,
                   %(parallel)s AS parallel_days,
                   CASE WHEN ended.kind = %(moment)s
                        THEN ended.proven_on - ended.started_on END AS moment_days
              FROM (%(ended)s) AS ended
              JOIN res_company AS company ON company.id = ended.company_id
              JOIN (%(calendars)s) AS calendar ON calendar.company_id = ended.company_id
              %(membership)s
            """,
            row_id=row_id,
            working=working,
            parallel=parallel,
            moment=MOMENT,
            ended=ended,
            calendars=Workdays._calendars_sql(companies),
            membership=self.env["crm.segment.membership"]._join_at(
                SQL("ended.partner_id"), SQL("ended.company_id"), SQL("ended.proven_on")
            ),
        )

    @api.model
    @api.private
    def _ways_sql(self, companies: models.BaseModel) -> SQL:
        """SELECT of the whole ways: passes whose last “Do” moment of the chain is proven.

        The way ends on that day and began with the first fact of the pass. Its target is the sum
        of the targets of the Plan and Do moments that began; of two that may run side by side the
        longer one counts.
        """
        return SQL(
            """
            SELECT %(kind)s AS kind, relationship.id AS relationship_id,
                   NULL::int AS moment_id, NULL::varchar AS code, NULL::varchar AS letter,
                   relationship.company_id, relationship.customer_id, relationship.partner_id,
                   relationship.team_id, relationship.user_id,
                   LEAST(relationship.date_first, line.proven_on) AS started_on, line.proven_on,
                   (SELECT COALESCE(SUM(moment.target_days), 0)::int
                      FROM crm_relationship_moment AS own
                      JOIN crm_moment AS moment ON moment.id = own.moment_id
                     WHERE own.relationship_id = relationship.id
                       AND own.state <> %(open)s AND moment.letter IN ('p', 'd')
                       AND NOT EXISTS (
                            SELECT FROM crm_relationship_moment AS begun
                              JOIN crm_moment AS other ON other.id = begun.moment_id
                              JOIN crm_moment_parallel_rel AS beside
                                ON (beside.moment_id = moment.id AND beside.parallel_id = other.id)
                                OR (beside.moment_id = other.id AND beside.parallel_id = moment.id)
                             WHERE begun.relationship_id = relationship.id
                               AND begun.state <> %(open)s AND other.letter IN ('p', 'd')
                               AND (other.target_days, -other.sequence, -other.id)
                                 > (moment.target_days, -moment.sequence, -moment.id))
                   ) AS target_days
              FROM crm_relationship AS relationship
              JOIN LATERAL (
                    SELECT moment.id FROM crm_moment AS moment
                     WHERE moment.chain_id = relationship.chain_id AND moment.letter = 'd'
                       AND EXISTS (SELECT FROM crm_moment_end_fact_rel AS proof
                                    WHERE proof.moment_id = moment.id)
                  ORDER BY moment.sequence DESC, moment.id DESC LIMIT 1
                  ) AS last ON TRUE
              JOIN crm_relationship_moment AS line
                ON line.relationship_id = relationship.id AND line.moment_id = last.id
             WHERE line.state = %(proven)s AND relationship.active
               AND relationship.company_id = ANY(%(companies)s)
            """,
            kind=PASS,
            open=states.OPEN,
            proven=states.PROVEN,
            companies=companies.ids,
        )

    def _read_group_select(self, aggregate_spec: str, query) -> SQL:
        """Medians over the rows of each group; shares as ratios of sums; NULL without rows."""
        name, _colon, function = aggregate_spec.partition(":")
        if function == "avg" and name in PERCENTILES:
            column, share = PERCENTILES[name]
            return SQL(
                "percentile_cont(%s) WITHIN GROUP (ORDER BY %s)",
                share,
                self._field_to_sql(self._table, column, query),
            )
        if function == "avg" and name in RATIOS:
            above, below = (self._field_to_sql(self._table, part, query) for part in RATIOS[name])
            return SQL("SUM(%s)::float / NULLIF(SUM(%s), 0)", above, below)
        return super()._read_group_select(aggregate_spec, query)

    def action_open_relationship(self) -> dict:
        """Open the pass behind the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.relationship",
            "res_id": self.relationship_id.id,
            "views": [(False, "form")],
        }
