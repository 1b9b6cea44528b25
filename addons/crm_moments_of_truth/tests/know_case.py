from odoo import Command

from odoo.addons.crm_strategy.core.measure import COMPANY, TEAM, MeasureScope
from odoo.addons.crm_strategy.core.period import Period

from .common import MomentsCase


class KnowCase(MomentsCase):
    """Alfa is served by segment Heights with team North, whose member Ana owns it.

    Ole owns Beta, which no segment serves.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.heights = cls.env["crm.segment"].create(
            {"name": "Heights", "company_id": cls.company_a.id}
        )
        cls.north.crm_segment_id = cls.heights
        cls.north.member_ids = [Command.set(cls.ana.ids)]
        pairs = [(partner.id, cls.company_a.id) for partner in (cls.alfa, cls.beta)]
        cls.env["crm.customer"]._ensure(pairs)
        cls.customer = cls._customer(cls.alfa)
        cls.customer.write({"segment_id": cls.heights.id, "user_id": cls.ana.id})
        cls.other = cls._customer(cls.beta)
        cls.other.user_id = cls.ole
        # Long ago, so that facts of the test lie within.
        cls.env["crm.segment.membership"].search(
            [("customer_id", "=", cls.customer.id)]
        ).date_from = False
        cls.env.flush_all()

    @classmethod
    def _customer(cls, partner):
        return cls.env["crm.customer"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", cls.company_a.id)]
        )

    def _figure(self, code, period="2026-03", team=None):
        """(numerator, denominator, n) of an indicator, and its records, all and failing."""
        indicator = self.env["crm.indicator"].search([("code", "=", code)])
        scope = MeasureScope(
            self.company_a.id,
            TEAM if team else COMPANY,
            (team.id,) if team else None,
            (Period.parse(period),),
        )
        rows = [row for row in indicator._measure(scope) if row.numerator is not None]
        model, domain = indicator._records(scope)
        _model, failing = indicator._failing(scope)
        records = self.env[model].search(domain)
        failed = self.env[model].search(failing)
        if not rows:
            self.assertFalse(records)
            return None, records, failed
        (row,) = rows
        # Every figure answers for itself: its records are as many as it says.
        self.assertEqual(len(records), row.denominator)
        self.assertEqual(len(failed), row.denominator - row.numerator)
        return (row.numerator, row.denominator), records, failed
