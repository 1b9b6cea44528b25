import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

export const GRANULARITIES = ["all", "year", "quarter", "month", "range"];
/** Years that a report is made for, as the server knows them. */
export const FIRST_YEAR = 1900;
export const LAST_YEAR = 2100;

/**
 * @param {string} key "all", "2026", "2026-Q1", "2026-03" or "2026-01-15..2026-02-01", which is
 *  the first day and the day after the last one
 * @returns {"all"|"year"|"quarter"|"month"|"range"}
 */
export function granularityOf(key) {
    if (key === "all") {
        return "all";
    }
    if (key.includes("..")) {
        return "range";
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
    if (key.includes("..")) {
        return DateTime.fromISO(key.split("..")[0]);
    }
    const [year, part] = key.split("-");
    let month = 1;
    if (part) {
        month = part.startsWith("Q") ? 3 * Number(part.slice(1)) - 2 : Number(part);
    }
    return DateTime.local(Number(year), month, 1);
}

/** Last day of the period; of the current year when the period is all time. */
export function endOf(key) {
    const granularity = granularityOf(key);
    if (granularity === "range") {
        return DateTime.fromISO(key.split("..")[1]).minus({ days: 1 });
    }
    return startOf(key).endOf(granularity === "all" ? "year" : granularity);
}

/** Key of the days from the first to the last; they change places when the last comes first. */
export function rangeOf(first, last) {
    const [from, to] = first <= last ? [first, last] : [last, first];
    return `${from.toISODate()}..${to.plus({ days: 1 }).toISODate()}`;
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
    if (granularity === "range") {
        const days = Math.round(endOf(key).diff(startOf(key), "days").days) + 1;
        const step = { days: days * steps };
        return rangeOf(startOf(key).plus(step), endOf(key).plus(step));
    }
    return keyOf(startOf(key).plus({ [`${granularity}s`]: steps }), granularity);
}

/** The same place in time at another granularity. */
export function withGranularity(key, granularity) {
    if (granularity === "range") {
        return rangeOf(startOf(key), endOf(key));
    }
    return keyOf(startOf(key), granularity);
}

/** The same quarter or month in another year. */
export function withYear(key, year) {
    const granularity = granularityOf(key);
    const valid = Number.isInteger(year) && year >= FIRST_YEAR && year <= LAST_YEAR;
    if (["all", "range"].includes(granularity) || !valid) {
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
