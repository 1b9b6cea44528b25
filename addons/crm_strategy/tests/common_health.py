"""How the tests of all addons read the data-health page."""


class HealthReader:
    """Reads the data-health page as somebody and checks what each button opens."""

    def _page(self, user, companies=None):
        companies = companies or user.company_ids
        Health = self.env["crm.health"].with_user(user)
        return Health.with_context(allowed_company_ids=companies.ids).get_page()

    def _checks(self, user, companies=None):
        """code -> check, as the screen gets it."""
        page = self._page(user, companies)
        return {check["code"]: check for area in page["areas"] for check in area["checks"]}

    def _opened(self, user, check, companies=None):
        """The records that the button of a check opens for the reader."""
        drill = check["drill"]
        companies = companies or user.company_ids
        Model = self.env[drill["model"]].with_user(user).with_context(**drill["context"])
        return Model.with_context(allowed_company_ids=companies.ids).search(drill["domain"])

    def assertFinds(self, user, code, expected, total=None, companies=None):
        """The check counts exactly these records, and its button opens exactly them."""
        check = self._checks(user, companies)[code]
        self.assertEqual(check["count"], len(expected), code)
        if total is not None:
            self.assertEqual(check["total"], total, code)
        if expected:
            opened = self._opened(user, check, companies)
            self.assertEqual(set(opened.ids), set(expected.ids), code)
        else:
            self.assertIsNone(check["drill"], code)
