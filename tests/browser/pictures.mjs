// node tests/browser/pictures.mjs --base-url URL --db NAME [--out docs/images]
// Takes the README's pictures from the demo story of a served database (./suite demo). Afterwards
// `python tests/browser/smaller.py docs/images` reduces their colours.
// SUITE_CHROMIUM and SUITE_NODE_MODULES as in run.mjs.
import { parseArgs } from "node:util";

import { require } from "../../config/node_tools.mjs";
import { MatrixPage } from "./pages/matrix.mjs";
import { OdooPage } from "./pages/odoo.mjs";

const { chromium } = require("playwright-core");

const WIDE = { width: 1280, height: 720 };

/** name of the picture, who looks, which menu, and what the person does there. */
const PICTURES = [
    ["passes", "story.strategy", "crm_moments_of_truth.crm_relationship_menu", looks],
    ["pass", "story.strategy", "crm_moments_of_truth.crm_relationship_menu", opensFirst],
    ["scorecard", "story.strategy", "crm_scorecard.crm_scorecard_matrix_menu", looks],
    ["customer-value", "story.strategy", "crm_scorecard.crm_customer_profile_menu", looks],
    ["waterfall", "story.finance", "crm_erp_bridge.crm_waterfall_menu", seesAllTime],
    ["segment-profit", "story.finance", "crm_erp_bridge.crm_segment_profit_menu", seesAllTime],
    ["exchange", "story.exchange", "crm_erp_bridge.crm_exchange_run_menu", looks],
];

async function looks() {}

async function opensFirst(odoo) {
    await odoo.switchView("list").catch(() => {});
    await odoo.openFirstRecord();
}

async function seesAllTime(odoo) {
    await new MatrixPage(odoo).set("period", "all");
}

async function main() {
    const { values } = parseArgs({
        options: {
            "base-url": { type: "string" },
            db: { type: "string" },
            out: { type: "string", default: "docs/images" },
        },
    });
    const browser = await chromium.launch({
        executablePath: process.env.SUITE_CHROMIUM || "/usr/bin/chromium",
        args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    });
    try {
        for (const [name, login, menu, act] of PICTURES) {
            const odoo = await OdooPage.open(browser, {
                baseUrl: values["base-url"].replace(/\/$/, ""),
                db: values.db,
                out: values.out,
            });
            await odoo.page.setViewportSize(WIDE);
            await odoo.login(login);
            await odoo.openMenuById(menu);
            await act(odoo);
            await odoo.page.mouse.move(0, 0);
            await odoo.waitForIdle();
            console.log(await odoo.screenshot(name));
            await odoo.close();
        }
    } finally {
        await browser.close();
    }
}

main().then(
    () => process.exit(0),
    (error) => {
        console.error(error.message);
        process.exit(1);
    },
);
