"""What people can call and write from outside (reliability.md, section 2, items 2, 5 and 11).

A remote call may name any method without an underscore and any field, ``readonly`` or not. Each
is tried here; what is allowed stands in the tables below, with the reason.
"""

import inspect
import math

from psycopg2.errors import ReadOnlySqlTransaction

from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS, BaseModel
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SUITE, SuiteCase
from .filling import Filler
from .test_access import FRESH, MATRIX, ROLES
from .watching import canaries

# The number of a record that does not exist.
NOBODY = 999_983
CALLERS = ("employee", "portal", "user")
# One of each kind that a script may send, and the usual attempts to say more than that.
MALICE = (
    False,
    -1,
    10**20,
    math.nan,
    "'; DROP TABLE crm_customer; --",
    "__class__",
    [],
    [[NOBODY]],
    {"company": 1, "__class__": "x", "period": "9999-99"},
    {"period": ["2026"], "group_by": {"a": 1}, "scorecard": "x", "as_of": 5, "date": []},
)
# Odoo's own methods answer a value of a wrong type with a TypeError or ValueError (“search(5)”),
# which the caller gets as such. Anything else (KeyError, AttributeError, a message of the
# database) is a hole in ours.
CLEAR = (UserError, TypeError, ValueError)
# Methods by which a user of the suite changes something of the own company, and why that is right.
CHANGES = {
    # What it writes follows from the posted documents alone, in one's own companies.
    ("crm.customer.profile", "action_refresh"),
    # Whoever may write an order names what the customer's analyses say about its products.
    ("sale.order", "action_crm_fill_references"),
    # Who serves a customer ends and resumes the own pass, asks for an opinion about it, and
    # writes down what value was given; passes of others are refused (TestSatisfaction, TestValue).
    ("crm.relationship", "action_ask_opinion"),
    ("crm.relationship", "action_end"),
    ("crm.relationship", "action_resume"),
    ("crm.relationship.moment", "action_take_value"),
}


