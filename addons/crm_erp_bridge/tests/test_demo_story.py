from collections import defaultdict
from decimal import Decimal

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.crm_erp_bridge.demo import story_supply as supply
from odoo.addons.crm_moments_of_truth.demo import story_documents as documents
from odoo.addons.crm_strategy.demo import story_world as world
from odoo.addons.crm_strategy.tests.common_story import StoryCase

SUITE = ("crm_strategy", "crm_moments_of_truth", "crm_scorecard", "crm_erp_bridge")
# Who opens a screen, the first who may read it.
PEOPLE = ("story.strategy", "story.finance", "story.exchange")
# Screens that are rightly empty in the story, and why.
EMPTY = {
    "crm.change": "everything is renewed: the queue of waiting changes is worked off",
    "crm.comparison": "the first comparison runs in the night",
    "crm.backfill": "nothing is older than the addons in a story that they saw grow",
    "crm.indicator.run": "figures were measured as the story was told; a run is started by a person",
    "crm.staff.answer": "the story asks its customers; a company asks its own people itself",
    "crm.consent": "nobody of the story was asked yet",
    "crm.retention.rule": "a company decides about its periods itself",
}


@tagged("post_install", "-at_install")
class TestDemoStory(StoryCase):
    """The whole story: goods, costs, files, reports that tie, and every screen with something."""

    def _figures(self, model):
        report = self._as("story.finance", model)
        options = {item["key"]: item["value"] for item in report._matrix_options({"period": "all"})}
        matrix = report._build_matrix(options)
        return {
            row.title: {
                key: Decimal(str(cell.value)) for key, cell in row.cells.items() if cell.is_numeric
            }
            for row in matrix.rows
        }, matrix

    def _cell(self, matrix, row_key, column):
        (row,) = [row for row in matrix.rows if row.key == row_key]
        return Decimal(str(row.cells[column].value))

    def test_story_is_told_once(self):
        self.assertToldOnce()

    def test_waterfall_ties_and_has_the_sums_of_the_tables(self):
        _figures, matrix = self._figures("crm.waterfall")
        for column in ("invoiced", "invoiced_tax", "open"):
            self.assertEqual(self._cell(matrix, "difference", column), 0, column)
        bills = documents.bills().values()
        self.assertEqual(
            self._cell(matrix, "total", "ordered"),
            sum(sale.total for sale in world.sales().values()),
        )
        self.assertEqual(
            self._cell(matrix, "total", "invoiced"),
            sum(bill.net - bill.credit_net for bill in bills),
        )
        self.assertEqual(self._cell(matrix, "total", "open"), sum(bill.open for bill in bills))
        self.assertEqual(
            self._cell(matrix, "total", "to_invoice"),
            sum(
                world.sales()[key].total
                for key in world.sales()
                if key not in {name for bill in bills for name in bill.sales}
            )
            # What came back broken was ordered and is not invoiced in the end.
            + sum(bill.credit_net for bill in bills),
        )

    def test_segment_profit_ties_and_has_the_sums_of_the_tables(self):
        figures, matrix = self._figures("crm.segment.profit")
        for column in ("income", "cogs", "expense", "contribution"):
            self.assertEqual(self._cell(matrix, "difference", column), 0, column)
        income, cost = defaultdict(Decimal), defaultdict(Decimal)
        for bill in documents.bills().values():
            customer = world.sales()[bill.key].customer
            for days, amount in ((bill.days, bill.net), (bill.credit_days, -bill.credit_net)):
                if amount:
                    income[self._at(customer, self.calendar.day(days), self.calendar)] += amount
        for day, by_customer in supply.costs(self.calendar).items():
            for customer, amount in by_customer.items():
                cost[self._at(customer, day, self.calendar)] += amount
        for segment in world.SEGMENTS:
            self.assertEqual(figures[segment.name]["income"], income[segment.key])
            self.assertEqual(figures[segment.name]["cogs"], -cost[segment.key])
        months = len(supply.costs(self.calendar))
        self.assertEqual(self._cell(matrix, "total", "expense"), -supply.OVERHEAD * months)

    def test_passes_wait_for_goods_and_invoice(self):
        billed = {key for bill in documents.bills().values() for key in bill.sales}
        goods = {key for key, sale in world.sales().items() if supply.goods_of(sale)}
        lines = self.env["crm.relationship.moment"].search(
            [
                ("company_id", "=", self.company.id),
                ("moment_id.code", "=", "M7"),
                ("state", "=", "proven"),
            ]
        )
        orders = {
            self._named(f"order_{key}")
            for key in billed & (set(supply.deliveries()) | (set(world.sales()) - goods))
        }
        self.assertEqual(set(lines.relationship_id.order_id), orders)
        for key in documents.UNBILLED:
            order = self._named(f"order_{key}")
            self.assertTrue(all(picking.state == "done" for picking in order.picking_ids))
            self.assertNotIn(order, lines.relationship_id.order_id)

    def test_goods_moved_on_their_days(self):
        for key, days in supply.deliveries().items():
            picking = self._named(f"order_{key}").picking_ids
            self.assertEqual(picking.date_done.date(), self.calendar.day(days), key)

    def test_one_supplier_is_late_and_two_plants_wait(self):
        late = defaultdict(list)
        for purchase in supply.purchases():
            order = self._named(f"purchase_{purchase.key}")
            for picking in order.picking_ids.filtered(lambda item: item.state == "done"):
                late[purchase.supplier].append(picking.date_done.date() > order.date_planned.date())
        self.assertEqual({name for name, found in late.items() if any(found)}, {"odra"})
        awaited = self._named("purchase_odra.5")
        self.assertEqual(awaited.picking_ids.state, "assigned")
        self.assertLess(awaited.date_planned.date(), self.calendar.today)
        for key in documents.WAITING:
            self.assertNotIn("done", self._named(f"order_{key}").picking_ids.mapped("state"))

    def test_files_left_a_row_to_repair(self):
        runs = self._as("story.exchange", "crm.exchange.run").search([], order="id")
        self.assertRecordValues(
            runs,
            [
                {"row_count": 5, "created_count": 3, "error_count": 2, "open_count": 1},
                {"row_count": 4, "created_count": 1, "error_count": 0, "open_count": 0},
            ],
        )
        self.assertEqual(runs[1].updated_count + runs[1].unchanged_count, 3)

    def test_every_screen_shows_something(self):
        empty = {}
        for action in self._actions():
            model = self.env[action.res_model]
            readers = [
                login for login in PEOPLE if model.with_user(self._named(login)).has_access("read")
            ]
            if not readers or action.res_model in EMPTY:
                continue
            domain = safe_eval(action.domain or "[]", {"uid": self._named(readers[0]).id})
            if not self._as(readers[0], action.res_model).search_count(domain):
                empty[action.xml_id] = (action.res_model, readers[0])
        self.assertEqual(empty, {})

    def _actions(self):
        """Window actions of the suite that show stored records without being told which."""
        known = self.env["ir.model.data"].search(
            [("module", "in", SUITE), ("model", "=", "ir.actions.act_window")]
        )
        actions = self.env["ir.actions.act_window"].browse(known.mapped("res_id"))
        return actions.filtered(
            lambda action: (
                action.res_model in self.env
                and not self.env[action.res_model]._transient
                and "active_id" not in f"{action.domain} {action.context}"
            )
        )

    def test_screens_said_to_be_empty_exist(self):
        models = set(self._actions().mapped("res_model"))
        self.assertEqual(set(EMPTY) - models, set())
