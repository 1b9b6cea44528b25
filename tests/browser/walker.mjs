// A scenario walks on as one person after another; what one finds, the next ones know.
import { OdooPage } from "./pages/odoo.mjs";

/**
 * A function (login, steps, Page) that opens a session, logs in and takes the named steps, each
 * called with the page and the scenario's world. Without a login it is a stranger.
 */
export function walker(scenario, browser, options, report) {
    const world = {};
    return async (login, steps, Page = OdooPage) => {
        const odoo = await Page.open(browser, options);
        const who = login || "stranger";
        const isIn =
            !login || (await report.run(`${scenario}: ${who} logs in`, () => odoo.login(login)));
        for (const [name, body] of isIn ? Object.entries(steps) : []) {
            await report.run(`${scenario}: ${name} (${who})`, () => take(odoo, world, name, body));
        }
        await odoo.close();
    };
}

async function take(odoo, world, name, body) {
    try {
        await body(odoo, world);
        await odoo.expectNoErrorDialog();
    } catch (error) {
        await odoo.screenshot(`failed/${name.replace(/\W+/g, "-")}`).catch(() => {});
        await odoo.closeDialogs();
        throw error;
    }
}
