import { registry } from "@web/core/registry";
import { formatPercentage } from "@web/views/fields/formatters";

/** A share in a pivot: a group without data stays empty, since it is not 0 %. */
export function formatShare(value, options) {
    return value === false || value === null || value === undefined
        ? ""
        : formatPercentage(value, { ...options, digits: [16, 1] });
}
formatShare.extractOptions = formatPercentage.extractOptions;

registry.category("formatters").add("crm_share", formatShare);
