import { Component } from "@odoo/owl";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import {
    FIRST_YEAR,
    GRANULARITIES,
    LAST_YEAR,
    endOf,
    granularityOf,
    periodLabel,
    rangeOf,
    shiftPeriod,
    startOf,
    withGranularity,
    withYear,
} from "./matrix_period";

const GRANULARITY_LABELS = {
    all: _t("All time"),
    year: _t("Year"),
    quarter: _t("Quarter"),
    month: _t("Month"),
    range: _t("Days"),
};

/** The filters of a matrix, one control each; says which value was chosen. */
export class MatrixFilters extends Component {
    static template = "crm_strategy.MatrixFilters";
    static components = { DateTimeInput };
    static props = {
        filters: Array,
        onChange: Function,
    };

    setup() {
        this.years = { first: FIRST_YEAR, last: LAST_YEAR };
        this.granularities = GRANULARITIES.map((key) => ({ key, label: GRANULARITY_LABELS[key] }));
    }

    /** A choice of one is none: it is not shown. */
    get visibleFilters() {
        return this.props.filters.filter(
            (filter) => filter.type !== "selection" || filter.choices.length > 1,
        );
    }

    isSelected(filter, value) {
        return filter.value === value;
    }

    onSelect(filter, ev) {
        // Values may be numbers or false; the position in the list keeps their type.
        this.props.onChange(filter.key, filter.choices[ev.target.selectedIndex][0]);
    }

    dateOf(filter) {
        return filter.value ? deserializeDate(filter.value) : false;
    }

    onDate(filter, day) {
        this.props.onChange(filter.key, day ? serializeDate(day) : false);
    }

    granularity(filter) {
        return granularityOf(filter.value);
    }

    periodLabel(filter) {
        return periodLabel(filter.value);
    }

    year(filter) {
        return startOf(filter.value).year;
    }

    firstDay(filter) {
        return startOf(filter.value);
    }

    lastDay(filter) {
        return endOf(filter.value);
    }

    onFirstDay(filter, day) {
        if (day) {
            this.props.onChange(filter.key, rangeOf(day, this.lastDay(filter)));
        }
    }

    onLastDay(filter, day) {
        if (day) {
            this.props.onChange(filter.key, rangeOf(this.firstDay(filter), day));
        }
    }

    onGranularity(filter, ev) {
        this.props.onChange(filter.key, withGranularity(filter.value, ev.target.value));
    }

    onShift(filter, steps) {
        this.props.onChange(filter.key, shiftPeriod(filter.value, steps));
    }

    onYear(filter, ev) {
        const key = withYear(filter.value, Number(ev.target.value));
        ev.target.value = startOf(key).year;
        this.props.onChange(filter.key, key);
    }
}
