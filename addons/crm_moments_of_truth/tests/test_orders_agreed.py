"""Orders carry what was agreed: specifications, commitments, legal needs (9.9-O3, 2.2-S5)."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.crm_strategy.core.period import Period

from .common import MomentsCase

YEAR = Period.parse("2026")


@tagged("post_install", "-at_install")
class TestOrdersAgreed(MomentsCase):
    """Alfa's analysis: a legal need that nothing answers yet, a need answered by F1 and T1."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.customer"]._ensure([(cls.alfa.id, cls.company_a.id)])
        cls.customer = cls.env["crm.customer"].search(
            [("partner_id", "=", cls.alfa.id), ("company_id", "=", cls.company_a.id)]
        )
        cls.customer.user_id = cls.ana
        cls.analysis = cls.env["crm.need.analysis"].create(
            {
                "name": "Needs of Alfa",
                "company_id": cls.company_a.id,
                "customer_id": cls.customer.id,
                "user_id": cls.ana.id,
            }
        )
        cls.legal, cls.main = (
            cls.env["crm.need"].create(
                {
                    "analysis_id": cls.analysis.id,
                    "name": name,
                    "class_id": cls.env["crm.need.class"]
                    .search([("code", "=", code), ("company_id", "=", False)])
                    .id,
                    "legal_reference": code == "legal" and "EN 12845",
                }
            )
            for name, code in (("Fire water at any time", "legal"), ("No night calls", "main"))
        )
        Spec = cls.env["crm.specification"]
        cls.f1 = Spec.create(
            {"analysis_id": cls.analysis.id, "kind": "functional", "verb": "Warn", "noun": "us"}
        )
        cls.t1 = Spec.create(
            {
                "analysis_id": cls.analysis.id,
                "kind": "technical",
                "characteristic": "Alarm",
                "product_tmpl_id": cls.advice.product_tmpl_id.id,
            }
        )
        cls.promise = cls.env["crm.commitment"].create(
            {"analysis_id": cls.analysis.id, "name": "Alarm within 30 seconds"}
        )
        cls.env["crm.trace.link"].create(
            [
                {"need_id": cls.main.id, "functional_id": cls.f1.id},
                {"functional_id": cls.f1.id, "technical_id": cls.t1.id},
            ]
        )
        cls.order = cls._create_order(cls.alfa_buyer)

    def _demand(self, group=None):
        self.company_a.write(
            {
                "crm_refuse_uncovered_legal": True,
                "crm_legal_override_group_id": group and self.env.ref(group).id,
            }
        )

    # legal needs
    def test_order_warns_of_uncovered_legal_needs_and_is_confirmed(self):
        order = self.order.with_user(self.ana)
        self.assertEqual(order.crm_legal_need_count, 1)
        self.assertIn("EN 12845", order.crm_legal_need_text)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.crm_legal_override_user_id)

    def test_company_that_asks_for_it_refuses_the_order_by_name_and_remedy(self):
        self._demand()
        with self.assertRaisesRegex(UserError, "Fire water at any time"):
            self.order.with_user(self.ana).action_confirm()
        other = self._create_order(self.beta).with_user(self.ana)
        other.action_confirm()
        self.assertEqual(other.state, "sale")

    def test_who_decides_to_go_on_is_kept_and_cannot_be_typed(self):
        self._demand("crm_strategy.crm_strategy_group_leader")
        order = self.order.with_user(self.ana)
        with self.assertRaises(AccessError):
            order.crm_legal_override_user_id = self.lia
        order.sudo().user_id = self.lia
        decided = self.order.with_user(self.lia)
        with self.assertRaisesRegex(UserError, "Reason to go on"):
            decided.action_confirm()
        decided.crm_legal_override_reason = "The fire brigade agreed."
        decided.action_confirm()
        self.assertEqual(decided.crm_legal_override_user_id, self.lia)
        self.assertTrue(decided.crm_legal_override_at)

    def test_customer_who_signs_is_not_refused_and_the_owner_is_told(self):
        self._demand()
        portal = self.env["res.users"].create(
            {
                "name": "Alfa portal",
                "login": "alfa_portal",
                "partner_id": self.alfa_buyer.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.order.with_user(portal).sudo().action_confirm()
        self.assertEqual(self.order.state, "sale")
        self.assertIn("legal needs", self.order.activity_ids.summary)

    # specifications and commitments
    def test_references_are_taken_over_from_the_analyses_and_printed(self):
        order = self.order.with_user(self.ana)
        order.action_crm_fill_references()
        line = order.order_line
        self.assertEqual(line.crm_specification_ids, self.t1)
        line.crm_commitment_ids = self.promise
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "sale.report_saleorder", order.ids
        )
        for code in (self.t1.code, self.promise.code):
            self.assertIn(code, html.decode())

    def test_line_cannot_name_the_specification_of_another_company(self):
        foreign = self._create_order(company=self.company_b, user=self.bor)
        with self.assertRaises(UserError):
            foreign.sudo().order_line.crm_specification_ids = self.t1

    def test_offers_trace_to_a_need_by_line_or_by_product(self):
        """Three offers of Alfa: by product, by commitment that hangs on nothing, cancelled."""
        Facts = self.env["crm.facts"]
        self.order.sudo().date_order = "2026-03-02 10:00:00"
        other = self.env["product.product"].create({"name": "Visit", "type": "service"})
        second = self._create_order()
        second.sudo().order_line.product_id = other
        second.sudo().date_order = "2026-03-02 10:00:00"
        second.sudo().order_line.crm_commitment_ids = self.promise
        gone = self._create_order().sudo()
        gone.date_order = "2026-03-02 10:00:00"
        gone._action_cancel()
        found = Facts._offers_traced(self.company_a, YEAR)
        self.assertEqual(found[self.customer.id], (1, 2))
        self.env["crm.trace.link"].create(
            {"technical_id": self.t1.id, "commitment_id": self.promise.id}
        )
        found = Facts._offers_traced(self.company_a, YEAR)
        self.assertEqual(found[self.customer.id], (2, 2))

    def test_order_shows_the_roles_of_its_team(self):
        role = self.env["crm.team.role"].create({"name": "Fitter", "code": "fitter_test"})
        self.env["crm.team.seat"].create(
            {"team_id": self.north.id, "role_id": role.id, "user_id": self.ole.id}
        )
        self.order.sudo().team_id = self.north
        shown = self.order.with_user(self.ana).crm_seat_ids
        self.assertIn(self.ole, shown.user_id)
        with self.assertRaises(AccessError):
            self.order.with_user(self.sal).read(["crm_seat_ids"])
