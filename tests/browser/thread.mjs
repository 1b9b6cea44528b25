// From files to finance's report, by hand in the browser: each step as the person who may do it.
import fs from "node:fs";
import { fileURLToPath } from "node:url";

import { expectEqual } from "./expect.mjs";
import { MatrixPage } from "./pages/matrix.mjs";
import { OdooPage } from "./pages/odoo.mjs";

const HARBOUR = fileURLToPath(new URL("../fixtures/harbour/", import.meta.url));
const FILES = fs.readdirSync(HARBOUR).filter((name) => name.endsWith(".csv"));
const LANES = /renew figures|load what waits|compare customer values/;

export async function thread(browser, options, report) {
    const as = async (login, name, body) =>
        report.run(`thread: ${name} (${login})`, async () => {
            const odoo = await OdooPage.open(browser, options);
            try {
                await odoo.login(login);
                await body(odoo);
                await odoo.expectNoErrorDialog();
            } catch (error) {
                await odoo.screenshot(`failed/${name.replace(/\W+/g, "-")}`).catch(() => {});
                throw error;
            } finally {
                await odoo.close();
            }
        });
    await as("exchange.en", "the wizard checks and loads a folder of files", loadFiles);
    await as("accountant.en", "a person posts what the exchange prepared", postDrafts);
    await as("admin", "scheduled jobs renew the figures", runLanes);
    await as("strategy.en", "customers are assigned to segments", assignCustomers);
    await as("strategy.en", "a pass shows its moments", openPass);
    await as("leader.en", "the scorecard opens its records and exports", openScorecard);
    await as("finance.en", "the waterfall ties to the ledger", (odoo) =>
        openTied(odoo, "crm_erp_bridge.crm_waterfall_menu", "invoiced"),
    );
    await as("finance.en", "segment profit and loss ties to the ledger", (odoo) =>
        openTied(odoo, "crm_erp_bridge.crm_segment_profit_menu", "income"),
    );
}

async function loadFiles(odoo) {
    const page = odoo.page;
    await odoo.openMenuById("crm_erp_bridge.crm_exchange_load_menu");
    const dialog = page.locator(".o_dialog");
    await dialog.locator("input[type=file]").setInputFiles(FILES.map((name) => HARBOUR + name));
    await odoo.waitForIdle();
    await dialog.getByRole("button", { name: "Check", exact: true }).click();
    await odoo.waitForIdle();
    await odoo.screenshot("thread/1-check");
    const checked = await dialog.locator(".o_data_row").count();
    expectEqual(checked, FILES.length, "files checked");
    await dialog.getByRole("button", { name: "Load", exact: true }).click();
    await odoo.page.waitForSelector(".o_list_view", { state: "attached" });
    await odoo.waitForIdle();
    await odoo.screenshot("thread/2-loaded");
    const runs = await odoo.call("crm.exchange.run", "search_read", [[["file_name", "in", FILES]]]);
    for (const run of runs) {
        const parts = ["created", "updated", "unchanged", "waiting", "error"];
        const sum = parts.reduce((total, part) => total + run[`${part}_count`], 0);
        expectEqual(sum, run.row_count, `rows of ${run.file_name}`);
        expectEqual(run.error_count, 0, `errors in ${run.file_name}`);
    }
    expectEqual(runs.length >= FILES.length, true, "a run for each file");
}

async function postDrafts(odoo) {
    const page = odoo.page;
    await odoo.openMenuById("crm_erp_bridge.crm_exchange_post_menu");
    const post = page.locator(".o_dialog button[name=action_post]");
    for (let click = 0; click < 20 && (await post.isVisible()); click++) {
        await post.click();
        await odoo.waitForIdle();
        await odoo.screenshot("thread/3-posted");
    }
    const drafts = await odoo.call("account.move", "search_count", [
        [
            ["crm_is_exchanged", "=", true],
            ["state", "=", "draft"],
        ],
    ]);
    expectEqual(drafts, 0, "drafts left");
}

async function runLanes(odoo) {
    const crons = await odoo.call("ir.cron", "search_read", [[], ["cron_name"]]);
    for (const cron of crons.filter((entry) => LANES.test(entry.cron_name))) {
        await odoo.call("ir.cron", "method_direct_trigger", [[cron.id]]);
    }
    const waiting = await odoo.call("crm.change", "search_count", [[]]);
    expectEqual(waiting, 0, "changes that wait");
}

async function assignCustomers(odoo) {
    await odoo.openMenuById("crm_strategy.crm_segment_menu");
    await odoo.page.locator(".o_control_panel button[name=action_assign]").click();
    await odoo.waitForIdle();
    await odoo.screenshot("thread/4-segments");
    const unassigned = await odoo.call("crm.customer", "search_count", [
        [["segment_id", "=", false]],
    ]);
    expectEqual(unassigned, 0, "customers without segment");
}

async function openPass(odoo) {
    await odoo.openMenuById("crm_moments_of_truth.crm_relationship_menu");
    const kinds = await odoo.viewKinds();
    if (kinds.includes("list")) {
        await odoo.switchView("list");
    }
    expectEqual(await odoo.openFirstRecord(), true, "a pass to open");
    await odoo.screenshot("thread/5-pass");
    expectEqual((await odoo.page.locator(".o_form_view .o_data_row").count()) > 0, true, "moments");
}

async function openScorecard(odoo) {
    await odoo.openMenuById("crm_scorecard.crm_scorecard_matrix_menu");
    const matrix = new MatrixPage(odoo);
    await matrix.set("period", "all");
    await odoo.screenshot("thread/6-scorecard");
    const [row, column] = await matrix.firstDrill();
    expectEqual((await matrix.drill(row, column)) > 0, true, `records behind ${row}, ${column}`);
    await odoo.screenshot("thread/6-scorecard-records");
    await matrix.back();
    await expectSpreadsheet(await matrix.exportXlsx());
}

async function openTied(odoo, menu, column) {
    await odoo.openMenuById(menu);
    const matrix = new MatrixPage(odoo);
    await matrix.set("period", "all");
    const name = menu.split(".")[1];
    await odoo.screenshot(`thread/7-${name}`);
    const differences = Object.values(await matrix.values("difference")).filter(Boolean);
    expectEqual(differences.length > 0, true, "tie-out shown");
    expectEqual(differences.filter((value) => Number(value) !== 0).join(), "", "difference");
    const total = Number(await matrix.value("total", column));
    const ledger = Number(await matrix.value("ledger", column));
    expectEqual(total, ledger, `total and ledger of ${column}`);
    expectEqual(total > 0, true, `something in ${column}`);
    expectEqual((await matrix.drill("total", column)) > 0, true, `records behind ${column}`);
    await odoo.screenshot(`thread/7-${name}-records`);
    await matrix.back();
    await expectSpreadsheet(await matrix.exportXlsx());
}

async function expectSpreadsheet({ name, bytes }) {
    expectEqual(name.endsWith(".xlsx"), true, `a spreadsheet, not ${name}`);
    expectEqual(bytes.subarray(0, 2).toString(), "PK", "the bytes of a spreadsheet");
}
