"""One answer per invitation, a clock of its own for the floor, and who speaks for the customer."""

from odoo import SUPERUSER_ID, api

from odoo.addons.crm_moments_of_truth.models.survey_survey import SATISFACTION


def migrate(cr, version):
    """Limit the surveys of customers to one answer, and let the floor wait as the promise did.

    Standing passes get the person of the customer as their history is replayed.
    """
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    surveys = env["survey.survey"].with_context(active_test=False)
    surveys = surveys.search([("crm_use", "=", SATISFACTION)])
    # Odoo lets nobody limit a survey to no answer at all.
    surveys.filtered(lambda survey: survey.attempts_limit < 1).attempts_limit = 1
    surveys.is_attempts_limited = True
    # Without a token of its own an older answer would count against a new invitation.
    invited = [("crm_invitation_id", "!=", False), ("invite_token", "=", False)]
    for answer in env["survey.user_input"].search(invited):
        answer.invite_token = answer._generate_invite_token()
    cr.execute(
        "UPDATE crm_case SET floor_waited_hours = waited_hours"
        " WHERE waited_hours > 0 AND COALESCE(floor_waited_hours, 0) = 0"
    )
    # Until now the floor ran by the hours of the service level.
    cr.execute(
        "UPDATE crm_case SET floor_level_id = level_id"
        " WHERE floor_level_id IS NULL AND level_id IS NOT NULL AND floor_reply_limit IS NOT NULL"
    )
    env["crm.backfill"]._open(["moments_history"])
