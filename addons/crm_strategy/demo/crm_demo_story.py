from __future__ import annotations

from datetime import date, datetime, time, timezone
from zoneinfo import ZoneInfo

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.tools import SQL

from . import story_world as world

# Records of the story carry names of no addon: removing an addon leaves the documents alone.
NAMES = "__story__"
DAY = "crm_strategy.story_day"
ZONE = "Europe/Bucharest"
QUIET = {
    "lang": "en_US",
    "tracking_disable": True,
    "mail_auto_subscribe_no_notify": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}


class CrmDemoStory(models.AbstractModel):
    """Tells the demo story: chapter by chapter, each addon the chapters it knows, each one once.

    The tables are in ``demo/story_*.py`` and know nothing of Odoo. A chapter that is told leaves
    a name behind, so that loading again changes nothing and an addon installed later goes on
    where the ones below it stopped, with the day on which the story began.
    """

    _name = "crm.demo.story"
    _description = "Demo Story"

    @api.model
    def _chapters(self) -> list[str]:
        """Names of the chapters in order; ``_tell_<name>`` tells one. Extend per addon."""
        return ["company", "people", "customers", "segments", "deals", "neighbour"]

    @api.model
    def _load(self, day: date | None = None) -> list[str]:
        """Tell the chapters that are not told yet; returns their names.

        :param day: the story's today; the real one by default, kept for later chapters
        """
        # sudo: installing loads demo data as superuser; a command does the same.
        story = self.with_user(SUPERUSER_ID).with_context(**QUIET)
        parameters = story.env["ir.config_parameter"]
        if not parameters.get_param(DAY):
            parameters.set_param(DAY, day or fields.Date.today())
        told = []
        for chapter in story._chapters():
            if not story._get(f"chapter_{chapter}"):
                company = story._get("company")
                teller = story.with_company(company).with_context(
                    allowed_company_ids=company.ids or story.env.company.ids
                )
                getattr(teller, f"_tell_{chapter}")()
                story.env.flush_all()
                story._name_records({f"chapter_{chapter}": story._get("company")})
                told.append(chapter)
        if told:
            story.env.flush_all()
            story.env["crm.change"]._run_all()
        return told

    # names
    @api.model
    def _get(self, name: str) -> models.BaseModel:
        """The record of the story with this name; an empty company where there is none."""
        found = self.env.ref(f"{NAMES}.{name}", raise_if_not_found=False)
        return self.env["res.company"] if found is None else found

    @api.model
    def _make(self, model: str, rows: dict[str, dict]) -> models.BaseModel:
        """Create named records in one batch."""
        records = self.env[model].create(list(rows.values()))
        self._name_records(dict(zip(rows, records, strict=True)))
        return records

    @api.model
    def _name_records(self, records: dict[str, models.BaseModel]) -> None:
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"{NAMES}.{name}", "record": record, "noupdate": True}
                for name, record in records.items()
            ]
        )

    @api.model
    def _analyze(self, *models: str) -> None:
        """Tell PostgreSQL how many rows there are now.

        A year of documents in one transaction is invisible to its housekeeping, and joins
        planned for empty tables may take minutes.
        """
        self.env.flush_all()
        for model in models:
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(self.env[model]._table)))

    # time
    @api.model
    def _calendar(self) -> world.Calendar:
        day = self.env["ir.config_parameter"].get_param(DAY)
        return world.Calendar(fields.Date.to_date(day))

    @api.model
    def _moment(self, days: int, hour: int = 10) -> datetime:
        """Naive UTC of an hour of the story's company, so many days ago."""
        local = datetime.combine(self._calendar().day(days), time(hour), tzinfo=ZoneInfo(ZONE))
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    # chapters
    @api.model
    def _tell_company(self) -> None:
        """A company of its own, in euro; the administrator may switch to it."""
        euro = self.env.ref("base.EUR")
        euro.active = True
        # install_mode: a company of a country would install that country's addons.
        company = self.with_context(install_mode=True)._make(
            "res.company",
            {
                "company": {
                    "name": world.COMPANY,
                    "currency_id": euro.id,
                    "country_id": self.env.ref("base.ro").id,
                    "city": "Brașov",
                    "street": "Strada Izvorului 7",
                    "zip": "500001",
                }
            },
        )
        company.resource_calendar_id.tz = ZONE
        # Later: a new company's address would be asked about over the network.
        company.email = "office@bucegi-tatry.example.com"
        admin = self.env.ref("base.user_admin", raise_if_not_found=False)
        if admin:
            admin.company_ids |= company

    @api.model
    def _tell_people(self) -> None:
        """One person per role, of this company alone; without a password nobody logs in."""
        self._make_people(world.PEOPLE)

    @api.model
    def _make_people(self, people) -> models.BaseModel:
        company = self._get("company")
        quiet = {"odoobot_state": "disabled"} if "odoobot_state" in self.env["res.users"] else {}
        return self._make(
            "res.users",
            {
                person.login: {
                    "name": person.name,
                    "function": person.role,
                    "login": person.login,
                    "email": f"{person.login}@bucegi-tatry.example.com",
                    "tz": ZONE,
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                    "group_ids": [
                        Command.set(
                            [
                                self.env.ref("base.group_user").id,
                                self.env.ref(person.group).id,
                            ]
                        )
                    ],
                    **quiet,
                }
                for person in people
            },
        )

    @api.model
    def _person(self, segment: str, role: str = "user") -> models.BaseModel:
        """Salesperson (or leader) of a segment."""
        for person in world.PEOPLE:
            if person.segment == segment and person.group.endswith(role):
                return self._get(person.login)
        return self._get("story.strategy")

    @api.model
    def _tell_customers(self) -> None:
        """Customers with a contact each, suppliers' goods, and the price list of distributors."""
        self._make(
            "res.partner.category",
            {f"tag_{segment.key}": {"name": segment.tag} for segment in world.SEGMENTS},
        )
        self._make_products()
        trade = self._make_price_list()
        customers = self._make(
            "res.partner",
            {
                customer.key: self._partner_values(customer)
                for customer in world.customers().values()
            },
        )
        self.env["res.partner"].create(
            [
                {
                    "name": self.env._("Purchasing, %(customer)s", customer=partner.name),
                    "parent_id": partner.id,
                    "type": "contact",
                    "email": f"buyer.{customer.key}@example.com",
                }
                for customer, partner in zip(world.customers().values(), customers, strict=True)
            ]
        )
        for customer, partner in zip(world.customers().values(), customers, strict=True):
            if customer.segment == world.TRADE:
                partner.specific_property_product_pricelist = trade

    @api.model
    def _partner_values(self, customer: world.Customer) -> dict:
        tag = self._get(f"tag_{customer.segment}") if customer.segment else None
        return {
            "name": customer.name,
            "is_company": True,
            "crm_is_customer": True,
            "company_id": self._get("company").id,
            "city": customer.city,
            "country_id": self.env.ref(f"base.{customer.country.lower()}").id,
            "email": f"office.{customer.key}@example.com",
            "ref": customer.key.upper(),
            "user_id": self._person(world.segment_at(customer.key, 0)).id,
            "category_id": [Command.set(tag.ids if tag else [])],
        }

    @api.model
    def _make_products(self) -> None:
        company = self._get("company")
        self._make(
            "product.product",
            {
                f"product_{product.key}": {
                    "name": product.name,
                    "default_code": product.code,
                    "type": "consu" if product.is_goods else "service",
                    "list_price": product.shop,
                    "company_id": company.id,
                }
                for product in world.PRODUCTS
            },
        )
        for product in world.PRODUCTS:
            self._get(f"product_{product.key}").standard_price = product.cost

    @api.model
    def _make_price_list(self) -> models.BaseModel:
        return self._make(
            "product.pricelist",
            {
                "prices_trade": {
                    "name": "Distributors",
                    "company_id": self._get("company").id,
                    "currency_id": self._get("company").currency_id.id,
                    "item_ids": [
                        Command.create(
                            {
                                "applied_on": "0_product_variant",
                                "product_id": self._get(f"product_{product.key}").id,
                                "compute_price": "fixed",
                                "fixed_price": product.trade,
                            }
                        )
                        for product in world.PRODUCTS
                    ],
                }
            },
        )

    @api.model
    def _tell_segments(self) -> None:
        """Three segments by the customers' tags, a team each, and a year of history."""
        company = self._get("company")
        self._make(
            "crm.segment",
            {
                f"segment_{segment.key}": {
                    "name": segment.name,
                    "code": segment.key.upper(),
                    "company_id": company.id,
                    "sequence": number,
                    "color": number,
                    "description": segment.description,
                    "rule_domain": str(
                        [("category_id", "in", self._get(f"tag_{segment.key}").ids)]
                    ),
                }
                for number, segment in enumerate(world.SEGMENTS, 1)
            },
        )
        self._make(
            "crm.team",
            {
                f"team_{segment.key}": {
                    "name": segment.team,
                    "company_id": company.id,
                    "crm_segment_id": self._get(f"segment_{segment.key}").id,
                    "user_id": self._person(segment.key, "leader").id,
                    "member_ids": [
                        Command.set(
                            (self._person(segment.key) | self._person(segment.key, "leader")).ids
                        )
                    ],
                }
                for segment in world.SEGMENTS
            },
        )
        self.env["crm.segment"]._assign(company)
        self._place_by_hand()
        self._date_moves()

    @api.model
    def _customer(self, key: str) -> models.BaseModel:
        """The customer of the story's company."""
        return self.env["crm.customer"].search(
            [
                ("partner_id", "=", self._get(key).id),
                ("company_id", "=", self._get("company").id),
            ]
        )

    @api.model
    def _place_by_hand(self) -> None:
        for key, segment in world.BY_HAND.items():
            self._customer(key).segment_id = self._get(f"segment_{segment}")

    @api.model
    def _date_moves(self) -> None:
        """Give customers who moved the segment they had before."""
        for key, (before, days) in world.MOVED.items():
            day = self._calendar().day(days)
            now = self._customer(key).membership_ids
            now.write({"date_from": day, "assigned_on": day})
            now.copy(
                {
                    "segment_id": self._get(f"segment_{before}").id,
                    "date_from": False,
                    "date_to": day,
                }
            )

    @api.model
    def _tell_deals(self) -> None:
        """Opportunities of a year: won, lost with a reason, and open."""
        self._make(
            "crm.lost.reason",
            {f"reason_{key}": {"name": name} for key, name in world.REASONS.items()},
        )
        stages = self.env["crm.stage"].search([("team_ids", "=", False)])
        won = stages.filtered("is_won")[-1:] or stages[-1:]
        ways = (stages - won) or won
        leads = self._make(
            "crm.lead",
            {f"deal_{deal.key}": self._deal_values(deal, ways, won) for deal in world.deals()},
        )
        self._date_deals(leads)

    @api.model
    def _date_deals(self, leads) -> None:
        """Deals came on their own days, and it took some days to see that they are worth it."""
        self.env.flush_all()
        for number, (deal, lead) in enumerate(zip(world.deals(), leads, strict=True)):
            judged = max(deal.opened - number % 4, deal.closed, 0)
            # Raw SQL: the day of creation is the database's own, which nobody may type.
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_lead SET create_date = %s, date_conversion = %s WHERE id = %s",
                    self._moment(deal.opened),
                    self._moment(judged, hour=12),
                    lead.id,
                )
            )
        leads.invalidate_recordset(["create_date", "date_conversion"], flush=False)
        leads.modified(["create_date"])

    @api.model
    def _deal_values(self, deal: world.Deal, ways, won) -> dict:
        partner = self._get(deal.customer)
        stage = ways[min(deal.probability * len(ways) // 100, len(ways) - 1)]
        values = {
            "name": deal.name,
            "type": "opportunity",
            "partner_id": partner.id,
            "company_id": self._get("company").id,
            "user_id": partner.user_id.id,
            "expected_revenue": deal.amount,
            "date_deadline": self._calendar().day(deal.closed),
            "date_open": self._moment(deal.opened),
            "probability": deal.probability,
            "stage_id": stage.id,
        }
        if deal.outcome == "won":
            values |= {"stage_id": won.id, "date_closed": self._moment(deal.closed)}
        if deal.outcome == "lost":
            values |= {
                "active": False,
                "probability": 0,
                "date_closed": self._moment(deal.closed),
                "lost_reason_id": self._get(f"reason_{deal.reason}").id,
            }
        return values

    # the company of Odoo's own demo data
    @api.model
    def _tell_neighbour(self) -> None:
        """Definitions for the company of Odoo's own demo data, over the customers it brings.

        Nothing where that data is absent: somebody's own company is not touched.
        """
        company = self.env.ref("base.main_company")
        # sudo is not needed: the story is told as superuser.
        base = self.env["ir.module.module"].search([("name", "=", "base")])
        segments = self.env["crm.segment"].with_context(active_test=False)
        if not base.demo or segments.search_count([("company_id", "=", company.id)]):
            return
        home = company.country_id.id
        rules = (
            ("Companies nearby", [("is_company", "=", True), ("country_id", "=", home)]),
            ("Companies abroad", [("is_company", "=", True)]),
            ("People", []),
        )
        admin = self.env.ref("base.user_admin")
        for number, (name, rule) in enumerate(rules, 1):
            segment = segments.create(
                {
                    "name": name,
                    "company_id": company.id,
                    "sequence": number,
                    "color": number,
                    "rule_domain": str(rule),
                }
            )
            self.env["crm.team"].create(
                {
                    "name": f"Team {name.lower()}",
                    "company_id": company.id,
                    "crm_segment_id": segment.id,
                    "user_id": admin.id,
                }
            )
        self.env["crm.customer"]._ensure_from_documents(company)
        segments._assign(company)
