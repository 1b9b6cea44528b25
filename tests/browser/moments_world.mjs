// The documents of the scenario of the moments: two customers with an order each, one of them two
// weeks old and forgotten.
import { expectEqual } from "./expect.mjs";

const LANES = /renew figures/;
export const CUSTOMERS = {
    kept: {
        name: "Lighthouse Bakery",
        buyer: "Greta Lind",
        login: "greta@lighthouse.example",
        mail: "hello@lighthouse.example",
    },
    broken: { name: "Pier Nine Café", buyer: "Otto Dahl", login: "otto@pier-nine.example" },
};
export const PRICE = 250;
// Whatever the day of the week, two weeks have ten working days.
const DAYS_AGO = 14;

export async function makeCustomers(odoo, world) {
    world.customers = structuredClone(CUSTOMERS);
    const [leader] = await odoo.call("res.users", "search", [[["login", "=", "leader.en"]]]);
    [world.team] = await odoo.call("crm.team", "create", [
        [{ name: "Quayside crew", user_id: leader }],
    ]);
    for (const customer of Object.values(world.customers)) {
        [customer.id] = await odoo.call("res.partner", "create", [
            [{ name: customer.name, is_company: true, email: customer.mail }],
        ]);
        [customer.buyerId] = await odoo.call("res.partner", "create", [
            [{ name: customer.buyer, parent_id: customer.id, email: customer.login }],
        ]);
    }
}

export async function makeLogins(odoo, world) {
    [world.product] = await odoo.call("product.product", "create", [
        [{ name: "Oven inspection", type: "service", list_price: PRICE, taxes_id: [[5]] }],
    ]);
    const [portal] = await odoo.call("ir.model.data", "search_read", [
        [
            ["module", "=", "base"],
            ["name", "=", "group_portal"],
        ],
        ["res_id"],
    ]);
    const [seller] = await odoo.call("res.users", "search", [[["login", "=", "sales.en"]]]);
    await odoo.call("crm.team", "write", [[world.team], { member_ids: [[4, seller]] }]);
    await odoo.call(
        "res.users",
        "create",
        [
            Object.values(world.customers).map(({ login, buyerId }) => ({
                login,
                password: login,
                partner_id: buyerId,
                group_ids: [[6, 0, [portal.res_id]]],
            })),
        ],
        { context: { no_reset_password: true } },
    );
}

export async function sell(odoo, world) {
    const { kept, broken } = world.customers;
    for (const customer of [kept, broken]) {
        const line = { product_id: world.product, product_uom_qty: 1, price_unit: PRICE };
        const values = {
            partner_id: customer.buyerId,
            team_id: world.team,
            order_line: [[0, 0, line]],
        };
        [customer.order] = await odoo.call("sale.order", "create", [[values]]);
    }
    await openForm(odoo, "sale.order", kept.order);
    await odoo.page.locator(".o_statusbar_buttons button[name=action_confirm]:visible").click();
    await odoo.waitForIdle();
    await odoo.call("sale.order", "action_confirm", [[broken.order]]);
    const day = new Date(Date.now() - DAYS_AGO * 24 * 3600 * 1000).toISOString();
    await odoo.call("sale.order", "write", [
        [broken.order],
        { date_order: day.slice(0, 19).replace("T", " ") },
    ]);
    const orders = await odoo.call("sale.order", "read", [
        [kept.order, broken.order],
        ["name", "state", "order_line"],
    ]);
    expectEqual(orders.map(({ state }) => state).join(), "sale,sale", "states of the orders");
    [kept.orderName, broken.orderName] = orders.map(({ name }) => name);
    await odoo.call("sale.order.line", "write", [orders[0].order_line, { qty_delivered: 1 }]);
    const context = { active_model: "sale.order", active_ids: [kept.order] };
    const advance = { advance_payment_method: "delivered" };
    const [wizard] = await odoo.call("sale.advance.payment.inv", "create", [[advance]], {
        context,
    });
    await odoo.call("sale.advance.payment.inv", "create_invoices", [[wizard]], { context });
}

export async function postInvoice(odoo, world) {
    const invoices = await odoo.call("account.move", "search", [
        [["partner_id", "child_of", world.customers.kept.id]],
    ]);
    expectEqual(invoices.length, 1, "invoices of the order");
    await odoo.call("account.move", "action_post", [invoices]);
}

export async function runLanes(odoo, world) {
    const crons = await odoo.call("ir.cron", "search_read", [[], ["cron_name"]]);
    for (const cron of crons.filter((entry) => LANES.test(entry.cron_name))) {
        await odoo.call("ir.cron", "method_direct_trigger", [[cron.id]]);
    }
    for (const customer of Object.values(world.customers)) {
        const found = await odoo.call("crm.relationship", "search", [
            [["order_id", "=", customer.order]],
        ]);
        expectEqual(found.length, 1, `passes of the order of ${customer.name}`);
        [customer.pass] = found;
    }
}

export async function openForm(odoo, model, id) {
    await odoo.openAction({
        type: "ir.actions.act_window",
        res_model: model,
        res_id: id,
        views: [[false, "form"]],
    });
}
