import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { makeMockEnv } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

import { changeText, pointsText, radarConfig, radarSummary } from "@crm_strategy/radar/radar";
import { fitMark, gainText, warningMark } from "@crm_strategy/readiness/readiness_action";

describe.current.tags("desktop");
defineMailModels();
beforeEach(() => makeMockEnv());

const AXES = [
    { name: "People", points: 60, previous: 55.5, answered: 3, total: 3 },
    { name: "Data", points: null, previous: 20, answered: 0, total: 2 },
    { name: "A very long name of a group that nobody shortens", points: 0, previous: null },
];
const DATA = { title: "Readiness", label: "May", previous_label: "March", axes: AXES };

test("no data is told in words and is not zero", () => {
    expect(pointsText(null).toString()).toBe("no data");
    expect(pointsText(0)).toBe("0");
});

test("a change needs both figures", () => {
    expect(AXES.map(changeText)).toEqual(["+4.5", "", ""]);
    expect(changeText({ points: 20, previous: 30 })).toBe("-10");
});

test("the picture has a second line for the time before", () => {
    const { type, data } = radarConfig(DATA);
    expect(type).toBe("radar");
    expect(data.datasets.map((line) => line.data)).toEqual([
        [60, null, 0],
        [55.5, 20, null],
    ]);
    expect(radarConfig({ ...DATA, previous_label: false }).data.datasets.length).toBe(1);
});

test("too few axes are bars, and none is no error", () => {
    expect(radarConfig({ ...DATA, axes: AXES.slice(0, 2) }).type).toBe("bar");
    expect(radarConfig({ ...DATA, axes: [] }).data.labels).toEqual([]);
});

test("the picture is told in words", () => {
    const words = radarSummary(DATA);
    expect(words).toInclude("People: 60");
    expect(words).toInclude("Data: no data");
});

test("marks differ by word, not by colour alone", () => {
    const warnings = [true, false, null].map((warns) => warningMark({ warns }).word.toString());
    const fits = [true, false, null].map((speaks_for) => fitMark({ speaks_for }).word.toString());
    expect(new Set(warnings).size).toBe(3);
    expect(new Set(fits).size).toBe(3);
    expect(gainText(8.25)).toInclude("8.3");
});
