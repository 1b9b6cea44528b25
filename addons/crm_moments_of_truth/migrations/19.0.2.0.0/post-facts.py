from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Date past deliveries, and replay the history: passes begin with opportunities now.

    As history, in the background and customer by customer: nobody is told about what is old.
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["sale.order"]._crm_write_past_deliveries()
    env["crm.backfill"]._open(["moments_history"])
