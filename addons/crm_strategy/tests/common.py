from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user

GROUP = "crm_strategy.crm_strategy_group_"


class CrmStrategyCase(TransactionCase):
    """The small world of the strategy tests.

    ::

        company A (Harbour)                       company B (Valley)
        ├── user_a    U  (user)                   └── user_b    U
        ├── leader_a  L  (team leader)
        ├── manager_a S  (strategy manager)
        ├── finance_a F
        ├── salesman_a   Odoo salesman, no role
        │
        ├── segment_be  “Belgium”   priority 10   ├── segment_b “Everybody” priority 10
        │     └── team_be                         │     └── team_b
        ├── segment_de  “Germany”   priority 20   │
        │     └── team_de                         │
        │                                         │
        ├── bakery   BE ──────────────────────────┼── bakery (a customer of both)
        ├── brewery  BE                           └── mill      DE
        ├── clinic   DE
        └── diver    (no country: fits no rule)
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        # Only the rows of this world are of interest, whatever the database holds.
        cls.env["crm.segment"].search([]).write({"rule_domain": False})
        cls.company_a, cls.company_b = cls.env["res.company"].create(
            [
                # Whoever tests the readiness gate switches it on.
                {"name": name, "crm_readiness_threshold": 0}
                for name in ("Harbour", "Valley")
            ]
        )
        cls.user_a = cls._create_user("user_a", cls.company_a, GROUP + "user")
        cls.leader_a = cls._create_user("leader_a", cls.company_a, GROUP + "leader")
        cls.manager_a = cls._create_user("manager_a", cls.company_a, GROUP + "manager")
        cls.finance_a = cls._create_user("finance_a", cls.company_a, GROUP + "finance")
        cls.salesman_a = cls._create_user(
            "salesman_a", cls.company_a, "sales_team.group_sale_salesman"
        )
        cls.user_b = cls._create_user("user_b", cls.company_b, GROUP + "user")
        cls.belgium, cls.germany = cls.env.ref("base.be"), cls.env.ref("base.de")
        cls.segment_be, cls.segment_de, cls.segment_b = cls.env["crm.segment"].create(
            [
                {
                    "name": "Belgium",
                    "company_id": cls.company_a.id,
                    "sequence": 10,
                    "rule_domain": "[('country_id.code', '=', 'BE')]",
                },
                {
                    "name": "Germany",
                    "company_id": cls.company_a.id,
                    "sequence": 20,
                    "rule_domain": "[('country_id.code', '=', 'DE')]",
                },
                {
                    "name": "Everybody",
                    "company_id": cls.company_b.id,
                    "sequence": 10,
                    "rule_domain": "[]",
                },
            ]
        )
        cls.team_be, cls.team_de, cls.team_b = cls.env["crm.team"].create(
            [
                {"name": f"Team {segment.name}", "crm_segment_id": segment.id}
                for segment in (cls.segment_be, cls.segment_de, cls.segment_b)
            ]
        )
        cls.bakery, cls.brewery, cls.clinic, cls.diver, cls.mill = cls.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "country_id": country.id}
                for name, country in (
                    ("Bakery", cls.belgium),
                    ("Brewery", cls.belgium),
                    ("Clinic", cls.germany),
                    ("Diver", cls.env["res.country"]),
                    ("Mill", cls.germany),
                )
            ]
        )
        a, b = cls.company_a.id, cls.company_b.id
        cls.env["crm.customer"]._ensure(
            [
                (cls.bakery.id, a),
                (cls.brewery.id, a),
                (cls.clinic.id, a),
                (cls.diver.id, a),
                (cls.bakery.id, b),
                (cls.mill.id, b),
            ]
        )
        cls._forget_stale_figures()

    @classmethod
    def _forget_stale_figures(cls):
        """The queue as if the lanes had measured what setting up the world has changed."""
        cls.env.cr.flush()
        cls.env["crm.change"].search([("consumer", "=", "indicators")]).unlink()
        lane = cls.env.ref("crm_strategy.crm_change_lane_cron_1")
        cls.env["ir.cron.trigger"].search([("cron_id", "=", lane.id)]).unlink()

    @classmethod
    def _create_user(cls, login, company, groups):
        return new_test_user(
            cls.env,
            login=f"strategy_{login}",
            groups=f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    @classmethod
    def _customer(cls, partner, company=None):
        return cls.env["crm.customer"].search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", (company or cls.company_a).id),
            ]
        )

    @classmethod
    def _assign(cls):
        return cls.env["crm.segment"]._assign(cls.company_a + cls.company_b)

    def _on(self, day):
        """Context in which segments are decided on the given day."""
        Membership = type(self.env["crm.segment.membership"])
        return patch.object(Membership, "_today", lambda model, company: day)

    def _history(self, partner, company=None):
        """(segment name, from, until) of a customer, oldest first."""
        lines = self._customer(partner, company).membership_ids
        return [
            (line.segment_id.name, line.date_from or None, line.date_to or None)
            for line in lines.sorted(lambda line: str(line.date_from or ""))
        ]
