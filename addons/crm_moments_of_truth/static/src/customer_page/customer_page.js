import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { formatInteger, formatMonetary, formatPercentage } from "@web/views/fields/formatters";

import { day, MomentStrip } from "../strip/moment_strip";

const MODEL = "crm.customer";
const FOUND = 12;

/** Facts by their day, in their order: [{ day, facts }]. */
export function byDay(facts) {
    const days = [];
    for (const fact of facts) {
        const shown = formatDate(deserializeDateTime(fact.at));
        if (!days.length || days.at(-1).day !== shown) {
            days.push({ day: shown, facts: [] });
        }
        days.at(-1).facts.push(fact);
    }
    return days;
}

/** An amount in its currency, a dash for one that is not known; a count is a whole number. */
export function worded({ value, currency_id }, digits = 0) {
    if (value === null) {
        return "–";
    }
    return currency_id
        ? formatMonetary(value, { currencyId: currency_id, digits: [16, digits] })
        : formatInteger(value);
}

/** Everything that is known of one customer; without one, a search for the customer. */
export class CustomerPage extends Component {
    static template = "crm_moments_of_truth.CustomerPage";
    static components = { Layout, MomentStrip };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.byDay = byDay;
        this.worded = worded;
        this.state = useState({
            page: null,
            found: [],
            term: "",
            kind: "",
            timeline: null,
            isLoading: false,
        });
        this.onSearch = useDebounced((term) => this.find(term), 250);
        const { context, params } = this.props.action;
        const fromModel = context?.active_model;
        const active = !fromModel || fromModel === MODEL ? context?.active_id : false;
        this.customerId = params?.customer_id || active || false;
        onWillStart(() => (this.customerId ? this.load() : this.find("")));
    }

    async load() {
        const page = await this.orm.call(MODEL, "get_page", [[this.customerId]]);
        Object.assign(this.state, { page, timeline: page.timeline, kind: "" });
        this.props.updateActionState?.({ active_id: this.customerId });
    }

    async find(term) {
        this.state.term = term;
        const domain = term ? [["partner_id", "ilike", term]] : [];
        this.state.found = await this.keepLast.add(
            this.orm.searchRead(
                MODEL,
                domain,
                ["display_name", "segment_id", "city", "country_id", "crm_relationship_count"],
                { limit: FOUND },
            ),
        );
    }

    async choose(id) {
        this.customerId = id;
        await this.load();
    }

    async show(kind) {
        this.state.kind = kind;
        this.state.timeline = await this.keepLast.add(
            this.orm.call(MODEL, "get_timeline", [[this.customerId]], { kind }),
        );
    }

    async more() {
        const { facts } = this.state.timeline;
        const next = await this.orm.call(MODEL, "get_timeline", [[this.customerId]], {
            kind: this.state.kind,
            offset: facts.length,
        });
        const known = new Set(facts.map((fact) => fact.id));
        facts.push(...next.facts.filter((fact) => !known.has(fact.id)));
        this.state.timeline.count = next.facts.length ? next.count : facts.length;
    }

    // what is shown
    get page() {
        return this.state.page;
    }

    get completeness() {
        return formatPercentage(this.page.completeness);
    }

    icon(fact) {
        return this.page.kinds.find((kind) => kind.key === fact.kind)?.icon || "fa-circle-o";
    }

    date(text) {
        return day(text);
    }

    money(line) {
        return line.amount === null || line.amount === undefined
            ? ""
            : worded({ value: line.amount, currency_id: line.currency_id }, 2);
    }

    // what a click opens
    openRecords({ name, model, domain, context }) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: model,
            domain,
            context: { ...context, create: false },
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    async openDocument(fact) {
        return this.action.doAction(
            await this.orm.call("crm.moment.event", "action_open_document", [[fact.id]]),
        );
    }

    async openDuplicates() {
        return this.action.doAction(
            await this.orm.call(MODEL, "action_open_duplicates", [[this.customerId]]),
        );
    }

    async planActivity() {
        const action = await this.orm.call(MODEL, "action_plan_activity", [[this.customerId]]);
        return this.action.doAction(action, { onClose: () => this.load() });
    }
}

registry.category("actions").add("crm_customer_page", CustomerPage);
