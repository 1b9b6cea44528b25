import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { pointsText, Radar } from "../radar/radar";

const MODEL = "crm.readiness";

/** State of the gate -> what a person sees of it; never the colour alone. */
export const GATES = {
    open: { icon: "fa-unlock", css: "good", word: _t("Gate open") },
    below: { icon: "fa-lock", css: "wrong", word: _t("Gate closed") },
    thin: { icon: "fa-lock", css: "attention", word: _t("Gate closed") },
    missing: { icon: "fa-question-circle", css: "nothing", word: _t("Not assessed") },
};

/** Advice of the fit test -> its mark. */
export const ADVICE = {
    worth: { icon: "fa-check-circle", css: "good", word: _t("Worth it") },
    start_small: { icon: "fa-adjust", css: "attention", word: _t("Start small") },
    not_worth: { icon: "fa-times-circle", css: "wrong", word: _t("Hardly worth it") },
    unknown: { icon: "fa-circle-o", css: "nothing", word: _t("No data") },
};

/** What is known of a misreading -> its mark. */
export function warningMark({ warns }) {
    if (warns === true) {
        return { icon: "fa-exclamation-triangle", css: "attention", word: _t("Look at it") };
    }
    return warns === false
        ? { icon: "fa-check-circle", css: "good", word: _t("No sign of it") }
        : { icon: "fa-circle-o", css: "nothing", word: _t("No data") };
}

/** "for CRM", "against", or no data. */
export function fitMark({ speaks_for }) {
    if (speaks_for === null) {
        return { icon: "fa-circle-o", css: "nothing", word: _t("No data") };
    }
    return speaks_for
        ? { icon: "fa-check-circle", css: "good", word: _t("Speaks for CRM") }
        : { icon: "fa-minus-circle", css: "nothing", word: _t("Does not speak for CRM") };
}

/** How many points a question could bring at most. */
export function gainText(gain) {
    return _t("up to +%(points)s", { points: pointsText(gain) });
}

/** How far the assessment behind the gate was answered and followed up. */
export function gateCounts({ answered, total, proven, findings, findings_done }) {
    return _t(
        "%(answered)s of %(total)s questions answered, %(proven)s with evidence, %(done)s of %(findings)s findings answered",
        { answered, total, proven, findings, done: findings_done },
    );
}

/** Group and score of a question that would raise the points. */
export function leverPlace({ group, score }) {
    return score === null
        ? _t("%(group)s, not answered", { group })
        : _t("%(group)s, score %(score)s of 5", { group, score });
}

/** Shows whether the company is ready for its strategy, why, and what would help most. */
export class ReadinessAction extends Component {
    static template = "crm_strategy.ReadinessAction";
    static components = { Layout, Radar };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.display = { controlPanel: {} };
        this.pointsText = pointsText;
        this.warningMark = warningMark;
        this.fitMark = fitMark;
        this.gainText = gainText;
        this.gateCounts = gateCounts;
        this.leverPlace = leverPlace;
        this.state = useState({ page: null });
        onWillStart(async () => {
            this.state.page = await this.orm.call(MODEL, "get_page", []);
        });
    }

    get gate() {
        return { ...this.state.page.gate, ...GATES[this.state.page.gate.state] };
    }

    get advice() {
        return { ...this.state.page.fit, ...ADVICE[this.state.page.fit.advice] };
    }

    get thresholdText() {
        return _t("%(threshold)s asked for", { threshold: this.state.page.gate.threshold });
    }

    scoreText(score) {
        return _t("Self-test: score %(score)s of 5", { score });
    }

    adviceText() {
        return _t("%(word)s. %(sentence)s", this.advice);
    }

    figureText(answer) {
        return _t("%(mark)s (n = %(count)s)", { mark: fitMark(answer).word, count: answer.n });
    }

    boundText({ bound }) {
        return _t("from %(bound)s on", { bound });
    }

    onOpen(model, resId) {
        return this.actionService.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    onAssess() {
        return this.actionService.doAction({
            type: "ir.actions.act_window",
            name: _t("Readiness assessment"),
            res_model: "crm.assessment",
            views: [[false, "form"]],
            context: { default_set_id: this.state.page.set_id },
        });
    }
}

registry.category("actions").add("crm_readiness", ReadinessAction);
