"""What every indicator of every installed addon keeps: its records add up to the figure."""

from odoo.tools import SQL

from odoo.addons.crm_strategy.core.formula import parse
from odoo.addons.crm_strategy.core.measure import SCOPES, MeasureScope
from odoo.addons.crm_strategy.core.period import Period
from odoo.addons.crm_strategy.core.value import UNDEFINED


class IndicatorContract:
    """Inherit beside a case with documents and call ``assertRecordsAddUp(companies, keys)``."""

    def assertRecordsAddUp(self, companies, keys):
        """Each figure of each indicator, scope and period equals what its records add up to.

        Returns the codes of the indicators that had a figure, so that a case can tell that its
        world is no empty one.
        """
        periods = tuple(Period.parse(key) for key in keys)
        self.env["crm.indicator"]._refresh(companies, periods)
        findings, seen = [], set()
        for company in companies:
            for indicator in self.env["crm.indicator"]._for_company(company):
                for scope in SCOPES:
                    question = MeasureScope(company.id, scope, None, periods)
                    for row in indicator._measure(question):
                        if row.fault is None:
                            seen.add(indicator.code)
                            findings += self._not_adding_up(indicator, company, scope, row)
        self.assertFalse(findings, "\n" + "\n".join(findings[:20]))
        return seen

    def _not_adding_up(self, indicator, company, scope, row):
        period = Period.parse(row.period_key)
        question = MeasureScope(company.id, scope, (row.scope_id,), (period,))
        model, domain = indicator._records(question)
        records = self.env[model].with_context(active_test=False).search(domain)
        where = f"{indicator.code} {scope} {row.scope_id} {row.period_key}"
        if indicator.formula_text:
            values = dict.fromkeys(parse(indicator.formula_text).names, UNDEFINED)
            values |= {line.indicator_id.code: line.value for line in records if line.n}
            found = parse(indicator.formula_text).value(values)
            same = found is row.value or abs(float(found) - float(row.value)) < 1e-6
            return [] if same else [f"{where}: {row.value} shown, {found} from the parts"]
        if facts := indicator._method("_facts_"):
            found = self._sums(facts(question).select, company, period, records)
            return (
                []
                if found == (row.numerator, row.denominator, row.n)
                else [f"{where}: {row} shown, {found} from the records"]
            )
        if len(records) != row.n:
            return [f"{where}: n {row.n} shown, {len(records)} records"]
        return []

    def _sums(self, facts, company, period, records):
        ((*sums,),) = self.env.execute_query(
            SQL(
                """
                SELECT SUM(numerator), SUM(denominator), COUNT(*) FROM (%s) AS fact
                 WHERE company_id = %s AND res_id = ANY(%s)
                   AND (%s::date IS NULL OR fact_date >= %s) AND (%s::date IS NULL OR fact_date < %s)
                """,
                facts,
                company.id,
                records.ids,
                period.date_from,
                period.date_from,
                period.date_to,
                period.date_to,
            )
        )
        return tuple(sums)
