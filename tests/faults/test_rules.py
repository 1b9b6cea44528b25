"""Rules ask and react: through kills, with two servers, each contact and each event once."""

from yard import a_fault, strikes

DOCUMENTS = """
company = env["res.company"].search([], limit=1)
product = env["product.product"].create(
    {"name": "Advice", "type": "service", "list_price": 100, "taxes_id": [(5,)]})
for number in range(ORDERS):
    partner = env["res.partner"].create(
        {"name": f"Customer {number}", "email": f"customer{number}@c.example"})
    env["sale.order"].create({
        "partner_id": partner.id, "company_id": company.id,
        "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 1})],
    }).action_confirm()
"""
RULES = """
company = env["res.company"].search([], limit=1)
users = env["res.users"].search([("login", "=", "boss")])
env["crm.event.rule"].search([]).active = False
env["crm.satisfaction.rule"].search([]).active = False
template = env.ref("crm_moments_of_truth.crm_event_mail_template_request")
env["crm.event.rule"].create({
    "name": "Answer", "trigger": "request", "since": "2020-01-01", "template_id": template.id,
    "activity_type_id": env.ref("mail.mail_activity_data_call").id, "user_id": users.id,
    "pause_days": 0, "daily_limit": 1000})
for number in range(LEADS):
    env["crm.lead"].create({"name": f"Request {number}", "email_from": f"a{number}@b.example",
                            "company_id": company.id, "user_id": users.id})
env["crm.satisfaction.rule"].create({
    "name": "Ask", "survey_id": env.ref("crm_moments_of_truth.crm_survey_satisfaction").id,
    "moment_id": env["crm.moment"].search([("code", "=", "M3")], limit=1).id,
    "wait_days": 0, "date_from": "2000-01-01", "daily_limit": 10000})
"""
ORDERS, LEADS = 7, 12


def test_rules_are_killed_and_neither_lose_nor_double(yard, chance):
    """Given requests and proven moments, when servers die, then each is answered exactly once."""
    yard.back_to("empty")
    yard.script(DOCUMENTS, ORDERS=ORDERS)
    yard.servers_finish()
    yard.script(RULES, LEADS=LEADS)
    for _ in strikes(chance):
        yard.time_passes()
        fault = a_fault(chance, {"statement": 200, "commit": 6})
        works = [yard.start("server", fault, seconds=0), yard.start("server", seconds=0)]
        print(fault)
        yard.wait(*works)
        yard.sql("UPDATE crm_event_reaction SET next_try = NULL WHERE state = 'waiting'")
    yard.servers_finish()
    assert yard.number("SELECT count(*) FROM crm_event_reaction WHERE state = 'done'") == LEADS
    each = "SELECT res_id FROM {} WHERE {} = 'crm.lead' GROUP BY res_id HAVING count(*) <> 1"
    assert yard.sql(each.format("mail_activity", "res_model")) == []
    mails = "mail_message AS message JOIN mail_mail ON mail_message_id = message.id"
    assert (
        yard.number(
            f"SELECT count(*) FROM {mails} WHERE model = 'crm.lead'"
            " AND message_type = 'auto_comment'"
        )
        == LEADS
    )
    invited = "crm_satisfaction_invitation WHERE state = 'sent'"
    sent = yard.number(f"SELECT count(*) FROM {invited}")
    assert sent == ORDERS
    assert yard.number(f"SELECT count(DISTINCT contact_id) FROM {invited}") == sent
    tokens = "SELECT count(*) FROM survey_user_input WHERE crm_invitation_id IS NOT NULL"
    assert yard.number(tokens) == sent
    proven = """
        SELECT pass.id FROM crm_relationship AS pass
          JOIN crm_relationship_moment AS line ON line.relationship_id = pass.id
          JOIN crm_moment AS moment ON moment.id = line.moment_id
         WHERE pass.active AND line.state = 'proven' AND moment.code = 'M3'
           AND 1 <> (SELECT count(*) FROM crm_satisfaction_invitation AS known
                      WHERE known.relationship_id = pass.id)
    """
    assert yard.sql(proven) == []
