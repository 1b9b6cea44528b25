import { describe, expect, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { counted, shownChecks } from "@crm_strategy/health/health_action";

describe.current.tags("desktop");
defineMailModels();

function aCheck(code, state, count, total, drill = null) {
    const words = { title: `Customers ${code}`, noun: "customers", consequence: `Because ${code}` };
    return { code, state, count, total, drill, ...words };
}

test("a share is told where there is one", async () => {
    await makeMockEnv();
    expect(counted(aCheck("a", "attention", 12, 91))).toBe("12 of 91 customers");
    expect(counted(aCheck("a", "wrong", 3, null))).toBe("3 customers");
});

test("what is in order is shown when asked for", () => {
    const area = { checks: [aCheck("bad", "wrong", 1, 2), aCheck("fine", "good", 0, 2)] };
    expect(shownChecks(area, false).map((check) => check.code)).toEqual(["bad"]);
    expect(shownChecks(area, true).map((check) => check.code)).toEqual(["bad", "fine"]);
});
