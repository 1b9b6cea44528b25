from datetime import datetime

from freezegun import freeze_time

from odoo import Command

from .common import MomentsCase


class RuptureCase(MomentsCase):
    """A chain of four moments for company A, judged by hand on days that the test chooses.

    ::

        M3 order confirmed     target 5    proven by the order
        M7 transfer            target 5    begins with the order, proven by the delivery
        M8 invoice             target 2    begins with the delivery, proven by the invoice
        M9 money               target 5    begins with the invoice, proven by the payment
        each with a tolerance of one working day
    """

    STEPS = (
        ("M3", "order_confirmed", "order_confirmed", 5),
        ("M7", "order_confirmed", "goods_delivered", 5),
        ("M8", "goods_delivered", "invoice_posted", 2),
        ("M9", "invoice_posted", "payment_received", 5),
    )

    @classmethod
    def setUpClass(cls):
        # Nothing is late before the test lets time pass.
        clock = freeze_time(datetime(2026, 3, 2, 12))
        clock.start()
        cls.addClassCleanup(clock.stop)
        super().setUpClass()
        Fact = cls.env["crm.moment.fact"]
        cls.chain = cls.env["crm.moment.chain"].create(
            {"name": "Sell, deliver, invoice, collect", "company_id": cls.company_a.id}
        )
        for place, (code, start, end, target) in enumerate(cls.STEPS, 1):
            cls.env["crm.moment"].create(
                {
                    "chain_id": cls.chain.id,
                    "sequence": place,
                    "code": code,
                    "name": code,
                    "target_days": target,
                    "tolerance_days": 1,
                    "start_fact_ids": [Command.set(Fact.search([("code", "=", start)]).ids)],
                    "end_fact_ids": [Command.set(Fact.search([("code", "=", end)]).ids)],
                }
            )
        cls.chain.action_activate()
        cls.Rupture = cls.env["crm.rupture"]

    def _invoice(self, orders, day, due):
        """A posted invoice of orders, due on a day."""
        invoices = self._create_invoice(orders, day)
        invoices.invoice_date_due = due
        return self._post(invoices)

    def _on(self, *day, hour=12):
        """A day at noon in UTC, as a context."""
        return freeze_time(datetime(*day, hour))

    def _judge_all(self):
        """What the daily run does, without its commits."""
        self.env.cr.flush()
        passes = self.env["crm.relationship"].search([("company_id", "=", self.company_a.id)])
        self.Rupture._judge(passes)
        self.env.invalidate_all()

    def _open(self, root):
        """(cause, moment, amount) of the open ruptures of a document's pass."""
        passes = self._pass(root)
        return sorted(
            (item.cause, item.moment_id.code or "", item.amount) for item in passes.open_rupture_ids
        )

    def _rupture(self, root, cause):
        return self._pass(root).rupture_ids.filtered(lambda item: item.cause == cause)
