from contextlib import contextmanager
from datetime import date
from decimal import Decimal as D
from unittest.mock import patch

from odoo.addons.crm_strategy.core.loyalty import CareFacts, LoyaltyFacts, ValueFacts
from odoo.addons.crm_strategy.core.value import UNDEFINED

from .common import CrmStrategyCase

DAY = date(2027, 3, 1)


class ClassesCase(CrmStrategyCase):
    """Customers of the small world, with facts as an upper addon would give them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env["crm.class.rule"].create(
            {
                "company_id": cls.company_a.id,
                "margin_amount": 1000,
                "tenure_months": 24,
                "phase_days": 30,
            }
        )
        cls._assign()

    @contextmanager
    def _facts(self, value=UNDEFINED, buys=UNDEFINED, care=UNDEFINED):
        """Facts by partner, as hooks of ``crm.facts``; partners become customers here."""

        def hook(facts):
            def answer(model, company, customer_ids, day):
                if facts is UNDEFINED:
                    return UNDEFINED
                customers = self.env["crm.customer"].sudo().browse(customer_ids)
                return {
                    customer.id: facts[customer.partner_id]
                    for customer in customers
                    if customer.partner_id in facts
                }

            return answer

        Facts = type(self.env["crm.facts"])
        with (
            patch.object(Facts, "_value_facts", hook(value)),
            patch.object(Facts, "_loyalty_facts", hook(buys)),
            patch.object(Facts, "_care_facts", hook(care)),
        ):
            yield

    def _classify(self, company=None, day=DAY):
        with self._on(day):
            return self.env["crm.customer"]._classify(company or self.company_a)

    def _codes(self, name, company=None):
        """Code of the class of each customer of a company, by name of the partner."""
        customers = self.env["crm.customer"].search(
            [("company_id", "=", (company or self.company_a).id)]
        )
        return {
            customer.partner_id.name: customer[name].code or None
            for customer in customers.sorted("name")
        }

    def _buys(self):
        """A loyal bakery, a late brewery, a clinic with one purchase; the diver bought nothing."""
        return {
            self.bakery: LoyaltyFacts(8, D("0.5"), D("1.3")),
            self.brewery: LoyaltyFacts(6, D("2.5"), D("1.0")),
            self.clinic: LoyaltyFacts(1, UNDEFINED, UNDEFINED),
        }

    def _values(self):
        return {
            self.bakery: ValueFacts(D(1500), D(30)),
            self.brewery: ValueFacts(D(400), D(36)),
            self.clinic: ValueFacts(D(1000), D(2)),
        }

    def _care(self):
        return {self.bakery: CareFacts(True, UNDEFINED)}

    def _complete(self, partner):
        """Fill in all key data of a company."""
        partner.write(
            {
                "email": "office@example.com",
                "phone": "+32 2 555 01 02",
                "street": "Quay 1",
                "city": "Antwerp",
                "lang": "en_US",
                "vat": "BE0477472701",
                "industry_id": self.env["res.partner.industry"].create({"name": "Food"}).id,
            }
        )
        return self.env["res.partner"].create(
            {"name": "Ann", "parent_id": partner.id, "type": "contact", "email": "a@example.com"}
        )
