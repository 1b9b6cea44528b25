"""Runs inside Odoo: people at work at the same time, each action as a request would run it.

Every action has a transaction of its own, is tried again by Odoo's `retrying` when another one was
faster, and ends done, refused in words, or (which is a fault) with something no person can read.
"""

import functools
import threading
from collections import Counter
from random import Random

import psycopg2

from odoo import api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying

from odoo.addons.crm_moments_of_truth.core.facts import FactRow


class People:
    """Some people; each does a number of actions drawn from dice of his own."""

    def __init__(self, database: str, seed: str, actions: int, kinds: list[str]) -> None:
        self.database = database
        self.seed = seed
        self.actions = actions
        self.kinds = kinds
        self.told = {"done": Counter(), "nothing": 0, "refused": [], "raw": [], "lost": 0}
        self.lock = threading.Lock()

    def work(self, threads: int) -> dict:
        people = [threading.Thread(target=self._one, args=(n,)) for n in range(threads)]
        for person in people:
            person.start()
        for person in people:
            person.join()
        return self.told

    def _one(self, number: int) -> None:
        threading.current_thread().dbname = self.database
        dice = Random(f"{self.seed}/{number}")
        for _ in range(self.actions):
            kind, points = dice.choice(self.kinds), dice.random()
            try:
                self._request(kind, points)
            except UserError as refusal:
                self._note("refused", f"{kind}: {refusal}")
            except (psycopg2.InterfaceError, psycopg2.errors.AdminShutdown):
                # The connection was cut: the person sees Odoo's own message and tries again.
                with self.lock:
                    self.told["lost"] += 1
            except Exception as error:
                self._note("raw", f"{kind}: {type(error).__name__}: {error}")

    def _note(self, how: str, words: str) -> None:
        with self.lock:
            self.told[how].append(words)

    def _request(self, kind: str, points: float) -> None:
        with Registry(self.database).cursor() as cr:
            env = api.Environment(cr, self._uid(cr), {"lang": "en_US"})
            env.transaction.default_env = env
            action = globals()[f"_{kind}"]
            done = retrying(functools.partial(action, env, points), env)
        with self.lock:
            if done:
                self.told["done"][kind] += 1
            else:
                self.told["nothing"] += 1

    @staticmethod
    def _uid(cr) -> int:
        cr.execute("SELECT id FROM res_users WHERE login = 'boss'")
        return cr.fetchone()[0]


def _one_of(records, points: float):
    return records[int(points * len(records))] if records else records


def _some(env, model: str, domain: list, points: float):
    return _one_of(env[model].search(domain, order="id"), points)


def _confirm(env, points):
    """A new order of a known customer, confirmed."""
    partner = _some(env, "res.partner", [("crm_is_customer", "=", True)], points)
    product = _some(env, "product.product", [("type", "=", "consu")], points)
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 1 + int(points * 9)})
            ],
        }
    )
    order.action_confirm()
    return order


def _cancel(env, points):
    """An order that is not invoiced yet is called off."""
    domain = [("state", "=", "sale"), ("invoice_ids", "=", False)]
    order = _some(env, "sale.order", domain, points)
    order and order._action_cancel()
    return order


def _post(env, points):
    """A draft is posted; when there is none, an order is invoiced."""
    move = _some(
        env, "account.move", [("move_type", "=", "out_invoice"), ("state", "=", "draft")], points
    )
    if not move:
        domain = [("invoice_status", "=", "to invoice")]
        order = _some(env, "sale.order", domain, points)
        move = order and order._create_invoices()
    move and move.action_post()
    return move


def _pay(env, points):
    """A part of a posted invoice is paid."""
    domain = [
        ("move_type", "=", "out_invoice"),
        ("state", "=", "posted"),
        ("payment_state", "in", ("not_paid", "partial")),
    ]
    move = _some(env, "account.move", domain, points)
    if move:
        register = env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard = register.create({})
        wizard.amount = max(round(wizard.amount * (0.5 + points / 2), 2), 0.01)
        wizard._create_payments()
    return move


def _credit(env, points):
    """A posted invoice is credited."""
    domain = [("move_type", "=", "out_invoice"), ("state", "=", "posted")]
    move = _some(env, "account.move", [*domain, ("reversal_move_ids", "=", False)], points)
    if move and points < 0.5:
        move._reverse_moves(cancel=True)
        return move
    return None


def _correct(env, points):
    """An invoice goes back to draft, gets another quantity, and is posted again."""
    domain = [("move_type", "=", "out_invoice"), ("state", "=", "posted")]
    move = _some(env, "account.move", [*domain, ("payment_state", "=", "not_paid")], points)
    if move:
        move.button_draft()
        move.invoice_line_ids[:1].quantity += 1
        move.action_post()
    return move


def _witness(env, points):
    """Several see the same thing at once; it is one fact."""
    order = _some(env, "sale.order", [("state", "=", "sale")], points / 5)
    if not order:
        return None
    seen = FactRow(
        fact="quotation_sent",
        res_id=order.id,
        occurrence=0,
        company_id=order.company_id.id,
        partner_id=order.partner_id.id,
        root_model=order._name,
        root_id=order.id,
        fact_at=order.date_order,
        name=order.name,
    )
    return env["crm.moment.event"]._witness([seen])


def _write(env, points):
    """A customer writes on an order."""
    order = _some(env, "sale.order", [("state", "=", "sale")], points / 3)
    return order and order.message_post(
        body="When does it come?", message_type="comment", author_id=order.partner_id.id
    )


def _rename(env, points):
    """Two people write one customer."""
    partner = _some(env, "res.partner", [("crm_is_customer", "=", True)], points / 4)
    partner.comment = f"seen at {points}"
    return partner


def _assign(env, points):
    """Every customer is put into the segment of its rules."""
    return env["crm.segment"]._assign()


def _retry(env, points):
    """A strategy manager asks for waiting changes to be tried again."""
    changes = env["crm.change"].search([], limit=5)
    changes and changes.action_retry()
    return changes


def _place(env, points):
    """A strategy manager places a customer by hand and hands him back to the rules."""
    customer = _some(env, "crm.customer", [], points / 3)
    segment = _some(env, "crm.segment", [], points)
    if customer and segment:
        customer.segment_id = segment
        customer.action_release_segment()
    return customer


def _merge(env, points):
    """Two customers become one."""
    customers = env["res.partner"].search([("crm_is_customer", "=", True)], order="id")
    if len(customers) < 6 or points > 0.3:
        return None
    pair = customers[-1] | _one_of(customers[:-1], points)
    env["base.partner.merge.automatic.wizard"].with_context(
        active_model="res.partner", active_ids=pair.ids
    ).sudo()._merge(pair.ids, pair[-1])
    return pair
