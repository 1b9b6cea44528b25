from __future__ import annotations

from odoo import api, fields, models
from odoo.fields import Domain

# The places of the page, in their order. An addon fills a place by a section with its key; the
# scorecard has "value" and "risk", the bridge "moves", "deliveries" and "purchases".
PLACES = (
    "ruptures",
    "promises",
    "cases",
    "value",
    "risk",
    "ledger",
    "orders",
    "deliveries",
    "moves",
    "balance",
    "purchases",
    "satisfaction",
    "rounds",
    "lessons",
)
TIMELINE_PAGE = 30
STRIPS = 3


class CrmCustomerPage(models.AbstractModel):
    """Customer 360: everything that is known of one customer on one page (S001-1-SCV).

    Each figure carries the domain of the records it was counted from, so that a click opens
    exactly these. All is read with the rights of the reader, in the company of the customer.
    """

    _name = "crm.customer.page"
    _description = "Page of a Customer"

    @api.readonly
    def get_page(self) -> dict:
        """The page of one customer: identity, figures, strips, sections, first facts."""
        self.ensure_one()
        self.check_access("read")
        return {
            **self._page_identity(),
            "figures": self._page_figures(),
            **self._page_strips(),
            "sections": self._page_in_order(),
            "kinds": self._page_fact_kinds(),
            "timeline": self.get_timeline(),
        }

    @api.readonly
    def get_timeline(self, kind: str | None = None, offset: int = 0) -> dict:
        """One page of the customer's facts, the latest first.

        :param kind: one of ``_page_fact_kinds``; empty: all facts
        """
        self.ensure_one()
        self.check_access("read")
        Event = self.env["crm.moment.event"]
        domain = self._page_facts_domain(kind)
        events = Event.search(domain, offset=max(offset, 0), limit=TIMELINE_PAGE)
        labels = dict(Event._fields["fact"]._description_selection(self.env))
        kinds = self._page_kind_by_fact()
        moments = self._page_moments_by_fact(events)
        return {
            "count": Event.search_count(domain),
            "hidden": self._page_hidden(Event, self._page_facts_domain())[1],
            "facts": [
                {
                    "id": event.id,
                    "at": fields.Datetime.to_string(event.fact_at),
                    "fact": labels.get(event.fact, event.fact),
                    "document": event.name or "",
                    "kind": kinds.get(event.fact, "other"),
                    "moments": moments.get((event.relationship_id.chain_id.id, event.fact), []),
                    "amount": event.amount or None,
                    "currency_id": event.currency_id.id,
                }
                for event in events
            ],
        }

    # ------------------------------------------------------------------
    # Identity
    # ------------------------------------------------------------------

    def _page_identity(self) -> dict:
        partner = self.partner_id
        place = [partner.city, partner.country_id.name]
        return {
            "id": self.id,
            "name": self.display_name,
            "partner_id": partner.id,
            "is_company": partner.is_company,
            "place": ", ".join(filter(None, place)),
            "email": partner.email or "",
            "phone": partner.phone or "",
            "company": self.company_id.name if len(self.env.companies) > 1 else "",
            "owner_id": self.user_id.id,
            "owner": self.user_id.name or "",
            "team": self.team_id.name or "",
            "marks": self._page_marks(),
            "completeness": self.completeness_rate,
            "missing": self.missing_data or "",
            "duplicates": self.duplicate_count,
            "last_contact": fields.Date.to_string(self.last_contact_date) or "",
            "people": [
                {
                    "id": person.id,
                    "name": person.name or "",
                    "words": " · ".join(
                        filter(None, (person.function, person.phone or person.email))
                    ),
                }
                for person in partner.child_ids.filtered(lambda one: one.type == "contact")[:4]
            ],
            "people_count": len(partner.child_ids.filtered(lambda one: one.type == "contact")),
        }

    def _page_marks(self) -> list[dict]:
        """Where the customer was placed: label, value, tone."""
        tones = {"lost": "danger", "less_loyal": "warning", "loyal": "success", "steady": "success"}
        decisions = dict(self._fields["decision"]._description_selection(self.env))
        marks = [
            ("segment", self.env._("Segment"), self.segment_id.display_name, ""),
            (
                "class",
                self.env._("Loyalty class"),
                self.loyalty_class_id.display_name,
                tones.get(self.loyalty_class_code, ""),
            ),
            ("phase", self.env._("Phase"), self.phase_id.display_name, ""),
            ("type", self.env._("Type"), self.type_id.display_name, ""),
            ("decision", self.env._("Decision"), decisions.get(self.decision), ""),
        ]
        return [
            {"key": key, "label": label, "value": value or "", "tone": tone}
            for key, label, value, tone in marks
        ]

    # ------------------------------------------------------------------
    # Where the passes stand
    # ------------------------------------------------------------------

    def _page_strips(self) -> dict:
        Relationship = self.env["crm.relationship"]
        mine = Domain("customer_id", "=", self.id)
        is_open = mine & Domain("is_open", "=", True)
        count = Relationship.search_count(is_open)
        shown = Relationship.search(is_open, limit=STRIPS) or Relationship.search(mine, limit=1)
        return {
            "strip": {"passes": shown._strips(), "more": max(count - len(shown), 0)},
            "passes": {
                **self._page_open(self.env._("Passes"), "crm.relationship", mine),
                "hidden": self._page_hidden(Relationship, mine)[1],
            },
        }

    # ------------------------------------------------------------------
    # Facts
    # ------------------------------------------------------------------

    def _page_facts_domain(self, kind: str | None = None) -> Domain:
        domain = (
            Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("voided_at", "=", False)
        )
        if kind:
            codes = [code for code, found in self._page_kind_by_fact().items() if found == kind]
            domain &= Domain("fact", "in", codes)
        return domain

    @api.model
    def _page_fact_kinds(self) -> list[dict]:
        """Kinds by which the timeline is filtered: key, word, icon, kinds of documents."""
        return [
            {
                "key": "sale",
                "word": self.env._("Sales"),
                "icon": "fa-handshake-o",
                "models": ["crm.lead", "sale.order", "crm.specification"],
            },
            {
                "key": "delivery",
                "word": self.env._("Delivery"),
                "icon": "fa-truck",
                "models": ["stock.picking"],
            },
            {
                "key": "money",
                "word": self.env._("Money"),
                "icon": "fa-money",
                "models": ["account.move", "account.partial.reconcile"],
            },
            {
                "key": "talk",
                "word": self.env._("Conversation"),
                "icon": "fa-comments-o",
                "models": ["mail.message", "mail.activity", "calendar.event"],
            },
            {
                "key": "care",
                "word": self.env._("Care"),
                "icon": "fa-heart-o",
                "models": ["crm.case", "crm.satisfaction.answer", "survey.user_input"],
            },
            {"key": "other", "word": self.env._("Other"), "icon": "fa-circle-o", "models": []},
        ]

    @api.model
    def _page_kind_by_fact(self) -> dict[str, str]:
        """Kind of each fact by its code; what happens to the goods tells more than its document."""
        by_model = {
            model: kind["key"] for kind in self._page_fact_kinds() for model in kind["models"]
        }
        kinds = {
            code: by_model.get(model, "other")
            for code, model in self.env["crm.moment.fact"]._document_models().items()
        }
        moved = ("date_promised", "goods_delivered", "receipt_confirmed", "progress_seen")
        cared = ("no_anomaly", "next_step_planned")
        return (
            kinds
            | dict.fromkeys((code for code in moved if code in kinds), "delivery")
            | dict.fromkeys((code for code in cared if code in kinds), "care")
        )

    @api.model
    def _page_moments_by_fact(self, events: models.BaseModel) -> dict[tuple[int, str], list[str]]:
        """(chain id, fact code) -> codes of the moments that the fact proves."""
        found: dict[tuple[int, str], list[str]] = {}
        for moment in events.relationship_id.chain_id.moment_ids:
            for fact in moment.end_fact_ids:
                found.setdefault((moment.chain_id.id, fact.code), []).append(moment.code)
        return found

    # ------------------------------------------------------------------
    # Sections
    # ------------------------------------------------------------------

    def _page_sections(self) -> list[dict]:
        """The sections of the page; extend it and fill one of ``PLACES``.

        A section is made by ``_page_section``: key, title, icon, figures, lines, and the records
        behind it. The place of the page follows from its key.
        """
        return []

    def _page_in_order(self) -> list[dict]:
        sections = [section for section in self._page_sections() if section]
        return sorted(sections, key=lambda section: PLACES.index(section["key"]))

    @api.model
    def _page_open(self, name: str, model: str, domain: Domain, **context: object) -> dict:
        """What a click opens: the records of a domain, or the one record when there is one."""
        return {"name": name, "model": model, "domain": list(domain), "context": context}

    def _page_section(
        self,
        key: str,
        title: str,
        icon: str,
        records: models.BaseModel | None,
        domain: Domain | None,
        *,
        lines: list[dict] | None = None,
        figures: list[dict] | None = None,
        empty: str = "",
        tone: str = "",
    ) -> dict:
        """One section.

        :param records: a recordset of the model to which the domain belongs
        :param lines: made by ``_page_line``, the first few
        :param empty: the sentence shown when there is nothing
        """
        count = records.search_count(domain) if domain is not None else 0
        hidden = self._page_hidden(records, domain)[1] if domain is not None else ""
        return {
            "key": key,
            "title": title,
            "icon": icon,
            "count": count,
            "tone": tone if count else "",
            "open": self._page_open(title, records._name, domain) if domain is not None else None,
            "figures": figures or [],
            "lines": lines or [],
            "hidden": hidden,
            "empty": hidden or empty,
        }

    def _page_all(self, model: str, counted: Domain) -> Domain:
        """All records of a model that are the customer's: by them a page tells what it hides.

        :param counted: what the page counts, the answer where nobody says more
        """
        return counted

    def _page_hidden(self, records: models.BaseModel, domain: Domain) -> tuple[bool, str]:
        """Whether all is hidden from the reader, and the words for what is; else no words.

        Without them a page would say that nothing was ordered to whom orders of others are hidden.
        All records of a kind are asked for, so that nobody learns of what is open or overdue.
        """
        whole = self._page_all(records._name, domain)
        seen = records.search_count(whole)
        # Access: whether there is more is told, neither what nor how much.
        if records.sudo().search_count(whole, limit=seen + 1) <= seen:
            return False, ""
        if seen:
            return False, self.env._("not all of it is visible to you")
        return True, self.env._("not visible to you")

    @api.model
    def _page_line(
        self, record: models.BaseModel, title: str, words: str = "", **more: object
    ) -> dict:
        """One line of a section.

        :param more: ``date`` and ``amount`` with ``currency_id`` are formatted by the screen;
            ``badge`` and ``tone`` (danger, warning, success, info) say how it stands
        """
        if more.get("date"):
            more["date"] = fields.Date.to_string(more["date"])
        return {"model": record._name, "id": record.id, "title": title, "words": words, **more}
