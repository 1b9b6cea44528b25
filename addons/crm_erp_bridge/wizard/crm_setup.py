from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.crm_strategy.wizard.crm_setup import SetupPage


class CrmSetup(models.TransientModel):
    """Which files of other systems the company loads; for those who may decide about files."""

    _inherit = "crm.setup"

    package_line_ids = fields.One2many(
        "crm.setup.package", "setup_id", string="Packages of files", help="Tick what is used."
    )
    package_effect = fields.Text(string="What is offered", compute="_compute_package_effect")

    @api.model
    def _setup_pages(self) -> list[SetupPage]:
        pages = super()._setup_pages()
        if self.env["crm.exchange.package"].has_access("write"):
            page = SetupPage(
                "exchange",
                60,
                self.env._("Files"),
                self.env._("Which files do other systems hand over to you?"),
            )
            pages.append(page)
        return pages

    def _prepare_exchange(self) -> None:
        before = {line.package_id.id: line.is_used for line in self.package_line_ids}
        packages = (
            self.env["crm.exchange.package"]
            .with_context(active_test=False)
            .search([("company_id", "in", (self.company_id.id, False))])
        )
        self.package_line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        "package_id": package.id,
                        "is_used": before.get(package.id, package.active),
                    }
                )
                for package in packages
            ),
        ]

    @api.depends("package_line_ids.is_used", "page")
    def _compute_package_effect(self) -> None:
        for setup in self:
            changed = setup.package_line_ids._changed()
            if not changed:
                effect = self.env._("Nothing changes: the ticked packages are offered already.")
            else:
                effect = self.env._(
                    "%(used)s packages will be offered for loading, %(unused)s no longer.",
                    used=len(changed.filtered("is_used")),
                    unused=len(changed.filtered(lambda line: not line.is_used)),
                )
                if any(line.is_shared for line in changed):
                    effect += " " + self.env._("Shared packages change for all companies.")
            setup.package_effect = effect

    def _apply_exchange(self) -> list[str]:
        changed = self.package_line_ids._changed()
        for line in changed:
            line.package_id.active = line.is_used
        return [self.env._("%(count)s packages changed.", count=len(changed))] if changed else []
