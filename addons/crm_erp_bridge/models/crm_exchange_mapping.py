from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.mapping import ColumnMap, parse_aliases


class CrmExchangeMapping(models.Model):
    """One line of a mapping template: a column of the file and what it fills."""

    _name = "crm.exchange.mapping"
    _description = "Exchange Mapping"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _kept_fields = ("company_id",)
    _order = "type_id, sequence, id"
    _audit_area = "exchange"
    _audit_parent = "type_id"

    # identity
    type_id = fields.Many2one(
        "crm.exchange.type",
        string="Type",
        required=True,
        index=True,
        ondelete="cascade",
        help="The type whose files have this column.",
    )
    company_id = fields.Many2one(
        related="type_id.company_id", store=True, string="Company", help="Set on the package."
    )
    sequence = fields.Integer(default=10, help="Order in the list.")
    # what
    column = fields.Char(required=True, help="The heading of the column, exactly as in the file.")
    target = fields.Char(
        string="Fills", required=True, help="What the value becomes, for example name or price."
    )
    converter = fields.Selection(
        [
            ("text", "Text"),
            ("decimal", "Number"),
            ("integer", "Whole number"),
            ("date", "Date"),
            ("boolean", "Yes or no"),
            ("percent", "Share of one, as percent"),
            ("reference", "Key of another file"),
            ("country", "Country"),
        ],
        string="Read as",
        default="text",
        required=True,
        help="How the text of the cell is understood. What cannot be understood is an error row.",
    )
    # rules
    is_required = fields.Boolean(string="Must be filled", help="An empty cell is an error.")
    check = fields.Selection(
        [("positive", "More than zero"), ("not_negative", "Zero or more")],
        string="Must be",
        help="Which numbers are accepted. Empty: all.",
    )
    default_value = fields.Char(string="If empty", help="Taken where the cell is empty.")
    reference_kind = fields.Char(
        string="Names a", help="For keys of another file: customer, supplier, product, order."
    )
    aliases = fields.Text(
        string="Other words",
        help="One per line, what the file says = what it means. For example: UK = United Kingdom",
    )

    _target_uniq = models.UniqueIndex(
        "(type_id, target)", "Two columns of one type cannot fill the same thing."
    )

    @api.constrains("target", "type_id", "converter", "reference_kind")
    def _check_target(self) -> None:
        for line in self:
            targets = line.type_id._handler()._targets(line.type_id)
            if line.target not in targets:
                raise ValidationError(
                    self.env._(
                        "Column “%(column)s” cannot fill “%(target)s”. "
                        "“%(type)s” knows: %(targets)s.",
                        column=line.column,
                        target=line.target,
                        type=line.type_id.name,
                        targets=", ".join(targets),
                    )
                )
            if line.converter == "reference" and not line.reference_kind:
                raise ValidationError(
                    self.env._(
                        "Column “%(column)s” names a record of another file: "
                        "say which kind of key it is.",
                        column=line.column,
                    )
                )

    def _column_map(self) -> ColumnMap:
        return ColumnMap(
            column=self.column,
            target=self.target,
            converter=self.converter,
            required=self.is_required,
            check=self.check or "",
            default=self.default_value or "",
            reference=self.reference_kind or "",
            aliases=parse_aliases(self.aliases or ""),
        )
