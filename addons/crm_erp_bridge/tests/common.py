"""The world of the exchange tests: files of an invented company, loaded by the lowest role.

Harbour Foods (own chart of accounts)      Inland Foods (second company)
  X  may load, reads no CRM and no books     Y  may load for Inland only
  A  Odoo's invoicing role, posts

tests/fixtures/harbour, same columns as a well-known sample company, all names invented:
  3 suppliers, 8 customers (QUIET never ordered), 8 products,
  14 orders with 30 lines (9013 and 9014 are not shipped), 5 payments in 7 rows, 4 segments
  net 6,106.26 (each line rounded to the cent; 6,106.2245 unrounded), freight 330.09
"""

import csv
import io
from pathlib import Path

from odoo.tests import TransactionCase, new_test_user

FIXTURES = Path(__file__).resolve().parents[3] / "tests" / "fixtures"
HARBOUR = FIXTURES / "harbour"
STATES = ("created", "updated", "unchanged", "waiting", "error")
NET, FREIGHT = 6106.26, 330.09


class ExchangeCase(TransactionCase):
    """Loads files through the engine the way the wizard and the command line do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not HARBOUR.is_dir():
            cls.skipTest(cls, f"the fixture folder {HARBOUR} is not there")
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls._create_company("Harbour Foods", with_books=True)
        # Odoo's default rounds each document once; the files' figures are rounded line by line.
        cls.company.tax_calculation_rounding_method = "round_per_line"
        cls.other_company = cls._create_company("Inland Foods")
        cls.loader = cls._create_user("x", cls.company, "crm_erp_bridge_group_exchange")
        cls.other_loader = cls._create_user("y", cls.other_company, "crm_erp_bridge_group_exchange")
        cls.accountant = new_test_user(
            cls.env,
            login="exchange_accountant",
            groups="base.group_user,account.group_account_invoice",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.package = cls.env.ref("crm_erp_bridge.crm_exchange_package_trading")
        cls.files = {path.name: path.read_bytes() for path in sorted(HARBOUR.glob("*.csv"))}

    @classmethod
    def _create_company(cls, name, with_books=False):
        company = cls.env["res.company"].create(
            {
                "name": name,
                "currency_id": cls.env.ref("base.USD").id,
                "country_id": cls.env.ref("base.us").id,
            }
        )
        cls.env.user.company_ids |= company
        if with_books:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company=company, install_demo=False
            )
        return company

    @classmethod
    def _create_user(cls, letter, company, group):
        return new_test_user(
            cls.env,
            login=f"exchange_{letter}",
            groups=f"base.group_user,crm_erp_bridge.{group}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )

    # loading
    @classmethod
    def _typed(cls, files):
        types = cls.package._types_of(list(files))
        return [(types[name], name, data) for name, data in files.items()]

    @classmethod
    def _load(cls, files, user=None, type_code=None):
        """Load {name: bytes} as X; returns {file or step: result} of the engine."""
        user = user or cls.loader
        engine = cls.env(user=user)["crm.exchange.engine"]._as_engine(user.company_id)
        kind = cls.package.type_ids.filtered(lambda t: t.code == type_code)
        entries = [(kind, name, data) for name, data in files.items()]
        if not type_code:
            entries = cls._typed(files)
        results = engine._load(entries, user, cls.package)
        cls.env.flush_all()
        return {result["name"]: result for result in results}

    @classmethod
    def _load_harbour(cls, **changed):
        """Load the fixture; changed: stem -> bytes in place of a file, None leaves it out."""
        files = {
            name: changed.get(name.removesuffix(".csv"), data) for name, data in cls.files.items()
        }
        return cls._load({name: data for name, data in files.items() if data is not None})

    # files
    @classmethod
    def _rows(cls, name):
        return list(csv.DictReader(io.StringIO(cls.files[name].decode())))

    @staticmethod
    def _csv(rows):
        stream = io.StringIO(newline="")
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return stream.getvalue().encode()

    @classmethod
    def _changed(cls, name, **changes):
        """The file with cells changed: row index -> {column: text}, given as r0={...}."""
        rows = cls._rows(name)
        for place, cells in changes.items():
            rows[int(place[1:])].update(cells)
        return cls._csv(rows)

    @classmethod
    def _error_rows(cls, run):
        """The rows of a run's error file, as X gets them."""
        text = run.with_user(cls.loader)._error_file().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    # looking
    @classmethod
    def _orders(cls):
        return cls.env["sale.order"].search(
            [("company_id", "=", cls.company.id)], order="client_order_ref"
        )

    @classmethod
    def _order(cls, key):
        return cls._orders().filtered(lambda order: order.client_order_ref == key)

    @classmethod
    def _customer(cls, key):
        return cls.env["res.partner"].search(
            [("company_id", "=", cls.company.id), ("ref", "=", key)]
        )

    def assertCounts(self, run, **expected):
        """Every state not named must be zero, and the rows must add up."""
        found = {state: run[f"{state}_count"] for state in STATES}
        self.assertEqual({k: v for k, v in found.items() if v}, expected, run.file_name)
        self.assertEqual(sum(found.values()), run.row_count, "rows in = rows accounted for")
