from fnmatch import fnmatch

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.mapping import Template

FILE_HANDLERS = ("partner", "product", "order", "payment", "segment")


class CrmExchangeType(models.Model):
    """One kind of file, or one step after the files, and how it is carried out."""

    _name = "crm.exchange.type"
    _description = "Exchange Type"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _kept_fields = ("company_id",)
    _order = "package_id, sequence, id"
    _audit_area = "exchange"

    # identity
    name = fields.Char(required=True, translate=True, help="What the file holds, in plain words.")
    code = fields.Char(required=True, help="Short name for the command line.")
    package_id = fields.Many2one(
        "crm.exchange.package",
        string="Package",
        required=True,
        index=True,
        ondelete="cascade",
        help="The package that this type belongs to.",
    )
    company_id = fields.Many2one(
        related="package_id.company_id", store=True, string="Company", help="Set on the package."
    )
    sequence = fields.Integer(
        string="Order of work", default=10, help="Files and steps run in this order."
    )
    active = fields.Boolean(default=True, help="An archived type is skipped.")
    handler = fields.Selection(
        [
            ("partner", "Customers or suppliers"),
            ("product", "Products"),
            ("order", "Sales orders and their lines"),
            ("payment", "Payments of customers"),
            ("segment", "Customer segments"),
            ("invoice", "Step: draft invoices of shipped orders"),
            ("delivery", "Step: deliveries of shipped orders"),
        ],
        string="What it makes",
        required=True,
        help="The kind of record that is made from a row, or the step that runs after the files.",
    )
    is_step = fields.Boolean(
        string="Runs without a file",
        compute="_compute_is_step",
        help="A step works on what the files before it have brought in.",
    )
    # file
    file_name = fields.Char(
        string="Name of the file",
        help="For example orders.csv; an asterisk stands for anything (orders*.csv).",
    )
    encoding = fields.Selection(
        [("utf-8", "UTF-8"), ("cp1250", "Windows, Central Europe"), ("cp1252", "Windows, West")],
        string="Letters",
        default="utf-8",
        required=True,
        help="How letters with accents are written in the file. Nothing is guessed.",
    )
    delimiter = fields.Selection(
        [(",", "Comma"), (";", "Semicolon"), ("\t", "Tabulator"), ("|", "Vertical bar")],
        string="Separator",
        default=",",
        required=True,
        help="What stands between two cells of a row.",
    )
    key_kind = fields.Char(
        string="Kind of key", help="What the key names: customer, product, order, …"
    )
    key_columns = fields.Char(
        string="Key columns",
        help="The columns, separated by commas, that name a row without doubt.",
    )
    document_columns = fields.Char(
        string="Document columns",
        help="The columns that name the document which several rows make together. "
        "Empty: every row is a document of its own.",
    )
    parent_type_id = fields.Many2one(
        "crm.exchange.type",
        string="Lines of",
        ondelete="cascade",
        help="For a file of lines: the type whose documents the lines belong to.",
    )
    line_type_ids = fields.One2many("crm.exchange.type", "parent_type_id", string="Line files")
    mapping_ids = fields.One2many("crm.exchange.mapping", "type_id", string="Columns", copy=True)
    # options
    partner_role = fields.Selection(
        [("customer", "Customers"), ("supplier", "Suppliers")],
        string="Role",
        default="customer",
        help="As what the loaded partners are marked.",
    )
    target_state = fields.Selection(
        [("draft", "Quotation"), ("confirmed", "Confirmed order")],
        string="State after loading",
        default="draft",
        help="Where a loaded order stops. Invoices and payments always stop as drafts.",
    )
    freight_product_id = fields.Many2one(
        "product.product",
        string="Freight product",
        ondelete="set null",
        help="The service product of the line that carries the freight of an order.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Bank journal",
        domain=[("type", "in", ("bank", "cash"))],
        ondelete="set null",
        help="Where payments are booked. Empty: the first bank journal of the company.",
    )

    _code_package_uniq = models.UniqueIndex(
        "(package_id, code)", "Another type of the package has this code already."
    )

    @api.depends("handler")
    def _compute_is_step(self) -> None:
        for record in self:
            record.is_step = bool(record.handler) and record.handler not in FILE_HANDLERS

    @api.constrains("handler", "key_columns", "key_kind", "file_name")
    def _check_file_settings(self) -> None:
        for record in self:
            if not record.is_step and not (
                record.key_columns and record.key_kind and record.file_name
            ):
                raise ValidationError(
                    self.env._(
                        "Type “%(name)s” reads a file: enter the name of the file, the kind of "
                        "key and the key columns.",
                        name=record.name,
                    )
                )

    def _fits(self, file_name: str) -> bool:
        """Whether the type reads a file of this name; sheets count like text files."""
        self.ensure_one()
        if self.is_step or not self.file_name:
            return False
        name, pattern = file_name.casefold(), self.file_name.casefold()
        stem = pattern.rsplit(".", 1)[0]
        return fnmatch(name, pattern) or fnmatch(name, f"{stem}.xlsx")

    def _family(self) -> models.BaseModel:
        """The type of the documents and the types of their lines, the documents' first."""
        root = self.parent_type_id or self
        return root | root.line_type_ids.sorted("sequence")

    def _handler(self) -> models.BaseModel:
        """The model that carries this type out."""
        return self.env[f"crm.exchange.handler.{self.handler}"]

    def _template(self) -> Template:
        """The mapping as plain data for the core."""
        self.ensure_one()
        return Template(
            columns=tuple(line._column_map() for line in self.mapping_ids),
            key_columns=_split(self.key_columns),
            document_columns=_split(self.document_columns),
            makes_documents=self.handler in ("order", "payment"),
        )

    def action_open_runs(self) -> dict:
        """Open the runs of this type."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_erp_bridge.crm_exchange_run_action"
        )
        return {**action, "domain": [("type_id", "=", self.id)], "context": {}}


def _split(text: str | bool) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
