"""Late cases are told and nobody's find somebody: through kills, with two servers, each once."""

from yard import a_fault, strikes

CASES = """
boss = env["res.users"].search([("login", "=", "boss")])
company = boss.company_id
queue = env["crm.case.queue"].create({"name": "Service", "company_id": company.id})
Case = env["crm.case"]
for number in range(LATE):
    Case.create({"name": f"Late {number}", "company_id": company.id, "queue_id": queue.id,
                 "user_id": boss.id, "email_from": f"a{number}@b.example",
                 "opened_at": "2024-03-01 09:00:00"})
for number in range(NOBODYS):
    Case.create({"name": f"New {number}", "company_id": company.id, "queue_id": queue.id})
queue.fallback_user_id = boss
"""
LATE, NOBODYS = 8, 6


def test_watch_over_cases_is_killed_and_tells_each_once(yard, chance):
    """Given late and nobody's cases, when servers die in the middle, then each is told once."""
    yard.back_to("empty")
    yard.script(CASES, LATE=LATE, NOBODYS=NOBODYS)
    for _ in strikes(chance):
        yard.time_passes()
        fault = a_fault(chance, {"statement": 300, "commit": 8})
        works = [
            yard.start("server", fault, seconds=0, chunk=2),
            yard.start("server", seconds=0, chunk=3),
        ]
        print(fault)
        yard.wait(*works)
        yard.sql("UPDATE crm_case SET watched_at = NULL")
    yard.servers_finish(chunk=4)
    told = "SELECT count(*) FROM crm_case WHERE is_late_told AND is_floor_told"
    assert yard.number(told) == LATE
    # One for whoever answers the customer, one for whoever leads the queue.
    each = """
        SELECT name FROM crm_case WHERE (SELECT count(*) FROM mail_activity
          WHERE res_model = 'crm.case' AND res_id = crm_case.id) <> 2 * is_late_told::int
    """
    assert yard.sql(each) == []
    assert yard.number("SELECT count(*) FROM crm_case WHERE user_id IS NULL") == 0
    given = """
        SELECT crm_case.name FROM crm_case
          JOIN mail_message AS message ON message.model = 'crm.case' AND res_id = crm_case.id
          JOIN mail_tracking_value AS value ON value.mail_message_id = message.id
          JOIN ir_model_fields AS field ON field.id = value.field_id AND field.name = 'user_id'
      GROUP BY crm_case.name HAVING count(*) <> 1
    """
    assert yard.sql(given) == [], "given to somebody more than once"
