import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

export const GRANULARITIES = ["all", "year", "quarter", "month"];

/**
 * @param {string} key "all", "2026", "2026-Q1" or "2026-03"
 * @returns {"all"|"year"|"quarter"|"month"}
 */
export function granularityOf(key) {
    if (key === "all") {
        return "all";
    }
    if (key.includes("Q")) {
        return "quarter";
    }
    return key.includes("-") ? "month" : "year";
}

/** First day of the period; of the current year when the period is all time. */
export function startOf(key) {
    if (key === "all") {
        return DateTime.local().startOf("year");
    }
    const [year, part] = key.split("-");
    let month = 1;
    if (part) {
        month = part.startsWith("Q") ? 3 * Number(part.slice(1)) - 2 : Number(part);
    }
    return DateTime.local(Number(year), month, 1);
}

/** Key of the period of that granularity in which the day lies. */
export function keyOf(day, granularity) {
    const year = String(day.year).padStart(4, "0");
    switch (granularity) {
        case "year":
            return year;
        case "quarter":
            return `${year}-Q${day.quarter}`;
        case "month":
            return `${year}-${String(day.month).padStart(2, "0")}`;
        default:
            return "all";
    }
}

/** The period `steps` places later, of the same granularity; all time stays. */
export function shiftPeriod(key, steps) {
    const granularity = granularityOf(key);
    if (granularity === "all") {
        return key;
    }
    return keyOf(startOf(key).plus({ [`${granularity}s`]: steps }), granularity);
}

/** The same place in time at another granularity. */
export function withGranularity(key, granularity) {
    return keyOf(startOf(key), granularity);
}

/** The same quarter or month in another year. */
export function withYear(key, year) {
    const granularity = granularityOf(key);
    const valid = Number.isInteger(year) && year >= 1000 && year <= 9999;
    if (granularity === "all" || !valid) {
        return key;
    }
    return keyOf(startOf(key).set({ year }), granularity);
}

/** The period as people say it, in the user's language. */
export function periodLabel(key) {
    const start = startOf(key);
    switch (granularityOf(key)) {
        case "year":
            return String(start.year);
        case "quarter":
            return _t("Q%(quarter)s %(year)s", { quarter: start.quarter, year: start.year });
        case "month":
            return start.toFormat("LLLL yyyy");
        default:
            return _t("All time");
    }
}
