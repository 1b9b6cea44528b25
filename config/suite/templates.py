"""Template databases: made once, cloned in a second.

A chain of levels, one for each addon: what that addon needs, and no more, so that its tests prove
that it installs alone. On top of the last level two finished templates hold the four addons, one
without and one with Odoo's demo data and the story of an invented company. Each is keyed by what it
was made from.
"""

import ast
from functools import cached_property

from suite import locks, paths
from suite.odoo import LANGUAGES, Odoo
from suite.postgres import Server
from suite.say import step

# For people, not for the addons: quotation templates and drop-shipping are what a demo shows.
EXTRAS = ("sale_management", "stock_dropshipping")
_PREFIX = "tpl_"
_NEWEST_FIRST = "SELECT datname FROM pg_database WHERE datname LIKE 'tpl%' ORDER BY oid DESC"
_ASSETS = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()"
# What scheduled actions would do in the first minutes and in the first night.
_SETTLE = """
env["crm.backfill"]._run_all()
env["crm.change"]._run_all()
night = env["crm.comparison"]
night._open(env["res.company"].search([]))
while night._step():
    pass
env["crm.change"]._run_all()
env.cr.commit()
"""


def manifest(addon: str) -> dict:
    return ast.literal_eval((paths.ADDONS / addon / "__manifest__.py").read_text())


def erp_modules(addon: str) -> list[str]:
    """The modules of Odoo that *addon* names itself."""
    return [name for name in manifest(addon)["depends"] if name not in paths.SUITE_ADDONS]


class Templates:
    """Finds or makes templates on the test server."""

    def __init__(self, odoo: Odoo) -> None:
        self.odoo = odoo
        self.server = odoo.server

    @cached_property
    def _base(self) -> str:
        pins = (paths.CONFIG / "requirements/odoo.txt").read_text()
        return paths.digest(self.odoo.home.key, pins, LANGUAGES, 1)

    def level(self, addon: str) -> str:
        """The template with what *addon* and the addons below it need, but none of them."""
        return self._ensure(*self._level(paths.SUITE_ADDONS.index(addon)))

    def finished(self, demo: bool = False) -> str:
        """The template with the four addons, with or without demo data."""
        addons = paths.digest(*(paths.addon_digest(addon) for addon in paths.SUITE_ADDONS))
        erp = self._demo() if demo else self._level(len(paths.SUITE_ADDONS) - 1)
        name = f"{_PREFIX}{paths.digest(erp[0], addons)}_{'demo' if demo else 'plain'}"

        def make(part: str) -> None:
            self.server.clone(self._ensure(*erp), part)
            with step("installing the four addons" + (", telling the story" if demo else "")):
                self.odoo.install(part, paths.SUITE_ADDONS)
            if demo:
                with step("computing the figures of the demo"):
                    self.odoo.script(part, _SETTLE)
            with step("preparing the screens' styles and scripts"):
                self.odoo.script(part, _ASSETS)

        ready = self._ensure(name, make)
        self._forget_older(ready)
        return ready

    def kept(self, kind: str, key: str, make) -> str:
        """A further kind of template, made once for its key by ``make(part)``; older ones go."""
        ready = self._ensure(f"{_PREFIX}{key}_{kind}", make)
        self._forget_older(ready)
        return ready

    def _level(self, index: int):
        modules = erp_modules(paths.SUITE_ADDONS[index])
        last = index == len(paths.SUITE_ADDONS) - 1
        wanted = [*modules, *(EXTRAS if last else ())]
        if index == 0:
            name = f"{_PREFIX}{paths.digest(self._base, *wanted)}_erp"

            def make(part: str) -> None:
                self._create(part, wanted, "without")

            return name, make
        below = self._level(index - 1)
        if not wanted:
            return below
        name = f"{_PREFIX}{paths.digest(below[0], *wanted)}_erp"

        def extend(part: str) -> None:
            self.server.clone(self._ensure(*below), part)
            with step(f"installing {', '.join(wanted)}"):
                self.odoo.install(part, wanted)
            if last:
                with step("preparing Odoo's styles and scripts"):
                    self.odoo.script(part, _ASSETS)

        return name, extend

    def _demo(self):
        wanted = [name for addon in paths.SUITE_ADDONS for name in erp_modules(addon)]
        wanted += EXTRAS
        name = f"{_PREFIX}{paths.digest(self._base, 'demo', *wanted)}_erpdemo"

        def make(part: str) -> None:
            self._create(part, wanted, "with")

        return name, make

    def _create(self, part: str, modules: list[str], demo: str) -> None:
        self.server.sql(f'CREATE DATABASE "{part}"')
        languages = f"--load-language={','.join(LANGUAGES)}"
        with step(f"installing Odoo {demo} demo data: {', '.join(modules)}"):
            self.odoo.install(part, modules, languages, f"--{demo}-demo")

    def _ensure(self, name: str, make) -> str:
        """Make the template under another name and rename it: it is whole or it is not there."""
        if self.server.exists(name):
            return name
        waiting = "another run is making a template database, waiting"
        with locks.exclusive(paths.cache() / f"locks/{name}", waiting):
            if not self.server.exists(name):
                part = f"{name}_part"
                self.server.drop(part)
                make(part)
                self.server.rename(part, name)
        return name

    def _forget_older(self, ready: str) -> None:
        """Keep the two newest finished templates of a kind: this clone's and another one's."""
        kind = ready.rsplit("_", 1)[1]
        newest_first = [name for (name,) in self.server.sql(_NEWEST_FIRST)]
        older = [name for name in newest_first if name.endswith(f"_{kind}")][2:]
        for name in older:
            if name != ready:
                self.server.drop(name)


def bring(server: Server, tests: Server, source: str, target: str) -> None:
    """Copy a template of the test server to *server* as database *target*."""
    if server is tests or server.address() == tests.address():
        server.clone(source, target)
    else:
        server.copy_from(tests, source, target)
