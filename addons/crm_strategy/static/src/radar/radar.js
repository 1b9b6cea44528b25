import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const NOW = "#017e84";
const BEFORE = "#8f8f8f";
const FEWEST_AXES = 3;

/** "62.5", or the words for no data. */
export function pointsText(points) {
    return points === null || points === undefined
        ? _t("no data")
        : formatFloat(points, { digits: [16, 1], trailingZeros: false });
}

/** How an axis moved since the time before: "+5.0", or nothing where one of both is missing. */
export function changeText({ points, previous }) {
    if (points === null || previous === null) {
        return "";
    }
    const change = points - previous;
    const sign = change > 0 ? "+" : "";
    return sign + formatFloat(change, { digits: [16, 1], trailingZeros: false });
}

/** The picture in words, for those who do not see it. */
export function radarSummary(data) {
    const axes = data.axes.map(({ name, points }) => `${name}: ${pointsText(points)}`).join("; ");
    return _t("%(title)s, points from 0 to 100. %(axes)s.", { title: data.title, axes });
}

/** What Chart.js draws: a radar, or bars where there are too few axes for one. */
export function radarConfig(data) {
    const isRadar = data.axes.length >= FEWEST_AXES;
    const scale = { min: 0, max: 100, ticks: { stepSize: 20, backdropColor: "transparent" } };
    const dataset = (label, color, values, dash) => ({
        label,
        data: values,
        borderColor: color,
        backgroundColor: `${color}33`,
        borderDash: dash,
        borderWidth: 2,
        pointRadius: 3,
        pointBackgroundColor: color,
        spanGaps: true,
    });
    const datasets = [
        dataset(
            data.label,
            NOW,
            data.axes.map((axis) => axis.points),
            [],
        ),
    ];
    if (data.previous_label) {
        datasets.push(
            dataset(
                data.previous_label,
                BEFORE,
                data.axes.map((axis) => axis.previous),
                [6, 4],
            ),
        );
    }
    return {
        type: isRadar ? "radar" : "bar",
        data: { labels: data.axes.map((axis) => axis.name), datasets },
        options: {
            maintainAspectRatio: false,
            animation: false,
            scales: isRadar ? { r: scale } : { y: scale },
            plugins: { legend: { display: datasets.length > 1, position: "bottom" } },
        },
    };
}

/** Points per group as a radar picture, with the same figures in a table under it. */
export class Radar extends Component {
    static template = "crm_strategy.Radar";
    static props = { data: Object };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        this.pointsText = pointsText;
        this.changeText = changeText;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [JSON.stringify(this.props.data)],
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get summary() {
        return radarSummary(this.props.data);
    }

    draw() {
        this.chart?.destroy();
        this.chart = null;
        if (this.canvas.el) {
            // eslint-disable-next-line no-undef
            this.chart = new Chart(this.canvas.el, radarConfig(this.props.data));
        }
    }
}

/** The picture of a record: a JSON field with title, labels and axes. */
export class RadarField extends Component {
    static template = "crm_strategy.RadarField";
    static components = { Radar };
    static props = { ...standardFieldProps };

    get data() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("crm_radar", {
    component: RadarField,
    displayName: _t("Radar picture"),
    supportedTypes: ["json"],
});
