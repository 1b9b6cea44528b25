// The one page object: what a person does in Odoo's web client, by the name of the intention.
import fs from "node:fs";
import path from "node:path";

const OUR_ADDONS = ["crm_strategy", "crm_moments_of_truth", "crm_scorecard", "crm_erp_bridge"];
const QUIET_MS = 200;
const PATIENCE_MS = 60_000;

export class OdooPage {
    constructor(context, page, { baseUrl, db, out }) {
        Object.assign(this, { context, page, baseUrl, db, out });
        this.errors = [];
        this.inFlight = 0;
        this.lastTraffic = Date.now();
        this._listen();
    }

    /** A fresh browser session on the database, not logged in. */
    static async open(browser, { baseUrl, db, out }) {
        const context = await browser.newContext({
            viewport: { width: 1366, height: 900 },
            acceptDownloads: true,
            reducedMotion: "reduce",
        });
        context.setDefaultTimeout(PATIENCE_MS);
        return new this(context, await context.newPage(), { baseUrl, db, out });
    }

    async close() {
        await this.context.close();
    }

    // people and languages

    /** Log in by the session route and open nothing: enough to call methods. */
    async authenticate(login, password = login) {
        await this._rpc("/web/session/authenticate", { db: this.db, login, password });
    }

    /** Log in by the session route, then open the web client. */
    async login(login, password = login) {
        await this.authenticate(login, password);
        await this.openClient();
    }

    /** Open the web client as the person who is logged in. */
    async openClient() {
        await this.page.goto(`${this.baseUrl}/odoo`);
        await this.waitForIdle();
    }

    /** The language of the screens, e.g. "pl_PL". */
    async language() {
        const session = await this._rpc("/web/session/get_session_info", {});
        return session.user_context.lang;
    }

    /** Write the language of the person logged in and reload the client in it. */
    async setLanguage(code) {
        const { uid } = await this._rpc("/web/session/get_session_info", {});
        await this.call("res.users", "write", [[uid], { lang: code }]);
        await this.page.reload();
        await this.waitForIdle();
    }

    /** Call a public method of a model as the person logged in. */
    async call(model, method, args = [], kwargs = {}) {
        const params = { model, method, args, kwargs };
        return this._rpc(`/web/dataset/call_kw/${model}/${method}`, params);
    }

    // menus

    /** Menus of our addons that this person sees, in the order of the tree, named in `lang`. */
    async ourMenus(lang) {
        const query = lang ? `?lang=${lang}` : "";
        const url = `${this.baseUrl}/web/webclient/load_menus${query}`;
        const menus = await (await this.context.request.get(url)).json();
        const found = [];
        const walk = (id, trail) => {
            const menu = menus[id];
            const names = menu.xmlid || menu.name !== "root" ? [...trail, menu.name] : trail;
            if (OUR_ADDONS.includes((menu.xmlid || "").split(".")[0])) {
                found.push({ ...menu, path: names });
            }
            menu.children.forEach((child) => walk(child, names));
        };
        walk("root", []);
        return found;
    }

    /** Open a menu by the names a person reads, e.g. ["CRM", "Strategy", "Segments"]. */
    async openMenu(names) {
        const wanted = names.join(" / ");
        const menus = await this.ourMenus();
        const menu = menus.find((entry) => entry.path.join(" / ") === wanted);
        if (!menu) {
            const seen = menus.map((entry) => entry.path.join(" / ")).join("\n");
            throw new Error(`there is no menu “${wanted}”; visible are:\n${seen}`);
        }
        await this.selectMenu(menu.id);
    }

    /** Open a menu by its id, as the menu bar does. */
    async selectMenu(id) {
        await this._run("menu", "selectMenu", id);
    }

    /** Open the menu whose XML id is given, whatever its name in this language. */
    async openMenuById(xmlid) {
        const menu = (await this.ourMenus()).find((entry) => entry.xmlid === xmlid);
        if (!menu) {
            throw new Error(`the menu ${xmlid} is not visible to this person`);
        }
        await this.selectMenu(menu.id);
    }

    /** Open an action by its XML id or its description. */
    async openAction(action) {
        await this._run("action", "doAction", action);
    }

    // what is on the screen

    /** Wait until the server has answered everything and nothing is being drawn. */
    async waitForIdle() {
        await this.page.waitForFunction(
            () =>
                window.odoo?.isReady !== false &&
                document.querySelector(".o_action_manager") &&
                !document.querySelector(".o_blockUI, .o_loading_indicator"),
            null,
            { timeout: PATIENCE_MS },
        );
        const end = Date.now() + PATIENCE_MS;
        while (this.inFlight > 0 || Date.now() - this.lastTraffic < QUIET_MS) {
            if (Date.now() > end) {
                throw new Error(`the screen was not quiet after ${PATIENCE_MS / 1000} s`);
            }
            await this.page.waitForTimeout(50);
        }
    }

