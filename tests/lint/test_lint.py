"""A check that cannot fail is worth nothing: each gets one broken and one sound sample."""

import json
import shutil
import subprocess

import lint
import pytest
from lint_checks import guards, interface, structure, tools, traceability, translations, words

MANIFEST = '{"name": "Sample", "data": %s}'


@pytest.fixture
def repository(tmp_path):
    """A repository with two of our addons, empty but sound."""
    for name in ("crm_strategy", "crm_scorecard"):
        folder = tmp_path / "addons" / name
        for part in ("core", "models", "views", "tests"):
            (folder / part).mkdir(parents=True)
        (folder / "__manifest__.py").write_text(MANIFEST % "[]")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def write(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "source",
    [
        "import odoo",
        "from odoo import models",
        "from odoo.addons.crm_strategy.models import crm_segment",
        "from odoo.addons.sale.core import x",
        "import requests",
        "import numpy",
        "def late():\n    from odoo.tools import SQL",
        "from ..models import crm_segment",
    ],
)
def test_core_purity_refuses(repository, source):
    write(repository, "addons/crm_strategy/core/value.py", source)
    assert structure.check_core_purity(repository)


@pytest.mark.parametrize(
    "source",
    [
        "from __future__ import annotations\nfrom decimal import Decimal",
        "from odoo.addons.crm_strategy.core.value import UNDEFINED",
        "from .value import UNDEFINED",
    ],
)
def test_core_purity_accepts(repository, source):
    write(repository, "addons/crm_strategy/core/value.py", source)
    assert not structure.check_core_purity(repository)


def test_core_purity_lets_only_the_scorecard_use_numpy(repository):
    write(repository, "addons/crm_scorecard/core/ahp.py", "import numpy as np\nimport scipy.stats")
    assert not structure.check_core_purity(repository)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("models/crm_segment.py", 'self.env["crm.scorecard"].search([])'),
        ("views/crm_segment_views.xml", '<menuitem parent="crm_scorecard.crm_scorecard_menu"/>'),
        ("static/src/matrix.js", 'const tag = "crm_scorecard.matrix";'),
        ("security/ir.model.access.csv", "a,a,crm_scorecard.model_x,,1,0,0,0"),
    ],
)
def test_a_lower_addon_may_not_name_an_upper_one(repository, name, text):
    write(
        repository,
        "addons/crm_scorecard/models/scorecard.py",
        'class Scorecard:\n    _name = "crm.scorecard"',
    )
    write(repository, f"addons/crm_strategy/{name}", text)
    assert structure.check_dependency_direction(repository)


def test_an_upper_addon_may_extend_what_a_lower_one_names(repository):
    extension = 'class Order:\n    _name = "sale.order"\n    _inherit = ["sale.order", "x"]'
    write(repository, "addons/crm_scorecard/models/sale_order.py", extension)
    write(repository, "addons/crm_strategy/models/x.py", 'X = "sale.order"')
    assert not structure.check_dependency_direction(repository)


def test_an_upper_addon_may_name_a_lower_one(repository):
    write(repository, "addons/crm_strategy/models/s.py", 'class S:\n    _name = "crm.segment"')
    write(repository, "addons/crm_scorecard/models/c.py", 'X = "crm.segment", "crm_strategy.menu"')
    assert not structure.check_dependency_direction(repository)


@pytest.mark.parametrize(
    "files",
    [
        '["views/a_views.xml", "security/ir.model.access.csv"]',
        '["views/crm_menus.xml", "views/a_views.xml"]',
        '["wizard/w.xml", "report/r.xml"]',
        '["datas/x.xml"]',
    ],
)
def test_manifest_order_refuses(repository, files):
    write(repository, "addons/crm_strategy/__manifest__.py", MANIFEST % files)
    assert structure.check_manifest_order(repository)


def test_manifest_order_accepts_the_house_order(repository):
    files = '["security/g.xml", "data/d.xml", "report/r.xml", "wizard/w.xml", "views/a.xml", "views/m_menus.xml"]'
    write(repository, "addons/crm_strategy/__manifest__.py", MANIFEST % files)
    assert not structure.check_manifest_order(repository)


def test_sudo_needs_a_comment(repository):
    source = "def f(self):\n    return self.sudo().name\n"
    path = write(repository, "addons/crm_strategy/models/x.py", source)
    assert structure.check_sudo_comments(repository)
    path.write_text(
        "def f(self):\n    # sudo: readers see only the name\n    return self.sudo().name\n"
    )
    assert not structure.check_sudo_comments(repository)


