"""Fills a record of any model: the required fields, and whatever can carry a text or an amount."""

from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tools import mute_logger

TEXTS = ("char", "text", "html")
NUMBERS = ("float", "monetary")
# What no rule of thumb finds: values that a model accepts only together. A function is asked for
# the value each time.
FITTING = {
    # A questionnaire in use takes no more questions: each group has one of its own.
    "crm.assessment.set": {"subject": "segment"},
    "crm.assessment.group": {
        "set_id": lambda filler: filler.create("crm.assessment.set").id,
    },
    "crm.assessment.question": {
        "group_id": lambda filler: filler.create("crm.assessment.group").id,
    },
    "crm.assessment": {
        "segment_id": lambda filler: (
            filler.env["crm.segment"]
            .sudo()
            .search([("company_id", "=", filler.company.id)], limit=1)
            .id
        ),
    },
    "crm.indicator.period": {"period_key": "2026-03"},
    "crm.indicator.restatement": {"period_key": "2026-03"},
    "crm.segment.criterion": {"weight": 1},
    "crm.segment.score": {"score": 3},
    "crm.segment.weight": {"weight": 1},
    "crm.need.analysis": {
        "is_crm_project": False,
        # What belongs to an analysis is open to whoever works on it.
        "member_ids": lambda filler: [Command.set(filler.people().ids)],
    },
    "crm.trace.link": {
        "need_id": lambda filler: filler.create("crm.need").id,
        "functional_id": lambda filler: filler.create("crm.specification").id,
    },
    "crm.trace.revision": {"need_id": lambda filler: filler.create("crm.need").id},
    "crm.exchange.mapping": {"target": "name", "converter": "text"},
    "crm.setup.margin": {"margin_rate": 0.5},
    "crm.handoff": {"state": "refused"},
    "crm.indicator": {"formula_text": False},
    "crm.price.policy": {"discount_rate": 0.1},
    "crm.class.rule": {
        "band_rate": 0.1,
        "falling_rate": 0.7,
        "rising_rate": 1.1,
        "late_after": 2.0,
        "lost_after": 4.0,
        "completeness_rate": 0.8,
        "completeness_band": 0.1,
    },
    "crm.satisfaction.rule": {
        "gap_limit": 2.0,
        "moment_id": lambda filler: filler.env["crm.moment"].sudo().search([], limit=1).id,
    },
    # A rule that is on does something.
    "crm.event.rule": {
        "activity_type_id": lambda filler: filler.env.ref("mail.mail_activity_data_todo").id,
    },
    "crm.promise": {"made_on": "2026-01-02", "due_on": "2026-01-05"},
    "crm.knowledge.use": {"insight_id": lambda filler: filler.create("crm.insight").id},
    "crm.charter": {"team_id": lambda filler: filler.new_team().id},
    "crm.charter.rule": {"target": 0.5, "number": lambda filler: 1000 + filler.next_number()},
    "crm.charter.line": {"target": 0.5},
    # The number of a case is one of its own in the company.
    "crm.case": {"reference": lambda filler: f"{filler.word} {filler.next_number()}"},
    "crm.reward.rule": {"share": 0.5, "months": 12, "minimum": 5},
    "crm.stage.criterion": {"kind": "manual"},
}
# Links that are not required and without which a record of the model is not possible.
LINKED = {"crm.handoff": ("customer_id",), "crm.campaign": ("campaign_id",)}
# Links to something that stands in one record alone, so a new one is made.
ALONE = {"crm.charter": ("team_id",)}
# Made before the others: a questionnaire is closed once it was used.
FIRST = ("crm.assessment.question",)

# Links by which a record is unique: each one gets a record of its own to hang on.
ONE_EACH = {
    "crm.segment.plan": ("segment_id",),
    "crm.channel.policy": ("plan_id",),
    "crm.price.policy": ("plan_id", "pricelist_id"),
    "crm.campaign": ("campaign_id",),
}


