"""Confirming an order stays cheap: ids are collected, facts written once (performance, goal 20)."""

from contextlib import ExitStack
from unittest.mock import patch

from odoo.tests import tagged

from .common import MomentsCase

ALLOWED = 2
# Where an order that is confirmed meets us.
HOOKS = (
    ("sale.order", "_moment_collect"),
    ("sale.order.line", "_crm_note_delivery"),
    ("crm.moment.message", "_witness_message"),
)


@tagged("post_install", "-at_install")
class TestCost(MomentsCase):
    def _queries_of_confirming(self, orders):
        self.env.cr.flush()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        orders.action_confirm()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - start

    def _compare(self, count):
        """Queries of confirming beyond what it costs without facts; the best of two each.

        Odoo fills caches of its own now and then; that is not the facts' cost.
        """
        self._queries_of_confirming(self._orders(count))
        with ExitStack() as without:
            for model_name, hook in HOOKS:
                replacement = patch.object(
                    self.env.registry[model_name], hook, lambda *_arguments: None
                )
                without.enter_context(replacement)
            stock = [self._queries_of_confirming(self._orders(count)) for _ in range(2)]
        ours = [self._queries_of_confirming(self._orders(count)) for _ in range(2)]
        return min(ours) - min(stock)

    def _orders(self, count):
        orders = self.env["sale.order"]
        for _number in range(count):
            orders |= self._create_order()
        return orders

    def test_confirming_an_order_costs_two_more_queries(self):
        self.assertLessEqual(self._compare(1), ALLOWED)

    def test_confirming_many_orders_costs_no_more(self):
        self.assertLessEqual(self._compare(5), ALLOWED)
