from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import tagged

from .common import CrmStrategyCase

# Letters: R read, W write, C create, D delete; a missing letter is refused.
MATRIX = {
    "crm.customer": {"user": "R", "leader": "RW", "manager": "RWC", "finance": "R", "none": ""},
    "crm.segment": {"user": "R", "leader": "R", "manager": "RWC", "finance": "R", "none": ""},
    "crm.segment.membership": {
        "user": "R",
        "leader": "R",
        "manager": "R",
        "finance": "R",
        "none": "",
    },
    "crm.indicator": {"user": "R", "leader": "R", "manager": "RWC", "finance": "R", "none": ""},
    "crm.indicator.value": {
        "user": "R",
        "leader": "R",
        "manager": "R",
        "finance": "R",
        "none": "",
    },
    "crm.indicator.period": {
        "user": "R",
        "leader": "R",
        "manager": "R",
        "finance": "R",
        "none": "",
    },
    "crm.indicator.restatement": {
        "user": "R",
        "leader": "R",
        "manager": "R",
        "finance": "R",
        "none": "",
    },
    "crm.indicator.run": {"user": "", "leader": "", "manager": "RWCD", "finance": "", "none": ""},
    "crm.purpose": {"user": "R", "leader": "R", "manager": "RWC", "finance": "R", "none": ""},
    "crm.retention.rule": {
        "user": "R",
        "leader": "R",
        "manager": "RWC",
        "finance": "R",
        "none": "",
    },
    "crm.consent": {"user": "RC", "leader": "RWC", "manager": "RWC", "finance": "R", "none": ""},
    "crm.audit.log": {"user": "", "leader": "", "manager": "R", "finance": "R", "none": ""},
    "crm.change": {"user": "", "leader": "", "manager": "R", "finance": "", "none": ""},
}
OPERATIONS = {"R": "read", "W": "write", "C": "create", "D": "unlink"}


@tagged("post_install", "-at_install")
class TestAccess(CrmStrategyCase):
    """Each role has exactly the rights of the table, no more and no fewer."""

    def test_each_role_has_exactly_its_rights(self):
        users = {
            "user": self.user_a,
            "leader": self.leader_a,
            "manager": self.manager_a,
            "finance": self.finance_a,
            "none": self.salesman_a,
        }
        for model, roles in MATRIX.items():
            for role, letters in roles.items():
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, role=role, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(users[role]).has_access(operation),
                            letter in letters,
                        )

    def test_engines_are_not_reached_by_people(self):
        """Methods that take ids or SQL are private to the engines."""
        for model, name in (
            ("crm.segment", "_assign"),
            ("crm.customer", "_ensure"),
            ("crm.change", "_claim"),
            ("crm.indicator", "_refresh"),
        ):
            with self.subTest(method=name), self.assertRaises(AccessError):
                get_public_method(self.env[model], name)
