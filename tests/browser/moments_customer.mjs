// What the customer does in the scenario of the moments: in the portal, and by the survey's link.
import { expectEqual } from "./expect.mjs";

const MARKS = { EXPECTED: 8, PERCEIVED: 9, RECOMMENDATION: 10 };
const COMPLAINT = "The oven door does not close";

export async function confirmReceipt(portal, world) {
    const { kept, broken } = world.customers;
    expectEqual(await portal.visit("/my/progress"), "/my/progress", "the way of the orders");
    await portal.screenshot("moments/5-orders");
    const list = await portal.text();
    expectEqual(list.includes(kept.orderName), true, "the own order in the list");
    expectEqual(list.includes(broken.orderName), false, "another's order in the list");
    await portal.visit(`/my/progress/${kept.order}`);
    await portal.screenshot("moments/5-way");
    const way = await portal.text();
    expectEqual(way.includes("Your order is agreed"), true, "the customer's own words");
    await portal.send(portal.page.getByRole("button", { name: "Everything arrived" }));
    await portal.screenshot("moments/5-received");
    const said = await portal.text();
    expectEqual(said.includes("Everything arrived, you told us on"), true, "what was said");
    expectEqual(said.includes("The order is right"), false, "asked for what has arrived");
}

export async function reportAnomaly(portal, world) {
    const page = portal.page;
    await portal.visit(`/my/progress/${world.customers.kept.order}`);
    await portal.send(page.getByRole("link", { name: "Something is not as agreed" }));
    world.complaint = COMPLAINT;
    await page.fill("input[name=name]", COMPLAINT);
    await page.fill("textarea[name=description]", "It springs open after a minute.");
    await portal.screenshot("moments/5-report");
    await portal.send(page.getByRole("button", { name: "Send" }));
    await portal.screenshot("moments/5-reported");
    const shown = await portal.text();
    expectEqual(shown.includes(COMPLAINT), true, "the case of the customer");
    world.caseId = new URL(page.url()).pathname.split("/").pop();
}

export async function expectNothingOfOthers(portal, world) {
    const { kept, broken } = world.customers;
    const closed = [
        `/my/progress/${kept.order}`,
        `/my/progress/${kept.order}?access_token=guess`,
        `/my/orders/${kept.order}`,
        `/my/cases/${world.caseId}`,
    ];
    for (const path of closed) {
        expectEqual(await portal.visit(path), "/my", `where ${path} leads`);
    }
    for (const path of ["/my/progress", "/my/cases", "/my/ideas"]) {
        await portal.visit(path);
        const shown = await portal.text();
        for (const name of [kept.orderName, COMPLAINT]) {
            expectEqual(shown.includes(name), false, `“${name}” on ${path}`);
        }
    }
    const own = `/my/progress/${broken.order}`;
    expectEqual(await portal.visit(own), own, "where the own order leads");
}

export async function tryWrongTokens(portal, world) {
    const [start, token] = world.link.split("?answer_token=");
    for (const wrong of [start, `${start}?answer_token=${token.replace(/^./, "_")}`]) {
        await portal.visit(wrong);
        expectEqual(await questions(portal).count(), 0, `questions behind ${wrong}`);
        expectEqual(await portal.page.locator(".o_survey_form").count(), 0, "surveys to fill in");
    }
    await portal.screenshot("moments/7-wrong-token");
    portal.errors.length = 0;
}

export async function answerSurvey(portal, world) {
    const page = portal.page;
    world.marks = MARKS;
    await portal.visit(world.link);
    await portal.screenshot("moments/7-invited");
    await page.locator("button[value=start]:not(.disabled)").click();
    const marks = [MARKS.EXPECTED, MARKS.PERCEIVED, MARKS.RECOMMENDATION];
    for (const [place, mark] of marks.entries()) {
        await questions(portal).first().waitFor();
        await portal.screenshot(`moments/7-page-${place + 1}`);
        for (const question of await questions(portal).all()) {
            await question.locator(`label:has(input[value="${mark}"])`).click();
        }
        const shown = await page.locator("input[name=page_id]").getAttribute("value");
        await page
            .locator("button[value=next].btn-primary, button[value=finish].btn-secondary")
            .click();
        if (place === marks.length - 1) {
            // The survey asks once more before it is sent off.
            await page.locator(".modal-footer .btn-primary").click();
        }
        await page.waitForFunction(
            (known) => document.querySelector("input[name=page_id]")?.value !== known,
            shown,
        );
    }
    await page.locator(".o_survey_finished").waitFor();
    await portal.screenshot("moments/7-thanks");
}

function questions(portal) {
    return portal.page.locator("[data-question-type=scale]");
}
