"""The bootstrap finds both layouts of Odoo and reads its log without being fooled."""

import pytest
from suite import odoo_home
from suite.odoo import LogReport
from suite.say import SuiteError

RELEASE = "version_info = (19, 0, 0, FINAL, 0, '')\n"
START = "2026-01-02 03:04:05,678 12 "


def make(root, version=RELEASE, beside=False):
    (root / "odoo/addons/base").mkdir(parents=True)
    (root / "odoo/release.py").write_text(version)
    if beside:
        (root / "addons/web").mkdir(parents=True)
    return root


def test_a_checkout_has_its_addons_beside_the_package(tmp_path):
    home = odoo_home._from_folder(make(tmp_path, beside=True), "ODOO_HOME")
    assert home.import_root == tmp_path
    assert home.addons == (tmp_path / "odoo/addons", tmp_path / "addons")


def test_an_installation_has_all_addons_inside_the_package(tmp_path):
    installed = make(tmp_path / "usr/lib/python3/dist-packages")
    for named in (tmp_path, installed, installed / "odoo"):
        home = odoo_home._from_folder(named, "ODOO_HOME")
        assert home.import_root == installed
        assert home.addons == (installed / "odoo/addons",)


def test_another_series_is_refused_with_the_way_out(tmp_path):
    make(tmp_path, RELEASE.replace("19", "18"))
    with pytest.raises(SuiteError, match=r"18\.0; these addons are for 19\.0\. Name an Odoo"):
        odoo_home._from_folder(tmp_path, "ODOO_HOME")


def test_a_folder_without_odoo_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(SuiteError, match="there is no Odoo in it"):
        odoo_home._from_folder(tmp_path, "ODOO_HOME")


def test_log_counts_tests_by_file_and_keeps_every_warning():
    report = LogReport.read(
        f"{START}INFO db odoo.addons.a.tests.test_x: Starting TestX.test_one ... \n"
        f"{START}INFO db odoo.addons.a.tests.test_x: Starting TestX.test_two ... \n"
        f"{START}INFO db odoo.addons.a.tests.test_x: skipped TestX.test_two : no browser\n"
        f"{START}ERROR db odoo.addons.a.tests.test_x: FAIL: TestX.test_one\n"
        "Traceback (most recent call last):\n  File a\nAssertionError: 1 != 2\n"
        f"{START}WARNING db odoo.models: something is off\n"
        f"{START}ERROR db odoo.tests.result: 1 failed, 0 error(s) of 2 tests when loading 'db'\n"
    )
    assert report.started == {"odoo.addons.a.tests.test_x": {"TestX.test_one", "TestX.test_two"}}
    assert list(report.skipped.values()) == ["no browser"]
    assert report.failures == ["TestX.test_one\nAssertionError: 1 != 2"]
    assert (report.failed, report.total) == (1, 2)
    assert report.problems == ["WARNING odoo.models: something is off"]


def test_a_run_of_no_tests_is_seen():
    line = f"{START}WARNING db odoo.tests.result: 0 failed, 0 error(s) of 0 tests when loading 'db'"
    assert LogReport.read(line).total == 0
