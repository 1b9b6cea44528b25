from __future__ import annotations

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# Beside these, what belongs to a company is asked of the customer itself, never of its contact.
SHARED = ("res.partner", "res.users", "res.company")
# Operators whose number is the number of a record.
NAMING = ("=", "!=", "in", "not in", "child_of", "parent_of")
NUMBERS = ("integer", "float", "monetary")


class SegmentRuleError(UserError):
    """The rule of a segment cannot be read or does not fit the customers."""


class CrmSegmentRule(models.AbstractModel):
    """The rule of a segment: read, and checked in words that its author understands."""

    _name = "crm.segment.rule"
    _description = "Rule of a Segment"

    def _rule(self) -> Domain:
        """The condition of the segment; fits nobody where none is written.

        :raise UserError: in a sentence, when the text is no condition.
        """
        self.ensure_one()
        if self.single_partner_id:
            return Domain("partner_id", "=", self.single_partner_id.id)
        if not self.rule_domain:
            return Domain.FALSE
        try:
            return Domain(literal_eval(self.rule_domain))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            raise UserError(
                self.env._("it is no list of conditions like [('country_id.code', '=', 'RO')]")
            ) from None

    def _has_rule(self) -> bool:
        return bool(self.rule_domain or self.single_partner_id)

    def _rule_query(self, is_written: bool = False):
        """Query of the customers whom the rule fits, the placed ones included.

        :param is_written: whether the rule is being written, so that its author learns about
            records that are gone or foreign; a tag that goes later just fits nobody.
        Raises SegmentRuleError, which names the segment and the remedy.
        """
        self.ensure_one()
        # Access: the result must not depend on who presses the button; rules are read without
        # access rules, in one language, in the zone and for the segment's company only.
        company = self.company_id
        Customer = (
            self.env["crm.customer"]
            .sudo()
            .with_context(
                active_test=False,
                allowed_company_ids=company.ids,
                lang="en_US",
                tz=company.resource_calendar_id.tz or "UTC",
            )
        )
        try:
            rule = self._rule()
            self._check_rule_words(Customer, rule, is_written)
            if not self.env.su:
                self._check_rule_reach(self.env["crm.customer"], rule)
            return Customer._search(rule & Domain("company_id", "=", company.id), order="id")
        except Exception as error:
            # Any failure of a typed rule (syntax, unknown field, wrong operator or value) is
            # the same thing for its author: the rule has to be corrected.
            raise SegmentRuleError(
                self.env._(
                    "The rule of segment “%(name)s” cannot be applied: %(reason)s "
                    "Open the segment and correct its rule.",
                    name=self.name,
                    reason=str(error).rstrip(".") + ".",
                )
            ) from error

    # words
    def _check_rule_words(self, model: models.BaseModel, rule: Domain, is_written: bool) -> None:
        """Say in a sentence which field, value or company of a rule is wrong."""
        for condition in rule.iter_conditions():
            owner, field = self._rule_field(model, condition.field_expr)
            if field is None:
                continue
            if condition.operator in ("any", "not any") and field.comodel_name:
                inner = Domain(condition.value)
                self._check_rule_words(model.env[field.comodel_name], inner, is_written)
                continue
            is_link = field.comodel_name or field.name == "id"
            for value in self._rule_values(condition.value):
                if not is_link:
                    self._check_rule_value(field, condition.operator, value)
                elif is_written and type(value) is int and condition.operator in NAMING:
                    comodel = owner.env[field.comodel_name] if field.comodel_name else owner
                    label = field._description_string(self.env)
                    self._check_rule_record(label, comodel.browse(value))

    @api.model
    def _rule_field(self, model: models.BaseModel, path: str):
        """(model, field) at the end of a path; (model, None) for a part of a date."""
        owner, field = model, None
        for name in path.split("."):
            before, field = field, model._fields.get(name)
            if field is None and before is not None and before.type in ("date", "datetime"):
                return model, None
            if field is None:
                raise UserError(
                    self.env._(
                        "a %(kind)s has no field “%(field)s”",
                        kind=model._description.lower(),
                        field=name,
                    )
                )
            owner = model
            if field.comodel_name:
                model = model.env[field.comodel_name]
        return owner, field

    @api.model
    def _rule_values(self, value: object) -> list:
        if isinstance(value, (list, tuple, set, frozenset)) or type(value).__name__ == "OrderedSet":
            return list(value)
        return [value]

    def _check_rule_value(self, field, operator: str, value: object) -> None:
        if value is None or value is False:
            return
        is_wrong = (
            (field.type in NUMBERS and not self._is_number(value))
            or (field.type in ("date", "datetime") and not self._is_day(value))
            or (field.type == "boolean" and not isinstance(value, (bool, int)))
            or (field.type == "selection" and not self._is_choice(field, operator, value))
        )
        if is_wrong:
            raise UserError(
                self.env._(
                    "“%(value)s” is no value for “%(field)s”, which takes %(kind)s",
                    value=value,
                    field=field._description_string(self.env),
                    kind=self._rule_kind(field),
                )
            )

    def _check_rule_record(self, label: str, record: models.BaseModel) -> None:
        """A record named in a rule exists, and belongs to the segment's company or to all."""
        # Access: only whether it exists and which company it has decides; it is not shown.
        record = record.sudo()
        if not record.exists():
            raise UserError(
                self.env._(
                    "what it names in “%(field)s” does not exist any more (number %(id)s)",
                    field=label,
                    id=record.id,
                )
            )
        company = record
        if record._name != "res.company":
            is_closed = "company_id" in record._fields and record._name not in SHARED
            company = record.company_id if is_closed else None
        if company and company != self.company_id:
            raise UserError(
                self.env._(
                    "what it names in “%(field)s” belongs to another company; a segment of "
                    "“%(company)s” chooses among the customers of “%(company)s”",
                    field=label,
                    company=self.company_id.name,
                )
            )

    @api.model
    def _is_number(self, value: object) -> bool:
        try:
            float(value)
        except (TypeError, ValueError):
            return False
        return True

    @api.model
    def _is_day(self, value: object) -> bool:
        """A date, or words that Odoo reads as one, such as “today -30d”."""
        if not isinstance(value, str):
            return not isinstance(value, (bool, int, float))
        if value.split(" ")[0] in ("today", "now") or value[:1] in "=+-":
            return True
        try:
            fields.Datetime.to_datetime(value)
        except ValueError:
            return False
        return True

    @api.model
    def _is_choice(self, field, operator: str, value: object) -> bool:
        if "like" in operator or isinstance(field.selection, str) or callable(field.selection):
            return True
        return value in [key for key, _label in field.selection]

    @api.model
    def _rule_kind(self, field) -> str:
        kinds = {
            "date": self.env._("a day like 2026-03-31"),
            "datetime": self.env._("a day like 2026-03-31"),
            "boolean": self.env._("yes or no (True or False)"),
            "selection": self.env._("one of the choices of the field"),
        }
        return kinds.get(field.type) or self.env._("a number")

    # reach
    @api.model
    def _check_rule_reach(self, model: models.BaseModel, rule: Domain) -> None:
        """Refuse a rule by which its author learns what he may not read.

        A rule is applied without access rules. Through a contact that several companies share it
        would count by the documents of a company that the author does not have.
        """
        for condition in rule.iter_conditions():
            target = model
            for name in condition.field_expr.split("."):
                field = target._fields.get(name)
                if field is None:
                    break  # a part of a date
                target._check_field_access(field, "read")
                if not field.comodel_name:
                    break
                comodel = self.env[field.comodel_name]
                is_closed = "company_id" in comodel._fields and comodel._name not in SHARED
                if is_closed and target._name != "crm.customer":
                    raise UserError(
                        self.env._(
                            "A rule asks about the customer: “%(field)s” leads to records of "
                            "single companies (%(kind)s).",
                            field=condition.field_expr,
                            kind=comodel._description,
                        )
                    )
                target = comodel
            if "any" in condition.operator:
                self._check_rule_reach(target, Domain(condition.value))
