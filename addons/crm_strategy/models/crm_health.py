from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..core import health
from ..core.health import HealthCheck
from ..core.matrix import Cell, Column, Drill, Matrix, Row
from .crm_change import MAX_TRIES
from .crm_segment_rule import SegmentRuleError


class CrmHealth(models.AbstractModel):
    """The data-health page: what is missing, and what is therefore missing or refused.

    An addon extends ``_health_areas`` with its heading and ``_health_checks`` with its checks,
    each made by ``_health_check``. Every check counts with the reader's own rights and companies;
    one whose records the reader may not read is not shown. Nothing is stored.
    """

    _name = "crm.health"
    _description = "Data Health"
    _inherit = "crm.matrix.mixin"

    # ------------------------------------------------------------------
    # What the screen calls
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_page(self) -> dict:
        """The page of the active companies, as the screen reads it.

        :return: ``checked_at``, ``companies``, ``counts`` by verdict, ``areas`` with their checks.
        :raise AccessError: when the user may not read the page.
        """
        self.check_access("read")
        areas = self._health_by_area()
        checks = [check for _addon, _title, checks in areas for check in checks]
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        return {
            "checked_at": now.strftime("%H:%M"),
            "companies": self.env.companies.mapped("name"),
            "counts": dict.fromkeys(health.STATES, 0) | Counter(check.state for check in checks),
            "areas": [
                {
                    "addon": addon,
                    "title": title,
                    "state": health.worst(checks),
                    "checks": [self._health_shown(check) for check in checks],
                }
                for addon, title, checks in areas
            ],
        }

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    @api.model
    def _health_areas(self) -> dict[str, str]:
        """Addon -> heading of its checks, for those who have to do with it; extend it per addon."""
        if not self._health_is_crm_reader():
            return {}
        return {"crm_strategy": self.env._("Customers, segments and teams")}

    @api.model
    def _health_is_crm_reader(self) -> bool:
        """Whether the reader has a role in CRM; who only loads files has none."""
        groups = (
            "crm_strategy.crm_strategy_group_user",
            "crm_strategy.crm_strategy_group_finance",
            "base.group_system",
        )
        return self.env.su or any(self.env.user.has_group(group) for group in groups)

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        """The checks of all addons; extend it, each check made by ``_health_check``."""
        return [
            *self._health_customers(),
            *self._health_segments(),
            *self._health_teams(),
            *self._health_works(),
        ]

    @api.model
    def _health_check(
        self,
        code: str,
        model: str,
        domain: Domain,
        among: Domain | None,
        words: tuple[str, str, str],
        addon: str = "crm_strategy",
        **options,
    ) -> HealthCheck | None:
        """Count what a domain finds for the reader; None when the reader may not know.

        :param among: the records looked at, of which ``domain`` says which are in a bad way;
            None where a share makes no sense.
        :param words: title, noun in the plural, consequence.
        :param options: further fields of ``HealthCheck``.
        """
        title, noun, consequence = words
        Model = self.env[model].with_context(**options.get("context", {}))
        if not Model.has_access("read"):
            return None
        found = domain if among is None else among & domain
        try:
            count = Model.search_count(found)
            total = None if among is None else Model.search_count(among)
        except AccessError:
            # A field of the condition is kept from the reader, who then has no use for the check.
            return None
        return HealthCheck(
            code=code,
            addon=addon,
            title=title,
            count=count,
            total=total,
            noun=noun,
            consequence=consequence,
            model=model,
            domain=list(found),
            **options,
        )

    @api.model
    def _health_company_domain(self, shared: bool = False) -> Domain:
        """Records of the active companies, and those of no company when shared."""
        ids = self.env.companies.ids
        return Domain("company_id", "in", [*ids, False] if shared else ids)

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.model
    def _health_customers(self) -> list[HealthCheck | None]:
        own = self._health_company_domain()
        noun = self.env._("customers")
        return [
            self._health_check(
                "customer_without_segment",
                "crm.customer",
                Domain("segment_id", "=", False),
                own,
                (
                    self.env._("Customers without a segment"),
                    noun,
                    self.env._("They are missing from every figure by segment and by team."),
                ),
            ),
            self._health_check(
                "customer_without_contact",
                "crm.customer",
                Domain("partner_id.is_company", "=", True)
                & Domain("partner_id.child_ids", "not any", [("type", "=", "contact")]),
                own,
                (
                    self.env._("Customers without a named contact"),
                    noun,
                    self.env._("Nobody is named whom to call, to inform or to ask for an opinion."),
                ),
            ),
            self._health_check(
                "customer_without_country",
                "crm.customer",
                Domain("partner_id.country_id", "=", False),
                own,
                (
                    self.env._("Customers without a country"),
                    noun,
                    self.env._("Segment rules by country or group of countries pass them over."),
                ),
            ),
            self._health_check(
                "customer_without_email",
                "crm.customer",
                Domain("partner_id.email", "=", False),
                own,
                (
                    self.env._("Customers without an e-mail address"),
                    noun,
                    self.env._("No quotation, invoice or survey reaches them by mail."),
                ),
            ),
        ]

    @api.model
    def _health_segments(self) -> list[HealthCheck | None]:
        own = self._health_company_domain()
        noun = self.env._("segments")
        faulty, idle = self._health_segment_rules()
        return [
            self._health_check(
                "segment_with_faulty_rule",
                "crm.segment",
                Domain("id", "in", faulty),
                own,
                (
                    self.env._("Segments whose rule cannot be applied"),
                    noun,
                    self.env._("No customer of the company is assigned until it is corrected."),
                ),
                severity=health.WRONG,
            ),
            self._health_check(
                "segment_without_match",
                "crm.segment",
                Domain("id", "in", idle),
                own,
                (
                    self.env._("Segments whose rule fits nobody"),
                    noun,
                    self.env._("They stay empty; every report shows a dash for them."),
                ),
            ),
            self._health_check(
                "segment_without_team",
                "crm.segment",
                Domain("team_id", "=", False),
                own,
                (
                    self.env._("Segments without a team"),
                    noun,
                    self.env._("New opportunities and orders of their customers find no team."),
                ),
            ),
        ]

    @api.model
    def _health_segment_rules(self) -> tuple[list[int], list[int]]:
        """Ids of segments whose rule cannot be applied, and of those whose rule fits nobody."""
        faulty, idle = [], []
        if self.env["crm.segment"].has_access("read"):
            ruled = self._health_company_domain() & Domain("rule_domain", "!=", False)
            for segment in self.env["crm.segment"].search(ruled):
                try:
                    query = segment._rule_query()
                    query.limit = 1
                    if not self.env.execute_query(query.select()):
                        idle.append(segment.id)
                except SegmentRuleError:
                    faulty.append(segment.id)
        return faulty, idle

    @api.model
    def _health_teams(self) -> list[HealthCheck | None]:
        companyless = Domain("company_id", "=", False)
        teamless = Domain("team_id", "=", False) | Domain("team_id.company_id", "=", False)
        return [
            self._health_check(
                "team_without_people",
                "crm.team",
                Domain("user_id", "=", False) | Domain("crm_team_member_ids", "=", False),
                self._health_company_domain(shared=True),
                (
                    self.env._("Teams without a leader or without members"),
                    self.env._("teams"),
                    self.env._("Nobody answers for their customers; leads are not distributed."),
                ),
            ),
            self._health_check(
                "lead_without_company",
                "crm.lead",
                companyless & teamless & Domain("user_id", "=", False),
                Domain.TRUE,
                (
                    self.env._("Leads of no company"),
                    self.env._("leads"),
                    self.env._(
                        "Neither lead, team nor salesperson names a company: "
                        "they count in no figure."
                    ),
                ),
            ),
        ]

    @api.model
    def _health_works(self) -> list[HealthCheck | None]:
        """What the machinery itself has to report."""
        own = self._health_company_domain()
        return [
            self._health_check(
                "indicator_without_data",
                "crm.indicator",
                Domain("value_ids", "not any", list(own)),
                self._health_company_domain(shared=True),
                (
                    self.env._("Indicators without any measured value"),
                    self.env._("indicators"),
                    self.env._("Scorecards show a dash for them. Measure them, or archive them."),
                ),
            ),
            self._health_check(
                "change_stuck",
                "crm.change",
                own & Domain("tries", ">=", MAX_TRIES),
                None,
                (
                    self.env._("Changes that wait for a person"),
                    self.env._("waiting changes"),
                    self.env._("The figures of these customers are older than their documents."),
                ),
                severity=health.WRONG,
            ),
            self._health_lanes("lane_switched_off", "crm_strategy", self._health_lane_addons()),
            self._health_comparisons(),
        ]

    @api.model
    def _health_comparisons(self) -> HealthCheck | None:
        """What the comparison of stored figures with their documents found last night."""
        yesterday = fields.Date.context_today(self) - timedelta(days=1)
        return self._health_check(
            "comparison_differs",
            "crm.comparison",
            Domain("differing", ">", 0) | Domain("state", "in", ("stopped", "failed")),
            self._health_company_domain() & Domain("date", ">=", yesterday),
            (
                self.env._("Nightly comparisons that found differences or did not finish"),
                self.env._("comparisons of last night"),
                self.env._(
                    "Stored figures had left their documents. What was found is renewed by itself; "
                    "find out what changed documents behind Odoo's back."
                ),
            ),
        )

    @api.model
    def _health_lane_addons(self) -> list[str]:
        """Addons whose scheduled actions renew figures; extend it per addon."""
        return ["crm_strategy"]

    @api.model
    def _health_lanes(self, code: str, addon: str, modules: Iterable[str]) -> HealthCheck:
        """Scheduled actions of these addons that are switched off."""
        # Access: names the suite's own scheduled actions, which are the same for everybody.
        names = self.env["ir.model.data"].sudo()
        ours = names.search([("model", "=", "ir.cron"), ("module", "in", list(modules))])
        among = Domain("id", "in", ours.mapped("res_id"))
        domain = among & Domain("active", "=", False)
        Cron = self.env["ir.cron"].with_context(active_test=False)
        # Access: whether the suite's own scheduled actions run concerns every reader of the
        # page; only their number is told, and only an administrator gets the list.
        counted = Cron.sudo()
        return HealthCheck(
            code=code,
            addon=addon,
            title=self.env._("Scheduled actions that are switched off"),
            count=counted.search_count(domain),
            total=counted.search_count(among),
            noun=self.env._("scheduled actions"),
            consequence=self.env._(
                "Nothing is renewed or loaded by itself. An administrator switches them on."
            ),
            severity=health.WRONG,
            model="ir.cron" if Cron.has_access("read") else None,
            domain=list(domain),
            context={"active_test": False},
        )

    # ------------------------------------------------------------------
    # Page and matrix
    # ------------------------------------------------------------------

    @api.model
    def _health_by_area(self) -> list[tuple[str, str, list[HealthCheck]]]:
        """(addon, heading, checks worst first), areas in the order of the addons."""
        checks = [check for check in self._health_checks() if check]
        areas = []
        for addon, title in self._health_areas().items():
            own = [check for check in checks if check.addon == addon]
            if own:
                own.sort(key=lambda check: health.STATES.index(check.state))
                areas.append((addon, title, own))
        return areas

    @api.model
    def _health_shown(self, check: HealthCheck) -> dict:
        drill = self._health_drill(check)
        view = self._matrix_list_views().get(check.model)
        view = view and self.env.ref(view, raise_if_not_found=False)
        return {
            "code": check.code,
            "title": check.title,
            "state": check.state,
            "count": check.count,
            "total": check.total,
            "noun": check.noun,
            "consequence": check.consequence,
            "drill": drill and {**drill.as_dict(), "view_id": view.id if view else False},
        }

    @api.model
    def _health_drill(self, check: HealthCheck) -> Drill | None:
        if not check.model or not check.count:
            return None
        return Drill(check.model, check.domain, check.title, check.context)

    @api.model
    def _health_state_words(self) -> dict[str, str]:
        return {
            health.WRONG: self.env._("To mend"),
            health.ATTENTION: self.env._("To look at"),
            health.GOOD: self.env._("In order"),
            health.NOTHING: self.env._("Nothing to check yet"),
        }

    def _build_matrix(self, options: dict) -> Matrix:
        """The same page as a table, for the file and for paper."""
        words = self._health_state_words()
        rows = []
        for addon, title, checks in self._health_by_area():
            rows.append(Row(addon, title, {}, style="group"))
            rows += [
                Row(check.code, check.title, self._health_cells(check, words), level=1)
                for check in checks
            ]
        return Matrix(
            title=self.env._("Data health"),
            columns=[
                Column("state", self.env._("Verdict"), "text"),
                Column("count", self.env._("Found"), "integer"),
                Column("total", self.env._("Of"), "integer"),
                Column("noun", self.env._("Counted"), "text"),
                Column("consequence", self.env._("What follows"), "text"),
            ],
            rows=rows,
            parameters=((self.env._("Companies"), ", ".join(self.env.companies.mapped("name"))),),
        )

    @api.model
    def _health_cells(self, check: HealthCheck, words: dict[str, str]) -> dict[str, Cell]:
        cells = {
            "state": Cell(words[check.state]),
            "count": Cell(check.count, drill=self._health_drill(check)),
            "noun": Cell(check.noun),
        }
        if check.total is not None:
            cells["total"] = Cell(check.total)
        if check.state in (health.ATTENTION, health.WRONG):
            cells["consequence"] = Cell(check.consequence)
        return cells
