"""What the privacy tests of all addons share: a person, and a search for her words everywhere."""

from odoo.tools import SQL

from odoo.addons.crm_strategy.models.crm_privacy_engine import BESIDE

TEXTS = ("character varying", "text", "jsonb", "json")


class PersonMixin:
    """A person with words that occur nowhere else, and where in the database they stand."""

    PERSON = {
        "name": "Zenobia Quillfeather",
        "email": "zenobia@quillfeather.example",
        "phone": "+40 721 987 654",
        "street": "Saltmarsh Lane 77",
        "vat": "RO18547290",
    }
    WORDS = (
        "quillfeather",
        "zenobia",
        "721 987 654",
        "721987654",
        "saltmarsh lane",
        "18547290",
    )

    @classmethod
    def _create_person(cls, **vals):
        return cls.env["res.partner"].create({**cls.PERSON, **vals})

    def _found(self):
        """“table.column” of our tables, and of what hangs on our records, that names her."""
        self.env.flush_all()
        own = self.env["crm.privacy.engine"]._own_models()
        found = [
            place
            for model in own
            for place in self._found_in(model._table, self._text_columns(model._table))
        ]
        names = [model._name for model in own]
        for table, column, texts in BESIDE:
            found += self._found_in(
                table, texts, SQL("%s = ANY(%s)", SQL.identifier(column), names)
            )
        return found + self._found_in_own_columns()

    def _found_in_own_columns(self):
        """Our columns on Odoo's tables."""
        rows = self.env.execute_query(
            SQL(
                "SELECT table_name, column_name FROM information_schema.columns "
                "WHERE table_schema = current_schema AND column_name LIKE 'crm\\_%%' "
                "AND data_type = ANY(%s)",
                list(TEXTS),
            )
        )
        return [place for table, column in rows for place in self._found_in(table, [column])]

    def _text_columns(self, table):
        rows = self.env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
                "AND table_schema = current_schema AND data_type = ANY(%s)",
                table,
                list(TEXTS),
            )
        )
        return [row[0] for row in rows]

    def _found_in(self, table, columns, only=None):
        pattern = "|".join(self.WORDS)
        return [
            f"{table}.{column}"
            for column in columns
            if self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s WHERE %s::text ~* %s AND %s LIMIT 1",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    pattern,
                    only or SQL("TRUE"),
                )
            )
        ]
