"""The world of the suite's own tests: two companies that must never meet.

::

    Home Ltd (EUR)                               Canary Ltd (USD)
      team North  leader “leader”                  team Canary
        members   “user”, “mate”                     member “canary_user”
      team South  leader “other”                   every name says Canary,
      amounts up to 900                            every amount is CANARY
      Shared Ltd ──────── a customer of both, belongs to no company ──────── Shared Ltd

    roles of Home: user U, leader L, manager S, finance F, exchange X, accountant, salesman and
    employee without a role, system, portal; “both” is a manager of both companies who has only
    Home switched on.

The business of both companies comes about as it does in life: leads, orders, deliveries,
purchases, invoices, payments, exchanged files, measures. What life leaves empty ``fill_gaps``
fills, so that a model that comes tomorrow has its canary too.
"""

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

from .filling import Filler

SUITE = ("crm_strategy", "crm_moments_of_truth", "crm_scorecard", "crm_erp_bridge")
CANARY = 7777771.01
ROLES = {
    "user": "crm_strategy.crm_strategy_group_user",
    "mate": "crm_strategy.crm_strategy_group_user",
    "other": "crm_strategy.crm_strategy_group_leader",
    "leader": "crm_strategy.crm_strategy_group_leader",
    "manager": "crm_strategy.crm_strategy_group_manager",
    "finance": "crm_strategy.crm_strategy_group_finance",
    "exchange": "crm_erp_bridge.crm_erp_bridge_group_exchange",
    "accountant": "account.group_account_invoice",
    "salesman": "sales_team.group_sale_salesman",
    "employee": "base.group_user",
    "system": "base.group_system",
    "portal": "base.group_portal",
}
FILES = {
    "suppliers.csv": "supplier_id,company_name,country\n1,{name} supplier,Poland\n",
    "customers.csv": "customer_id,company_name,country\nC1,{name} exchanged,Poland\n",
    "products.csv": "product_id,product_name,supplier_id,unit_price\n"
    "1,{name} goods,1,{amount}\n2,,1,nonsense {name}\n",
    "orders.csv": "order_id,customer_id,order_date,shipped_date,freight\n"
    "{name}-1,C1,2026-01-05,2026-01-07,0\n{name}-2,{name}-nobody,2026-01-06,,0\n",
    "order_details.csv": "order_id,product_id,unit_price,quantity,discount\n"
    "{name}-1,1,{amount},1,0\n",
    "payments.csv": "payment_id,date,customer_id,order_id,amount\n"
    "{name}-P1,2026-02-01,C1,{name}-1,{amount}\n",
}


