from odoo.tests import TransactionCase

from odoo.addons.crm_strategy.demo import story_world as world


class StoryCase(TransactionCase):
    """The demo story, told once for the tests of a class; its tables say what must come out.

    Works without demo data, and with a story that is told already.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.story = cls.env["crm.demo.story"]
        cls.told = cls.story._load()
        cls.company = cls._named("company")
        cls.calendar = cls.story._calendar()
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})

    @classmethod
    def _named(cls, name):
        return cls.env.ref(f"__story__.{name}")

    def _as(self, login, model):
        """A model as a person of the story sees it."""
        records = self.env[model].with_user(self._named(login))
        return records.with_context(allowed_company_ids=self.company.ids)

    def _fingerprint(self):
        """Number of rows and latest change of every table that the story writes."""
        self.env.flush_all()
        rows = {}
        for name, model in self.env.items():
            if model._auto and not model._abstract and not model._transient and model._log_access:
                self.env.cr.execute(
                    f'SELECT COUNT(*), MAX(id), MAX(write_date) FROM "{model._table}"'
                )
                rows[name] = self.env.cr.fetchone()
        return rows

    def assertToldOnce(self):
        """Telling the story again tells nothing and writes nothing."""
        before = self._fingerprint()
        self.assertEqual(self.story._load(), [])
        after = self._fingerprint()
        self.assertEqual(
            {name: (before[name], after[name]) for name in after if before[name] != after[name]},
            {},
        )

    @staticmethod
    def _at(customer, day, calendar):
        """Key of the segment in which a customer was on a day, from the story's tables alone."""
        if customer in world.MOVED:
            before, since = world.MOVED[customer]
            if day < calendar.day(since):
                return before
        return world.segment_at(customer, 0)
