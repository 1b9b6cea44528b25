import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { formatInteger } from "@web/views/fields/formatters";

const MODEL = "crm.health";

/** Verdict -> what a person sees of it; never the colour alone. */
export const VERDICTS = {
    wrong: { icon: "fa-times-circle", css: "danger", word: _t("To mend") },
    attention: { icon: "fa-exclamation-triangle", css: "warning", word: _t("To look at") },
    good: { icon: "fa-check-circle", css: "success", word: _t("In order") },
    nothing: { icon: "fa-circle-o", css: "secondary", word: _t("Nothing to check yet") },
};

/** The checks of an area that the reader wants to see: all, or those that ask for work. */
export function shownChecks(area, isAll) {
    return isAll
        ? area.checks
        : area.checks.filter((check) => ["wrong", "attention"].includes(check.state));
}

/** "12 of 91 customers", or "3 rows" where a share makes no sense. */
export function counted(check) {
    const values = {
        count: formatInteger(check.count),
        total: formatInteger(check.total || 0),
        noun: check.noun,
    };
    return check.total === null
        ? _t("%(count)s %(noun)s", values)
        : _t("%(count)s of %(total)s %(noun)s", values);
}

/** Shows what is missing in the data, what follows from it, and opens exactly these records. */
export class HealthAction extends Component {
    static template = "crm_strategy.HealthAction";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.ui = useService("ui");
        this.display = { controlPanel: {} };
        this.verdicts = VERDICTS;
        this.counted = counted;
        this.state = useState({ page: null, isAll: false, isLoading: false });
        onWillStart(() => this.load());
    }

    get summary() {
        return ["wrong", "attention", "good"].map((state) => ({
            ...VERDICTS[state],
            state,
            count: this.state.page.counts[state],
        }));
    }

    get hasComplaint() {
        const { wrong, attention } = this.state.page.counts;
        return wrong + attention > 0;
    }

    get hasAnyCheck() {
        return this.state.page.areas.length > 0;
    }

    get areas() {
        const areas = this.state.page.areas.map((area) => ({
            ...area,
            shown: shownChecks(area, this.state.isAll),
        }));
        return this.state.isAll ? areas : areas.filter((area) => area.shown.length);
    }

    get goodAreas() {
        return this.state.page.areas.filter((area) => !shownChecks(area, this.state.isAll).length);
    }

    async load() {
        this.state.isLoading = true;
        try {
            this.state.page = await this.orm.call(MODEL, "get_page", []);
        } finally {
            this.state.isLoading = false;
        }
    }

    onOpen({ name, model, domain, context, view_id }) {
        return this.actionService.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            domain,
            context: { ...context, create: false },
            views: [
                [view_id || false, "list"],
                [false, "form"],
            ],
            target: "current",
        });
    }

    async onExport(format) {
        this.ui.block();
        try {
            await download({
                url: `/crm/matrix/${format}`,
                data: {
                    model: MODEL,
                    cids: user.activeCompanies.map((company) => company.id).join(","),
                },
            });
        } finally {
            this.ui.unblock();
        }
    }
}

registry.category("actions").add("crm_health", HealthAction);
