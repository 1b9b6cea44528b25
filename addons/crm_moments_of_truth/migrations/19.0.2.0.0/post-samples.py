"""Bring the definitions of 19.0.2 into databases that had the addon before.

Samples are made at installation and stay deleted when somebody deletes them, so an update alone
would leave them out. Passes are never moved to another chain: a chain on which passes run stays as
it is, and its next version opens with the facts, inputs, owners and channels of today.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file

CHAIN = "data/crm_moment_chain.xml"
# Every file of this addon whose records are made once, in the order of the manifest: what names a
# moment comes after the chain. One list; each part adds its own.
SAMPLES = (
    "data/crm_value_type.xml",
    CHAIN,
    "data/crm_indicator_chain.xml",
    "data/crm_indicator_fact.xml",
    "data/crm_sample_chain.xml",
    "data/crm_rupture_rule.xml",
    "data/crm_indicator_rupture.xml",
    "data/crm_case_data.xml",
    "data/crm_indicator_know.xml",
    "data/crm_survey.xml",
    "data/crm_satisfaction.xml",
    "data/crm_event.xml",
    "data/crm_indicator_order.xml",
    "data/crm_indicator_sat.xml",
    "data/crm_indicator_progress.xml",
)
ADDON = "crm_moments_of_truth"


def migrate(cr, version):
    """Create the samples, and complete the preloaded chain or open its next version."""
    env = api.Environment(cr, SUPERUSER_ID, {})

    def load(name):
        convert_file(env, ADDON, name, None, mode="init", noupdate=True)

    for name in SAMPLES:
        if name == CHAIN:
            env["crm.moment.chain"]._renew_preloaded(lambda: load(CHAIN))
        else:
            load(name)
