"""What the parts of the addon contract share: the addon's models, records and the five roles."""

from collections import defaultdict

from odoo.models import MAGIC_COLUMNS
from odoo.tests import new_test_user

SUITE_AUTHOR = "CRM Suite contributors"
AUTOMATIC = {*MAGIC_COLUMNS, "display_name"}


class ContractBase:
    """Names what belongs to the addon and gives one user per role."""

    # Odoo collects inherited test methods only from classes that say so; without it, no test runs.
    allow_inherited_tests_method = True
    addon: str
    dispatchers: tuple[tuple[str, str, str], ...] = ()
    daily_work: tuple[str, ...] = ()
    wordless: tuple[tuple[str, str], ...] = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.own_models = [
            cls.env[name]
            for name, model in sorted(cls.env.registry.items())
            if model._original_module == cls.addon
        ]
        cls.suite_addons = set(
            cls.env["ir.module.module"]
            .search([("author", "=", SUITE_AUTHOR), ("state", "=", "installed")])
            .mapped("name")
        )
        cls.roles = cls._suite_groups()
        cls.role_users = {
            name: cls._role_user(name, group) for (_module, name), group in cls.roles.items()
        }
        cls.outsider = new_test_user(
            cls.env,
            login="contract_outsider",
            groups="base.group_user,sales_team.group_sale_salesman_all_leads",
        )
        cls.names_by_model = defaultdict(list)
        for data in cls.env["ir.model.data"].search([("module", "=", cls.addon)]):
            cls.names_by_model[data.model].append((data.name, data.res_id))

    @classmethod
    def _suite_groups(cls):
        """(module, name) of each role that the installed addons of the suite define."""
        data = cls.env["ir.model.data"].search(
            [("model", "=", "res.groups"), ("module", "in", list(cls.suite_addons))]
        )
        return {
            (record.module, record.name): cls.env["res.groups"].browse(record.res_id)
            for record in data
        }

    @classmethod
    def _role_user(cls, name, group):
        """A user with one role; a group that nobody is given by hand comes with those that do."""
        given = group if group.privilege_id else group.implied_by_ids or group
        user = new_test_user(cls.env, login=f"contract_{name}", groups="base.group_user")
        user.group_ids += given
        return user

    def assertNone(self, findings):
        """Fail with one line per finding."""
        lines = sorted(map(str, findings))
        if lines:
            self.fail("\n  " + "\n  ".join(lines))

    def _own_records(self, model_name):
        """Records of an Odoo model that this addon's files brought in and that still exist."""
        ids = [res_id for _name, res_id in self.names_by_model[model_name]]
        return self.env[model_name].with_context(active_test=False).browse(ids).exists()

    def _own_fields(self):
        """Yield (model, field) for each field whose first definition is in this addon."""
        for model in (self.env[name] for name in self.env.registry):
            for field in model._fields.values():
                if self._is_own_field(field):
                    yield model, field

    def _is_own_field(self, field):
        return (
            field._modules[:1] == (self.addon,)
            and not field.inherited
            and field.name not in AUTOMATIC
        )

    def _is_table(self, model):
        return model._auto and not model._abstract and not model._transient

    def _is_sql_report(self, model):
        return not model._abstract and not model._transient and not model._auto
