# Runs in an Odoo shell: `env` is given. A company that trades in US dollars, with the generic
# chart of accounts and no taxes by default: for loading a real company's files. Once.
company = env.ref("base.main_company")
if not company.chart_template:
    company.country_id = env.ref("base.us")
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
if company.currency_id.name != "USD":
    env.ref("base.USD").active = True
    company.currency_id = env.ref("base.USD")
company.write(
    {
        "account_sale_tax_id": False,
        "account_purchase_tax_id": False,
        # A document's total is the sum of its lines as they are shown, each rounded to the cent.
        "tax_calculation_rounding_method": "round_per_line",
    }
)
env.cr.commit()
print(company.chart_template, company.currency_id.name)
