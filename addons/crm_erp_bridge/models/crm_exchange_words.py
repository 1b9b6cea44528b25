from odoo import api, models


class CrmExchangeWords(models.AbstractModel):
    """The sentences that the exchange says about a cell, a row or a file."""

    _name = "crm.exchange.words"
    _description = "Exchange Messages"

    @api.model
    def _sentences(self, code: str, facts: dict) -> tuple[str, str]:
        """What is wrong and what to do now, for a code of ``core.problem.CODES``."""
        return getattr(self, f"_say_{code}")(facts)

    def _say_required(self, facts):
        return (
            self.env._("Column “%(column)s” is empty.", column=facts["column"]),
            self.env._("Fill the cell."),
        )

    def _say_number(self, facts):
        return (
            self.env._("Column “%(column)s”: “%(value)s” is not a number.", **_place(facts)),
            self.env._("Write digits with one decimal mark, without a mark for thousands."),
        )

    def _say_not_finite(self, facts):
        return (
            self.env._("Column “%(column)s”: “%(value)s” is not an amount.", **_place(facts)),
            self.env._("Write a number."),
        )

    def _say_integer(self, facts):
        return (
            self.env._("Column “%(column)s”: “%(value)s” is not a whole number.", **_place(facts)),
            self.env._("Write a number without decimals."),
        )

    def _say_date(self, facts):
        return (
            self.env._("Column “%(column)s”: “%(value)s” is not a date.", **_place(facts)),
            self.env._("Write the date as 2026-03-31 or 31.03.2026."),
        )

    def _say_boolean(self, facts):
        return (
            self.env._(
                "Column “%(column)s”: “%(value)s” means neither yes nor no.", **_place(facts)
            ),
            self.env._("Write 1 or 0."),
        )

    def _say_choice(self, facts):
        return (
            self.env._(
                "Column “%(column)s”: “%(value)s” is out of range (%(choices)s).",
                choices=facts["choices"],
                **_place(facts),
            ),
            self.env._("Write a value within the range."),
        )

    def _say_negative(self, facts):
        return (
            self.env._("Column “%(column)s”: %(value)s is less than zero.", **_place(facts)),
            self.env._("Write zero or more; returns are not loaded as negative rows."),
        )

    def _say_not_positive(self, facts):
        return (
            self.env._("Column “%(column)s”: %(value)s is not more than zero.", **_place(facts)),
            self.env._("Write a number above zero; returns are not loaded as negative rows."),
        )

    def _say_reference(self, facts):
        kinds = {
            "customer": self.env._("No customer is known by the key “%(value)s”.", **facts),
            "supplier": self.env._("No supplier is known by the key “%(value)s”.", **facts),
            "product": self.env._("No product is known by the key “%(value)s”.", **facts),
            "order": self.env._("No order is known by the key “%(value)s”.", **facts),
        }
        other = self.env._("Nothing of the kind “%(kind)s” is known as “%(value)s”.", **facts)
        return (
            kinds.get(facts["kind"], other),
            self.env._("Correct the key, or load the record that it names first."),
        )

    def _say_country(self, facts):
        return (
            self.env._("Column “%(column)s”: no country is called “%(value)s”.", **_place(facts)),
            self.env._(
                "Write its English name or two-letter code, or add the word to the mapping."
            ),
        )

    def _say_duplicate(self, facts):
        return (
            self.env._(
                "The key “%(value)s” stands in row %(first)s already.",
                value=facts["value"],
                first=facts["first"],
            ),
            self.env._("Delete one of the two rows or correct its key."),
        )

    def _say_cells(self, facts):
        if "found" not in facts:
            reason = self.env._("The row cannot be read: %(value)s.", value=facts["value"])
        else:
            reason = self.env._(
                "The row has %(found)s cells, the heading has %(expected)s.",
                found=facts["found"],
                expected=facts["expected"],
            )
        return reason, self.env._("Check the separators and the quotation marks of the row.")

    def _say_formula(self, facts):
        return (
            self.env._("Column “%(column)s” holds a formula.", column=facts["column"]),
            self.env._("Replace the formula by its value."),
        )

    def _say_encoding(self, facts):
        return (
            self.env._(
                "The file is not written in %(encoding)s: line %(line)s has other letters.",
                encoding=facts["encoding"],
                line=facts["line"],
            ),
            self.env._("Choose the letters of the file on its type, or save the file as UTF-8."),
        )

    def _say_no_header(self, facts):
        return (
            self.env._("The first line of the file does not name all columns."),
            self.env._("Write the heading of every column in the first line."),
        )

    def _say_columns(self, facts):
        if facts["why"] == "double":
            return (
                self.env._("Headings stand twice: %(columns)s.", columns=facts["value"]),
                self.env._("Give every column a heading of its own."),
            )
        return (
            self.env._("The file has no column %(columns)s.", columns=facts["value"]),
            self.env._("Check the separator and the headings, or change the mapping of the type."),
        )

    def _say_empty(self, facts):
        return self.env._("The file has no rows."), self.env._("Load a file with rows.")

    def _say_too_large(self, facts):
        return (
            self.env._("The file is larger than %(limit)s MB unpacked.", limit=facts["limit"]),
            self.env._("Split the file, or save the sheet without empty rows and columns."),
        )

    def _say_too_many_rows(self, facts):
        return (
            self.env._("The sheet reaches beyond row %(limit)s.", limit=facts["limit"]),
            self.env._("Delete empty rows at the end of the sheet, or save it as CSV."),
        )

    def _say_not_a_sheet(self, facts):
        return (
            self.env._("The file is not a readable XLSX workbook."),
            self.env._("Save it again as XLSX or CSV and load it again."),
        )


def _place(facts: dict) -> dict:
    return {"column": facts["column"], "value": facts["value"]}
