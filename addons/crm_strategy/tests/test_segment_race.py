from contextlib import contextmanager

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger


@tagged("post_install", "-at_install")
class TestSegmentRace(TransactionCase):
    """S000-9.8-03: one active segment per customer and company, also when two decide at once.

    A race needs two connections, which see committed rows only: this world is committed, and
    taken away again at the end.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dbname = cls.env.cr.dbname
        with cls._connection() as env:
            company = env.ref("base.main_company")
            tag = env["res.partner.category"].create({"name": "Race"})
            partner = env["res.partner"].create({"name": "Racer", "category_id": [(4, tag.id)]})
            one, two = env["crm.segment"].create(
                [
                    {
                        "name": name,
                        "company_id": company.id,
                        "sequence": -1000,
                        "rule_domain": str(rule),
                    }
                    for name, rule in (("One", [("category_id", "in", tag.ids)]), ("Two", False))
                ]
            )
            two.rule_domain = False
            customer = env["crm.customer"]._ensure([(partner.id, company.id)])
            env.cr.commit()
            cls.ids = {
                "company": company.id,
                "customer": customer.id,
                "one": one.id,
                "two": two.id,
                "partner": partner.id,
                "tag": tag.id,
            }
        cls.addClassCleanup(cls._take_away)

    @classmethod
    @contextmanager
    def _connection(cls):
        """A transaction of its own, as a request has one."""
        with db_connect(cls.dbname).cursor() as cr:
            context = {"tracking_disable": True, "mail_notrack": True}
            yield api.Environment(cr, SUPERUSER_ID, context)
            cr.rollback()

    @classmethod
    def _take_away(cls):
        with cls._connection() as env:
            for table, key, id_ in (
                ("crm_change", "partner_id", cls.ids["partner"]),
                ("crm_segment_membership", "customer_id", cls.ids["customer"]),
                ("crm_customer", "id", cls.ids["customer"]),
            ):
                env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE %s = %s",
                        SQL.identifier(table),
                        SQL.identifier(key),
                        id_,
                    )
                )
            env.invalidate_all()
            env["crm.segment"].browse([cls.ids["one"], cls.ids["two"]]).unlink()
            env["res.partner"].browse(cls.ids["partner"]).unlink()
            env["res.partner.category"].browse(cls.ids["tag"]).unlink()
            env.cr.commit()

    def setUp(self):
        super().setUp()
        with self._connection() as env:
            env["crm.customer"].browse(self.ids["customer"]).write(
                {"segment_id": False, "is_segment_manual": False}
            )
            env.cr.commit()

    def _by_hand(self, env):
        env["crm.customer"].browse(self.ids["customer"]).segment_id = self.ids["two"]
        env.flush_all()

    def _by_rule(self, env):
        company = env["res.company"].browse(self.ids["company"])
        customer = env["crm.customer"].browse(self.ids["customer"])
        env["crm.segment"]._assign(company, customer)
        env.flush_all()

    def _race(self, first, second):
        """Both at once; returns how often the second one was refused and tried again.

        The second one has looked before the first one commits: what it knows is out of date.
        """
        with self._connection() as one, self._connection() as two:
            two.cr.execute("SELECT 1 FROM crm_customer LIMIT 1")
            first(one)
            one.cr.commit()
            for refused in range(3):
                try:
                    with mute_logger("odoo.sql_db"):
                        second(two)
                    two.cr.commit()
                except SerializationFailure:  # Odoo tries a request again, as here
                    two.cr.rollback()
                    two.invalidate_all(flush=False)
                    continue
                return refused
        return None

    def _found(self):
        """(segment, by hand, open stays) as committed."""
        with self._connection() as env:
            env.cr.execute(
                SQL(
                    """
                    SELECT customer.segment_id, customer.is_segment_manual,
                           array_agg(stay.segment_id)
                      FROM crm_customer AS customer
                      JOIN crm_segment_membership AS stay
                        ON stay.customer_id = customer.id AND stay.date_to IS NULL
                     WHERE customer.id = %s
                  GROUP BY 1, 2
                    """,
                    self.ids["customer"],
                )
            )
            return env.cr.fetchone()

    def test_hand_before_rule_leaves_one_segment(self):
        told = self._race(self._by_hand, self._by_rule)
        self.assertEqual(self._found(), (self.ids["two"], True, [self.ids["two"]]))
        self.assertEqual(told, 1, "the rule was asked again and left the hand-placed alone")

    def test_rule_before_hand_leaves_one_segment(self):
        told = self._race(self._by_rule, self._by_hand)
        self.assertEqual(self._found(), (self.ids["two"], True, [self.ids["two"]]))
        self.assertEqual(told, 1)

    def test_rule_and_rule_leave_one_segment(self):
        self._race(self._by_rule, self._by_rule)
        self.assertEqual(self._found(), (self.ids["one"], False, [self.ids["one"]]))

    def test_database_holds_one_open_stay_and_one_row_per_company(self):
        with self._connection() as env:
            self._by_rule(env)
            copies = (
                "INSERT INTO crm_segment_membership (customer_id, partner_id, company_id,"
                " segment_id, assigned_on) SELECT customer_id, partner_id, company_id, segment_id,"
                " assigned_on FROM crm_segment_membership WHERE customer_id = %s",
                "INSERT INTO crm_customer (partner_id, company_id) SELECT partner_id, company_id"
                " FROM crm_customer WHERE id = %s",
            )
            for copy in copies:
                with (
                    self.subTest(copy=copy[:35]),
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(IntegrityError),
                    env.cr.savepoint(),
                ):
                    env.cr.execute(copy, [self.ids["customer"]])
