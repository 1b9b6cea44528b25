from __future__ import annotations

from odoo import models


class IrQweb(models.AbstractModel):
    """Pages name no styles and scripts.

    Before the first test that uses HTTP Odoo makes those of all pages, which takes half a minute.
    Where a browser looks, this addon is not installed.
    """

    _inherit = "ir.qweb"

    def _get_bundles_to_pregenarate(self):
        return set(), set()

    def _get_asset_links(self, *_arguments, **_options):
        return []
