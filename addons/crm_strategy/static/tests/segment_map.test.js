import { describe, expect, test } from "@odoo/hoot";

import {
    colourOf,
    placedBubbles,
    RADIUS,
    radiusOf,
    UNDECIDED,
} from "@crm_strategy/segment_map/segment_map_picture";

describe.current.tags("headless");

test("the area of a bubble follows the revenue", () => {
    expect(radiusOf(100, 100, true)).toBe(RADIUS.largest);
    expect(radiusOf(25, 100, true)).toBe(RADIUS.largest / 2);
    expect(radiusOf(1, 10000, true)).toBe(RADIUS.smallest);
    expect(radiusOf(null, 100, true)).toBe(RADIUS.smallest);
    expect(radiusOf(-5, 100, true)).toBe(RADIUS.smallest);
});

test("without revenue all bubbles are equal", () => {
    expect(radiusOf(null, 0, false)).toBe(RADIUS.equal);
    expect(radiusOf(100, 0, true)).toBe(RADIUS.equal);
});

test("colour is the decision", () => {
    expect(colourOf("leave")).not.toBe(colourOf("invest"));
    expect(colourOf(null)).toBe(UNDECIDED);
});

test("only scored segments have a place, large ones lie behind", () => {
    const bubble = (id, x, y, revenue) => ({ id, x, y, revenue, decision: null });
    const map = {
        has_revenue: true,
        bubbles: [bubble(1, 2, 3, 10), bubble(2, null, null, 90), bubble(3, 4, 4, 40)],
    };
    expect(placedBubbles(map).map(({ id }) => id)).toEqual([3, 1]);
    expect(placedBubbles({ has_revenue: false, bubbles: [] })).toEqual([]);
});
