"""Contract of the screens: actions, filters, views, buttons, menus, XML ids."""

import re

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form
from odoo.tools.safe_eval import datetime, safe_eval, time

from .contract_base import ContractBase

VIEW_TYPES = "form|list|kanban|search|pivot|graph|calendar|activity|hierarchy"
ID_PATTERNS = {
    "ir.ui.menu": r"\w+_menu(_\w+)?",
    "ir.actions.act_window": r"\w+_action(_\w+)?",
    "ir.actions.client": r"\w+_action(_\w+)?",
    "ir.actions.server": r"\w+_(action|cron)(_\w+)?",
    "ir.actions.act_url": r"\w+_action(_\w+)?",
    "ir.actions.report": r"\w+_(action|report)(_\w+)?",
    "ir.rule": r"\w+_rule_\w+",
    "ir.cron": r"\w*cron(_\w+)?",
    "ir.model.access": r"(\w+_)?access_\w+",
    "res.groups": r"%(addon)s_group_\w+",
    "res.groups.privilege": r"\w+_privilege(_\w+)?",
}


class ScreensContract(ContractBase):
    """What a person can open opens, for each role and with no, one and two records chosen."""

    def test_window_actions_search_with_no_one_and_two_records(self):
        findings = []
        for action in self._own_records("ir.actions.act_window"):
            if action.res_model not in self.env:
                findings.append(f"{action.name}: model {action.res_model} does not exist")
                continue
            for active_ids in ((), (1,), (1, 2)):
                try:
                    context = self._evaluate(action.context or "{}", active_ids)
                    domain = self._evaluate(action.domain or "[]", active_ids)
                    self.env[action.res_model].with_context(**context).search(domain, limit=2)
                except Exception as error:  # every failure is a finding, named by its action
                    findings.append(f"{action.name} with {len(active_ids)} records: {error!r}")
        self.assertNone(findings)

    def test_window_actions_name_existing_view_kinds_and_filters(self):
        findings = []
        for action in self._own_records("ir.actions.act_window"):
            modes = action.view_mode.split(",")
            if "tree" in modes:
                findings.append(f"{action.name}: view_mode “tree” is “list” in this Odoo")
            context = self._evaluate(action.context or "{}", ())
            arch = self._search_arch(action)
            names = set(arch.xpath("//@name")) if arch is not None else set()
            findings += [
                f"{action.name}: {key} names no filter or field of its search view"
                for key in context
                if key.startswith("search_default_")
                and key.removeprefix("search_default_") not in names
            ]
        self.assertNone(findings)

    def test_lists_say_what_to_do_when_empty(self):
        self.assertNone(
            f"{action.name}: no help for the empty list"
            for action in self._own_records("ir.actions.act_window")
            if set(action.view_mode.split(",")) & {"list", "kanban"}
            and action.target != "new"
            and not (action.help or "").strip()
        )

    def test_search_filters_and_groups_run(self):
        findings = []
        for view in self._own_records("ir.ui.view").filtered(lambda v: v.type == "search"):
            model = self.env[view.model]
            for node in etree.fromstring(view.arch).xpath("//filter"):
                try:
                    self._run_filter(model, node)
                except Exception as error:  # every failure is a finding, named by its filter
                    findings.append(f"{view.name} filter “{node.get('name')}”: {error!r}")
        self.assertNone(findings)

    def test_views_load_for_each_role_that_reads_the_model(self):
        findings = []
        for view in self._own_records("ir.ui.view").filtered("model"):
            root = self._root_view(view)
            for role, user in self.role_users.items():
                model = self.env[view.model].with_user(user)
                if model._abstract or not model.has_access("read"):
                    continue
                try:
                    model.get_views([(root.id, root.type)], {"toolbar": True})
                except Exception as error:  # every failure is a finding, named by view and role
                    findings.append(f"{view.name} as {role}: {error!r}")
        self.assertNone(findings)

    def test_lists_and_forms_read_their_fields_for_each_role(self):
        """The records that the installation brings can be read with all fields of the screen."""
        findings = []
        for view in self._own_records("ir.ui.view"):
            if view.type not in ("list", "form") or view.inherit_id:
                continue
            for role, user in self.role_users.items():
                model = self.env[view.model].with_user(user)
                if model._abstract or model._transient or not model.has_access("read"):
                    continue
                try:
                    model.web_search_read([], self._specification(model, view), limit=2)
                except Exception as error:  # every failure is a finding, named by view and role
                    findings.append(f"{view.name} as {role}: {error!r}")
        self.assertNone(findings)

    def test_forms_open_for_a_new_record(self):
        findings = []
        for view in self._own_records("ir.ui.view"):
            if view.type != "form" or view.inherit_id:
                continue
            for role, user in self.role_users.items():
                model = self.env[view.model].with_user(user)
                if model._abstract or not model.has_access("create"):
                    continue
                try:
                    Form(model, view=view)
                except AccessError as error:
                    findings.append(f"{view.name} as {role}: {error!r}")
                except UserError:
                    continue  # a wizard may refuse to open without the records it works on
                except Exception as error:  # every failure is a finding, named by view and role
                    findings.append(f"{view.name} as {role}: {error!r}")
        self.assertNone(findings)

    def test_buttons_call_existing_methods(self):
        findings = []
        for view in self._own_records("ir.ui.view").filtered("model"):
            for node in etree.fromstring(view.arch).xpath("//button[@type='object']"):
                model = self._model_of_node(self.env[view.model], node)
                method = node.get("name", "")
                if model is None:
                    continue
                if method.startswith("_") or not callable(getattr(model, method, None)):
                    findings.append(f"{view.name}: button calls {model._name}.{method}")
        self.assertNone(findings)

    def test_menus_open_for_each_group_they_are_shown_to(self):
        findings = []
        for menu in self._own_records("ir.ui.menu"):
            if not menu.action and not menu.child_id:
                findings.append(f"{menu.complete_name}: opens nothing")
                continue
            for role, user in self._users_of_menu(menu):
                findings += [
                    f"{menu.complete_name} as {role}: no right to read {name}"
                    for name in self._models_of_action(menu.action)
                    if not self.env[name].with_user(user).has_access("read")
                ]
        self.assertNone(findings)

    def test_each_menu_is_visible_to_some_role_and_to_no_outsider(self):
        menus = self._own_records("ir.ui.menu")
        seen = {role: self._visible_menus(user) for role, user in self.role_users.items()}
        findings = [
            f"{menu.complete_name}: no role sees it"
            for menu in menus
            if not any(menu.id in ids for ids in seen.values())
        ]
        findings += [
            f"{menu.complete_name}: a salesman without a role of ours sees it"
            for menu in menus
            if menu.id in self._visible_menus(self.outsider)
        ]
        self.assertNone(findings)

    def test_matrix_menus_build_their_matrix(self):
        """A matrix screen of an addon answers on the data that is there, for each role."""
        findings = []
        for action in self._own_records("ir.actions.client"):
            name = (action.params or {}).get("model") if action.tag == "crm_matrix" else None
            if not name:
                continue
            if name not in self.env or not hasattr(self.env[name], "get_matrix"):
                findings.append(f"{action.name}: {name} gives no matrix")
                continue
            for role, user in self.role_users.items():
                model = self.env[name].with_user(user)
                if model.has_access("read") and self._gives_matrix_without_record(model):
                    answer = model.get_matrix()
                    if not {"matrix", "options"} <= set(answer):
                        findings.append(f"{action.name} as {role}: incomplete answer")
        self.assertNone(findings)

    def test_outsider_sees_no_field_of_ours(self):
        findings = []
        # Printed pages and those of the portal have no model: no role opens them as a screen.
        for view in self._own_records("ir.ui.view").filtered(lambda v: v.inherit_id and v.model):
            model = self.env[view.model].with_user(self.outsider)
            root = self._root_view(view)
            if model._abstract or not model.has_access("read"):
                continue
            arch = etree.fromstring(model.get_view(root.id, root.type)["arch"])
            findings += [
                f"{view.name}: shows {name} to a salesman without a role of ours"
                for name in set(arch.xpath("//field/@name"))
                if name in model._fields and self._is_own_field(model._fields[name])
            ]
        self.assertNone(findings)

    def test_xml_ids_follow_the_house_patterns(self):
        findings = []
        for model_name, entries in self.names_by_model.items():
            for name, res_id in entries:
                pattern = self._id_pattern(model_name, res_id)
                if pattern and not re.fullmatch(pattern % {"addon": self.addon}, name):
                    findings.append(f"{model_name}: {name} (pattern {pattern})")
        self.assertNone(findings)

    # helpers

    def _evaluate(self, expression, active_ids):
        today = fields.Date.today()
        return safe_eval(
            expression,
            {
                "uid": self.env.uid,
                "active_id": active_ids[0] if active_ids else False,
                "active_ids": list(active_ids),
                "active_model": False,
                "allowed_company_ids": self.env.companies.ids,
                "context_today": lambda: today,
                "current_date": today.isoformat(),
                "datetime": datetime,
                "time": time,
                "relativedelta": relativedelta,
                "context": {},
            },
        )

    def _search_arch(self, action):
        if action.res_model not in self.env:
            return None
        model = self.env[action.res_model]
        return etree.fromstring(model.get_view(action.search_view_id.id or None, "search")["arch"])

    def _run_filter(self, model, node):
        domain = self._evaluate(node.get("domain") or "[]", ())
        if node.get("date"):
            domain = [(node.get("date"), "!=", False)]
        model.search(domain, limit=1)
        group = self._evaluate(node.get("context") or "{}", ()).get("group_by")
        for spec in [group] if isinstance(group, str) else group or []:
            field = model._fields[spec.split(":")[0]]
            if field.type in ("date", "datetime") and ":" not in spec:
                spec += ":month"
            model._read_group([], [spec], ["__count"])

    def _root_view(self, view):
        while view.inherit_id and view.mode != "primary":
            view = view.inherit_id
        return view

    def _specification(self, model, view):
        arch = etree.fromstring(model.get_view(view.id, view.type)["arch"])
        names = {
            node.get("name")
            for node in arch.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }
        return {
            name: {"fields": {"display_name": {}}} if model._fields[name].relational else {}
            for name in names
        }

    def _model_of_node(self, model, node):
        """The model that a button inside an embedded list or kanban belongs to."""
        for parent in reversed(list(node.iterancestors("field"))):
            field = model._fields.get(parent.get("name"))
            if field is None or not field.comodel_name:
                return None  # the field sits in an xpath of another model's arch
            model = self.env[field.comodel_name]
        return model

    def _users_of_menu(self, menu):
        groups = menu.group_ids
        while not groups and menu.parent_id:
            menu = menu.parent_id
            groups = menu.group_ids
        for role, user in self.role_users.items():
            if groups & user.all_group_ids:
                yield role, user

    def _models_of_action(self, action):
        if not action:
            return []
        if action._name == "ir.actions.act_window":
            return [action.res_model]
        if action._name == "ir.actions.client":
            name = (action.params or {}).get("model")
            return [name] if name in self.env else []
        return []

    def _visible_menus(self, user):
        entries = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        return {key for key in entries if key != "root"}

    def _gives_matrix_without_record(self, model):
        """A matrix of one record (a scorecard) needs that record first."""
        return not model._auto or model._abstract or bool(model.search([], limit=1))

    def _id_pattern(self, model_name, res_id):
        if model_name != "ir.ui.view":
            return ID_PATTERNS.get(model_name)
        view = self.env["ir.ui.view"].browse(res_id)
        if view.type == "qweb":
            return r"[a-z0-9_]+"
        stem = re.escape((view.model or "").replace(".", "_"))
        return rf"{stem}_view_({VIEW_TYPES})(_[a-z0-9_]+)?"
