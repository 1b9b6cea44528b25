"""Who may do what: the access matrix of reliability.md, section 5, as the addons keep it."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SuiteCase
from .filling import Filler
from .strategy_world import PEOPLE, TEAMS, create_strategy, people_of, teams_of

ROLES = ("user", "leader", "manager", "finance", "exchange", "accountant", "system")
NOBODY = ("salesman", "employee", "portal")
OPERATIONS = {"R": "read", "W": "write", "C": "create", "D": "unlink"}
# R read, W write, C create, D delete; a missing letter is refused. The columns are ROLES; nobody
# of NOBODY has any right. Where a role sees only a part of the company's rows, REACH says which.
MATRIX = {
    # definitions: archived, not deleted, since history hangs on them
    "crm.segment": ("R", "R", "RWC", "R", "", "", ""),
    "crm.indicator": ("R", "R", "RWC", "R", "", "", ""),
    "crm.moment.chain": ("R", "R", "RWC", "R", "", "", ""),
    "crm.moment.fact": ("R", "R", "R", "R", "", "", ""),
    "crm.assessment.set": ("R", "R", "RWC", "R", "", "", ""),
    "crm.need.class": ("R", "R", "RWC", "R", "", "", ""),
    # from needs to contract: what history hangs on is dropped, not deleted; links and inputs that
    # were wrong must go, and a link is approved by a button
    "crm.need.analysis": ("RWC", "RWC", "RWC", "R", "", "", ""),
    "crm.need": ("RWC", "RWC", "RWC", "R", "", "", ""),
    "crm.specification": ("RWC", "RWC", "RWC", "R", "", "", ""),
    "crm.commitment": ("RWC", "RWC", "RWC", "R", "", "", ""),
    "crm.need.input": ("RWCD", "RWCD", "RWCD", "R", "", "", ""),
    "crm.trace.link": ("RCD", "RCD", "RCD", "R", "", "", ""),
    "crm.trace.revision": ("R", "R", "R", "R", "", "", ""),
    "crm.need.issue": ("R", "R", "R", "R", "", "", ""),
    "crm.need.matrix": ("R", "R", "R", "R", "", "", ""),
    "crm.idea": ("RWC", "RWC", "RWC", "R", "", "", ""),
    "crm.idea.session": ("RWC", "RWC", "RWC", "R", "", "", ""),
    # lines of a definition: a chain in use refuses, and a column that a file lacks must go
    "crm.moment": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.moment.input": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.scorecard": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.scorecard.line": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.channel": ("R", "R", "RWC", "R", "", "", ""),
    "crm.assessment.group": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.assessment.question": ("R", "R", "RWCD", "R", "", "", ""),
    # a leader assesses the segments of the own team; answers are laid out by the engine
    "crm.assessment": ("R", "RWC", "RWCD", "R", "", "", ""),
    "crm.assessment.answer": ("R", "RW", "RW", "R", "", "", ""),
    "crm.team.role": ("R", "R", "RWC", "R", "", "", ""),
    # a leader fills the seats of the own team
    "crm.team.seat": ("R", "RWCD", "RWCD", "R", "", "", ""),
    "crm.charter.rule": ("R", "R", "RWC", "", "", "", ""),
    "crm.charter": ("R", "RW", "RWCD", "", "", "", ""),
    # lines come with the charter and its rules
    "crm.charter.line": ("R", "RW", "RW", "", "", "", ""),
    "crm.stage.criterion": ("R", "R", "RWC", "", "", "", ""),
    "crm.stage.evidence": ("RWC", "RWCD", "RWCD", "", "", "", ""),
    "crm.stage.exit": ("R", "R", "R", "", "", "", ""),
    "crm.recognition": ("R", "RWC", "RWCD", "", "", "", ""),
    "crm.reward.rule": ("R", "R", "RWC", "", "", "", ""),
    # offered by anybody with a role; settled by buttons alone
    "crm.handoff": ("RC", "RC", "RC", "", "", "", ""),
    "crm.handoff.answer": ("RWCD", "RWCD", "RWCD", "", "", "", ""),
    # strategy: the plan and the work on it
    "crm.strategy": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.strategy.objective": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.segment.criterion": ("R", "R", "RWC", "R", "", "", ""),
    "crm.segment.weight": ("R", "R", "RWCD", "R", "", "", ""),
    # scores are corrected, decisions are history
    "crm.segment.score": ("R", "R", "RWC", "R", "", "", ""),
    "crm.segment.decision": ("R", "R", "RC", "R", "", "", ""),
    "crm.segment.map": ("R", "R", "R", "R", "", "", ""),
    "crm.segment.migration": ("R", "R", "R", "R", "", "", ""),
    # how a segment is served: decided by strategy, read by all; lines of a plan may go
    "crm.segment.plan": ("R", "R", "RWC", "R", "", "", ""),
    "crm.buying.criterion": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.value.proposition": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.lifecycle.stage": ("R", "R", "RWC", "R", "", "", ""),
    "crm.lifecycle.action": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.channel.policy": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.price.policy": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.campaign": ("R", "R", "RWC", "R", "", "", ""),
    "crm.campaign.report": ("R", "R", "R", "R", "", "", ""),
    # what is known of competitors comes from salespeople
    "crm.competition.area": ("R", "R", "RWC", "R", "", "", ""),
    "crm.competitor": ("RWC", "RWC", "RWCD", "R", "", "", ""),
    "crm.competitor.advantage": ("RWC", "RWC", "RWCD", "R", "", "", ""),
    "crm.competitor.response": ("RWC", "RWC", "RWCD", "R", "", "", ""),
    "crm.competitor.report": ("R", "R", "R", "R", "", "", ""),
    "crm.strategy.plan": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.strategy.review": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.strategy.market": ("R", "R", "RW", "R", "", "", ""),
    "crm.strategy.step": ("R", "R", "RW", "R", "", "", ""),
    "crm.strategy.phase": ("R", "R", "RW", "R", "", "", ""),
    "crm.strategy.risk": ("R", "R", "RW", "R", "", "", ""),
    "crm.process.step": ("R", "R", "RWC", "R", "", "", ""),
    "crm.market.role": ("R", "R", "RWC", "R", "", "", ""),
    # customers: a leader places them, also from one team's segment into another's
    "crm.customer": ("R", "RW", "RWC", "R", "", "", ""),
    "crm.segment.membership": ("R", "R", "R", "R", "", "", ""),
    # classes: as many as the ladder has places; thresholds by the strategy manager, history and
    # table by nobody
    "crm.customer.type": ("R", "R", "RW", "R", "", "", ""),
    "crm.loyalty.class": ("R", "R", "RW", "R", "", "", ""),
    "crm.loyalty.phase": ("R", "R", "RW", "R", "", "", ""),
    "crm.class.rule": ("R", "R", "RWC", "R", "", "", ""),
    "crm.customer.class.change": ("R", "R", "R", "R", "", "", ""),
    "crm.class.migration": ("R", "R", "R", "R", "", "", ""),
    "crm.sample.set": ("R", "R", "RWC", "R", "", "", ""),
    "crm.sample.item": ("R", "R", "RWC", "R", "", "", ""),
    "crm.sample.record": ("", "", "R", "", "", "", ""),
    # plans for key accounts: a plan is closed, not deleted; a mistyped action goes
    "crm.account.plan": ("RWC", "RWC", "RWC", "R", "", "", ""),
    "crm.account.action": ("RWCD", "RWCD", "RWCD", "R", "", "", ""),
    # facts and figures: written by engines alone
    "crm.moment.event": ("R", "R", "R", "R", "", "", ""),
    "crm.relationship": ("R", "R", "R", "R", "", "", ""),
    # judged by the engine; people report, assign, repair and waive, nobody deletes
    "crm.rupture": ("RWC", "RWC", "RWC", "R", "", "", ""),
    "crm.rupture.rule": ("R", "R", "RW", "R", "", "", ""),
    "crm.rupture.waive": ("RWCD", "RWCD", "RWCD", "", "", "", ""),
    "crm.relationship.reassign": ("", "RWCD", "RWCD", "", "", "", ""),
    "crm.relationship.moment": ("R", "R", "R", "R", "", "", ""),
    # found by the engine; people tick off and write where it is
    "crm.relationship.input": ("RW", "RW", "RW", "R", "", "", ""),
    "crm.moment.duration": ("R", "R", "R", "R", "", "", ""),
    "crm.channel.mix": ("R", "R", "R", "R", "", "", ""),
    "crm.obligation": ("RWC", "RWC", "RWC", "R", "", "", ""),
    "crm.satisfaction.answer": ("R", "R", "R", "", "", "", ""),
    "crm.satisfaction.line": ("R", "R", "R", "", "", "", ""),
    "crm.satisfaction.invitation": ("R", "R", "R", "", "", "", ""),
    "crm.satisfaction.rule": ("R", "R", "RWC", "", "", "", ""),
    # from three answers of a team on, and without a name
    "crm.staff.answer": ("", "", "R", "", "", "", ""),
    "crm.event.rule": ("R", "R", "RWC", "", "", "", ""),
    "crm.event.reaction": ("R", "R", "R", "", "", "", ""),
    "crm.public.event": ("R", "RWC", "RWC", "", "", "", ""),
    # what people write beside the facts: kinds are archived, promises and rounds end by buttons,
    # a wrong line of the ledger or of the evidence must go
    "crm.value.type": ("R", "R", "RWC", "R", "", "", ""),
    "crm.value.entry": ("RWCD", "RWCD", "RWCD", "R", "", "", ""),
    "crm.promise": ("RWC", "RWC", "RWC", "R", "", "", ""),
    "crm.pdca.cycle": ("RWC", "RWC", "RWC", "R", "", "", ""),
    "crm.pdca.evidence": ("RWCD", "RWCD", "RWCD", "R", "", "", ""),
    "crm.insight": ("RWC", "RWC", "RWC", "R", "", "", ""),
    "crm.preference": ("RWC", "RWC", "RWC", "R", "", "", ""),
    "crm.knowledge.use": ("RWCD", "RWCD", "RWCD", "R", "", "", ""),
    # who reads what is written down by the form; how many did is shown to everybody
    "crm.insight.reading": ("", "", "R", "", "", "", ""),
    # cases: dropped with a reason, not deleted; definitions by the strategy manager
    "crm.case": ("RWC", "RWC", "RWC", "R", "", "", ""),
    "crm.case.cause": ("R", "R", "RWC", "R", "", "", ""),
    "crm.case.skill": ("R", "R", "RWC", "R", "", "", ""),
    "crm.case.queue": ("R", "R", "RWC", "R", "", "", ""),
    "crm.case.queue.member": ("R", "R", "RWCD", "R", "", "", ""),
    "crm.service.level": ("R", "R", "RWC", "R", "", "", ""),
    "crm.case.report": ("R", "R", "R", "R", "", "", ""),
    "crm.message.report": ("R", "R", "R", "R", "", "", ""),
    # totals of teams and companies, which section 5 gives to each role; the documents behind a
    # figure open only for who may read them
    "crm.indicator.value": ("R", "R", "R", "R", "", "", ""),
    "crm.indicator.period": ("R", "R", "R", "R", "", "", ""),
    "crm.indicator.restatement": ("R", "R", "R", "R", "", "", ""),
    # a page without a table: who sees it measures the customers within reach
    "crm.customer.measure": ("R", "R", "R", "R", "", "", ""),
    "crm.indicator.run": ("", "", "RWCD", "", "", "", ""),
    # finance reads each posted document anyway, and this is their sum; scores will be closed
    "crm.customer.profile": ("R", "R", "R", "R", "", "", ""),
    "crm.change": ("", "", "R", "", "", "", ""),
    # joint reports
    "crm.waterfall": ("", "R", "R", "R", "", "", ""),
    "crm.segment.profit": ("", "R", "R", "R", "", "", ""),
    # exchange: rows and keys are written by the engine; finance follows a document to its file
    "crm.exchange.package": ("", "", "", "R", "RWC", "", "RWCD"),
    "crm.exchange.type": ("", "", "", "R", "RWC", "", "RWCD"),
    "crm.exchange.mapping": ("", "", "", "R", "RWCD", "", "RWCD"),
    "crm.exchange.run": ("", "", "", "R", "R", "", "R"),
    "crm.exchange.row": ("", "", "", "R", "R", "", "R"),
    "crm.exchange.key": ("", "", "", "R", "R", "", "R"),
    "crm.exchange.allocation": ("", "", "", "R", "", "RW", ""),
    # wizards: what one started oneself
    "crm.exchange.load": ("", "", "", "", "RWCD", "", ""),
    "crm.exchange.load.line": ("", "", "", "", "RWCD", "", ""),
    "crm.exchange.post": ("", "", "", "", "", "RWCD", ""),
    "crm.segment.preview": ("", "", "RW", "", "", "", ""),
    "crm.segment.preview.line": ("", "", "R", "", "", "", ""),
    "crm.segment.preview.move": ("", "", "R", "", "", "", ""),
    "crm.strategy.approve": ("", "", "RWCD", "", "", "", ""),
    "crm.setup": ("", "", "RWCD", "", "", "", ""),
    "crm.setup.segment": ("", "", "RWCD", "", "", "", ""),
    "crm.setup.team": ("", "", "RWCD", "", "", "", ""),
    "crm.setup.customer": ("", "", "RWCD", "", "", "", ""),
    "crm.setup.margin": ("", "", "RWCD", "", "", "", ""),
    "crm.setup.package": ("", "", "RWCD", "", "", "", ""),
    # privacy: a user notes what a person said, a leader corrects it
    "crm.purpose": ("R", "R", "RWC", "R", "", "", ""),
    "crm.retention.rule": ("R", "R", "RWC", "R", "", "", ""),
    "crm.consent": ("RC", "RWC", "RWC", "R", "", "", ""),
    # supervision
    "crm.comparison": ("", "", "R", "R", "", "", "R"),
    "crm.backfill": ("", "", "R", "", "", "", "R"),
    "crm.audit.log": ("", "", "R", "R", "R", "", "R"),
    "crm.readiness": ("R", "R", "R", "R", "", "", ""),
    "crm.health": ("", "", "R", "R", "R", "", "R"),
}
OWN, TEAM, ALL, NONE = "own", "team", "all", "none"
# Of the rows of the company a role reads: those it owns, those of its team, or all.
REACH = {
    "crm.relationship": (OWN, TEAM, ALL, ALL),
    "crm.relationship.moment": (OWN, TEAM, ALL, ALL),
    "crm.rupture": (OWN, TEAM, ALL, ALL),
    "crm.relationship.input": (OWN, TEAM, ALL, ALL),
    "crm.moment.duration": (OWN, TEAM, ALL, ALL),
    "crm.obligation": (OWN, TEAM, ALL, ALL),
    "crm.moment.event": (OWN, TEAM, ALL, ALL),
    "crm.satisfaction.answer": (OWN, TEAM, ALL, NONE),
    "crm.satisfaction.line": (OWN, TEAM, ALL, NONE),
    "crm.satisfaction.invitation": (OWN, TEAM, ALL, NONE),
    "crm.event.reaction": (OWN, TEAM, ALL, NONE),
    "crm.customer.profile": (OWN, TEAM, ALL, ALL),
    "crm.need.analysis": (OWN, TEAM, ALL, ALL),
    "crm.need": (OWN, TEAM, ALL, ALL),
    "crm.specification": (OWN, TEAM, ALL, ALL),
    "crm.commitment": (OWN, TEAM, ALL, ALL),
    "crm.need.input": (OWN, TEAM, ALL, ALL),
    "crm.trace.link": (OWN, TEAM, ALL, ALL),
    "crm.idea": (OWN, TEAM, ALL, ALL),
    "crm.idea.session": (OWN, TEAM, ALL, ALL),
    "crm.case": (OWN, TEAM, ALL, ALL),
    "crm.account.plan": (OWN, TEAM, ALL, ALL),
    "crm.account.action": (OWN, TEAM, ALL, ALL),
    "crm.handoff": (OWN, TEAM, ALL, NONE),
    "crm.stage.evidence": (OWN, TEAM, ALL, NONE),
    "crm.value.entry": (OWN, TEAM, ALL, ALL),
    "crm.promise": (OWN, TEAM, ALL, ALL),
    "crm.pdca.cycle": (OWN, TEAM, ALL, ALL),
    "crm.pdca.evidence": (OWN, TEAM, ALL, ALL),
    # what one learned, the whole team of the segment knows
    "crm.insight": (TEAM, TEAM, ALL, ALL),
    "crm.preference": (TEAM, TEAM, ALL, ALL),
    "crm.knowledge.use": (TEAM, TEAM, ALL, ALL),
    # the world's people of North have no seat elsewhere
    "crm.charter": (TEAM, TEAM, ALL, NONE),
    "crm.charter.line": (TEAM, TEAM, ALL, NONE),
    "crm.waterfall": (NONE, TEAM, ALL, ALL),
    "crm.segment.profit": (NONE, TEAM, ALL, ALL),
}


@tagged("post_install", "-at_install")
class TestAccess(SuiteCase):
    """The table holds both ways: what it grants works, what it does not grant is refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        create_strategy(cls)
        cls.filler = Filler(cls.env, cls.home, "Homely", 7)
        cls.filler._number = 5000  # the world's own numbers and codes are taken
        # Steps, phases, risks and markets come with their strategy and are made by nobody.
        cls.filler.create("crm.strategy")
        with_rights = set(cls.env["ir.model.access"].search([]).model_id.mapped("model"))
        cls.closable = {
            name
            for name in cls.own_models
            if not cls.env[name]._abstract or name in with_rights  # a page without a table
        }

    def test_each_model_is_in_the_table(self):
        """A new model gets its line before anybody gets the model."""
        self.assertEqual(sorted(self.closable ^ set(MATRIX)), [])

    def test_each_role_has_exactly_the_rights_of_the_table(self):
        findings = []
        for name, role, letters in self._lines():
            model = self._as(role, name)
            granted = "".join(
                letter for letter, operation in OPERATIONS.items() if model.has_access(operation)
            )
            if granted != letters:
                findings.append(f"{name} {role}: has {granted or '-'}, table {letters or '-'}")
        self.assertNone(findings)

    def _lines(self):
        """(model, role, letters) of the whole table, people without a role included."""
        for name, rights in MATRIX.items():
            if name not in self.env:
                continue
            yield from ((name, *pair) for pair in zip(ROLES, rights, strict=True))
            yield from ((name, role, "") for role in NOBODY)

    def _as(self, role, name):
        context = {"allowed_company_ids": self.home.ids, "active_test": False}
        return self.env(user=self.users[role], context=context)[name]

    def test_unfinished_wizards_have_a_rule_for_everybody(self):
        """Odoo keeps wizards for hours and lets everybody with the role read all of them."""
        Rule = self.env["ir.rule"]
        self.assertNone(
            name
            for name in self.closable
            if self.env[name]._transient
            and not Rule.search([("model_id.model", "=", name), ("groups", "=", False)])
        )

    # doing it

    def test_what_is_granted_works_and_what_is_not_is_refused(self):
        findings = []
        self.rows = {}
        for name, role, letters in self._lines():
            if not self.env[name]._auto or (not letters and role != NOBODY[0]):
                continue  # one person without any right stands for all of them
            for letter in "WCD":
                refusal = self._refusal(role, name, letter, letter in letters)
                if letter in letters and refusal:
                    findings.append(f"{name} {role} {OPERATIONS[letter]}: refused, {refusal!r}")
                # The log refuses everybody, before it asks who it is: UserError holds both.
                if letter not in letters and not isinstance(refusal, UserError):
                    findings.append(f"{name} {role} {OPERATIONS[letter]}: not refused, {refusal!r}")
        self.assertNone(findings)

    def _refusal(self, role, name, letter, is_granted):
        """What the deed is refused with; None when it is done. Nothing stays."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                row = self._as(role, name)
                if letter != "C":
                    row = (
                        self._fresh_row(role, name, OPERATIONS[letter])
                        if is_granted
                        else self._row(role, name)
                    )
                getattr(self, f"_do_{OPERATIONS[letter]}")(row)
                self.env.flush_all()
                raise _Undo
        except _Undo:
            return None
        except Exception as error:  # told by the caller, whatever it is
            return error

    def _do_create(self, record):
        values = self.filler.values(record._name, **self._of_own(record))
        fields = record._fields
        record.create(
            {
                name: value
                for name, value in values.items()
                if record._has_field_access(fields[name], "write")
            }
        )

    def _of_own(self, record):
        """Values by which a person creates something for the own team or the own analysis."""
        if record._name == "crm.trace.link":
            analysis = self._own_analysis(record)
            ends = {"need_id": "crm.need", "functional_id": "crm.specification"}
            return {
                field: self.filler.create(name, analysis_id=analysis.id).id
                for field, name in ends.items()
            }
        if record._name == "crm.rupture.waive":
            seen = record.env["crm.rupture"].search([("state", "=", "open")], limit=1)
            return {"rupture_ids": [Command.set(seen.ids)]}
        if record._name in OF_A_PASS:
            return self._of_a_pass(record, record._fields[OF_A_PASS[record._name]])
        if record._name in OF_AN_ANALYSIS:
            return {"analysis_id": self._own_analysis(record).id}
        if record._name not in OF_A_TEAM:
            return {}
        field, of_team = OF_A_TEAM[record._name]
        team = self.env["crm.team"].search(
            [("user_id", "=", record.env.uid), ("company_id", "=", self.home.id)], limit=1
        )
        return {field: (team[of_team] if of_team else team).id} if team else {}

    def _of_a_pass(self, record, field):
        """A pass, or a line of one, that the person sees; and the customer of the pass."""
        domain = [("company_id", "=", self.home.id)]
        if record._name == "crm.rupture":  # one that is open already is not reported again
            domain.append(("rupture_ids", "=", False))
        seen = record.env[field.comodel_name].search(domain, limit=1)
        values = {field.name: seen.id}
        if field.name == "relationship_id" and not record._fields["customer_id"].compute:
            values["customer_id"] = seen.customer_id.id
        return values

    def _own_analysis(self, record):
        return record.env["crm.need.analysis"].search(
            [("company_id", "=", self.home.id), ("user_id", "=", record.env.uid)], limit=1
        ) or record.env["crm.need.analysis"].search([("company_id", "=", self.home.id)], limit=1)

    def _do_write(self, record):
        kept = record._kept_names() if hasattr(record, "_kept_names") else ()
        typed = filter(self._is_typed, record._fields.values())
        field = next(field.name for field in typed if field.name not in kept)
        value = record.sudo()[field]
        record.write({field: getattr(value, "id", value)})

    def _is_typed(self, field):
        is_plain = field.store and not field.compute and not field.related
        return is_plain and field.type in ("char", "text", "selection", "boolean", "many2one")

    def _do_unlink(self, record):
        record.unlink()

    def _fresh_row(self, role, name, operation):
        """A row that the role may change: its own wizard, one made for it, or one it reads."""
        model = self._as(role, name)
        if name in FRESH or model._transient:
            user = self.users[role]
            values = self.filler.values(name)
            return self.env[name].with_user(user).sudo().create(values).with_env(model.env)
        domain = [("company_id", "=", self.home.id)] if "company_id" in model._fields else []
        found = model.search(domain)._filtered_access(operation)[:1]
        found = found or self.filler.records(name)[:1] or self.filler.create(name)
        return found.with_env(model.env)

    def _row(self, role, name):
        """Any row, for what is refused whichever row it is."""
        if name not in self.rows:
            self.rows[name] = self.env[name].search([], limit=1) or self.filler.create(name)
        return self.rows[name].with_env(self._as(role, name).env)

    # how far it reaches

    def test_each_role_reaches_the_rows_of_the_table(self):
        findings = []
        for name, reaches in REACH.items():
            rows = self._rows(name)
            for role, reach in zip(ROLES, reaches, strict=False):
                self.env.invalidate_all()
                model = self._as(role, name)
                if reach == NONE:
                    continue
                expected = {row.id for row in rows if self._belongs(row, role, reach)}
                found = set(model.search([("company_id", "=", self.home.id)]).ids)
                if found != expected:
                    findings.append(
                        f"{name} {role} ({reach}): {len(found - expected)} too many, "
                        f"{len(expected - found)} missing of {len(expected)}"
                    )
                if reach != ALL and not 0 < len(expected) < len(rows):
                    findings.append(f"{name} {role}: the world does not tell own from foreign")
        self.assertNone(findings)

    def _rows(self, name):
        model = self.env[name].with_context(active_test=False)
        return model.search([("company_id", "=", self.home.id)])

    def _belongs(self, row, role, reach):
        """The table's words in plain Python, by the documents behind the row."""
        if reach == ALL:
            return True
        user = self.users[role]
        if row._name in ("crm.waterfall", "crm.segment.profit"):
            return self._is_in(row.team_id, user) and getattr(row, "kind", "income") == "income"
        if row._name in PEOPLE or row._name in TEAMS:
            owners, teams = people_of(row), teams_of(row)
            is_own = owners is not None and user in owners
            return is_own or (reach == TEAM and teams is not None and self._is_in(teams, user))
        if row._name == "crm.customer.profile":
            if reach == OWN:
                return row.customer_id.user_id == user
            return row.customer_id.user_id == user or self._is_in(
                row.customer_id.segment_id.team_id, user
            )
        relation = row if row._name == "crm.relationship" else row.relationship_id
        owners = (
            relation.order_id.user_id
            | relation.lead_id.user_id
            | relation.invoice_id.invoice_user_id
            | relation.customer_id.user_id
        )
        if reach == OWN or user in owners:
            return user in owners
        documents = (relation.order_id, relation.lead_id, relation.invoice_id)
        return any(self._is_in(document.team_id, user) for document in documents)

    def _is_in(self, teams, user):
        return user in teams.user_id | teams.member_ids

    # the edges of the roles

    def test_finance_reads_the_pipeline_and_the_books_and_writes_neither(self):
        for name in ("crm.lead", "crm.stage", "crm.team", "account.move", "account.payment"):
            model = self._as("finance", name)
            with self.subTest(model=name):
                self.assertTrue(model.has_access("read"))
                self.assertFalse(any(map(model.has_access, ("write", "create", "unlink"))))

    def test_exchange_reads_no_pipeline_and_no_books(self):
        for name in ("crm.lead", "sale.order", "account.move", "account.payment", "crm.customer"):
            with self.subTest(model=name):
                self.assertFalse(self._as("exchange", name).has_access("read"))

    def test_no_role_of_ours_writes_in_the_books(self):
        for role in ("user", "leader", "manager", "finance", "exchange"):
            for name in ("account.move", "account.payment"):
                model = self._as(role, name)
                with self.subTest(role=role, model=name):
                    self.assertFalse(any(map(model.has_access, ("write", "create", "unlink"))))

    def test_a_leader_sees_no_cost_and_no_margin(self):
        rows = self._as("leader", "crm.segment.profit").search([])
        self.assertEqual(set(rows.mapped("kind")), {"income"})

    def assertNone(self, findings):
        lines = sorted(set(map(str, findings)))
        if lines:
            self.fail(f"{len(lines)}:\n  " + "\n  ".join(lines[:60]))


# Rows that a test changes or deletes are made for it, since others hang on those of the world.
FRESH = (
    "crm.competitor",
    "crm.idea",
    "crm.idea.session",
    "crm.exchange.mapping",
    "crm.exchange.package",
    "crm.exchange.type",
    "crm.moment",
    "crm.moment.chain",
    "crm.recognition",
    "crm.scorecard",
    "crm.scorecard.line",
)


OF_AN_ANALYSIS = ("crm.commitment", "crm.need", "crm.need.input", "crm.specification")
# What people write beside a pass that they see: the field that says which.
OF_A_PASS = {
    "crm.insight": "relationship_id",
    "crm.obligation": "relationship_id",
    "crm.pdca.cycle": "relationship_id",
    "crm.preference": "relationship_id",
    "crm.promise": "relationship_id",
    "crm.rupture": "relationship_id",
    "crm.value.entry": "line_id",
}
# What a leader creates for the own team alone: the field that says so, as seen from the team.
OF_A_TEAM = {
    "crm.assessment": ("segment_id", "crm_segment_id"),
    "crm.team.seat": ("team_id", None),
}


class _Undo(Exception):
    """Takes a deed back that was not refused."""
