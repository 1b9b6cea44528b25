"""One answer per invitation, and a clock of its own for the floor, where the addon was before."""

from odoo import SUPERUSER_ID, api

from odoo.addons.crm_moments_of_truth.models.survey_survey import SATISFACTION


def migrate(cr, version):
    """Limit the surveys of customers to one answer, and let the floor wait as the promise did."""
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    surveys = env["survey.survey"].with_context(active_test=False)
    surveys.search([("crm_use", "=", SATISFACTION)]).is_attempts_limited = True
    # Without a token of its own an older answer would count against a new invitation.
    invited = [("crm_invitation_id", "!=", False), ("invite_token", "=", False)]
    for answer in env["survey.user_input"].search(invited):
        answer.invite_token = answer._generate_invite_token()
    cr.execute(
        "UPDATE crm_case SET floor_waited_hours = waited_hours"
        " WHERE waited_hours > 0 AND COALESCE(floor_waited_hours, 0) = 0"
    )