class Filler:
    """Makes records of one company of which each text and each amount can be recognised."""

    def __init__(self, env, company, word, amount):
        self.env = env(context={**env.context, "allowed_company_ids": company.ids})
        self.company = company
        self.word = word
        self.amount = amount
        self.made = {}
        self._number = 0

    def fill_gaps(self, names):
        """One record of each table among the models that has none in the company.

        Returns {model: why it could not be made}; the caller decides whether that is a fault.
        """
        refused = {}
        for name in sorted(names, key=lambda name: (name not in FIRST, name)):
            if not self._has_gap(name):
                continue
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    self.made[name] = self.create(name).ids
            except Exception as error:  # whatever a model refuses with is told by the caller
                refused[name] = repr(error)
        return refused

    def _has_gap(self, name):
        model = self.env[name]
        if not model._auto or model._abstract:
            return False
        if "company_id" in model._fields and model._fields["company_id"]._description_searchable:
            return not self.records(name)
        # Lines of a wizard belong to the company by their wizard.
        return model._transient

    def records(self, name):
        """The company's own records of a model, whatever may hide them."""
        model = self.env[name].sudo().with_context(active_test=False)
        domain = [("company_id", "=", self.company.id)] if "company_id" in model._fields else []
        return model.search(domain)

    def create(self, name, **vals):
        return self.env[name].sudo().create(self.values(name, **vals))

    def values(self, name, **given):
        """Values for a new record; what is given wins."""
        self._number += 1
        fitting = FITTING.get(name, {}).items()
        asked = {key: value(self) if callable(value) else value for key, value in fitting}
        given = {**asked, **given}
        model = self.env[name]
        names = [
            field.name
            for field in model._fields.values()
            if self._is_filled(model, field) and field.name not in given
        ]
        defaults = model.sudo().default_get(names)
        vals = {}
        for field_name in names:
            value = self._value(model, model._fields[field_name], defaults.get(field_name))
            if value is not None:
                vals[field_name] = value
        return {**vals, **given}

    def _is_filled(self, model, field):
        return (
            field.store
            and field.name not in MAGIC_COLUMNS
            and not field.compute
            and not field.related
            and (
                field.required
                or field.type in (*TEXTS, *NUMBERS)
                or field.name == "company_id"
                or field.name in LINKED.get(model._name, ())
            )
        )

    def _value(self, model, field, default):
        if field.name == "company_id":
            return self.company.id
        if field.type in NUMBERS:
            return self.amount
        if field.type in TEXTS:
            if default:
                return default if field.required else None
            return self._text(model, field)
        if default:
            return default
        maker = getattr(self, f"_value_{field.type}", None)
        return maker(field) if maker else None

    def _text(self, model, field):
        if "domain" in field.name:
            return "[]" if field.required else None
        if field.name == "code":  # a word without blanks
            return f"{self.word}_{self._number}"
        if not field.required and field.name != model._rec_name:
            return f"{self.word} {field.name}"
        return f"{self.word} {self._number}"

    def _value_many2one(self, field):
        if field.comodel_name == "res.partner":
            return self._person().id
        if field.name == "to_user_id":
            return self._colleague().id
        if field.name in ONE_EACH.get(field.model_name, ()):
            return self.create(field.comodel_name).id
        comodel = self.env[field.comodel_name].sudo()
        if field.name in ALONE.get(field.model_name, ()):
            return self.create(field.comodel_name).id
        domain = []
        if "company_id" in comodel._fields:
            domain = [("company_id", "=", self.company.id)]
        found = comodel.search(domain, limit=1)
        if not found and field.comodel_name.startswith(("crm.", "utm.")):
            found = self.create(field.comodel_name)
        if not found and domain:
            found = comodel.search([("company_id", "=", False)], limit=1)
        return found.id or None

    def next_number(self):
        """A number that no record of the filler has yet."""
        self._number += 1
        return self._number

    def new_team(self):
        """A team of the company that nothing hangs on yet."""
        name = f"{self.word} team {self.next_number()}"
        return self.env["crm.team"].sudo().create({"name": name, "company_id": self.company.id})

    def _colleague(self):
        """Somebody of the company with a role."""
        role = self.env.ref("crm_strategy.crm_strategy_group_user")
        domain = [("company_id", "=", self.company.id), ("all_group_ids", "in", role.ids)]
        return self.env["res.users"].sudo().search(domain, order="id desc", limit=1)

    def people(self):
        """Everybody who works in the company."""
        return self.env["res.users"].search(
            [("company_ids", "in", self.company.id), ("share", "=", False)]
        )

    def _person(self):
        """Somebody of the company who is in no record yet."""
        self._number += 1
        return self.env["res.partner"].create(
            {"name": f"{self.word} person {self._number}", "company_id": self.company.id}
        )

    def _value_many2many(self, field):
        return [Command.set([self._value_many2one(field)])]

    def _value_selection(self, field):
        return field.get_values(self.env)[0]

    def _value_integer(self, field):
        self._number += 1
        return self._number

    _value_many2one_reference = _value_integer

    def _value_date(self, field):
        return "2026-01-05"

    def _value_datetime(self, field):
        return "2026-01-05 10:00:00"

    def _value_boolean(self, field):
        return True
