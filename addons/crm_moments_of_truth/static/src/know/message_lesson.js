import { registerMessageAction } from "@mail/core/common/message_actions";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";

/** Documents on which customers are met. */
const PLACES = ["crm.lead", "res.partner", "sale.order"];
const ROLE = "crm_strategy.crm_strategy_group_user";

let mayWrite = false;
let isAsked = false;

/** Whether the person has a role; asked once, when the first such message is shown. */
function hasRole() {
    if (!isAsked) {
        isAsked = true;
        user.hasGroup(ROLE).then((found) => (mayWrite = found));
    }
    return mayWrite;
}

registerMessageAction("crm-lesson", {
    condition: ({ message, thread }) =>
        PLACES.includes(thread?.model) && Number.isInteger(message.id) && hasRole(),
    icon: "fa fa-lightbulb-o",
    name: _t("Write down what it taught us"),
    onSelected: async ({ message, store }) => {
        const { action, orm } = store.env.services;
        action.doAction(await orm.call("crm.insight", "action_from_message", [message.id]));
    },
    sequence: 55,
});
