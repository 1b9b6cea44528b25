/* global Chart */

import { loadBundle } from "@web/core/assets";
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { getColor } from "@web/core/colors/colors";
import { cookie } from "@web/core/browser/cookie";
import { _t } from "@web/core/l10n/translation";

/** Those who stand on one spot share a point; ours is named first. */
export function groupedPoints(points) {
    const spots = new Map();
    for (const point of points) {
        const key = `${point.x}/${point.y}`;
        const spot = spots.get(key) || { x: point.x, y: point.y, names: [], isUs: false };
        spot.isUs = spot.isUs || point.is_us;
        spot.names[point.is_us ? "unshift" : "push"](point.name);
        spots.set(key, spot);
    }
    return [...spots.values()];
}

/** The map in one sentence, for whoever does not see it. */
export function mapInWords(map) {
    const places = map.points.map((point) => `${point.name} ${point.x}/${point.y}`);
    return _t("%(x)s to the right, %(y)s upwards: %(places)s", {
        x: map.x.title,
        y: map.y.title,
        places: places.join(", "),
    });
}

/** "Price (dear … favourable)"; the ends are left out where nobody named them. */
export function axisTitle(axis) {
    return axis.low && axis.high ? `${axis.title} (${axis.low} … ${axis.high})` : axis.title;
}

/** Draws the names beside the points. */
const namesPlugin = {
    id: "crmNames",
    afterDatasetsDraw(chart) {
        const { ctx } = chart;
        ctx.save();
        ctx.font = "12px sans-serif";
        ctx.fillStyle = chart.options.color;
        chart.data.datasets[0].data.forEach((spot, index) => {
            const place = chart.getDatasetMeta(0).data[index];
            const text = spot.names.join(", ");
            const isRight = place.x > chart.chartArea.right - ctx.measureText(text).width - 14;
            ctx.textAlign = isRight ? "right" : "left";
            ctx.fillText(text, place.x + (isRight ? -12 : 12), place.y + 4);
        });
        ctx.restore();
    },
};

/** We and the competitors on two named axes. The table under it says the same in words. */
export class PositioningMap extends Component {
    static template = "crm_strategy.PositioningMap";
    static props = { map: Object };

    setup() {
        this.canvas = useRef("canvas");
        this.mapInWords = mapInWords;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                const chart = new Chart(this.canvas.el, this.config);
                return () => chart.destroy();
            },
            () => [JSON.stringify(this.props.map)],
        );
    }

    get config() {
        const map = this.props.map;
        const spots = groupedPoints(map.points);
        const scheme = cookie.get("color_scheme");
        const isDark = scheme === "dark";
        const scale = (axis) => ({
            min: 0.5,
            max: 5.5,
            ticks: { stepSize: 1, callback: (value) => (Number.isInteger(value) ? value : "") },
            title: { display: true, text: axisTitle(axis) },
            afterBuildTicks: (built) => {
                built.ticks = [1, 2, 3, 4, 5].map((value) => ({ value }));
            },
        });
        return {
            type: "scatter",
            data: {
                datasets: [
                    {
                        data: spots,
                        pointRadius: spots.map((spot) => (spot.isUs ? 9 : 7)),
                        pointStyle: spots.map((spot) => (spot.isUs ? "rectRot" : "circle")),
                        backgroundColor: spots.map((spot) => getColor(spot.isUs ? 1 : 3, scheme)),
                    },
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                color: isDark ? "#e6e6e6" : "#374151",
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: { label: (item) => item.raw.names.join(", ") },
                    },
                },
                scales: { x: scale(map.x), y: scale(map.y) },
            },
            plugins: [namesPlugin],
        };
    }
}
