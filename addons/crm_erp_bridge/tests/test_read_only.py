from odoo.tests import tagged

from .common_reports import JointReportCase


@tagged("post_install", "-at_install")
class TestReadOnly(JointReportCase):
    """Reports are made on a replica too: nothing is written, not even a temporary table."""

    def test_every_report_is_made_without_writing(self):
        """Each model with a matrix, with each choice of its filters, on screen and in files."""
        user = self.finance
        user.group_ids |= self.env.ref("crm_strategy.crm_strategy_group_manager")
        self.env.flush_all()
        self.env.cr.execute("SET TRANSACTION READ ONLY")
        made = 0
        for name in self._reports():
            report = self._report(name, user)
            for options in self._choices(report):
                with self.subTest(name=name, options=options):
                    report.get_matrix(options)
                    content, file = report.get_matrix_pdf(options)
                    self.assertTrue(content.startswith(b"%PDF-"), file)
                    self.assertTrue(report.get_matrix_xlsx(options)[0])
                    made += 1
            if not report._abstract and report._auto is False:
                report.search([], limit=5).read()
                report.formatted_read_group([], ["company_id"], ["amount:sum"])
        self.assertGreater(made, 20)

    def _reports(self):
        mixin = self.registry["crm.matrix.mixin"]
        return [
            name
            for name, model in self.registry.items()
            if issubclass(model, mixin) and not model._abstract
        ]

    def _choices(self, report):
        """One set of options per choice of each selection, and days and periods."""
        filters = report._matrix_options({})
        yield {}
        for item in filters:
            for value, _label in item["choices"]:
                yield {item["key"]: value}
        yield {"period": "2026-03", "as_of": "2026-03-12", "compared": "previous"}
        yield {"period": "2026-02-10..2026-03-20", "compared": "year_before"}
