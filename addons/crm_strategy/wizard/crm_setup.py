from __future__ import annotations

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from odoo.addons.base.models.res_partner import _tz_get


class SetupPage(NamedTuple):
    """One page of the set-up; ``title`` stands in the stepper, ``help`` above the choices."""

    code: str
    sequence: int
    title: str
    help: str


class CrmSetup(models.TransientModel):
    """Sets a company up, page by page, by the strategy manager.

    An addon adds a page with four things: an entry in ``_setup_pages``, fields, a block in the
    form that is visible while ``page`` is its code, and two methods:

    * ``_prepare_<code>()`` fills the page with proposals when it is opened (optional);
    * ``_apply_<code>()`` does what the page shows and returns sentences about what it changed.

    A page shows everything before it does it, and doing it again changes nothing more.
    """

    _name = "crm.setup"
    _description = "Set-up"
    _order = "id desc"
    # Whoever leaves finds the choices again for a month.
    _transient_max_hours = 24.0 * 30

    # identity
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
        help="The company that is set up. Switch the company at the top to set up another one.",
    )
    page = fields.Selection(
        selection="_selection_page",
        string="Step",
        required=True,
        default="company",
        help="Click a step to go there without applying the present one.",
    )
    page_title = fields.Char(string="Title of the step", compute="_compute_page_words")
    page_help = fields.Char(string="What this step does", compute="_compute_page_words")
    is_first = fields.Boolean(compute="_compute_page_words", string="First step")
    is_last = fields.Boolean(compute="_compute_page_words", string="Last step")
    is_finished = fields.Boolean(help="Ticked when somebody went through to the end.")
    outcome = fields.Text(string="Done", readonly=True, help="What the last step changed.")
    # company
    currency_id = fields.Many2one(
        related="company_id.currency_id", help="All figures of the company appear in it."
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working hours",
        domain="['|', ('company_id', '=', company_id), ('company_id', '=', False)]",
        help="Targets and delays are counted in these working days.",
    )
    tz = fields.Selection(
        _tz_get, string="Time zone", help="Days, months and years of all reports are cut here."
    )
    company_effect = fields.Text(string="What will happen", compute="_compute_company_effect")
    # customers
    customer_count = fields.Integer(string="Customers today", compute="_compute_customer_counts")
    new_customer_count = fields.Integer(
        string="Customers to add",
        compute="_compute_customer_counts",
        help="Partners with an opportunity, order or invoice here that are no customers yet.",
    )
    # finish
    wrong_count = fields.Integer(string="To mend", compute="_compute_health_counts")
    attention_count = fields.Integer(string="To look at", compute="_compute_health_counts")
    good_count = fields.Integer(string="In order", compute="_compute_health_counts")

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    @api.model
    def _setup_pages(self) -> list[SetupPage]:
        """Pages that the reader may use; extend it per addon. ``sequence`` orders them."""
        return [
            SetupPage(
                "company",
                10,
                self.env._("Company"),
                self.env._("When does the company work, and where do its days begin and end?"),
            ),
            SetupPage(
                "customers",
                20,
                self.env._("Customers"),
                self.env._("Who buys from you already? Documents of the company tell."),
            ),
            SetupPage(
                "segments",
                30,
                self.env._("Segments"),
                self.env._(
                    "What do you know already that tells your customers apart? "
                    "Each chosen line becomes a segment with a rule."
                ),
            ),
            SetupPage(
                "teams",
                40,
                self.env._("Teams"),
                self.env._("One team answers for each segment, from the first word to the money."),
            ),
            SetupPage(
                "finish",
                90,
                self.env._("Data health"),
                self.env._("What is still missing, and what will therefore be missing in reports."),
            ),
        ]

    @api.model
    def _pages(self) -> list[SetupPage]:
        return sorted(self._setup_pages(), key=lambda page: page.sequence)

    @api.model
    def _selection_page(self) -> list[tuple[str, str]]:
        return [(page.code, page.title) for page in self._pages()]

    @api.depends("page")
    def _compute_page_words(self) -> None:
        pages = self._pages()
        by_code = {page.code: page for page in pages}
        for setup in self:
            page = by_code.get(setup.page, pages[0])
            setup.page_title = page.title
            setup.page_help = page.help
            setup.is_first = page == pages[0]
            setup.is_last = page == pages[-1]

    @api.depends("company_id")
    def _compute_display_name(self) -> None:
        for setup in self:
            setup.display_name = self.env._(
                "Set-up of %(company)s", company=setup.company_id.name or ""
            )

    @api.constrains("company_id", "calendar_id")
    def _check_allowed(self) -> None:
        """The set-up writes and counts with the rights of the system: only in own companies."""
        for setup in self:
            if setup.company_id not in self.env.companies:
                raise AccessError(
                    self.env._("Switch to the company at the top of the screen to set it up.")
                )
            # Access: whose calendar it is, to refuse that of another company.
            owner = setup.calendar_id.sudo().company_id
            if owner and owner != setup.company_id:
                raise ValidationError(
                    self.env._(
                        "These working hours belong to another company. Choose working hours of "
                        "%(company)s.",
                        company=setup.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> CrmSetup:
        """Create set-ups, their first page filled with proposals."""
        setups = super().create(vals_list)
        for setup in setups:
            setup._prepare_page()
        return setups

    def write(self, vals: dict) -> bool:
        """Write set-ups; a page that is opened is filled with proposals."""
        if "page" not in vals:
            return super().write(vals)
        result = super().write({"outcome": False, **vals})
        for setup in self:
            setup._prepare_page()
        return result

    def _prepare_page(self) -> None:
        """Fill the present page; what a person chose there before is kept."""
        self.ensure_one()
        self._check_allowed()
        prepare = getattr(self, f"_prepare_{self.page}", None)
        if prepare:
            prepare()

    def _apply_page(self) -> list[str]:
        """Do what the present page shows; sentences about what changed."""
        self.ensure_one()
        self.check_access("write")
        self._check_allowed()
        return getattr(self, f"_apply_{self.page}")()

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    @api.model
    def action_open(self) -> dict:
        """Open the set-up of the active company where its reader left it, or at the beginning."""
        self.browse().check_access("write")
        setup = self.search(
            [
                ("create_uid", "=", self.env.uid),
                ("company_id", "=", self.env.company.id),
                ("is_finished", "=", False),
            ],
            limit=1,
        )
        setup = setup or self.create({"company_id": self.env.company.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set-up"),
            "res_model": self._name,
            "res_id": setup.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_next(self) -> None:
        """Do what the page shows and go to the next one."""
        sentences = self._apply_page()
        self._go(1)
        self.outcome = "\n".join(sentences) or self.env._("Nothing had to be changed.")

    def action_skip(self) -> None:
        """Go to the next page and leave things as they are."""
        self._go(1)

    def action_back(self) -> None:
        """Go to the page before; what was applied stays."""
        self._go(-1)

    def action_finish(self) -> dict:
        """End the set-up on the data-health page."""
        self.ensure_one()
        self.is_finished = True
        action = self.env["ir.actions.client"]._for_xml_id("crm_strategy.crm_health_action")
        return {**action, "target": "main"}

    def _go(self, step: int) -> None:
        codes = [page.code for page in self._pages()]
        place = codes.index(self.page) if self.page in codes else 0
        self.page = codes[min(max(place + step, 0), len(codes) - 1)]

    # ------------------------------------------------------------------
    # Company
    # ------------------------------------------------------------------

    def _prepare_company(self) -> None:
        calendar = self.company_id.resource_calendar_id
        self.calendar_id = self.calendar_id or calendar
        self.tz = self.tz or self.calendar_id.tz

    @api.onchange("calendar_id")
    def _onchange_calendar_id(self) -> None:
        if self.calendar_id:
            self.tz = self.calendar_id.tz

    @api.depends("calendar_id", "tz", "company_id")
    def _compute_company_effect(self) -> None:
        for setup in self:
            values = {
                "company": setup.company_id.name,
                "calendar": setup.calendar_id.name,
                "zone": setup.tz,
            }
            if not setup.calendar_id or not setup.tz:
                effect = self.env._("Choose working hours and a time zone.")
            elif setup._is_company_done():
                effect = self.env._(
                    "Nothing changes: %(company)s works like this already.", **values
                )
            elif setup.tz == setup.calendar_id.tz:
                effect = self.env._("%(company)s will work by “%(calendar)s”.", **values)
            elif setup._is_calendar_shared():
                effect = self.env._(
                    "“%(calendar)s” serves other companies too: %(company)s gets a copy of it in "
                    "the zone %(zone)s.",
                    **values,
                )
            else:
                effect = self.env._(
                    "%(company)s will work by “%(calendar)s”, moved to the zone %(zone)s.", **values
                )
            setup.company_effect = effect

    def _is_company_done(self) -> bool:
        return (
            self.company_id.resource_calendar_id == self.calendar_id
            and self.calendar_id.tz == self.tz
        )

    def _is_calendar_shared(self) -> bool:
        # Access: whether another company works by the calendar, of which nothing is shown.
        users = (
            self.env["res.company"]
            .sudo()
            .search_count(
                [
                    ("resource_calendar_id", "=", self.calendar_id.id),
                    ("id", "!=", self.company_id.id),
                ],
                limit=1,
            )
        )
        return bool(users) or not self.calendar_id.company_id

    def _apply_company(self) -> list[str]:
        if not self.calendar_id or not self.tz or self._is_company_done():
            return []
        # Access: the strategy manager, who alone may use the set-up, decides by which days the
        # figures of the company are cut; nothing else of company and calendar is written.
        company, calendar = self.company_id.sudo(), self.calendar_id.sudo()
        if self.tz != calendar.tz:
            if self._is_calendar_shared():
                name = f"{calendar.name} ({self.tz})"
                calendar = calendar.copy(
                    {"name": name, "tz": self.tz, "company_id": self.company_id.id}
                )
            else:
                calendar.tz = self.tz
        company.resource_calendar_id = calendar
        self.calendar_id = calendar
        return [
            self.env._(
                "%(company)s works by “%(calendar)s” in the zone %(zone)s.",
                company=self.company_id.name,
                calendar=calendar.name,
                zone=calendar.tz,
            )
        ]

    # ------------------------------------------------------------------
    # Customers
    # ------------------------------------------------------------------

    @api.depends("company_id", "page")
    def _compute_customer_counts(self) -> None:
        Customer = self.env["crm.customer"]
        self.customer_count = self.new_customer_count = 0
        for setup in self.filtered(lambda setup: setup.page == "customers"):
            own = [("company_id", "=", setup.company_id.id)]
            setup.customer_count = Customer.search_count(own)
            setup.new_customer_count = setup._new_customer_count()

    def _new_customer_count(self) -> int:
        """How many partners of the company's documents have no customer row yet."""
        Customer = self.env["crm.customer"]
        self.env.flush_all()
        # Raw SQL: the same SELECTs by which the customers are added, so that the count is true.
        return self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*) FROM (
                    SELECT partner_id FROM (%(documents)s) AS document
                     WHERE company_id = %(company)s AND partner_id IS NOT NULL
                    EXCEPT
                    SELECT partner_id FROM crm_customer WHERE company_id = %(company)s
                ) AS missing
                """,
                documents=SQL(" UNION ").join(Customer._customer_document_queries()),
                company=self.company_id.id,
            )
        )[0][0]

    def _apply_customers(self) -> list[str]:
        count = len(self.env["crm.customer"]._ensure_from_documents(self.company_id))
        return [self.env._("%(count)s customers were added.", count=count)] if count else []

    # ------------------------------------------------------------------
    # Finish
    # ------------------------------------------------------------------

    @api.depends("page")
    def _compute_health_counts(self) -> None:
        for setup in self:
            counts = {}
            if setup.page == "finish":
                Health = self.env["crm.health"].with_context(
                    allowed_company_ids=setup.company_id.ids
                )
                counts = Health.get_page()["counts"]
            setup.wrong_count = counts.get("wrong", 0)
            setup.attention_count = counts.get("attention", 0)
            setup.good_count = counts.get("good", 0)

    def _apply_finish(self) -> list[str]:
        return []
