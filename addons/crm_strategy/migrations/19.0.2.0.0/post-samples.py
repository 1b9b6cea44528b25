"""Bring the definitions of 19.0.2 into databases that had the addon before.

Samples are made at installation and stay deleted when somebody deletes them, so an update alone
would leave questionnaires, steps, classes, channels and rules of the charter out.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file

SAMPLES = (
    "data/crm_assessment_readiness.xml",
    "data/crm_assessment_models.xml",
    "data/crm_channel.xml",
    "data/crm_team_role.xml",
    "data/crm_customer_class.xml",
    "data/crm_sample_set.xml",
    "data/crm_indicator_customer.xml",
    "data/crm_segment_criterion.xml",
    "data/crm_competition_area.xml",
    "data/crm_lifecycle_stage.xml",
    "data/crm_need_class.xml",
    "data/crm_indicator_need.xml",
    "data/crm_indicator_charter.xml",
    "data/crm_charter_rule.xml",
    "data/crm_stage_criterion.xml",
    "data/crm_process_step.xml",
    "data/crm_market_role.xml",
)


def migrate(cr, version):
    """Create the samples, and the charters of teams that serve a segment already."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in SAMPLES:
        convert_file(env, "crm_strategy", name, None, mode="init", noupdate=True)
    # Questions lead to screens; the menus are there only now.
    convert_file(env, "crm_strategy", "views/crm_assessment_menus.xml", None, mode="init")
    env["crm.charter"]._ensure_all()