def test_a_new_sudo_needs_its_line_in_the_list_and_the_list_only_shrinks(repository):
    path = write(repository, "addons/crm_strategy/models/x.py", "a = self.sudo()\n")
    write(repository, guards.SUDO_FILE, '{"addons/crm_strategy/models/x.py": 1}')
    assert not guards.check_sudo_calls(repository)
    path.write_text("a = self.sudo()\nb = self.sudo()\n")
    assert guards.check_sudo_calls(repository)
    guards.update_sudo_calls(repository)
    assert guards.check_sudo_calls(repository), "an update never allows more"
    path.write_text("a = self\n")
    guards.update_sudo_calls(repository)
    assert json.loads((repository / guards.SUDO_FILE).read_text()) == {}


@pytest.mark.parametrize(
    "source",
    [
        "self.env.cr.execute(f'SELECT {name}')",
        "self.env.cr.execute('SELECT ' + name)",
        "self.env.cr.execute('SELECT %s' % name)",
        "self.env.cr.execute('SELECT {}'.format(name))",
        "self.env.execute_query(SQL(f'SELECT {name}'))",
        "SQL(text)",
    ],
)
def test_own_sql_refuses_composed_text(repository, source):
    write(repository, "addons/crm_strategy/models/x.py", source)
    assert guards.check_own_sql(repository)


@pytest.mark.parametrize(
    "source",
    [
        "self.env.cr.execute(SQL('SELECT %s', name))",
        "self.env.cr.execute('SET LOCAL jit TO off')",
        "self.env.cr.execute(self._query_sql())",
        "SQL('a', SQL.identifier(name))",
        "# The names are constants.\nSQL(text)",
    ],
)
def test_own_sql_accepts_constants_and_parameters(repository, source):
    write(repository, "addons/crm_strategy/models/x.py", source)
    assert not guards.check_own_sql(repository)


@pytest.mark.parametrize(
    "line",
    [
        "cache = '/tmp/suite'",
        "open('/root/shared/data')",
        "see /home/anna/odoo",
        "deb http://mirror.somewhere.net/debian sid main",
        "https://registry.somewhere.net/eslint",
        "# TODO later",
        "https://somewhere.net/page",
    ],
)
def test_forbidden_words_are_found(repository, line):
    write(repository, "config/sample.py", line)
    assert words.check_forbidden_words(repository)


@pytest.mark.parametrize(
    "line",
    [
        "http://127.0.0.1:8069",
        "http://localhost:8069/odoo",
        '<svg xmlns="http://www.w3.org/2000/svg">',
        "${TMPDIR:-/tmp}/suite",
        "a path such as tmp/x or addons/work/x",
        "mailto:anna@example.com",
    ],
)
def test_ordinary_words_pass(repository, line):
    write(repository, "config/sample.py", line)
    assert not words.check_forbidden_words(repository)


def test_ignored_files_are_not_judged(repository):
    write(repository, ".gitignore", "*.log\n")
    write(repository, "run.log", "/tmp/x")
    assert not words.check_forbidden_words(repository)


def test_without_git_every_file_is_judged(repository):
    shutil.rmtree(repository / ".git")
    write(repository, "config/sample.py", "cache = '/tmp/suite'")
    write(repository, "node_modules/sample.js", "// /tmp/suite")
    assert len(words.check_forbidden_words(repository)) == 1


def test_readme_names_only_commands_and_links_that_exist(repository):
    suite = write(repository, "suite", "#!/bin/sh\necho 'commands: demo test'\n")
    suite.chmod(0o755)
    write(
        repository,
        "README.md",
        "```\n./suite demo\nSUITE_X=1 ./suite test lint\n```\n`./suite test`",
    )
    assert not words.check_readme_commands(repository)
    write(repository, "README.md", "```\n./suite fly\n```\n[docs](docs/none.md)")
    findings = words.check_readme_commands(repository)
    assert len(findings) == 2, findings


PO = 'msgid ""\nmsgstr ""\n\n%s'


def term(source, target):
    return f'#: x\nmsgid "{source}"\nmsgstr "{target}"\n\n'


def give_translations(root, done):
    folder = "addons/crm_strategy/i18n"
    template = PO % (term("Segment", "") + term("Team", ""))
    write(root, f"{folder}/crm_strategy.pot", template)
    write(root, f"{folder}/ro.po", PO % (term("Segment", done[0]) + term("Team", done[1])))
    write(root, f"{folder}/pl.po", PO % (term("Segment", "Segment") + term("Team", "Zespół")))


def record(root, count):
    counts = {"crm_strategy": {"ro": count, "pl": 0}}
    write(root, translations.COUNTS, json.dumps(counts))


def strategy_findings(root):
    return [
        line
        for line in translations.check_missing_translations(root)
        if line.startswith("crm_strategy")
    ]


def test_missing_translations_may_not_grow(repository):
    give_translations(repository, ("Segment", ""))
    record(repository, 0)
    assert "translate" in strategy_findings(repository)[0]


