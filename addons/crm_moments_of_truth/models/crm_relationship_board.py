from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain

PAGE = 20
ORDER = "date_last, id"


class CrmRelationshipBoard(models.AbstractModel):
    """The chain as a board: a column for each moment, a card for each pass that stands there.

    Passes on different versions of a chain meet in one column by the code of their moment. All is
    read with the rights of the reader; cards come in pages, those with open ruptures first, then
    those that have waited longest.
    """

    _name = "crm.relationship.board"
    _description = "Board of the Chain"

    @api.model
    @api.readonly
    def get_board(self, domain: list) -> dict:
        """The board: columns with counts, amounts and the first page of cards.

        :param domain: which passes are wanted, a domain on passes
        """
        chosen = Domain(domain)
        counts = self._board_counts(chosen)
        broken = self._board_counts(chosen & self._broken_domain())
        columns = self._board_columns(self.env["crm.moment"].union(*counts))
        standing = {moment.id for moment in counts}
        pages = {
            column["code"]: self._board_page(chosen, column["moment_ids"], 0)
            for column in columns
            if standing.intersection(column["moment_ids"])
        }
        # The cards of all columns are read together.
        cards = {card["id"]: card for card in self.browse().union(*pages.values())._board_cards()}
        return {
            "page": PAGE,
            "columns": [
                {
                    **column,
                    **self._board_total(column["moment_ids"], counts),
                    "broken": sum(
                        broken[moment]["count"]
                        for moment in broken
                        if moment.id in column["moment_ids"]
                    ),
                    "cards": [cards[one.id] for one in pages.get(column["code"], ())],
                }
                for column in columns
            ],
        }

    @api.model
    @api.readonly
    def get_board_cards(self, domain: list, moment_ids: list[int], offset: int) -> list[dict]:
        """One page of the cards of a column, beginning after ``offset`` cards.

        :param moment_ids: the moments that stand for the column, in all versions of the chain
        """
        self.check_access("read")
        return self._board_page(Domain(domain), moment_ids, offset)._board_cards()

    @api.model
    def _board_page(
        self, domain: Domain, moment_ids: list[int], offset: int
    ) -> CrmRelationshipBoard:
        """The passes of one page of a column: broken ones first, then the longest waiting."""
        here = domain & Domain("current_moment_id", "in", moment_ids)
        red, offset = self._broken_domain(), max(offset, 0)
        found = self.search(here & red, offset=offset, limit=PAGE, order=ORDER)
        if len(found) < PAGE:
            before = self.search_count(here & red) if offset else len(found)
            found += self.search(
                here & ~red,
                offset=max(offset - before, 0),
                limit=PAGE - len(found),
                order=ORDER,
            )
        return found

    def _board_cards(self) -> list[dict]:
        standing = self._standing()
        broken = self._open_ruptures()
        return [
            {
                "id": card.id,
                "name": card.name,
                "customer": card.customer_id.display_name or card.partner_id.display_name or "",
                "segment": card.segment_id.display_name or "",
                "user_id": card.user_id.id,
                "user": card.user_id.name or "",
                "amount": card.amount,
                "currency_id": card.currency_id.id,
                "iteration": card.iteration,
                **standing[card.id],
                "ruptures": [rupture.display_name for rupture in broken[card.id]],
            }
            for card in self
        ]

    @api.model
    def _board_columns(self, standing: models.BaseModel) -> list[dict]:
        """Columns by code: the company's chain first, then what other versions have beside it."""
        chain = self.env["crm.moment.chain"]._for_company(self.env.company)
        columns: dict[str, dict] = {}
        moments = chain.moment_ids.sorted("sequence") + (standing - chain.moment_ids)
        for moment in moments:
            column = columns.setdefault(
                moment.code,
                {
                    "code": moment.code,
                    "name": moment.name,
                    "letter": moment.letter,
                    "target": moment.target_days,
                    "sequence": moment.sequence,
                    "moment_ids": [],
                },
            )
            column["moment_ids"].append(moment.id)
        return sorted(columns.values(), key=lambda column: (column["sequence"], column["code"]))

    @api.model
    def _board_counts(self, domain: Domain) -> dict[models.BaseModel, dict]:
        """Moment -> how many passes stand there, and their amounts by currency."""
        found: dict[models.BaseModel, dict] = {}
        for moment, currency, count, amount in self._read_group(
            domain & Domain("current_moment_id", "!=", False),
            ["current_moment_id", "currency_id"],
            ["__count", "amount:sum"],
        ):
            entry = found.setdefault(moment, {"count": 0, "amounts": {}})
            entry["count"] += count
            entry["amounts"][currency.id] = entry["amounts"].get(currency.id, 0) + amount
        return found

    @api.model
    def _board_total(self, moment_ids: list[int], counts: dict) -> dict:
        amounts: dict[int, float] = {}
        entries = [entry for moment, entry in counts.items() if moment.id in moment_ids]
        for entry in entries:
            for currency_id, amount in entry["amounts"].items():
                amounts[currency_id] = amounts.get(currency_id, 0) + amount
        return {
            "count": sum(entry["count"] for entry in entries),
            "amounts": [
                {"currency_id": currency_id, "amount": amount}
                for currency_id, amount in amounts.items()
                if currency_id
            ],
        }

    @api.model
    def _broken_domain(self) -> Domain:
        """Passes with an open rupture that the reader may read."""
        Rupture = self.env["crm.rupture"]
        if not Rupture.has_access("read"):
            return Domain.FALSE
        broken = Rupture._search(self._rupture_domain())
        return Domain("id", "in", broken.subselect("relationship_id"))
