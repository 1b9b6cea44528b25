# Runs in an Odoo shell after files were loaded: `env` is given. The logins of suite.people join the
# teams that the files brought, so that each role sees what it would see at work.
leaders = env["res.users"].search([("login", "=like", "leader.%")], order="login")
sellers = env["res.users"].search([("login", "=like", "sales.%")], order="login")
teams = env["crm.team"].search([("crm_segment_id", "!=", False)], order="id")
for people, is_leader in ((leaders, True), (sellers, False)):
    for number, person in enumerate(people):
        if not teams or env["crm.team.member"].search_count([("user_id", "=", person.id)]):
            continue
        team = teams[number % len(teams)]
        env["crm.team.member"].create({"crm_team_id": team.id, "user_id": person.id})
        if is_leader and not team.user_id:
            team.user_id = person
env.cr.commit()
