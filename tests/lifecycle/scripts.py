"""Scripts for Odoo's shell (`env` and `tell` are given): what people do before and after."""

TRADE = """
customers = env["res.partner"].create([{"name": f"Customer {n}"} for n in range(4)])
product = env["product.product"].create(
    {"name": "Crate", "type": "consu", "list_price": 12.5, "invoice_policy": "order",
     "taxes_id": False})
orders = env["sale.order"].create([
    {"partner_id": customer.id,
     "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 3 + n})]}
    for n, customer in enumerate(customers)])
orders[:3].action_confirm()
invoices = orders[:3]._create_invoices()
invoices[:2].action_post()
for picking in orders[:1].picking_ids:
    picking.move_ids.quantity = 3
    picking.move_ids.picked = True
    picking.button_validate()
env["crm.lead"].create({"name": "A lead", "type": "opportunity", "partner_id": customers[0].id})
env["crm.change"]._run_all()
env.cr.commit()
"""

# On every model and field of ours, found in the registry, people keep something.
KEEP = """
ADDONS = env["ir.module.module"].search([("name", "in", ADDON_NAMES)]).mapped("name")
ours = env["ir.model.data"].search([("module", "in", ADDONS), ("model", "=", "ir.model")])
models = {model.model: model for model in env["ir.model"].browse(ours.mapped("res_id")).exists()}
own = {name for name in models if env.registry[name]._original_module in ADDONS}
usable = sorted(n for n in own if not env[n]._abstract and not env[n]._transient)
filters, me = env["ir.filters"], env.ref("base.user_admin")
saved = 0
for name in usable:
    filters.create({"name": f"Mine on {name}", "model_id": name, "user_ids": [(6, 0, me.ids)]})
    filters.create({"name": f"All on {name}", "model_id": name, "user_ids": [(5,)]})
    saved += 2
for name in ("sale.order", "account.move", "res.partner", "crm.lead", "crm.team", "stock.picking"):
    added = [f for f in env[name]._fields.values()
             if f._modules and f._modules[-1] in ADDONS and f._modules[0] in ADDONS and f.store]
    for field in added:
        if field.type not in ("one2many", "many2many"):
            part = f"{field.name}:month" if field.type in ("date", "datetime") else field.name
            group = "{'group_by': ['%s']}" % part
            filters.create({"name": f"By {field.name}", "model_id": name, "context": group,
                            "user_ids": [(5,)]})
            saved += 1
        filters.create({"name": f"With {field.name}", "model_id": name,
                        "domain": "[('%s', '!=', False)]" % field.name,
                        "user_ids": [(6, 0, me.ids)]})
        saved += 1
for path in ("partner_id.crm_segment_id", "partner_id.crm_customer_ids.segment_id"):
    filters.create({"name": path, "model_id": "sale.order", "user_ids": [(5,)],
                    "domain": "[('%s', '!=', False)]" % path})
    saved += 1
filters.create({"name": "Kept by the person", "model_id": "sale.order", "user_ids": [(5,)],
                "domain": "[('state', '=', 'sale')]"})
crons = env["ir.model.data"].search([("module", "in", ADDONS), ("model", "=", "ir.cron")])
for cron in env["ir.cron"].with_context(active_test=False).browse(crons.mapped("res_id")):
    cron.copy({"name": cron.name + " (lane of an admin)"})
for name in usable[::3]:
    env["ir.actions.server"].create({"name": f"Do on {name}", "model_id": models[name].id,
                                     "state": "code", "code": "pass"})
    # A row of a report is no place for a file.
    record = env[name]._auto and env[name].search([], limit=1)
    if record:
        env["ir.attachment"].create({"name": "note", "res_model": name, "res_id": record.id,
                                     "raw": b"note"})
window = env["ir.actions.act_window"].search([("res_model", "in", usable)], limit=1)
env["ir.ui.menu"].create({"name": "Shortcut of an admin", "action": f"{window._name},{window.id}"})
env["ir.exports"].create({"name": "List", "resource": usable[0]})
env.cr.commit()
tell(saved)
"""

# An admin changes each record that no upgrade may touch, and deletes one of each kind.
CHANGE = """
from odoo.tools import SQL
rows = env["ir.model.data"].search(
    [("module", "in", ADDON_NAMES), ("noupdate", "=", True)], order="id desc")
rows = [(data.module, data.name, data.model, data.res_id) for data in rows]
changed, deleted, refused, done = [], [], [], set()
def attempt(work, xmlid):
    try:
        with env.cr.savepoint():
            work()
            env.flush_all()
        return True
    except Exception as error:
        refused.append(f"{xmlid}: {type(error).__name__} {error}")
for module, xmlid, model, number in rows:
    record = env[model].browse(number).exists() if model in env else None
    if not record:
        continue
    if model == "ir.cron":
        record.interval_number += 41
        changed.append([module, xmlid, record._table, number, "interval_number"])
        continue
    for name in ("name", "description", "help"):
        field = record._fields.get(name)
        if field and field.store and field.type in ("char", "text") and not field.related:
            text = f"{record[name] or ''} (changed)"
            if attempt(lambda: record.write({name: text}), xmlid):
                changed.append([module, xmlid, record._table, number, name])
            break
for module, xmlid, model, number in rows:
    record = env[model].browse(number).exists() if model.startswith("crm.") else None
    if record and model not in done and attempt(record.unlink, xmlid):
        done.add(model)
        deleted.append([module, xmlid, model])
env.cr.commit()
def is_there(table, number):
    env.cr.execute(SQL("SELECT 1 FROM %s WHERE id = %s", SQL.identifier(table), number))
    return env.cr.fetchone()
changed = [entry for entry in changed if is_there(entry[2], entry[3])]
tell({"changed": changed, "deleted": deleted, "refused": refused})
"""

# One addon after the other, from the top; what stands is told after each.
UNINSTALL = """
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools.safe_eval import safe_eval
env.cr.commit()
for addon in ADDON_NAMES:
    with Registry(env.cr.dbname).cursor() as cr:
        module = api.Environment(cr, 1, {})["ir.module.module"].search([("name", "=", addon)])
        module.button_immediate_uninstall()
    with Registry(env.cr.dbname).cursor() as cr:
        now = api.Environment(cr, 1, {})
        figures = {}
        for name, statement in LEDGER.items():
            cr.execute(statement)
            figures[name] = cr.fetchone()[0]
        cr.execute("SELECT model, name FROM ir_model_data WHERE module = %s", [addon])
        left = cr.fetchall()
        cr.execute("SELECT state FROM ir_module_module WHERE name = %s", [addon])
        state = cr.fetchone()[0]
        broken = []
        for model in SCREENS:
            try:
                now[model].get_views([(False, "list"), (False, "form"), (False, "search")])
            except Exception as error:
                broken.append(f"{model}: {error}")
        for saved in now["ir.filters"].search([]):
            try:
                target = now[saved.model_id].search(safe_eval(saved.domain), limit=1)
                for name in safe_eval(saved.context or "{}").get("group_by", []):
                    target._read_group([], [name])
            except Exception as error:
                broken.append(f"{saved.name} on {saved.model_id}: {error}")
        for menu in now["ir.ui.menu"].search([("action", "!=", False)]):
            if not menu.action.exists():
                broken.append(f"menu {menu.complete_name}")
        tell([addon, state, figures, left, broken])
"""