class SuiteCase(TransactionCase):
    """Both companies, the business of Home, and one person per role."""

    # Whether Canary does business too; else it has only what fills the gaps: one row per model.
    canary_works = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.own_models = own_models(cls.env)
        cls.home = cls._create_company("Home Ltd", "EUR")
        cls.canary = cls._create_company("Canary Ltd", "USD", with_books=cls.canary_works)
        cls.shared = cls.env["res.partner"].create({"name": "Shared Ltd", "is_company": True})
        cls._create_people()
        cls._create_business(cls.home, "Homely", [100, 200, 300], cls.users)
        if cls.canary_works:
            people = dict.fromkeys(("user", "mate", "other", "leader", "exchange"), cls.canary_user)
            cls._create_business(cls.canary, "Canary", [CANARY] * 2, people)
        cls._measure()
        filler = Filler(cls.env, cls.canary, "Canary", CANARY)
        cls.gaps = filler.fill_gaps(cls.own_models)
        cls.filled = filler.made
        # Reports have no rows of their own: an opportunity that names a competitor makes one.
        rivals = filler.records("crm.competitor")
        deals = filler.records("crm.lead").filtered(lambda lead: lead.type == "opportunity")
        deals[:1].crm_competitor_id = rivals[:1]
        cls.env.flush_all()
        cls.env.invalidate_all()

    # who
    @classmethod
    def _create_company(cls, name, currency, with_books=True):
        company = cls.env["res.company"].create(
            {
                "name": name,
                "currency_id": cls.env.ref(f"base.{currency}").id,
                "country_id": cls.env.ref("base.us").id,
            }
        )
        cls.env.user.company_ids |= company
        if with_books:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=company, install_demo=False
            )
        return company

    @classmethod
    def _create_people(cls):
        cls.users = {role: cls._create_user(role, cls.home, group) for role, group in ROLES.items()}
        cls.canary_user = cls._create_user(
            "canary_user",
            cls.canary,
            ",".join(
                ROLES[role] for role in ("manager", "exchange", "accountant") if role in ROLES
            ),
        )
        cls.users["both"] = cls._create_user("both", cls.home | cls.canary, ROLES["manager"])

    @classmethod
    def _create_user(cls, role, companies, groups):
        groups = groups if groups == "base.group_portal" else f"base.group_user,{groups}"
        user = new_test_user(
            cls.env,
            login=f"suite_{role}",
            name=f"Suite {role.replace('_', ' ').title()}",
            groups=groups,
            company_id=companies[:1].id,
            company_ids=[Command.set(companies.ids)],
        )
        user.partner_id.company_id = companies[:1] if role == "canary_user" else False
        return user

    # what
    @classmethod
    def _in(cls, model, company, user=None):
        env = cls.env(user=user) if user else cls.env
        context = {"allowed_company_ids": company.ids, "tracking_disable": True}
        return env[model].with_context(**context)

    @classmethod
    def _create_business(cls, company, name, amounts, people):
        """Leads, orders, deliveries, purchases, invoices, payments and files of one company."""
        teams = cls._create_teams(company, name, people)
        owners = [people["user"], people["other"], people["mate"]][: len(amounts)]
        partners = cls._create_partners(company, name, owners)
        product = cls._in("product.product", company).create(
            {
                "name": f"{name} chairs",
                "is_storable": True,
                "invoice_policy": "order",
                "standard_price": amounts[0],
                "company_id": company.id,
                "taxes_id": [Command.clear()],
            }
        )
        for partner, owner, team, amount in zip(partners, owners, teams, amounts, strict=False):
            cls._create_deal(company, name, partner, owner, team, product, amount)
        cls._create_deal(company, name, cls.shared, owners[0], teams[0], product, amounts[0])
        rival = cls._in("crm.competitor", company).create(
            {"name": f"{name} rival", "company_id": company.id}
        )
        leads = cls._in("crm.lead", company).search([("company_id", "=", company.id)])
        leads.crm_competitor_id = rival
        cls._create_purchase(company, name, product, amounts[0])
        cls._load_files(company, name, amounts[0], people["exchange"])

    @classmethod
    def _create_teams(cls, company, name, people):
        """Teams of the three owners: the first and the last share one."""
        segments = cls._in("crm.segment", company).create(
            [
                {"name": f"{name} {word}", "company_id": company.id, "sequence": place}
                for place, word in enumerate(("North", "South"))
            ]
        )
        staff = (
            (people["leader"], people["user"] | people["mate"]),
            (people["other"], people["other"]),
        )
        north, south = cls._in("crm.team", company).create(
            [
                {
                    "name": segment.name,
                    "company_id": company.id,
                    "crm_segment_id": segment.id,
                    "user_id": leader.id,
                    "member_ids": [Command.set(members.ids)],
                }
                for segment, (leader, members) in zip(segments, staff, strict=True)
            ]
        )
        return [north, south, north]

    @classmethod
    def _create_partners(cls, company, name, owners):
        partners = cls._in("res.partner", company).create(
            [
                {
                    "name": f"{name} customer {place}",
                    "is_company": True,
                    "company_id": company.id,
                    "user_id": owner.id,
                    "email": f"{name}{place}@example.com".lower(),
                }
                for place, owner in enumerate(owners)
            ]
        )
        segments = cls._in("crm.segment", company).search([("company_id", "=", company.id)])
        places = [segments[0], segments[1], segments[0]]
        cls._in("crm.customer", company).create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "user_id": owner.id,
                    "segment_id": segment.id,
                }
                for partner, owner, segment in zip(partners, owners, places, strict=False)
            ]
        )
        return partners

    @classmethod
    def _create_deal(cls, company, name, partner, owner, team, product, amount):
        """A lead, its order, the delivery, the invoice and half of its payment."""
        lead = cls._in("crm.lead", company).create(
            {
                "name": f"{name} lead",
                "type": "opportunity",
                "partner_id": partner.id,
                "company_id": company.id,
                "user_id": owner.id,
                "team_id": team.id,
                "expected_revenue": amount,
            }
        )
        order = cls._in("sale.order", company).create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "user_id": owner.id,
                "team_id": team.id,
                "opportunity_id": lead.id,
                "client_order_ref": f"{name} order",
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "price_unit": amount, "tax_ids": False}
                    )
                ],
            }
        )
        order.action_confirm()
        order.message_post(
            body=f"{name} question",
            author_id=partner.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        order.picking_ids.move_ids.quantity = 1
        order.picking_ids.button_validate()
        invoice = order._create_invoices()
        invoice.action_post()
        cls._in("account.payment.register", company).with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": amount / 2})._create_payments()
        # One quotation and one lead stay open, so that the pipeline has its canary too.
        order.copy()
        lead.copy()
        return order

    @classmethod
    def _create_purchase(cls, company, name, product, amount):
        vendor = cls._in("res.partner", company).create(
            {"name": f"{name} vendor", "is_company": True, "company_id": company.id}
        )
        purchase = cls._in("purchase.order", company).create(
            {
                "partner_id": vendor.id,
                "company_id": company.id,
                "partner_ref": f"{name} purchase",
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "price_unit": amount, "tax_ids": False}
                    )
                ],
            }
        )
        purchase.button_confirm()

    @classmethod
    def _load_files(cls, company, name, amount, user):
        """The same files as anybody would load, one product and one order of them faulty."""
        package = cls.env.ref("crm_erp_bridge.crm_exchange_package_trading")
        types = package._types_of(list(FILES))
        files = [
            (types[file], file, text.format(name=name, amount=amount).encode())
            for file, text in FILES.items()
        ]
        engine = cls._in("crm.exchange.engine", company, user)._as_engine(company)
        engine._load(files, user, package)

    @classmethod
    def _measure(cls):
        """Derive everything that follows from the business, and leave some work in the queue."""
        companies = cls.home | cls.canary
        cls.env.cr.flush()
        cls.env["crm.customer"]._ensure_from_documents(companies)
        cls.env["crm.segment"]._assign(companies)
        cls.env["crm.change"]._run_all()
        cls.env["crm.customer.profile"]._refresh(companies)
        period = cls.env["crm.indicator"]
        period.with_context(allowed_company_ids=companies.ids).action_refresh()
        cls.env["crm.indicator.run"]._run_all()
        for company in companies:
            partner = cls.env["res.partner"].search([("company_id", "=", company.id)], limit=1)
            cls.env["crm.customer"]._collect_everything(company.ids, partner.ids)
        cls.env.cr.flush()


def own_models(env):
    """Every model that an addon of the suite defines, found in the registry, by name."""
    return [name for name, model in sorted(env.registry.items()) if _is_own(model)]


def _is_own(model):
    return model._original_module in SUITE


def own_fields_elsewhere(env):
    """Odoo's models that carry fields of ours -> the names of these fields."""
    found = {}
    for name, model in sorted(env.registry.items()):
        names = [
            field.name
            for field in model._fields.values()
            if field._modules and field._modules[0] in SUITE and not field.inherited
        ]
        if names and not _is_own(model):
            found[name] = names
    return found
