from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.crm_strategy.tests.common_health import HealthReader

from .common import MomentsCase


@tagged("post_install", "-at_install")
class TestHealth(HealthReader, MomentsCase):
    """What the data-health page says about orders, chains, moments and passes."""

    def test_orders_without_customer_row_of_their_company(self):
        orders = self._create_order() + self._create_order(self.beta)
        self._confirm(orders)
        elsewhere = self._create_order(user=self.env.user, company=self.company_b)
        self._confirm(elsewhere)
        self.env["crm.customer"]._ensure_from_documents(self.company_a + self.company_b)
        self.env["crm.customer"].search([("partner_id", "=", self.alfa.id)]).filtered(
            lambda customer: customer.company_id == self.company_a
        ).unlink()
        self.assertFinds(self.sim, "order_without_customer", orders[0], total=2)
        none = self.env["sale.order"]
        self.assertFinds(self.bor, "order_without_customer", none, total=1)

    def test_a_customer_of_the_other_company_does_not_count(self):
        """Both companies at once: the row of one does not excuse the order of the other."""
        order = self._confirm(self._create_order())
        self.env["crm.customer"].search([("partner_id", "=", self.alfa.id)]).unlink()
        self.env["crm.customer"]._ensure([(self.alfa.id, self.company_b.id)])
        self.sim.company_ids += self.company_b
        both = self.company_a + self.company_b
        self.assertFinds(self.sim, "order_without_customer", order, companies=both)

    def test_companies_without_a_chain(self):
        self.env["crm.moment.chain"].search([]).write({"state": "closed"})
        self.env["crm.moment.chain"].create({"name": "Own", "company_id": self.company_a.id})
        self.assertFinds(self.sim, "company_without_chain", self.company_a, total=1)
        self.assertEqual(self._checks(self.sim)["company_without_chain"]["state"], "wrong")

    def test_the_shared_chain_serves_every_company(self):
        self.assertFinds(self.sim, "company_without_chain", self.env["res.company"], total=1)

    def test_companies_without_working_hours(self):
        self.company_a.resource_calendar_id = False
        self.assertFinds(self.sim, "company_without_calendar", self.company_a, total=1)
        self.assertFinds(self.bor, "company_without_calendar", self.env["res.company"], total=1)

    def test_moments_that_no_fact_can_prove(self):
        moments = self.env["crm.moment.chain"]._for_company(self.company_a).moment_ids
        unprovable = moments[0]
        unprovable.end_fact_ids = False
        self.assertFinds(self.fin, "moment_without_fact", unprovable, total=len(moments))

    def test_passes_stand_still_after_the_days_of_the_company(self):
        today = fields.Date.context_today(self.env.user)
        days = self.company_a.crm_silent_days
        old, fresh = self._create_order(), self._create_order(self.beta)
        self._confirm(old, fields.Datetime.to_datetime(today - timedelta(days=days + 1)))
        self._confirm(fresh, fields.Datetime.to_datetime(today - timedelta(days=days)))
        self._derive()
        self.assertFinds(self.sim, "pass_silent", old.crm_relationship_ids, total=2)
        self.company_a.crm_silent_days = days + 2
        self.assertFinds(self.sim, "pass_silent", self.env["crm.relationship"], total=2)

    def test_a_paid_order_does_not_stand_still(self):
        order = self._confirm(self._create_order())
        invoice = self._post(self._create_invoice(order))
        self._pay(invoice, invoice.amount_total)
        self._derive()
        self.assertTrue(order.crm_relationship_ids)
        self.assertFinds(self.sim, "pass_silent", self.env["crm.relationship"], total=1)

    def test_settings_write_the_company(self):
        admin = self._create_user("admin_settings", "base.group_system")
        Settings = self.env["res.config.settings"].with_user(admin).with_company(self.company_a)
        Settings.create({"crm_silent_days": 7}).execute()
        self.assertEqual((self.company_a.crm_silent_days, self.company_b.crm_silent_days), (7, 60))

    def test_media_on_invoices_that_count_for_no_channel(self):
        known, unknown = self.env["utm.medium"].create([{"name": "Fair"}, {"name": "Leaflet"}])
        self.env["crm.channel"].create(
            {"name": "Fair", "code": "fair_health", "medium_ids": known.ids}
        )
        for medium in (known, unknown):
            order = self._confirm(self._create_order()).sudo()
            order.medium_id = medium
            self._post(self._create_invoice(order))
        self.assertFinds(self.sim, "medium_without_channel", unknown, total=2)
        self.assertFinds(self.bor, "medium_without_channel", unknown.browse(), total=0)
