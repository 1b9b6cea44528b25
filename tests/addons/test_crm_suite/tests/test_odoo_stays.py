"""What Odoo does already stays Odoo's (the OD rows of the domain): links, never copies.

S000-9.3-10, S001-4-SF, S002-2.2-S1 to S6: no second pipeline, contact book, quotation or product
configurator. Our screens lead to Odoo's models, and Odoo's own menus stay where they are.
"""

from odoo import fields, models
from odoo.orm.model_classes import add_to_registry
from odoo.tests import TransactionCase, tagged

from .common import SUITE, own_models

# What would make a second one of it: fields that a table of ours holds itself, not as a link.
PIPELINE = {"expected_revenue", "planned_revenue", "probability", "recurring_revenue", "stage_id"}
ADDRESS = {"email", "phone", "mobile", "street", "zip", "vat", "function"}
QUANTITY = ("qty", "quantity")
PRICE = ("price", "discount", "subtotal")
# Menus of Odoo that people keep using -> the model they open.
MENUS = {
    "crm.crm_menu_leads": "crm.lead",
    "crm.res_partner_menu_customer": "res.partner",
    "sale_crm.sale_order_menu_quotations_crm": "sale.order",
}
# What speaks of stages and holds no deals: actions for a part of a customer's life, and what is
# asked before a deal leaves one of Odoo's own stages.
NO_PIPELINE = {
    "crm.lifecycle.action",
    "crm.stage.criterion",
    "crm.stage.evidence",
    "crm.stage.exit",
}
# Words under which people know Odoo's screens: no menu of ours opens a model of ours under them.
WORDS = {"Pipeline", "Leads", "Opportunities", "Contacts", "Quotations", "Orders", "Products"}
# Buttons of ours -> the model of Odoo that they open.
BUTTONS = {
    ("crm.customer", "action_open_opportunities"): "crm.lead",
    ("crm.customer", "action_open_invoices"): "account.move",
}


@tagged("post_install", "-at_install")
class TestOdooStays(TransactionCase):
    """Our models and menus, found in the registry and the database."""

    def test_no_model_of_ours_is_a_second_one_of_odoos(self):
        findings = [
            f"{name}: looks like a second {kind} ({', '.join(sorted(proof))})"
            for name in own_models(self.env)
            for kind, proof in self._copies(self.env[name])
        ]
        self.assertEqual(findings, [])

    def _copies(self, model):
        """Yield (what it copies, by which fields) of a table; reports and wizards hold nothing."""
        if model._abstract or model._transient or not model._auto:
            return
        own = {
            name: field
            for name, field in model._fields.items()
            if field.store and not field.related and not field.compute
        }
        links = {field.comodel_name for field in own.values() if field.type == "many2one"}
        proof = PIPELINE & set(own) | {name for name in links if name == "crm.stage"}
        if proof and model._name not in NO_PIPELINE:
            yield "pipeline", proof
        if len(proof := ADDRESS & set(own)) > 1:
            yield "contact book", proof
        priced = {name for name in own if name.startswith(PRICE)}
        counted = {name for name in own if any(word in name for word in QUANTITY)}
        if "product.product" in links and priced and counted:
            yield "quotation", priced | counted
        if proof := {name for name in links if name.startswith("product.attribute")}:
            yield "configurator", proof

    def test_a_second_pipeline_is_caught(self):
        class CrmDealFake(models.Model):
            _name = "crm.deal.fake"
            _description = "Deal of a test"
            _module = None

            stage_id = fields.Many2one("crm.stage")
            product_id = fields.Many2one("product.product")
            quantity = fields.Float()
            price_unit = fields.Float()
            email = fields.Char()
            phone = fields.Char()

        add_to_registry(self.registry, CrmDealFake)
        self.addCleanup(self.registry.__delitem__, CrmDealFake._name)
        self.registry._setup_models__(self.env.cr, [CrmDealFake._name])
        found = {kind for kind, _proof in self._copies(self.env["crm.deal.fake"])}
        self.assertEqual(found, {"pipeline", "quotation", "contact book"})

    def test_odoos_menus_stay_and_open_odoos_models(self):
        for name, model in MENUS.items():
            menu = self.env.ref(name)
            with self.subTest(menu=menu.complete_name):
                self.assertTrue(menu.active)
                self.assertEqual(self._model_of(menu), model)

    def test_no_menu_of_ours_takes_a_name_of_odoos(self):
        opened = 0
        for menu in self._own_menus():
            model = self._model_of(menu)
            opened += bool(model)
            with self.subTest(menu=menu.complete_name):
                self.assertFalse(menu.name in WORDS and model in own_models(self.env))
        self.assertGreater(opened, 10)

    def test_buttons_to_odoos_documents_open_odoos_models(self):
        partner = self.env["res.partner"].create({"name": "Somebody", "is_company": True})
        customer = self.env["crm.customer"].create({"partner_id": partner.id})
        for (name, button), model in BUTTONS.items():
            self.assertEqual(name, customer._name)
            with self.subTest(button=button):
                self.assertEqual(getattr(customer, button)()["res_model"], model)

    def _own_menus(self):
        data = self.env["ir.model.data"].search(
            [("module", "in", SUITE), ("model", "=", "ir.ui.menu")]
        )
        return self.env["ir.ui.menu"].browse(data.mapped("res_id"))

    def _model_of(self, menu):
        action = menu.action
        if not action:
            return None
        if action._name == "ir.actions.act_window":
            return action.res_model
        if action._name == "ir.actions.server":
            return action.model_id.model
        return (action.params or {}).get("model") if "params" in action._fields else None
