"""Contract of the models: words, rights, companies, links, computes, scheduled work."""

import re

from odoo.addons.crm_strategy.models.crm_privacy_mixin import EXPIRIES

from .contract_base import ContractBase

MERGE_STRATEGIES = {"rekey", "keep_destination", "recompute"}


class ModelsContract(ContractBase):
    """Rules about models that a reviewer would otherwise check by eye."""

    def test_there_is_something_to_check(self):
        """An empty list of models, roles or views would make every other rule pass in silence."""
        self.assertTrue(self.own_models)
        self.assertTrue(self.role_users)
        self.assertTrue(self._own_records("ir.ui.view"))
        self.assertTrue(self._own_records("ir.ui.menu"))

    def test_models_have_a_description(self):
        self.assertNone(
            model._name
            for model in self.own_models
            if not model._description or model._description == model._name
        )

    def test_models_are_reached_only_through_roles(self):
        """Each stored or wizard model has access lines, and each line names a role of ours."""
        allowed = {group.id for group in self.roles.values()}
        allowed.add(self.env.ref("base.group_system").id)
        findings = []
        for model in self.own_models:
            if model._abstract:
                continue
            lines = self.env["ir.model.access"].search([("model_id.model", "=", model._name)])
            if not lines:
                findings.append(f"{model._name}: no access line")
            findings += [
                f"{model._name}: access line “{line.name}” is open to “{line.group_id.name or '*'}”"
                for line in lines
                if line.group_id.id not in allowed
            ]
        self.assertNone(findings)

    def test_models_with_a_company_have_a_global_company_rule(self):
        findings = []
        for model in self.own_models:
            if model._abstract or model._transient or "company_id" not in model._fields:
                continue
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", model._name), ("groups", "=", False)]
            )
            if not any("company_id" in (rule.domain_force or "") for rule in rules):
                findings.append(f"{model._name}: no global company rule")
        self.assertNone(findings)

    def test_measures_of_a_day_are_not_shown_for_another(self):
        """The cache holds one value per record, unless the field names what it depends on."""
        mixin = self.env.registry["crm.as_of.report.mixin"]
        measured = ("monetary", "float", "integer", "boolean")
        contexts = self.env.registry.field_depends_context
        self.assertNone(
            f"{model._name}.{field.name}: depends_context lacks crm_as_of"
            for model in self.own_models
            if isinstance(model, mixin) and not model._abstract
            for field in model._fields.values()
            if field.type in measured and field.name != "id" and not field.compute
            if "crm_as_of" not in contexts[field]
        )

    def test_sql_reports_name_company_and_currency(self):
        findings = []
        for model in filter(self._is_sql_report, self.own_models):
            if "company_id" not in model._fields:
                findings.append(f"{model._name}: a report needs company_id")
            monetary = [f for f in model._fields.values() if f.type == "monetary"]
            if monetary and "currency_id" not in model._fields:
                findings.append(f"{model._name}: shows money without currency_id")
        self.assertNone(findings)

    def test_money_has_its_currency(self):
        findings = []
        for model, field in self._own_fields():
            if field.type == "monetary":
                currency = field.get_currency_field(model)
                if currency not in model._fields:
                    findings.append(f"{model._name}.{field.name}: no currency field")
            elif field.type == "float" and field.name.endswith("_amount"):
                findings.append(f"{model._name}.{field.name}: an amount is Monetary, not Float")
        self.assertNone(findings)

    def test_fields_have_plain_labels(self):
        self.assertNone(
            f"{model._name}.{field.name}: label “{field.string}”"
            for model, field in self._own_fields()
            if not model._abstract
            and (not field.string or field.string == field.name or "_" in field.string)
        )

    def test_fields_on_foreign_models_start_with_crm(self):
        """A field that we add to somebody else's model can be told from theirs."""
        self.assertNone(
            f"{model._name}.{field.name}"
            for model, field in self._own_fields()
            if not self._is_ours(model) and not field.name.startswith("crm_")
        )

    def test_links_never_block_a_record_of_others(self):
        """Facts belong to the ERP: no link of ours stops somebody from deleting what is not ours.

        The database is asked, since it is the database that would refuse: a link either goes with
        the record (cascade) or is emptied, and what is emptied may be empty.
        """
        self.env.cr.execute(
            """
            SELECT source.relname, attribute.attname, link.confdeltype, attribute.attnotnull,
                   target.relname
              FROM pg_constraint AS link
              JOIN pg_class AS source ON source.oid = link.conrelid
              JOIN pg_class AS target ON target.oid = link.confrelid
              JOIN pg_attribute AS attribute
                ON attribute.attrelid = link.conrelid AND attribute.attnum = link.conkey[1]
             WHERE link.contype = 'f' AND source.relnamespace = current_schema()::regnamespace
            """
        )
        links = {(table, name): rest for table, name, *rest in self.env.cr.fetchall()}
        findings = []
        for model, field in self._own_fields():
            if field.type != "many2one" or not field.store or not self._is_table(model):
                continue
            action, is_required, target = links.get((model._table, field.name), ("n", False, ""))
            if target in self._own_tables():
                continue
            if action not in ("c", "n") or (action == "n" and is_required):
                findings.append(f"{model._name}.{field.name} -> {field.comodel_name} blocks")
        self.assertNone(findings)

    def _own_tables(self):
        return {model._table for model in self.env.values() if self._is_ours(model) and model._auto}

    def test_definitions_leave_their_changes_in_the_audit_log(self):
        """What people may write is a definition that is logged, or named as daily work."""
        mixin = self.env.registry["crm.audited.mixin"]
        people = [group.id for group in self.roles.values() if group.privilege_id]
        people.append(self.env.ref("base.group_system").id)
        findings = []
        for model in filter(self._is_table, self.own_models):
            lines = self.env["ir.model.access"].search(
                [("model_id.model", "=", model._name), ("group_id", "in", people)]
            )
            written = any(line.perm_write or line.perm_create for line in lines)
            shipped = bool(self._own_records(model._name))
            if isinstance(model, mixin) or model._name in self.daily_work:
                continue
            if written or shipped:
                findings.append(f"{model._name}: neither audited nor named as daily work")
        self.assertNone(findings)

    def test_personal_data_has_a_purpose_and_an_end(self):
        """Each model with free words says why they are kept and what becomes of them."""
        mixin = self.env.registry["crm.privacy.mixin"]
        codes = set(self.env["crm.purpose"].search([]).mapped("code"))
        findings = []
        for model in filter(self._is_table, self.own_models):
            if not isinstance(model, mixin):
                findings += [
                    f"{model._name}.{name}: free words in a model without a purpose"
                    for name in self._free_words(model)
                ]
                continue
            if model._privacy_purpose not in codes:
                findings.append(f"{model._name}: _privacy_purpose names no purpose")
            if model._privacy_expiry not in EXPIRIES:
                findings.append(f"{model._name}: _privacy_expiry is not chosen")
            declared = {
                *model._privacy_text_names(),
                *model._privacy_personal,
                *model._privacy_keys,
            }
            findings += [
                f"{model._name}.{name}: no stored field"
                for name in declared
                if name not in model._fields or not model._fields[name].store
            ]
            findings += [
                f"{model._name}.{name}: would survive an erasure, or is in wordless"
                for name in self._free_words(model) - declared
            ]
        self.assertNone(findings)

    def _free_words(self, model):
        """Stored fields into which words of or about people may come."""
        return {
            name
            for name, field in model._fields.items()
            if field.store
            and field.type in ("char", "text", "html", "json", "binary")
            and not field.related
            and (model._name, name) not in self.wordless
            and not name.endswith("_model")
        }

    def test_models_keyed_by_partner_choose_a_merge_strategy(self):
        mixin = self.env.registry.get("crm.partner.keyed.mixin")
        findings = []
        for model in filter(self._is_table, self.own_models):
            keyed = [
                field.name
                for field in model._fields.values()
                if field.type == "many2one"
                and field.store
                and field.comodel_name in ("res.partner", "crm.customer")
                and not field.related
            ]
            if not keyed:
                continue
            if not mixin or not isinstance(model, mixin):
                findings.append(f"{model._name} ({', '.join(keyed)}): not partner keyed")
            elif model._partner_merge not in MERGE_STRATEGIES:
                findings.append(f"{model._name}: _partner_merge is not chosen")
        self.assertNone(findings)

    def test_stored_computes_depend_on_existing_fields(self):
        findings = []
        for model, field in self._own_fields():
            if not (field.store and field.compute) or model._abstract:
                continue
            depends = field.get_depends(model)[0]
            if not depends:
                findings.append(f"{model._name}.{field.name}: stored compute depends on nothing")
            findings += [
                f"{model._name}.{field.name}: depends on missing “{path}”"
                for path in depends
                if not self._path_exists(model, path)
            ]
        self.assertNone(findings)

    def test_searchable_and_computed_methods_exist(self):
        findings = []
        for model, field in self._own_fields():
            for role in ("compute", "search", "inverse"):
                method = getattr(field, role)
                if isinstance(method, str) and not hasattr(model, method):
                    findings.append(f"{model._name}.{field.name}: {role}={method} is missing")
        self.assertNone(findings)

    def test_dispatchers_have_a_method_for_each_choice(self):
        findings = []
        for model_name, field_name, prefix in self.dispatchers:
            model = self.env[model_name]
            choices = self._dispatch_choices(model, field_name)
            if not choices:
                findings.append(f"{model_name}.{field_name}: nothing to dispatch")
            findings += [
                f"{model_name}: no method {prefix}{choice}"
                for choice in choices
                if not callable(getattr(model, prefix + choice, None))
            ]
        self.assertNone(findings)

    def test_scheduled_actions_run_on_what_is_there(self):
        findings = []
        for cron in self._own_records("ir.cron"):
            match = re.fullmatch(r"model\.(\w+)\(.*\)", (cron.code or "").strip(), re.DOTALL)
            if not match:
                findings.append(f"{cron.name}: code is not one call of a method")
            elif not hasattr(self.env[cron.model_id.model], match[1]):
                findings.append(f"{cron.name}: {cron.model_id.model} has no {match[1]}")
            else:
                with self.enter_registry_test_mode():
                    cron.method_direct_trigger()
        self.assertNone(findings)

    def _is_ours(self, model):
        return model._original_module in self.suite_addons

    def _path_exists(self, model, path):
        for name in path.split("."):
            field = model._fields.get(name)
            if field is None:
                return False
            model = self.env[field.comodel_name] if field.comodel_name else model
        return True

    def _dispatch_choices(self, model, field_name):
        field = model._fields[field_name]
        if field.type == "selection":
            return field.get_values(self.env)
        return [value for value in model.search([]).mapped(field_name) if value]
