from __future__ import annotations

from odoo import api, models
from odoo.fields import Domain

from ..core import health
from ..core.health import HealthCheck


class CrmHealth(models.AbstractModel):
    """What is missing so that teams can be measured: people, roles, channels, answers."""

    _inherit = "crm.health"

    @api.model
    def _health_checks(self) -> list[HealthCheck | None]:
        return [*super()._health_checks(), *self._health_people(), *self._health_relations()]

    @api.model
    def _health_people(self) -> list[HealthCheck | None]:
        own = self._health_company_domain()
        teams = own & Domain("crm_segment_id", "!=", False)
        return [
            self._health_check(
                "team_without_seats",
                "crm.team",
                Domain("crm_seat_ids", "=", False),
                teams,
                (
                    self.env._("Teams that name no roles"),
                    self.env._("teams"),
                    self.env._(
                        "Whether the segment has the people it needs cannot be told; the share of "
                        "other departments and of trained people stays empty."
                    ),
                ),
            ),
            self._health_check(
                "seat_not_filled",
                "crm.team.seat",
                Domain("state", "!=", "ready"),
                own & Domain("team_id.active", "=", True),
                (
                    self.env._("Seats without a trained person"),
                    self.env._("seats"),
                    self.env._("The role is a name on a chart; nobody answers for it."),
                ),
            ),
            self._health_check(
                "channel_not_counted",
                "crm.channel",
                Domain("activity_type_ids", "=", False)
                & Domain("medium_ids", "=", False)
                & Domain("message_kind", "=", False),
                Domain.TRUE,
                (
                    self.env._("Channels whose contacts cannot be recognised"),
                    self.env._("channels"),
                    self.env._("Contacts through them are not counted anywhere."),
                ),
            ),
        ]

    @api.model
    def _health_relations(self) -> list[HealthCheck | None]:
        own = self._health_company_domain()
        return [
            self._health_check(
                "handoff_not_accepted",
                "crm.handoff",
                Domain("state", "=", "offered"),
                own & Domain("state", "in", ("offered", "accepted")),
                (
                    self.env._("Hand-offs that nobody has accepted"),
                    self.env._("hand-offs"),
                    self.env._("These relations hang between two owners; rule 1 fails for them."),
                ),
                severity=health.WRONG,
            ),
            self._health_check(
                "customer_without_owner",
                "crm.customer",
                Domain("user_id", "=", False) | Domain("user_id.active", "=", False),
                own,
                (
                    self.env._("Customers without an active owner"),
                    self.env._("customers"),
                    self.env._("Nobody answers for the relation; rule 1 of the charter fails."),
                ),
            ),
            self._health_check(
                "customer_without_role",
                "crm.customer",
                Domain("partner_id.is_company", "=", True)
                & Domain(
                    "partner_id.child_ids",
                    "not any",
                    [("type", "=", "contact"), ("crm_decision_role", "!=", False)],
                ),
                own,
                (
                    self.env._("Customers of whom no contact has a role in the purchase"),
                    self.env._("customers"),
                    self.env._("It is not known who decides; rule 5 of the charter fails."),
                ),
            ),
        ]
