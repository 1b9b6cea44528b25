import { describe, expect, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { axisTitle, groupedPoints, mapInWords } from "@crm_strategy/plan/positioning_map";

describe.current.tags("desktop");
defineMailModels();

const us = { name: "Harbour", x: 3, y: 4, is_us: true };

test("those on one spot share a point, ours first", () => {
    const long = "A competitor with a very long name that nobody ever shortens";
    const points = [{ name: long, x: 3, y: 4, is_us: false }, us];
    expect(groupedPoints(points)).toEqual([{ x: 3, y: 4, names: ["Harbour", long], isUs: true }]);
});

test("nobody on the map is an empty map", () => {
    expect(groupedPoints([])).toEqual([]);
});

test("an axis tells its ends where both are named", () => {
    expect(axisTitle({ title: "Price", low: "dear", high: "favourable" })).toBe(
        "Price (dear … favourable)",
    );
    expect(axisTitle({ title: "Price", low: "", high: "favourable" })).toBe("Price");
});

test("the map is told in words as well", async () => {
    await makeMockEnv();
    const map = { x: { title: "Price" }, y: { title: "Delivery" }, points: [us] };
    expect(mapInWords(map)).toBe("Price to the right, Delivery upwards: Harbour 3/4");
});
