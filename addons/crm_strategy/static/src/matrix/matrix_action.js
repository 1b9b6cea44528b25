import { Component, onWillStart, useState } from "@odoo/owl";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { MatrixFilters } from "./matrix_filters";
import { MatrixTable } from "./matrix_table";

/**
 * What the address of the page says about this matrix, so that a reload, a bookmark or the
 * way back from a list shows the same report with the same filters.
 *
 * @param {Object} props of the action
 * @param {Object} [current] state of the router
 * @returns {{matrix_model?: string, matrix_id?: number, matrix_options?: string}}
 */
export function addressState(props, current = router.current) {
    const { action } = props;
    const names = [action.id, action.path, action.xml_id, action.tag].filter(Boolean);
    const { model, res_id: resId } = action.params || {};
    const isThis = (state) =>
        names.includes(state.action) &&
        (!model || !state.matrix_model || state.matrix_model === model) &&
        (!resId || !state.matrix_id || state.matrix_id === resId);
    const states = [current, ...(current.actionStack || []).toReversed()];
    return states.find((state) => state.matrix_model && isThis(state)) || {};
}

function parseOptions(text) {
    try {
        return JSON.parse(text || "{}");
    } catch {
        return {};
    }
}

/** Shows a report that inherits `crm.matrix.mixin`: filters, table, drill-down, XLSX, PDF. */
export class MatrixAction extends Component {
    static template = "crm_strategy.MatrixAction";
    static components = { Layout, MatrixFilters, MatrixTable };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.ui = useService("ui");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        const address = addressState(this.props);
        const params = this.props.action.params || {};
        this.model = params.model || address.matrix_model;
        this.resId = params.res_id || address.matrix_id || false;
        this.values =
            this.props.state?.values || params.options || parseOptions(address.matrix_options);
        this.state = useState({ matrix: null, filters: [], isLoading: false });
        useSetupAction({ getLocalState: () => ({ values: this.values }) });
        onWillStart(() => this.load());
    }

    get isEmpty() {
        return !this.state.matrix.rows.length;
    }

    get emptySentence() {
        return this.state.matrix.empty || _t("There is nothing to show for this choice.");
    }

    /** Parameters that no filter shows already; an empty filter does not show its value. */
    get parameters() {
        const shown = this.state.filters
            .filter((filter) => filter.value && filter.choices.length !== 1)
            .map((filter) => filter.label);
        return this.state.matrix.parameters.filter(([label]) => !shown.includes(label));
    }

    async load() {
        const ids = this.resId ? [this.resId] : [];
        this.state.isLoading = true;
        try {
            const shown = await this.keepLast.add(
                this.orm.call(this.model, "get_matrix", [ids], { options: this.values }),
            );
            this.show(shown);
        } finally {
            this.state.isLoading = false;
        }
    }

    show({ matrix, options }) {
        this.state.matrix = matrix;
        this.state.filters = options;
        this.values = Object.fromEntries(options.map((filter) => [filter.key, filter.value]));
        this.env.config.setDisplayName?.(matrix.title);
        this.props.updateActionState?.({
            matrix_model: this.model,
            matrix_id: this.resId || undefined,
            matrix_options: JSON.stringify(this.values),
        });
    }

    async onFilter(key, value) {
        if (this.values[key] === value) {
            return;
        }
        const before = this.values;
        this.values = { ...before, [key]: value };
        try {
            await this.load();
        } catch (error) {
            this.values = before;
            throw error;
        }
    }

    onDrill(drill) {
        return this.actionService.doAction({
            type: "ir.actions.act_window",
            name: drill.name,
            res_model: drill.model,
            domain: drill.domain,
            context: { ...drill.context, create: false },
            ...(drill.res_id
                ? { res_id: drill.res_id, views: [[false, "form"]] }
                : {
                      views: [
                          [drill.view_id || false, "list"],
                          [false, "form"],
                      ],
                  }),
            target: "current",
        });
    }

    /** @param {"xlsx"|"pdf"} format of the file */
    async onExport(format) {
        this.ui.block();
        try {
            await download({
                url: `/crm/matrix/${format}`,
                data: {
                    model: this.model,
                    id: this.resId || "",
                    options: JSON.stringify(this.values),
                    cids: user.activeCompanies.map((company) => company.id).join(","),
                },
            });
        } finally {
            this.ui.unblock();
        }
    }
}

registry.category("actions").add("crm_matrix", MatrixAction);