def test_missing_translations_that_shrank_ask_for_the_update(repository):
    give_translations(repository, ("Segment", "Echipă"))
    record(repository, 1)
    assert translations.UPDATE in strategy_findings(repository)[0]


def test_missing_translations_as_recorded_pass(repository):
    give_translations(repository, ("Segment", ""))
    record(repository, 1)
    assert not strategy_findings(repository)


def test_update_never_lets_the_list_grow(repository):
    give_translations(repository, ("", ""))
    record(repository, 1)
    assert "grew" in translations.update_counts(repository)
    assert translations.recorded_counts(repository)["crm_strategy"]["ro"] == 1


def test_an_addon_without_template_is_a_finding(repository):
    assert translations.check_missing_translations(repository)


def test_a_linter_that_is_missing_says_what_to_do(repository, monkeypatch):
    monkeypatch.setenv("SUITE_BIN", str(repository))
    with pytest.raises(tools.ToolMissing, match="SUITE_BIN"):
        tools.check_ruff(repository)


def test_a_linter_that_complains_is_a_finding(repository):
    assert tools.run(repository, "sh", "-c", "echo bad; exit 1") == ["bad"]
    assert tools.run(repository, "sh", "-c", "exit 3") == ["exit code 3"]
    assert tools.run(repository, "sh", "-c", "echo fine") == []


def test_main_counts_and_fails(monkeypatch, capsys):
    checks = {"good": lambda root: [], "bad": lambda root: ["x.py:1: wrong"]}
    monkeypatch.setattr(lint, "CHECKS", checks)
    assert lint.main([]) == 1
    assert capsys.readouterr().out.endswith("lint: 1 checks passed, 1 failed\n")
    assert lint.main(["good"]) == 0


def test_main_names_a_file_that_cannot_be_read(monkeypatch, capsys):
    def broken(root):
        raise SyntaxError("invalid syntax", ("x.py", 3, 1, "def"))

    monkeypatch.setattr(lint, "CHECKS", {"broken": broken})
    assert lint.main([]) == 1
    assert "x.py:3" in capsys.readouterr().out


def trace(root, *lines):
    write(root, "addons/crm_strategy/models/crm_segment.py", '    _name = "crm.segment"\n')
    write(root, "addons/crm_strategy/tests/test_segment.py", "def test_rule():\n    pass\n")
    write(root, traceability.FILE, "\n".join([",".join(traceability.COLUMNS), *lines]) + "\n")


SEGMENT_TEST = "addons/crm_strategy/tests/test_segment.py::test_rule"


@pytest.mark.parametrize(
    "line",
    [
        f"S1,Idea,crm_strategy,done,crm.segment,{SEGMENT_TEST},",
        "S1,Idea,crm_strategy,works,crm.segment,,",
        f"S1,Idea,crm_strategy,works,,{SEGMENT_TEST},",
        f"S1,Idea,crm_strategy,works,crm.segments,{SEGMENT_TEST},",
        f"S1,Idea,crm_strategy,works,crm.segment,{SEGMENT_TEST}s,",
        "S1,Idea,crm_strategy,works,crm.segment,tests/test_gone.py::test_rule,",
        "S1,Idea,crm_strategy,partly,crm.segment,,",
        '"S1",Idea,crm_strategy,"not, because",,,',
        "S1,Idea,documentation,documented,docs/gone.md,,",
    ],
)
def test_traceability_refuses(repository, line):
    trace(repository, line)
    assert traceability.check_traceability(repository)


def test_traceability_refuses_an_idea_that_stands_twice(repository):
    trace(repository, "S1,Idea,crm_strategy,not yet,,,", "S1,Idea,crm_strategy,not yet,,,")
    assert traceability.check_traceability(repository)


def test_traceability_accepts(repository):
    trace(
        repository,
        f"S1,Idea,crm_strategy,works,crm.segment,{SEGMENT_TEST},",
        "S2,Idea,crm_strategy,partly,crm.segment,,the rest follows",
        "S3,Idea,crm_strategy,not yet,,,",
    )
    assert traceability.check_traceability(repository) == []


METHOD = 'class A(models.Model):\n    _name = "crm.a"\n\n%s    def %s(self):\n        pass\n'


def test_interface_refuses_an_open_method_that_is_not_written_down(repository):
    write(repository, "addons/crm_strategy/models/crm_a.py", METHOD % ("", "recount"))
    assert interface.check_interface(repository)


@pytest.mark.parametrize(
    ("decorator", "name"),
    [
        ("", "_recount"),
        ("", "action_recount"),
        ("", "write"),
        ("    @api.private\n", "recount"),
        ("", "told"),
    ],
)
def test_interface_accepts(repository, decorator, name):
    write(repository, "docs/api.md", "`told(count)` gives a number\n")
    write(repository, "addons/crm_strategy/models/crm_a.py", METHOD % (decorator, name))
    assert interface.check_interface(repository) == []
