from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_strategy.models.crm_batch_mixin import CONCURRENCY_ERRORS

from .crm_case import DROPPED, NEW, PROGRESS, SOLVED, WAITING

STEPS = (NEW, PROGRESS, WAITING, SOLVED, DROPPED)
BEGUN = (NEW, PROGRESS, WAITING)

_logger = logging.getLogger(__name__)


class CrmCaseAdapterMixin(models.AbstractModel):
    """Port by which records of another application are cases of ours.

    A company that works with project tasks or OCA's helpdesk goes on working there: each record
    has one case that follows it, so that clocks, facts, reports and the customer's page know it.
    An adapter inherits this beside its model and gives ``_case_values()``; the rest is here.
    ``docs/cases.md`` has the adapters for ``project.task`` and ``helpdesk.ticket``.

    The other application leads: people change the record, and the case follows. What it says must
    hold for the case as well (same company, an existing contact), else the case keeps what it
    was; the work of the other application is never stopped.
    """

    _name = "crm.case.adapter.mixin"
    _description = "Source of Cases"

    @api.model
    def _case_watched(self) -> set[str]:
        """Fields of the record from which ``_case_values`` are made."""
        return set()

    def _case_values(self) -> dict | None:
        """What the record says about its case; None while it is no case.

        Needed: ``name`` and ``company_id``. Known: ``kind``, ``description``, ``cause_id``,
        ``contact_id``, ``order_id``, ``product_id``, ``amount``, ``user_id``, ``opened_at``,
        ``first_reply_at``, ``state``, ``solved_at`` and ``solution``.
        """
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list: list[dict]):
        """Create records; those that are cases get one."""
        records = super().create(vals_list)
        records._case_follow()
        return records

    def write(self, vals: dict) -> bool:
        """Write records; their cases follow."""
        result = super().write(vals)
        if self._case_watched() & vals.keys():
            self._case_follow()
        return result

    def unlink(self) -> bool:
        """Delete records; the open cases that follow them end with them."""
        cases = self._case_of()
        result = super().unlink()
        for case in cases.filtered("is_open"):
            self._case_attempt(case, lambda case=case: case._step(BEGUN, DROPPED))
        return result

    def _case_of(self) -> models.BaseModel:
        """The cases that follow these records."""
        # Access: the case follows its record, whoever works there; nothing of it is shown.
        return (
            self.env["crm.case"]
            .sudo()
            .search(Domain("source_model", "=", self._name) & Domain("source_id", "in", self.ids))
        )

    @api.private
    def _case_follow(self) -> None:
        """Make each record's case equal to what the record says; safe to call again.

        Where that fails, the case keeps what it was and a person finds a note on it, or on the
        record while it has no case: the work of the other application goes on.
        """
        known = {case.source_id: case for case in self._case_of()}
        # Access: as above; the record is read as the application knows it.
        for record in self.sudo():
            case = known.get(record.id, self.env["crm.case"])
            record._case_attempt(case, lambda record=record, case=case: record._case_equal(case))

    def _case_equal(self, case: models.BaseModel) -> None:
        """Make the case of this record equal to what it says; an empty one is opened."""
        values = self._case_values()
        if values is None:
            if case.is_open:
                case._step(BEGUN, DROPPED)
        elif case:
            self._case_update(case, values)
        else:
            self._case_open(values)

    @api.model
    def _case_attempt(self, case: models.BaseModel, step: Callable[[], object]) -> None:
        """Do a step of a case; what fails is undone, logged and noted for a person."""
        # What the other application wrote is no part of what may fail, nor of what is undone.
        self.env.cr.flush()
        try:
            with self.env.cr.savepoint():
                step()
        except CONCURRENCY_ERRORS:
            # Odoo does the whole again.
            raise
        except Exception as error:
            _logger.exception("The case of %s could not follow.", self)
            place = case or self
            if hasattr(place, "message_post"):
                with contextlib.suppress(Exception), self.env.cr.savepoint():
                    place.message_post(body=str(error) or repr(error))

    def _case_open(self, values: dict) -> models.BaseModel:
        step = {name: values[name] for name in ("state", "solved_at") if name in values}
        plain = {name: value for name, value in values.items() if name not in step}
        plain |= {"intake": "adapter", "source_model": self._name, "source_id": self.id}
        if plain.get("user_id") is None:
            plain.pop("user_id", None)
        # Access: as above.
        case = self.env["crm.case"].sudo().create(plain)
        self._case_update(case, step)
        return case

    def _case_update(self, case: models.BaseModel, values: dict) -> None:
        """Write what differs; steps go the way that buttons go, so that clocks follow."""
        state, solved_at = values.get("state"), values.get("solved_at")
        first_reply_at = values.get("first_reply_at")
        never = {"state", "solved_at", "first_reply_at", "company_id", "opened_at"}
        differing = {
            name: value
            for name, value in values.items()
            if name not in never and case._fields[name].convert_to_write(case[name], case) != value
        }
        if differing:
            case.write(differing)
        if first_reply_at:
            case._note_first_reply(first_reply_at)
        if state in STEPS and state != case.state:
            case._step(tuple(step for step in STEPS if step != state), state, at=solved_at)
