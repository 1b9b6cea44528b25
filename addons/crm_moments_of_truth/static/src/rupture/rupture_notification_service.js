import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const BUS_TYPE = "crm_moments_rupture";
// Long enough to read a sentence and press a button; the activity stays.
const SHOWN_FOR = 15000;

/**
 * The action that a notice opens: the rupture itself, or the list of several.
 *
 * @param {number[]} ids
 */
export function ruptureAction(ids) {
    if (ids.length === 1) {
        return {
            type: "ir.actions.act_window",
            res_model: "crm.rupture",
            res_id: ids[0],
            views: [[false, "form"]],
        };
    }
    return {
        type: "ir.actions.act_window",
        name: _t("Ruptures"),
        res_model: "crm.rupture",
        domain: [["id", "in", ids]],
        views: [
            [false, "list"],
            [false, "form"],
        ],
    };
}

/** Tells whoever answers for a customer on the screen that the relationship breaks. */
export const ruptureNotificationService = {
    dependencies: ["bus_service", "notification", "action"],
    start(env, { bus_service: bus, notification, action }) {
        bus.subscribe(BUS_TYPE, ({ title, message, ids }) => {
            const close = notification.add(message, {
                title,
                type: "warning",
                autocloseDelay: SHOWN_FOR,
                buttons: [
                    {
                        name: _t("Show the ruptures"),
                        primary: true,
                        onClick: () => {
                            close();
                            action.doAction(ruptureAction(ids));
                        },
                    },
                ],
            });
        });
        bus.start();
    },
};

registry.category("services").add("crm_rupture_notification", ruptureNotificationService);
