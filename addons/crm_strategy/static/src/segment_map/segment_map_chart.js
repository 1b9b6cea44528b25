import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { colourOf, placedBubbles } from "./segment_map_picture";

const TOP = 5;

/** Draws the fields of the map behind the bubbles, each with the decision that it suggests. */
function fieldsPlugin(map, colours) {
    return {
        id: "crmSegmentFields",
        beforeDatasetsDraw({ ctx, scales: { x, y } }) {
            const bounds = [0, ...map.thirds, TOP];
            const words = Object.fromEntries(map.decisions.map(({ key, word }) => [key, word]));
            ctx.save();
            ctx.font = "12px sans-serif";
            ctx.textBaseline = "top";
            for (const field of map.fields) {
                const left = x.getPixelForValue(bounds[field.competitiveness]);
                const right = x.getPixelForValue(bounds[field.competitiveness + 1]);
                const top = y.getPixelForValue(bounds[field.attractiveness + 1]);
                const bottom = y.getPixelForValue(bounds[field.attractiveness]);
                ctx.fillStyle = `${colourOf(field.decision)}1f`;
                ctx.fillRect(left + 1, top + 1, right - left - 2, bottom - top - 2);
                ctx.fillStyle = colours.muted;
                ctx.fillText(words[field.decision], left + 8, top + 8);
            }
            ctx.restore();
        },
    };
}

/** Writes the name of each segment beside its bubble. */
function namesPlugin(bubbles, colours) {
    return {
        id: "crmSegmentNames",
        afterDatasetsDraw({ ctx, chartArea, scales: { x, y } }) {
            ctx.save();
            ctx.font = "600 13px sans-serif";
            ctx.textBaseline = "middle";
            ctx.fillStyle = colours.text;
            ctx.strokeStyle = colours.paper;
            ctx.lineJoin = "round";
            ctx.lineWidth = 4;
            for (const bubble of bubbles) {
                const beside = x.getPixelForValue(bubble.x) + bubble.r + 6;
                const fits = beside + ctx.measureText(bubble.name).width < chartArea.right;
                ctx.textAlign = fits ? "left" : "right";
                const left = fits ? beside : x.getPixelForValue(bubble.x) - bubble.r - 6;
                const top = y.getPixelForValue(bubble.y);
                // A seam in the colour of the paper keeps a name apart from the word under it.
                ctx.strokeText(bubble.name, left, top);
                ctx.fillText(bubble.name, left, top);
            }
            ctx.restore();
        },
    };
}

/** The picture alone: bubbles on three by three fields; a click opens the segment. */
export class SegmentMapChart extends Component {
    static template = "crm_strategy.SegmentMapChart";
    static props = { map: Object, onOpen: Function };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.map],
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    get colours() {
        const isDark = cookie.get("color_scheme") === "dark";
        return isDark
            ? { text: "#f1f3f5", muted: "#adb5bd", line: "#495057", paper: "#262a36" }
            : { text: "#212529", muted: "#495057", line: "#ced4da", paper: "#ffffff" };
    }

    draw() {
        this.chart?.destroy();
        const { map } = this.props;
        const bubbles = placedBubbles(map);
        // eslint-disable-next-line no-undef
        this.chart = new Chart(this.canvas.el, {
            type: "bubble",
            data: {
                datasets: [
                    {
                        data: bubbles.map(({ x, y, r }) => ({ x, y, r })),
                        backgroundColor: bubbles.map((bubble) => `${bubble.colour}b3`),
                        borderColor: bubbles.map((bubble) => bubble.colour),
                        borderWidth: 2,
                        clip: false,
                    },
                ],
            },
            options: this.options(bubbles),
            plugins: [fieldsPlugin(map, this.colours), namesPlugin(bubbles, this.colours)],
        });
    }

    options(bubbles) {
        const { map, onOpen } = this.props;
        return {
            animation: false,
            maintainAspectRatio: false,
            layout: { padding: { top: 24, right: 24 } },
            onClick: (_event, found) => found.length && onOpen(bubbles[found[0].index].id),
            onHover: (event, found) => {
                event.native.target.style.cursor = found.length ? "pointer" : "default";
            },
            scales: {
                x: this.scale(map.axes.competitiveness),
                y: this.scale(map.axes.attractiveness),
            },
            plugins: {
                legend: { display: false },
                tooltip: {
                    displayColors: false,
                    callbacks: { label: ({ dataIndex }) => this.lines(bubbles[dataIndex]) },
                },
            },
        };
    }

    scale(text) {
        const { text: colour, line } = this.colours;
        return {
            min: 0,
            max: TOP,
            title: { display: true, text, color: colour, font: { size: 14, weight: "600" } },
            ticks: { stepSize: 1, color: colour },
            grid: { color: line, drawOnChartArea: false },
        };
    }

    lines(bubble) {
        return [bubble.name, bubble.decision_word, bubble.revenue_text].filter(Boolean);
    }
}