    /** Kinds of view that the switcher of the control panel offers, e.g. ["list", "pivot"]. */
    async viewKinds() {
        return this.page.$$eval(".o_control_panel .o_switch_view", (buttons) =>
            buttons
                .map((button) => [...button.classList].find((name) => /^o_(?!switch)/.test(name)))
                .filter(Boolean)
                .map((name) => name.slice(2)),
        );
    }

    async switchView(kind) {
        await this.page.click(`.o_control_panel .o_switch_view.o_${kind}`);
        await this.waitForIdle();
    }

    /** Open the first record of the list or kanban shown; false when there is none. */
    async openFirstRecord() {
        const row = this.page.locator(
            ".o_list_view .o_data_row td.o_data_cell:not(.o_list_button):not(.o_handle_cell), " +
                ".o_kanban_view .o_kanban_record:not(.o_kanban_ghost)",
        );
        const isSample = await this.page.locator(".o_view_sample_data").count();
        if (isSample || !(await row.count())) {
            return false;
        }
        await row.first().click();
        await this.waitForIdle();
        return (await this.page.locator(".o_form_view").count()) > 0;
    }

    /** Fail when the client shows an error, wrote one to its console, or shows no screen at all. */
    async expectNoErrorDialog() {
        const shown = await this.page.$$eval(
            ".o_error_dialog, .o_notification.border-danger, .o_notification_bar.bg-danger",
            (nodes) => nodes.map((node) => node.innerText.trim()),
        );
        const problems = [...shown, ...this.errors.splice(0)];
        if (problems.length) {
            throw new Error(problems.join("\n"));
        }
    }

    async expectScreen() {
        const screens =
            ".o_action_manager > .o_action, .o_action_manager .o_view_controller," +
            " .o_action_manager .o_content";
        const dialogs = ".o_dialog .modal-body";
        if (!(await this.page.locator(`${screens}, ${dialogs}`).count())) {
            throw new Error("nothing is shown");
        }
    }

    async closeDialogs() {
        for (const button of await this.page.$$(".o_dialog .btn-close")) {
            await button.click().catch(() => {});
        }
    }

    /** Keep a picture of the screen among the artefacts. */
    async screenshot(name) {
        const file = path.join(this.out, `${name}.png`);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        await this.page.screenshot({ path: file });
        return file;
    }

    // behind the screen

    _listen() {
        const page = this.page;
        page.on("console", (message) => {
            if (message.type() === "error") {
                this.errors.push(`console: ${message.text()} (${message.location().url})`);
            }
        });
        page.on("pageerror", (error) => this.errors.push(`script: ${error.message}`));
        const settle = (request) => {
            if (!isBackground(request.url())) {
                this.inFlight -= 1;
                this.lastTraffic = Date.now();
            }
        };
        page.on("request", (request) => {
            if (!isBackground(request.url())) {
                this.inFlight += 1;
                this.lastTraffic = Date.now();
            }
        });
        page.on("requestfinished", settle);
        page.on("requestfailed", settle);
    }

    /** Call a service of the web client; an error tells its cause, not only that there was one. */
    async _run(service, method, argument) {
        const problem = await this.page.evaluate(
            async ([name, action, value]) => {
                try {
                    await window.odoo.__WOWL_DEBUG__.root.env.services[name][action](value);
                    return null;
                } catch (error) {
                    return (error.cause || error).stack || String(error);
                }
            },
            [service, method, argument],
        );
        if (problem) {
            throw new Error(problem.split("\n").slice(0, 4).join("\n"));
        }
        await this.waitForIdle();
    }

    async _rpc(route, params) {
        const answer = await this.context.request.post(`${this.baseUrl}${route}`, {
            data: { jsonrpc: "2.0", method: "call", params },
        });
        const { result, error } = await answer.json();
        if (error) {
            throw new Error(`${route}: ${error.data?.message || error.message}`);
        }
        return result;
    }
}

/** A session without a screen: it calls methods as a person. */
export class OdooSession extends OdooPage {
    async login(login) {
        await this.authenticate(login);
    }
}

/** Traffic that never ends or that nobody waits for. */
function isBackground(url) {
    return /\/websocket|\/longpolling|\/bus\/|^data:|^blob:/.test(url);
}
