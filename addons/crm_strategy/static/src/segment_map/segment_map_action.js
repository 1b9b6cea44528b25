import { registry } from "@web/core/registry";
import { MatrixAction } from "../matrix/matrix_action";
import { SegmentMapChart } from "./segment_map_chart";
import { colourOf, UNDECIDED } from "./segment_map_picture";

/** The map of segments: a picture, a list that the keyboard reaches, and the table of scores. */
export class SegmentMapAction extends MatrixAction {
    static template = "crm_strategy.SegmentMapAction";
    static components = { ...MatrixAction.components, SegmentMapChart };

    show(shown) {
        super.show(shown);
        this.state.map = shown.map;
    }

    get legend() {
        const { decisions, undecided } = this.state.map;
        return [
            ...decisions.map(({ key, word }) => ({ key, word, colour: colourOf(key) })),
            { key: "none", word: undecided, colour: UNDECIDED },
        ];
    }

    get bubbles() {
        return this.state.map.bubbles.map((bubble) => ({
            ...bubble,
            colour: colourOf(bubble.decision),
            isPlaced: bubble.x !== null,
        }));
    }

    get hasPicture() {
        return this.bubbles.some((bubble) => bubble.isPlaced);
    }

    openSegment(id) {
        return this.actionService.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.segment",
            res_id: id,
            views: [[false, "form"]],
            target: "current",
        });
    }
}

registry.category("actions").add("crm_segment_map", SegmentMapAction);
