// node tests/browser/run.mjs --base-url URL --db NAME --out DIR --logins FILE
//     [--only thread|strategy|moments|screens] [--results FILE]
// Walks through a served database in a real Chromium. SUITE_CHROMIUM names its executable,
// SUITE_NODE_MODULES the folder of playwright-core when it is not in the clone.
import fs from "node:fs";
import { parseArgs } from "node:util";

import { require } from "../../config/node_tools.mjs";
import { moments } from "./moments.mjs";
import { Report } from "./report.mjs";
import { screens } from "./screens.mjs";
import { strategy } from "./strategy.mjs";
import { thread } from "./thread.mjs";

const { chromium } = require("playwright-core");

const SCENARIOS = { thread, strategy, moments, screens };

function readOptions() {
    const { values } = parseArgs({
        options: {
            "base-url": { type: "string" },
            db: { type: "string" },
            out: { type: "string" },
            logins: { type: "string" },
            only: { type: "string" },
            results: { type: "string" },
        },
    });
    const missing = ["base-url", "db", "out", "logins"].filter((name) => !values[name]);
    if (missing.length) {
        throw new Error(`missing: ${missing.map((name) => `--${name}`).join(", ")}`);
    }
    if (values.only && !SCENARIOS[values.only]) {
        throw new Error(`--only is one of ${Object.keys(SCENARIOS).join(", ")}`);
    }
    return {
        ...values,
        baseUrl: values["base-url"].replace(/\/$/, ""),
        logins: JSON.parse(fs.readFileSync(values.logins, "utf8")),
    };
}

async function main() {
    const options = readOptions();
    const report = new Report();
    const browser = await chromium.launch({
        executablePath: process.env.SUITE_CHROMIUM || "/usr/bin/chromium",
        args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
    });
    try {
        for (const [name, scenario] of Object.entries(SCENARIOS)) {
            if (!options.only || options.only === name) {
                console.log(`# ${name}`);
                await scenario(browser, options, report);
            }
        }
    } finally {
        await browser.close();
    }
    return report.close(options.results);
}

main().then(
    (code) => process.exit(code),
    (error) => {
        console.error(error.message);
        process.exit(2);
    },
);
