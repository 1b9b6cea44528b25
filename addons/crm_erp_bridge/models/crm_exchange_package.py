from odoo import fields, models


class CrmExchangePackage(models.Model):
    """A set of file types that belong together: what one other system hands over."""

    _name = "crm.exchange.package"
    _description = "Exchange Package"
    _inherit = ["crm.kept.mixin", "crm.audited.mixin"]
    _order = "name, id"
    _audit_area = "exchange"

    # identity
    name = fields.Char(
        required=True, translate=True, help="What the files are called by the people who send them."
    )
    code = fields.Char(
        required=True,
        help="Short name for the command line. Keys of records are remembered under this name, "
        "so that two systems may use the same customer number.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        help="Only this company loads with the package. Empty: every company may.",
    )
    active = fields.Boolean(default=True, help="An archived package is no longer offered.")
    description = fields.Text(help="Where the files come from and what is special about them.")
    # links
    type_ids = fields.One2many("crm.exchange.type", "package_id", string="Files and steps")

    _code_company_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))",
        "Another package has this code already. Choose another code.",
    )

    def _types_of(self, file_names: list[str]) -> dict[str, models.BaseModel]:
        """Which type reads which file, by the name of the file; unknown files are left out."""
        self.ensure_one()
        return {
            name: found
            for name in file_names
            if (found := self.type_ids.filtered(lambda t, name=name: t._fits(name))[:1])
        }