@tagged("post_install", "-at_install")
class TestRpc(SuiteCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.filler = Filler(cls.env, cls.home, "Homely", 7)

    def _model(self, role, name):
        self.env.invalidate_all()
        context = {"allowed_company_ids": self.home.ids, "lang": "en_US"}
        return self.env(user=self.users[role], context=context)[name]

    # calls

    def test_each_public_method_is_refused_or_harmless(self):
        """For everybody without a right: no change, no foreign row, no accident."""
        findings, calls = [], 0
        for name, method in self._public_methods():
            ids = self._targets(name)
            for role in CALLERS:
                for arguments in self._arguments(name, method, ids):
                    calls += 1
                    findings += self._call(role, name, method, arguments)
        self.assertGreater(calls, 1000)
        self.assertNone(findings)

    def _public_methods(self):
        """(model, method) of each function that an addon of the suite adds for callers."""
        for name, model in sorted(self.env.registry.items()):
            found = set()
            for parent in model.__mro__:
                if parent.__module__.split(".")[2:3] and parent.__module__.split(".")[2] in SUITE:
                    found |= {key for key, value in vars(parent).items() if callable(value)}
            for method in sorted(found):
                if not method.startswith("_") and self._is_new(model, method):
                    yield name, method

    def _is_new(self, model, method):
        """Not one that Odoo has already, unless the model is ours."""
        if method in dir(BaseModel) or not inspect.isroutine(getattr(model, method, None)):
            return False  # create, write and unlink are tried with each field below
        try:
            get_public_method(self.env[model._name], method)
        except AccessError:
            return False
        defined = [parent for parent in model.__mro__ if method in vars(parent)]
        return defined[-1].__module__.split(".")[2] in SUITE

    def _targets(self, name):
        """No row, one of Home, one of Canary, one that does not exist."""
        model = self.env[name].sudo().with_context(active_test=False)
        if model._abstract:
            return [[]]
        if "company_id" not in model._fields:
            return [[], model.search([], limit=1).ids, [NOBODY]]
        own = model.search([("company_id", "in", (self.home.id, False))], limit=1).ids
        foreign = model.search([("company_id", "=", self.canary.id)], limit=1).ids
        return [[], own, foreign, [NOBODY]]

    def _arguments(self, name, method, targets):
        function = getattr(type(self.env[name]), method)
        signature = list(inspect.signature(function).parameters.values())[1:]
        for ids in targets:
            yield [] if getattr(function, "_api_model", False) else [ids]
            for bad in MALICE if signature else ():
                given = [bad for part in signature if part.kind == part.POSITIONAL_OR_KEYWORD]
                yield given if getattr(function, "_api_model", False) else [ids, *given]

    def _call(self, role, name, method, arguments):
        """Yield what is wrong with the answer to one call; the database is read-only for it."""
        where = f"{name}.{method}{arguments!r:.80} as {role}"
        model = self._model(role, name)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.cr.execute("SET LOCAL transaction_read_only TO on")
                answer = call_kw(model, method, list(arguments), {})
                self.env.flush_all()
                raise _Undo(answer)
        except _Undo as done:
            for path, what in canaries(done.answer):
                yield f"{where} tells {path} {what}"
        except ReadOnlySqlTransaction:
            if not self._may_change(role, name, method, arguments):
                yield f"{where} changes the database"
        except CLEAR as error:
            if list(canaries(str(error))):
                yield f"{where} tells in its refusal: {error}"
        except Exception as error:  # any other kind is the finding
            yield f"{where}: {error!r:.200}"
        finally:
            self.env.transaction.clear()

    def _may_change(self, role, name, method, arguments):
        """What stands in ``CHANGES``, by a user of the suite, and nothing of Canary.

        Renewing profiles takes no notice of the rows it is called on: it writes one's companies.
        """
        if role != "user" or (name, method) not in CHANGES:
            return False
        records = self.env[name].sudo().browse(arguments[0] if arguments else ()).exists()
        is_home = "company_id" not in records._fields or self.canary not in records.company_id
        return is_home or name == "crm.customer.profile"

    # fields

    def test_each_field_changes_only_by_who_may_change_it(self):
        """A role that may write a model still writes no result, no key and no foreign company."""
        findings, tried = [], 0
        for name, role in self._writers():
            for field in self._stored_fields(name):
                tried += 1
                findings += self._write(role, name, field)
        self.assertGreater(tried, 100)
        self.assertNone(findings)

    def _writers(self):
        for name, rights in MATRIX.items():
            for role, letters in zip(ROLES, rights, strict=True):
                if "W" in letters and name in self.env and not self.env[name]._transient:
                    yield name, role

    def _stored_fields(self, name):
        return [
            field
            for field in self.env[name]._fields.values()
            if field.store and field.column_type and field.name not in MAGIC_COLUMNS
        ]

    def _write(self, role, name, field):
        if field.name == "company_id":
            for company in (self.canary.id, False):
                if self._changes(role, name, field, company) and company:
                    yield f"{name}.company_id as {role}: moved to a foreign company"
            return
        if field.type in ("float", "monetary"):
            for value in (math.nan, math.inf, -math.inf):
                if self._changes(role, name, field, value):
                    yield f"{name}.{field.name} as {role}: takes {value}"
        kept = getattr(self.env[name], "_kept_fields", ())
        if field.readonly or field.name in kept:
            value = self._other_value(name, field)
            if value is not None and self._changes(role, name, field, value):
                yield f"{name}.{field.name} as {role}: a result is written by hand"

    def _other_value(self, name, field):
        row = self._row(name)
        kinds = {
            "char": "Forged",
            "text": "Forged",
            "integer": 4242,
            "float": 4242.5,
            "monetary": 4242.5,
            "date": "2001-01-01",
            "datetime": "2001-01-01 01:00:00",
            "boolean": not row[field.name],
            "many2one_reference": 4242,
        }
        if field.type == "selection":
            choices = [value for value in field.get_values(self.env) if value != row[field.name]]
            return choices[0] if choices else None
        if field.type == "many2one":
            comodel = self.env[field.comodel_name].sudo()
            return comodel.search([("id", "!=", row[field.name].id)], limit=1).id or None
        return kinds.get(field.type)

    def _row(self, name):
        rows = self.filler.records(name)
        if name in FRESH or not rows:
            self.rows = getattr(self, "rows", {})
            if name not in self.rows or not self.rows[name].exists():
                self.rows[name] = self.filler.create(name)
            return self.rows[name]
        return rows[0]

    def _changes(self, role, name, field, value):
        """Whether a write by the role leaves another value in the database."""
        row = self._row(name)
        before = row[field.name]
        record = row.with_env(self._model(role, name).env)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                call_kw(record.browse(), "write", [record.ids, {field.name: value}], {})
                self.env.flush_all()
                self.env.invalidate_all()
                raise _Undo(row[field.name] != before)
        except _Undo as done:
            return done.answer
        except Exception:  # refused, in whichever words
            return False
        finally:
            self.env.transaction.clear()

    def assertNone(self, findings):
        lines = sorted(set(map(str, findings)))
        if lines:
            self.fail(f"{len(lines)}:\n  " + "\n  ".join(lines[:100]))


class _Undo(Exception):
    """Takes a call back that was not refused, and brings what it answered."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer
