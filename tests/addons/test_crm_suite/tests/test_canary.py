"""What is Canary Ltd's is seen by nobody of Home Ltd (reliability.md, section 2, item 1).

Everything is found in the registry: a model, report, field or action that comes tomorrow is
looked at tomorrow, and fails here when its rows are not kept apart.
"""

from odoo import fields, models
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged
from odoo.tools.safe_eval import datetime, safe_eval, time

from .common import SUITE, SuiteCase, own_fields_elsewhere
from .watching import canaries

REFUSED = (AccessError, MissingError)


@tagged("post_install", "-at_install")
class TestCanary(SuiteCase):
    """Each role of Home Ltd asks for everything in every way."""

    canary_works = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hidden = {name: cls._rows_of_canary(name) for name in cls.own_models}
        # Two people of one role see what one of them sees.
        cls.people = {role: cls.users[role] for role in cls.users if role not in ("mate", "other")}
        cls.elsewhere = own_fields_elsewhere(cls.env)

    @classmethod
    def _rows_of_canary(cls, name):
        model = cls.env[name].sudo().with_context(active_test=False)
        if model._abstract or "company_id" not in model._fields:
            return cls.filled.get(name, [])
        return model.search([("company_id", "=", cls.canary.id)]).ids

    # the world

    def test_each_model_has_a_canary_to_be_seen(self):
        """A model without a row of Canary Ltd would pass every test below in silence."""
        missing = [
            f"{name}: {self.gaps.get(name, 'no row of Canary Ltd')}"
            for name, rows in self.hidden.items()
            if not rows and self._keeps_rows_apart(self.env[name])
        ]
        self.assertNone(missing)

    def _keeps_rows_apart(self, model):
        return not model._abstract and ("company_id" in model._fields or model._transient)

    def test_canary_sees_the_canaries(self):
        """The same looks find them for Canary's own people: the test is not blind."""
        for name in ("crm.customer", "crm.waterfall", "crm.segment.profit", "crm.relationship"):
            with self.subTest(model=name):
                self.assertTrue(list(self._look(name, self.canary_user, self.canary)))

    def test_a_model_without_rules_is_caught(self):
        """A report that forgot its rule, made here on purpose, does not get past the looks."""

        class CrmLeakFake(models.Model):
            _name = "crm.leak.fake"
            _description = "Report without a rule"
            _module = None
            _auto = False
            _table_query = "SELECT id, name, company_id, amount_total AS amount FROM sale_order"

            name = fields.Char()
            company_id = fields.Many2one("res.company")
            amount = fields.Float()

        add_to_registry(self.registry, CrmLeakFake)
        self.addCleanup(self.registry.__delitem__, CrmLeakFake._name)
        self.addCleanup(self.hidden.pop, CrmLeakFake._name)
        self.registry._setup_models__(self.env.cr, [CrmLeakFake._name])
        self.registry.init_models(self.env.cr, [CrmLeakFake._name], {"models_to_check": True})
        model = self.env["ir.model"]._get("crm.leak.fake")
        self.env["ir.model.access"].create(
            {
                "name": "crm.leak.fake user",
                "model_id": model.id,
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
            }
        )
        self.hidden["crm.leak.fake"] = (
            self.env["crm.leak.fake"].search([("company_id", "=", self.canary.id)]).ids
        )
        found = list(self._look("crm.leak.fake", self.users["user"]))
        self.assertTrue(any("search" in finding for finding in found), found)
        self.assertTrue(any("groups" in finding for finding in found), found)
        self.assertTrue(any("reads" in finding for finding in found), found)

    # looking at our models

    def test_no_role_sees_a_row_of_the_other_company(self):
        findings = []
        for name in self.own_models:
            for user in self.people.values():
                findings += self._look(name, user)
        self.assertNone(findings)

    def _look(self, name, user, company=None):
        """Yield what a person finds of Canary Ltd in a model by the ways that RPC offers."""
        company = company or self.home
        model = self._as(user, name, company)
        if model._abstract:
            return
        hidden = set(self.hidden[name])
        where = f"{name} as {user.login}"
        if self._reads_by_guess(model, hidden):
            yield f"{where} reads rows by their number"
        if not model.has_access("read"):
            return
        seen = set(model.search([]).ids)
        if seen & hidden:
            yield f"{where} search: {len(seen & hidden)} rows of Canary Ltd"
        if model.search_count([]) > len(seen):
            yield f"{where} counts more rows than it finds"
        for way in (self._by_reading, self._by_exporting, self._by_names, self._by_grouping):
            for path, what in way(model):
                yield f"{where} {way.__name__[4:]} {path}: {what}"

    def _as(self, user, name, company=None):
        """A model as one person's call meets it: with an empty cache."""
        self.env.invalidate_all()
        company = company or self.home
        context = {"allowed_company_ids": company.ids, "active_test": False, "lang": "en_US"}
        return self.env(user=user, context=context)[name]

    def _reads_by_guess(self, model, hidden):
        """A number that a person guesses opens nothing, whichever field is asked for."""
        for row_id in list(hidden)[:3]:
            try:
                row = model.browse(row_id).read(["display_name"])
            except REFUSED:
                continue
            if row:
                return True
        return False

    def _by_reading(self, model):
        return canaries(self._web_read(model, [], self._readable(model)))

    def _web_read(self, model, domain, described, limit=None):
        """Rows as a screen shows them, with the names of what they link to."""
        specification = {
            name: {"fields": {"display_name": {}}} if field.get("relation") else {}
            for name, field in described.items()
        }
        try:
            return model.web_search_read(domain, specification, limit=limit)["records"]
        except AccessError:
            return self._web_read_apart(model, domain, specification)

    def _web_read_apart(self, model, domain, specification):
        """A link that a person may not follow hides only itself."""
        answers = []
        for name, asked in specification.items():
            try:
                answers += model.web_search_read(domain, {name: asked})["records"]
            except AccessError:
                continue
        return answers

    def _by_exporting(self, model):
        paths = [
            f"{name}/display_name" if field["type"] in ("many2one", "one2many") else name
            for name, field in self._readable(model).items()
            if name != "id" and field["type"] not in ("binary", "many2one_reference")
        ]
        rows = model.search([])
        if not self.env(user=model.env.uid).user.has_group("base.group_allow_export"):
            # The right to export is about leaving the house, not about seeing.
            rows = rows.sudo(False)
            export = rows._export_rows
            paths = [path.split("/") for path in paths]
        else:
            export = rows.export_data
        try:
            return canaries(export(paths))
        except AccessError:
            return canaries([self._export_apart(export, path) for path in paths])

    def _export_apart(self, export, path):
        try:
            return export([path])
        except AccessError:
            return []

    def _by_names(self, model):
        return canaries([name for _id, name in model.name_search("", limit=None)])

    def _by_grouping(self, model):
        groupable = model.fields_get(attributes=["type", "groupable", "aggregator"])
        aggregates = ["__count", *self._aggregates(groupable)]
        specs = [
            f"{name}:month" if field["type"] in ("date", "datetime") else name
            for name, field in groupable.items()
            if field.get("groupable") and name != "id"
        ]
        yield from canaries(model.formatted_read_group([], [], aggregates), "groups in all")
        # One by one: Odoo's query for several groups fails where two fields are one column.
        for spec in specs:
            groups = model.formatted_read_group([], [spec], aggregates)
            yield from canaries(groups, f"groups by {spec}")

    def _aggregates(self, described):
        """Sums where the model has them, and every single value where it has not."""
        for name, field in described.items():
            if field.get("aggregator"):
                yield f"{name}:{field['aggregator']}"
                if field["type"] == "monetary":
                    yield f"{name}:sum_currency"

    def _readable(self, model):
        described = model.fields_get(attributes=["type", "relation"])
        return {name: field for name, field in described.items() if field["type"] != "properties"}

    # companies that a person does not have

    def test_a_forged_company_is_refused(self):
        findings = []
        for name in self.own_models:
            model = self.env[name]
            if model._abstract or "company_id" not in model._fields:
                continue
            for role, user in self.people.items():
                if role == "both" or not model.with_user(user).has_access("read"):
                    continue
                for company in (self.canary, self.home | self.canary):
                    forged = self._as(user, name, company)
                    findings += [
                        f"{name}.{ask} as {role} with a forged company"
                        for ask in ("search", "search_count", "get_matrix")
                        if hasattr(model, ask) and not self._is_refused(forged, ask)
                    ]
        self.assertNone(findings)

    def _is_refused(self, model, ask):
        arguments = {"search": [[]], "search_count": [[]], "get_matrix": []}[ask]
        try:
            answer = getattr(model, ask)(*arguments)
        except AccessError:
            return True
        # A person's own unfinished wizards need no company to be found.
        return model._transient and not list(canaries(answer))

    # fields of ours on Odoo's models

    def test_our_fields_on_odoos_models_tell_nothing(self):
        findings = []
        for name, names in self.elsewhere.items():
            for role, user in self.people.items():
                model = self._as(user, name)
                if not model.has_access("read"):
                    continue
                readable = [name for name in names if name in model.fields_get(names, ["type"])]
                if not readable:
                    continue
                findings += [
                    f"{name}.{path} as {role}: {what}"
                    for path, what in self._by_own_fields(model, readable)
                ]
        self.assertNone(findings)

    def _by_own_fields(self, model, names):
        rows = model.search([])
        yield from canaries(rows.read(names), "read")
        described = model.fields_get(names, ["type", "relation", "groupable", "searchable"])
        yield from canaries(self._web_read(model, [], described), "web read")
        for name in names:
            if described[name].get("groupable"):
                is_day = described[name]["type"] in ("date", "datetime")
                spec = f"{name}:month" if is_day else name
                yield from canaries(model.formatted_read_group([], [spec], ["__count"]), name)
            comodel = model._fields[name].comodel_name
            if comodel in self.hidden and described[name].get("searchable"):
                yield from self._by_asking(model, name)

    def _by_asking(self, model, name):
        """No question whose answer depends on what a row of Canary Ltd holds.

        That a row of some number hangs on a contact, Odoo tells of each of its own links too.
        """
        questions = [
            [(name, "ilike", "canary")],
            [(name, "any", [("company_id", "=", self.canary.id)])],
            [(name, "any", [("display_name", "ilike", "canary")])],
        ]
        for question in questions:
            try:
                found = model.search(question)
            except (AccessError, UserError, ValueError):
                continue  # a question that is refused is not answered
            if found:
                yield name, f"{question[0][1]} finds {found.ids}"

    # matrices

    def test_matrices_and_their_files_tell_nothing(self):
        findings, built = [], 0
        for name in self.own_models:
            if not hasattr(self.env[name], "get_matrix") or name in self._bare_mixins():
                continue
            for role, user in self.people.items():
                report = self._as(user, name)
                if not report.has_access("read"):
                    with self.assertRaises(AccessError, msg=f"{name} as {role}"):
                        report.get_matrix()
                    continue
                for options in self._options_of(report):
                    built += 1
                    findings += [
                        f"{name} as {role} {options}: {path} {what}"
                        for path, what in self._by_matrix(report, options)
                    ]
        self.assertGreater(built, 20)
        self.assertNone(findings)

    def _bare_mixins(self):
        """Abstract models that nobody opens; a page without a table has access lines."""
        lines = self.env["ir.model.access"].search([])
        opened = set(lines.model_id.mapped("model"))
        return {name for name in self.own_models if self.env[name]._abstract} - opened

    def _options_of(self, report):
        """The matrix as it opens, each single choice, and choices that nobody offered."""
        yield {}
        forged = {}
        for option in report.get_matrix()["options"]:
            for value, _label in option["choices"][1:]:
                yield {option["key"]: value}
            if option["type"] == "selection":
                forged[option["key"]] = self.canary.id
        yield {**forged, "company": self.canary.id, "company_id": self.canary.id}

    def _by_matrix(self, report, options):
        try:
            answer = report.get_matrix(options)
        except (AccessError, UserError):
            return
        yield from canaries(answer, "screen")
        # Screen and files are one matrix; the files are looked at as they open and when forged.
        for writer in ("get_matrix_xlsx", "get_matrix_pdf"):
            if hasattr(report, writer) and len(options) != 1:
                content, name = getattr(report, writer)(options)
                yield from canaries(content, writer)
                yield from canaries(name, writer)

    def test_a_stored_matrix_of_the_other_company_does_not_open(self):
        for name, rows in self.hidden.items():
            if not hasattr(self.env[name], "get_matrix") or not rows or not self.env[name]._auto:
                continue
            for role, user in self.people.items():
                report = self._as(user, name).browse(rows[0])
                for ask in ("get_matrix", "get_matrix_xlsx"):
                    with self.subTest(model=name, role=role), self.assertRaises(AccessError):
                        getattr(report, ask)()

    # screens and messages

    def test_window_actions_open_nothing_foreign(self):
        findings, opened = [], 0
        for action in self._own_actions():
            if action.res_model not in self.env:
                continue
            for role, user in self.people.items():
                model = self.env[action.res_model].with_user(user)
                if not model.has_access("read"):
                    continue
                model = self._as(user, action.res_model)
                opened += 1
                context = self._evaluate(action.context or "{}")
                domain = self._evaluate(action.domain or "[]")
                # All fields were read without a context already; a report may follow its context.
                shown = {"display_name": {}} if model._auto else self._readable(model)
                rows = self._web_read(model.with_context(**context), domain, shown, 40)
                findings += [
                    f"{action.name} as {role}: {path} {what}" for path, what in canaries(rows)
                ]
        self.assertGreater(opened, 50)
        self.assertNone(findings)

    def _own_actions(self):
        data = self.env["ir.model.data"].search(
            [("module", "in", SUITE), ("model", "=", "ir.actions.act_window")]
        )
        return self.env["ir.actions.act_window"].browse(data.mapped("res_id"))

    def _evaluate(self, expression):
        return safe_eval(
            expression,
            {
                "uid": self.env.uid,
                "active_id": False,
                "active_ids": [],
                "active_model": False,
                "allowed_company_ids": self.home.ids,
                "context_today": fields.Date.today,
                "datetime": datetime,
                "time": time,
                "context": {},
            },
        )

    def test_messages_tell_nothing_also_after_a_merge(self):
        """The note about a merge is read by whoever reads the contact, in every company."""
        second = self.env["res.partner"].create({"name": "Shared Second", "is_company": True})
        segment = self.env["crm.segment"].search([("company_id", "=", self.canary.id)], limit=1)
        self.env["crm.customer"].create(
            {"partner_id": second.id, "company_id": self.canary.id, "segment_id": segment.id}
        )
        own = self.env["crm.customer"].search(
            [("partner_id", "=", self.shared.id), ("company_id", "=", self.canary.id)]
        )
        own.segment_id = segment
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((second | self.shared).ids, self.shared)
        findings = []
        for role, user in self.people.items():
            messages = self._as(user, "mail.message").search(
                ["|", ("model", "in", self.own_models), ("res_id", "in", self.shared.ids)]
            )
            read = messages.read(["body", "subject", "preview", "record_name"])
            findings += [f"messages as {role}: {what}" for _path, what in canaries(read)]
        self.assertNone(findings)

    def assertNone(self, findings):
        lines = sorted(set(map(str, findings)))
        if lines:
            self.fail(f"{len(lines)}:\n  " + "\n  ".join(lines[:60]))
