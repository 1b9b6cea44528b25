import { Component, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { PositioningMap } from "./positioning_map";

const MODEL = "crm.segment.plan";

/** A page of figures beside a plan: asked for when it is opened, and again after each save. */
export class PlanFigures extends Component {
    static template = "crm_strategy.PlanFigures";
    static components = { PositioningMap };
    static props = { ...standardWidgetProps, kind: String };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ page: null });
        useRecordObserver((record) => this.load(record.resId, record.data.write_date));
    }

    async load(resId) {
        this.state.page = resId
            ? await this.orm.call(MODEL, "get_figures", [[resId], this.props.kind])
            : null;
    }
}

registry.category("view_widgets").add("crm_plan_figures", {
    component: PlanFigures,
    extractProps: ({ attrs }) => ({ kind: attrs.kind }),
});
