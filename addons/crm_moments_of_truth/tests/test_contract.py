from odoo.tests import TransactionCase, tagged

from odoo.addons.crm_strategy.tests.contract import AddonContract


@tagged("post_install", "-at_install")
class TestContract(AddonContract, TransactionCase):
    addon = "crm_moments_of_truth"
    daily_work = (
        "crm.case",
        "crm.rupture",
        "crm.obligation",
        "crm.relationship.input",
        "crm.insight",
        "crm.knowledge.use",
        "crm.pdca.cycle",
        "crm.pdca.evidence",
        "crm.preference",
        "crm.promise",
        "crm.value.entry",
    )
    wordless = (
        ("crm.case", "reference"),
        ("crm.case", "access_token"),
        ("crm.case", "routing_note"),
        ("crm.rupture", "sign"),
        ("crm.event.reaction", "event_key"),
    )

    def test_sources_say_what_they_prove(self):
        """A document that becomes a source without saying what it proves would prove nothing."""
        mixin = self.registry["crm.moment.source.mixin"]
        own = ("_moment_fact_codes", "_moment_facts", "_moment_history_domain")
        sources = self.env["crm.moment.event"]._source_models()
        self.assertTrue(sources)
        self.assertNone(
            f"{name}: {method} is not its own"
            for name in sources
            for method in own
            if getattr(type(self.env[name]), method) is getattr(mixin, method)
        )
