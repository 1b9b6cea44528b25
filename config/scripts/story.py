# Runs in an Odoo shell: `env` is given. The people of the demo story can log in here, and only
# here: the server listens on loopback, and the password of each user is the login. The logins of
# suite.people open the story's company first and may switch to Odoo's own.
known = env["ir.model.data"].search([("module", "=", "__story__"), ("model", "=", "res.users")])
people = env["res.users"].browse(known.mapped("res_id")).exists()
for person in people:
    env.cr.execute("SELECT password IS NULL FROM res_users WHERE id = %s", [person.id])
    if env.cr.fetchone()[0]:
        person.with_context(no_reset_password=True).password = person.login
company = env.ref("__story__.company", raise_if_not_found=False)
if company:
    logins = [person["login"] for person in LOGINS]
    for user in env["res.users"].search([("login", "in", [*logins, "admin"])]):
        if company not in user.company_ids or user.login == "admin":
            user.write({"company_ids": [(4, company.id)], "company_id": company.id})
env.cr.commit()
