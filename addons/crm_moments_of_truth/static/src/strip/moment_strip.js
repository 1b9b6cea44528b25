import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** State of a moment -> icon and word; never the colour alone. */
export const STATES = {
    proven: { icon: "fa-check", word: _t("Proven") },
    started: { icon: "fa-ellipsis-h", word: _t("Under way") },
    open: { icon: "", word: _t("Still ahead") },
    passed: { icon: "fa-minus", word: _t("Passed without proof") },
};

export function day(text) {
    return text ? formatDate(deserializeDate(text)) : "";
}

/** What the state of a moment is in words, with its day. */
export function stateWords(moment) {
    const { word } = STATES[moment.state];
    const on = day(moment.proven || moment.started);
    return on ? _t("%(state)s, %(day)s", { state: word, day: on }) : String(word);
}

/** What a pass waits for: the days at the moment where it stands, beside the target. */
export function waitingWords(pass) {
    if (pass.days === null || pass.days === undefined) {
        return "";
    }
    if (pass.tone) {
        return _t("%(days)s of %(target)s working days", pass);
    }
    return pass.days === 1 ? _t("1 working day") : _t("%(days)s working days", pass);
}

/** The moments of one or several passes side by side. */
export class MomentStrip extends Component {
    static template = "crm_moments_of_truth.MomentStrip";
    static props = { value: { optional: true }, isTitled: { type: Boolean, optional: true } };
    static defaultProps = { isTitled: true };

    setup() {
        this.action = useService("action");
        this.states = STATES;
        this.waitingWords = waitingWords;
    }

    get passes() {
        return this.props.value?.passes || [];
    }

    tooltip(moment) {
        const lines = [`${moment.code} ${moment.name}`, stateWords(moment), ...moment.ruptures];
        return JSON.stringify({ lines });
    }

    open(pass) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.relationship",
            res_id: pass.id,
            views: [[false, "form"]],
        });
    }
}

export class MomentStripField extends Component {
    static template = "crm_moments_of_truth.MomentStripField";
    static components = { MomentStrip };
    static props = { ...standardFieldProps, isTitled: { type: Boolean, optional: true } };

    get value() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("crm_moment_strip", {
    component: MomentStripField,
    displayName: _t("Strip of moments"),
    supportedTypes: ["json"],
    extractProps: ({ options }) => ({ isTitled: options.title !== false }),
});
