import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { makeMockEnv, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { HealthAction, counted, shownChecks } from "@crm_strategy/health/health_action";

describe.current.tags("desktop");
defineMailModels();

function aCheck(code, state, count, total, drill = null) {
    const words = { title: `Customers ${code}`, noun: "customers", consequence: `Because ${code}` };
    return { code, state, count, total, drill, ...words };
}

function aPage(checks) {
    const states = checks.map((check) => check.state);
    const count = (state) => states.filter((found) => found === state).length;
    return {
        checked_at: "14:05",
        companies: ["Harbour"],
        counts: Object.fromEntries(
            ["wrong", "attention", "good", "nothing"].map((state) => [state, count(state)]),
        ),
        areas: checks.length
            ? [{ addon: "crm_strategy", title: "Customers", state: states[0], checks }]
            : [],
    };
}

async function open(page) {
    onRpc("crm.health", "get_page", () => page);
    await makeMockEnv({ config: {} });
    await mountWithCleanup(HealthAction, { props: { action: {}, actionId: 1, className: "" } });
}

test("a share is told where there is one", () => {
    expect(counted(aCheck("a", "attention", 12, 91))).toBe("12 of 91 customers");
    expect(counted(aCheck("a", "wrong", 3, null))).toBe("3 customers");
});

test("what is in order is shown when asked for", () => {
    const area = { checks: [aCheck("bad", "wrong", 1, 2), aCheck("fine", "good", 0, 2)] };
    expect(shownChecks(area, false).map((check) => check.code)).toEqual(["bad"]);
    expect(shownChecks(area, true).map((check) => check.code)).toEqual(["bad", "fine"]);
});

test("each complaint has a word, a count and what follows", async () => {
    const drill = { name: "x", model: "crm.customer", domain: [], context: {}, view_id: false };
    await open(aPage([aCheck("bad", "wrong", 1, 2, drill), aCheck("fine", "good", 0, 2)]));
    expect(queryAllTexts(".o_crm_health_badge")).toEqual(["To mend"]);
    expect(queryAllTexts(".o_crm_health_consequence")).toEqual(["Because bad"]);
    expect(".o_crm_health_open button").toHaveCount(1);
    await click("#o_crm_health_all");
    await animationFrame();
    expect(queryAllTexts(".o_crm_health_badge")).toEqual(["To mend", "In order"]);
    expect(queryAllTexts(".o_crm_health_consequence")).toEqual(["Because bad"]);
});

test("a page without complaint says so", async () => {
    await open(aPage([aCheck("fine", "good", 0, 2)]));
    expect(".o_crm_health_clear h2").toHaveText("Nothing to complain about");
    expect(".o_crm_health_check").toHaveCount(0);
});

test("a reader without any check is told", async () => {
    await open(aPage([]));
    expect(".o_crm_health_clear").toHaveText(/Your role has no check/);
});
