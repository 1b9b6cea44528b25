import { describe, expect, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { neighbour } from "@crm_moments_of_truth/board/chain_board";
import { byDay } from "@crm_moments_of_truth/customer_page/customer_page";
import { stateWords, waitingWords } from "@crm_moments_of_truth/strip/moment_strip";

describe.current.tags("desktop");
defineMailModels();

test("arrow keys move down a column and stop at its ends", () => {
    const counts = [3, 0, 2];
    expect(neighbour(counts, 0, 0, "ArrowDown")).toEqual([0, 1]);
    expect(neighbour(counts, 0, 2, "ArrowDown")).toBe(null);
    expect(neighbour(counts, 0, 0, "ArrowUp")).toBe(null);
    expect(neighbour(counts, 0, 1, "End")).toEqual([0, 2]);
    expect(neighbour(counts, 0, 2, "Home")).toEqual([0, 0]);
    expect(neighbour(counts, 0, 2, "End")).toBe(null);
});

test("arrow keys skip empty columns and find a card at most as low", () => {
    const counts = [3, 0, 2];
    expect(neighbour(counts, 0, 2, "ArrowRight")).toEqual([2, 1]);
    expect(neighbour(counts, 2, 1, "ArrowLeft")).toEqual([0, 1]);
    expect(neighbour(counts, 2, 0, "ArrowRight")).toBe(null);
    expect(neighbour(counts, 0, 0, "Enter")).toBe(null);
});

test("days are told with the target only when it is passed", async () => {
    await makeMockEnv();
    expect(waitingWords({ days: 1, tone: "", target: 5 })).toBe("1 working day");
    expect(waitingWords({ days: 4, tone: "", target: 5 })).toBe("4 working days");
    expect(waitingWords({ days: 9, tone: "late", target: 5 })).toBe("9 of 5 working days");
    expect(waitingWords({ days: null, tone: "", target: 5 })).toBe("");
});

test("a moment says its state and its day", async () => {
    await makeMockEnv();
    expect(stateWords({ state: "open", started: "", proven: "" })).toBe("Still ahead");
    expect(stateWords({ state: "proven", started: "2026-03-02", proven: "2026-03-04" })).toBe(
        "Proven, 03/04/2026",
    );
});

test("facts stand under their day, in their order", async () => {
    await makeMockEnv();
    const facts = [
        { id: 3, at: "2026-03-04 09:00:00" },
        { id: 2, at: "2026-03-04 08:00:00" },
        { id: 1, at: "2026-03-02 08:00:00" },
    ];
    const days = byDay(facts);
    expect(days.map((day) => day.facts.map((fact) => fact.id))).toEqual([[3, 2], [1]]);
});
