from odoo.tests import TransactionCase, tagged

from .contract import AddonContract


@tagged("post_install", "-at_install")
class TestContract(AddonContract, TransactionCase):
    addon = "crm_strategy"
    daily_work = (
        "crm.customer",
        "crm.consent",
        "crm.indicator.run",
        "crm.assessment",
        "crm.assessment.answer",
        "crm.handoff",
        "crm.recognition",
        "crm.stage.evidence",
        "crm.strategy",
        "crm.strategy.objective",
        "crm.account.plan",
        "crm.account.action",
        # competitors
        "crm.competitor",
        "crm.competitor.advantage",
        "crm.competitor.response",
        "crm.need.analysis",
        "crm.need.input",
        "crm.need",
        "crm.specification",
        "crm.commitment",
        "crm.trace.link",
        "crm.idea",
        "crm.idea.session",
        "crm.strategy.plan",
        "crm.strategy.market",
        "crm.strategy.step",
        "crm.strategy.phase",
        "crm.strategy.risk",
        "crm.strategy.review",
    )
    wordless = (
        ("crm.assessment", "set_code"),
        ("crm.need", "code"),
        ("crm.specification", "code"),
        ("crm.commitment", "code"),
        ("crm.need.issue", "fingerprint"),
        ("crm.audit.log", "model"),
        ("crm.audit.log", "field_name"),
        ("crm.change", "consumer"),
        ("crm.customer", "class_facts"),
        ("crm.sample.record", "fingerprint"),
        ("crm.sample.record", "uses"),
        ("crm.indicator.value", "period_key"),
        ("crm.recognition", "period_key"),
        ("crm.indicator.value", "period_kind"),
        ("crm.indicator.value", "fault"),
        ("crm.indicator.period", "period_key"),
        ("crm.indicator.restatement", "period_key"),
        ("crm.indicator.run", "plan"),
        ("crm.indicator.run", "result"),
    )
