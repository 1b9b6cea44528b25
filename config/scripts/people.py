# Runs in an Odoo shell: `env` and LOGINS (suite.people.logins) are given. Makes each user once.
# The server listens on loopback only; the password of each user is the login.
users = env["res.users"].with_context(no_reset_password=True, mail_create_nolog=True)
company = env.ref("base.main_company")
# Odoo's bot would greet each person at the first visit, from two requests that collide.
no_greeting = {"odoobot_state": "disabled"} if "odoobot_state" in users._fields else {}
env.ref("base.user_admin").write(no_greeting)
for person in LOGINS:
    if users.with_context(active_test=False).search([("login", "=", person["login"])]):
        continue
    groups = [env.ref(name, raise_if_not_found=False) for name in person["groups"]]
    if not all(groups):  # a database with some of the addons only
        continue
    users.create(
        {
            "name": person["name"],
            "login": person["login"],
            "password": person["login"],
            "email": f"{person['login']}@example.com",
            "lang": person["lang"],
            "company_id": company.id,
            "company_ids": [(6, 0, company.ids)],
            "group_ids": [(6, 0, [env.ref("base.group_user").id, *(g.id for g in groups)])],
            **no_greeting,
        }
    )
env.cr.commit()
