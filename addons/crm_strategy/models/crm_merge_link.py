from __future__ import annotations

from odoo import api, models, tools
from odoo.tools import SQL


class CrmMergeLink(models.AbstractModel):
    """Lets links of the suite follow when Odoo merges two records into one.

    Odoo moves the links of its own tables and foreign keys to contacts. A pair of ``res_model``
    and ``res_id`` would go on naming the record that is gone, and a link to a lead would be lost.
    Rows keyed by customer have more to decide: see ``crm.partner.keyed.mixin``.
    """

    _name = "crm.merge.link"
    _description = "Links that Follow a Merge"

    @api.model
    @api.private
    def _move(self, model: str, source_ids: list[int], destination_id: int) -> None:
        """Point the links to the source records of a model at the remaining one.

        Extend it for a number that names a record in another way.
        """
        self.env.flush_all()
        for table, column, model_column in self._links(model):
            named = SQL("TRUE")
            if model_column:
                named = SQL("%s = %s", SQL.identifier(model_column), model)
            # Raw SQL: whoever merges records moves what hangs on them, whatever he may read.
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(column)s = %(kept)s"
                    " WHERE %(column)s = ANY(%(gone)s) AND %(named)s",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    kept=destination_id,
                    gone=source_ids,
                    named=named,
                )
            )
        self.env.invalidate_all(flush=False)

    @api.model
    @tools.ormcache("model")
    def _links(self, model: str) -> tuple[tuple[str, str, str | None], ...]:
        """(table, column, column with the model's name) of the suite's links to a model."""
        suite = set(self._suite_modules())
        found = []
        for item in self.env.registry.values():
            if item._abstract or not item._auto or item._original_module not in suite:
                continue
            fields = self.env[item._name]._fields
            named = "res_model" in fields and fields["res_model"].store
            for field in fields.values():
                if not field.store or not field.column_type:
                    continue
                if field.type == "many2one_reference" and field.model_field == "res_model":
                    found += [(item._table, field.name, "res_model")] if named else []
                elif field.type == "many2one" and field.comodel_name == model != "res.partner":
                    found.append((item._table, field.name, None))
        return tuple(sorted(found, key=str))

    @api.model
    def _suite_modules(self) -> list[str]:
        """This addon and all installed ones that are built on it."""
        # Access: which addons are installed is no secret; scheduled work and merges ask it.
        base = self.env.ref("base.module_crm_strategy").sudo()
        above = base.downstream_dependencies(exclude_states=("uninstalled", "uninstallable"))
        return (base | above).mapped("name")
