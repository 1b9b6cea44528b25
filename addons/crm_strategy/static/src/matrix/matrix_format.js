import { formatFloat } from "@web/core/utils/numbers";
import { formatInteger } from "@web/views/fields/formatters";

export const NBSP = "\u00a0";

/**
 * A number as the user's language writes it.
 *
 * @param {number} value
 * @param {"amount"|"integer"|"rate"|"days"} kind
 * @param {{digits: number}|null} currency
 * @returns {string}
 */
export function formatNumber(value, kind, currency) {
    switch (kind) {
        case "amount":
            return formatFloat(value, { digits: [16, currency ? currency.digits : 2] });
        case "rate":
            return `${formatFloat(value * 100, { digits: [16, 1] })}${NBSP}%`;
        case "days":
            return formatFloat(value, { digits: [16, 1] });
        default:
            return formatInteger(value);
    }
}

/**
 * The text of a cell; the empty string where nothing is to be shown.
 *
 * @param {{state: string, kind: string, value: string|null}} cell as Matrix.as_dict() gives it
 * @param {Object|null} currency
 * @returns {string}
 */
export function formatCell(cell, currency) {
    if (cell.state !== "value") {
        return "–";
    }
    if (cell.kind === "text") {
        return cell.value;
    }
    // A minus sign instead of a hyphen keeps negative numbers aligned and together.
    return formatNumber(Number(cell.value), cell.kind, currency).replace(/^-/, "−");
}
