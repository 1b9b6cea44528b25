"""The words that a printed matrix brings along, and the text it can hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

NO_DATA = "–"
MAX_TEXT = 32767
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean_text(text: Any) -> str:
    """Text as a file can hold it: without control characters, at most 32,767 characters.

    >>> clean_text("A\\x00B\\r\\nC")
    'A B\\nC'
    """
    return _CONTROL.sub(" ", str(text).replace("\r\n", "\n"))[:MAX_TEXT]


@dataclass(frozen=True)
class Words:
    """The few words of a file itself, so that a caller can have them translated.

    Sentences with figures in them are templates: ``%(name)s`` is filled in when printing.
    """

    parameters: str = "Parameters"
    report: str = "Report"
    notes: str = "Notes"
    currency: str = "Currency"
    no_data: str = "No data"
    crm: str = "CRM · ante"
    erp: str = "ERP · post"
    mixed: str = "CRM + ERP"
    amounts_in: str = "Amounts in %(currency)s"
    printed: str = "Printed by %(user)s on %(time)s"
    columns: str = "Columns %(first)s–%(last)s of %(count)s"
    definitions: str = "What the figures mean"
    reasons: str = "Remarks on single figures"
    more_reasons: str = "%(count)s more figures have a remark, which the screen shows."
    fingerprint: str = "Fingerprint (SHA-256)"
    fingerprint_of: str = (
        "Of title, parameters, figures and notes, not of who printed and when: "
        "the same fingerprint means the same report."
    )

    def label(self, label: str | None) -> str:
        """Whether a figure is an expectation or a fact, in words; empty where it is neither."""
        return {"crm": self.crm, "erp": self.erp, "mixed": self.mixed}.get(label or "", "")
