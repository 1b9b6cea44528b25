import { describe, expect, test } from "@odoo/hoot";
import { click, press, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { makeMockEnv, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { addressState } from "@crm_strategy/matrix/matrix_action";
import { formatCell } from "@crm_strategy/matrix/matrix_format";
import {
    endOf,
    granularityOf,
    rangeOf,
    shiftPeriod,
    startOf,
    withGranularity,
    withYear,
} from "@crm_strategy/matrix/matrix_period";
import { MatrixTable } from "@crm_strategy/matrix/matrix_table";

describe.current.tags("desktop");
defineMailModels();

const EURO = { name: "EUR", symbol: "€", position: "after", digits: 2 };

function cell(value, kind = "amount", more = {}) {
    return { state: "value", kind, value, note: null, drill: null, ...more };
}

function aMatrix(rows) {
    return {
        title: "Revenue by team",
        columns: [{ key: "revenue", title: "Revenue", kind: "amount", label: "erp", help: null }],
        rows,
        currency: EURO,
        parameters: [],
        notes: [],
        empty: null,
    };
}

function aRow(key, title, shown, style = "line") {
    const cells = shown ? { revenue: shown } : {};
    return { key, title, level: 0, style, label: null, help: null, cells };
}

test("numbers follow the kind and the currency", async () => {
    await makeMockEnv();
    expect(formatCell(cell("1354458.59"), EURO)).toBe("1,354,458.59");
    expect(formatCell(cell("1354458.59"), { ...EURO, digits: 0 })).toBe("1,354,459");
    expect(formatCell(cell("-5.1"), EURO)).toBe("−5.10");
    expect(formatCell(cell("830", "integer"), EURO)).toBe("830");
    expect(formatCell(cell("0.9747", "rate"), EURO)).toBe("97.5\u00a0%");
    expect(formatCell(cell("=1+1", "text"), EURO)).toBe("=1+1");
    expect(formatCell(cell(null, "amount", { state: "none" }), EURO)).toBe("–");
});

test("periods move by their own length", () => {
    expect(["all", "2026", "2026-Q1", "2026-03"].map(granularityOf)).toEqual([
        "all",
        "year",
        "quarter",
        "month",
    ]);
    expect(shiftPeriod("2026-Q1", -1)).toBe("2025-Q4");
    expect(shiftPeriod("2026-12", 1)).toBe("2027-01");
    expect(shiftPeriod("all", 1)).toBe("all");
    expect(withGranularity("2026-05", "quarter")).toBe("2026-Q2");
    expect(withYear("2026-05", 1996)).toBe("1996-05");
    expect(withYear("2026-05", NaN)).toBe("2026-05");
    expect(withYear("2026-05", 1899)).toBe("2026-05");
});

test("days are chosen from the first to the last and kept half open", () => {
    const key = withGranularity("2026-Q1", "range");
    expect(key).toBe("2026-01-01..2026-04-01");
    expect(granularityOf(key)).toBe("range");
    expect(endOf(key).toISODate()).toBe("2026-03-31");
    expect(shiftPeriod(key, -1)).toBe("2025-10-03..2026-01-01");
    expect(rangeOf(endOf(key), startOf(key))).toBe(key);
    expect(withGranularity(key, "month")).toBe("2026-01");
    expect(withYear(key, 2020)).toBe(key);
});

test("address of the page is used for the same report only", () => {
    const props = { action: { id: 7, tag: "crm_matrix", params: { model: "crm.report" } } };
    const state = { action: 7, matrix_model: "crm.report", matrix_options: "{}" };
    expect(addressState(props, state)).toBe(state);
    expect(addressState(props, { ...state, action: 8 })).toEqual({});
    expect(addressState(props, { ...state, matrix_model: "crm.other" })).toEqual({});
    expect(addressState(props, { action: 9, actionStack: [state, { action: 9 }] })).toBe(state);
});

test("a figure with records is a button, one without data says why", async () => {
    const drill = { model: "res.partner", domain: [], name: "Customers", context: {} };
    const missing = cell(null, "amount", { state: "none", note: "No invoice yet." });
    const rows = [
        aRow("a", "Team A", cell("10.00", "amount", { drill })),
        aRow("b", "A team with a very long name ".repeat(9), missing),
        aRow("g", "Group", null, "group"),
        aRow("c", "Difference", cell("0.01"), "check"),
    ];
    const opened = [];
    await mountWithCleanup(MatrixTable, {
        props: { matrix: aMatrix(rows), onDrill: (value) => opened.push(value) },
    });
    expect(queryAllTexts("tbody td")).toEqual(["10.00", "–", "", "0.01"]);
    expect("tbody button").toHaveCount(1);
    expect("tbody button").toHaveAttribute("aria-label", "Team A, Revenue: 10.00");
    expect("tr[data-row=b] td span").toHaveAttribute("data-tooltip", "No invoice yet.");
    expect("tr[data-row=c] td span").toHaveClass("text-danger");
    queryFirst("tbody button").focus();
    expect("tbody button").toBeFocused();
    await click("tbody button");
    expect(opened).toEqual([drill]);
});

test("arrow keys go from figure to figure and skip what cannot be opened", async () => {
    const drill = { model: "res.partner", domain: [], name: "Customers", context: {} };
    const rows = [
        aRow("a", "Team A", cell("10.00", "amount", { drill })),
        aRow("b", "Team B", cell("20.00")),
        aRow("c", "Team C", cell(null, "amount", { state: "none", note: "No invoice yet." })),
        aRow("d", "Team D", cell("30.00", "amount", { drill })),
    ];
    await mountWithCleanup(MatrixTable, { props: { matrix: aMatrix(rows), onDrill: () => {} } });
    queryFirst("tr[data-row=a] button").focus();
    await press("ArrowDown");
    expect("tr[data-row=c] td span").toBeFocused();
    await press("ArrowDown");
    expect("tr[data-row=d] button").toBeFocused();
    await press("ArrowDown");
    expect("tr[data-row=d] button").toBeFocused();
    await press("ArrowUp");
    await press("ArrowUp");
    expect("tr[data-row=a] button").toBeFocused();
});
