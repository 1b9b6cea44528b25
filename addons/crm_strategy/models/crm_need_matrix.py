from __future__ import annotations

from itertools import islice

from odoo import api, models
from odoo.fields import Domain

from ..core.matrix import Cell, Column, Drill, Matrix, Row
from ..core.value import UNDEFINED

LEVELS = ("need", "functional", "technical", "commitment")
MAX_ROWS = 500
MAX_CHOICES = 200


class CrmNeedMatrix(models.AbstractModel):
    """Needs, functional and technical specifications and commitments side by side (3.1 screen 4).

    Every way from a need to a commitment is a row. What answers nothing, or is answered by
    nothing, is red; what hangs on a change that nobody has approved yet is amber.
    """

    _name = "crm.need.matrix"
    _description = "Matrix of Needs and Contracts"
    _inherit = "crm.matrix.mixin"

    def _matrix_options(self, options: dict) -> list[dict]:
        every = [(0, self.env._("All"))]
        analyses = self.env["crm.need.analysis"].search(
            [("company_id", "in", self.env.companies.ids)], limit=MAX_CHOICES
        )
        classes = self.env["crm.need.class"].search(Domain.TRUE)

        def option(key, label, records):
            choices = [*every, *((record.id, record.display_name) for record in records)]
            return self._matrix_option_selection(options, key, label, choices, default=0)

        return [
            option("analysis", self.env._("Analysis"), analyses),
            option("customer", self.env._("Customer"), analyses.customer_id),
            option("segment", self.env._("Segment"), analyses.subject_segment_id),
            option("need_class", self.env._("Class"), classes),
            self._matrix_option_selection(
                options,
                "show",
                self.env._("Show"),
                [
                    ("all", self.env._("Everything")),
                    ("orphan", self.env._("Orphans")),
                    ("suspect", self.env._("Suspects")),
                ],
            ),
        ]

    def _build_matrix(self, options: dict) -> Matrix:
        analyses = self._matrix_analyses(options)
        ways = self._matrix_ways(analyses, options)
        shown = list(islice(ways, MAX_ROWS + 1))
        rows = self._matrix_rows(shown[:MAX_ROWS], with_heads=len(analyses) > 1)
        return Matrix(
            title=self.env._("From needs to contract"),
            columns=[
                Column("need", self.env._("Need"), "text"),
                Column("functional", self.env._("Functional specification"), "text"),
                Column("technical", self.env._("Technical specification"), "text"),
                Column("commitment", self.env._("Commitment"), "text"),
            ],
            rows=rows,
            parameters=self._matrix_coverage(analyses, options),
            notes=self._matrix_notes(len(shown) > MAX_ROWS),
            empty=self.env._(
                "There is no need for this choice. Open an analysis and write down what the "
                "customer needs."
            ),
        )

    @api.model
    def _matrix_analyses(self, options: dict) -> models.BaseModel:
        domain = Domain("company_id", "in", self.env.companies.ids)
        if options["analysis"]:
            domain &= Domain("id", "=", options["analysis"])
        if options["customer"]:
            domain &= Domain("customer_id", "=", options["customer"])
        if options["segment"]:
            domain &= Domain("subject_segment_id", "=", options["segment"])
        return self.env["crm.need.analysis"].search(domain)

    @api.model
    def _matrix_ways(self, analyses: models.BaseModel, options: dict):
        """(analysis, trace, way of records) of every way that the choice shows."""
        for analysis in analyses:
            trace = analysis._trace()
            for keys in trace.ways():
                way = [key and self.env[key[0]].browse(key[1]) for key in keys]
                if self._matrix_is_shown(trace, way, options):
                    yield analysis, trace, way

    @api.model
    def _matrix_is_shown(self, trace, way: list, options: dict) -> bool:
        if options["need_class"] and not (way[0] and way[0].class_id.id == options["need_class"]):
            return False
        records = [record for record in way if record]
        if options["show"] == "orphan":
            return any(record.is_orphan for record in records)
        if options["show"] == "suspect":
            return any(record.is_suspect for record in records)
        return True

    @api.model
    def _matrix_rows(self, ways: list, with_heads: bool) -> list[Row]:
        rows: list[Row] = []
        before: list = [None] * len(LEVELS)
        head = None
        for number, (analysis, _trace, way) in enumerate(ways):
            if with_heads and analysis != head:
                head = analysis
                rows.append(
                    Row(f"analysis_{analysis.id}", analysis.display_name, {}, style="group")
                )
            first = next(record for record in way if record)
            cells = {}
            for place, level in enumerate(LEVELS):
                repeated = before[: place + 1] == way[: place + 1] and way[place]
                if not repeated:
                    cells[level] = self._matrix_cell(way, place)
            rows.append(
                Row(
                    f"way_{number}",
                    self._matrix_row_title(first),
                    {key: cell for key, cell in cells.items() if cell},
                    level=int(with_heads),
                )
            )
            before = way
        return rows

    @api.model
    def _matrix_row_title(self, first: models.BaseModel) -> str:
        """Number and class of the need; of an orphan below, what it is."""
        kind = first.class_id.name if first._name == "crm.need" else first._description
        if first._name == "crm.specification":
            kind = dict(first._fields["kind"]._description_selection(self.env))[first.kind]
        return f"{first.code} · {kind}"

    @api.model
    def _matrix_cell(self, way: list, place: int) -> Cell | None:
        """One record of a way, or the gap where the next one should be."""
        record = way[place]
        if not record:
            return self._matrix_gap(way, place)
        tone, note = None, None
        if record.is_suspect:
            tone, note = "doubt", self._matrix_doubt(record)
        if record.is_orphan:
            tone, note = "alert", self._matrix_orphan(record)
        return Cell(
            record.display_name,
            drill=Drill(
                record._name, [("id", "=", record.id)], record.display_name, res_id=record.id
            ),
            note=note,
            tone=tone,
        )

    @api.model
    def _matrix_gap(self, way: list, place: int) -> Cell | None:
        """Red before an orphan and after the last record of a way that ends too early."""
        if place and way[place - 1]:
            words = (
                self.env._("No functional specification answers this need yet."),
                self.env._("No technical specification makes this function real yet."),
                self.env._("No commitment promises this characteristic yet."),
            )[place - 1]
        elif place + 1 < len(way) and way[place + 1]:
            words = self.env._("Nothing above asks for it: link it or drop it.")
        else:
            return None
        return Cell(UNDEFINED, note=words, tone="alert")

    @api.model
    def _matrix_doubt(self, record: models.BaseModel) -> str:
        return self.env._(
            "Suspect: something above “%(record)s” changed. Open it, read the change and approve "
            "the link.",
            record=record.code,
        )

    @api.model
    def _matrix_orphan(self, record: models.BaseModel) -> str:
        if record._name == "crm.need":
            return self.env._("Orphan: no specification answers “%(record)s”.", record=record.code)
        return self.env._("Orphan: “%(record)s” answers nothing.", record=record.code)

    @api.model
    def _matrix_coverage(
        self, analyses: models.BaseModel, options: dict
    ) -> tuple[tuple[str, str], ...]:
        needs = analyses.need_ids
        if options["need_class"]:
            needs = needs.filtered(lambda need: need.class_id.id == options["need_class"])
        links = analyses.link_ids.filtered("is_suspect")
        counts = (self.env._("Links to approve"), str(len(links)))
        return (*needs._coverage_words(), counts)

    @api.model
    def _matrix_notes(self, is_cut: bool) -> tuple[str, ...]:
        notes = [
            self.env._("Red: answers nothing, or nothing answers it."),
            self.env._("Amber: something above changed and the link was not approved since."),
            self.env._(
                "Covered: every link from the need to a commitment is approved as things stand now."
            ),
        ]
        if is_cut:
            notes.append(
                self.env._(
                    "The first %(count)s ways are shown. Choose an analysis or a class to see the "
                    "others.",
                    count=MAX_ROWS,
                )
            )
        return tuple(notes)
