// Every menu of ours, as each role and in each language: it opens, it is translated, nothing fails.
import fs from "node:fs";

import { OdooPage } from "./pages/odoo.mjs";

const SAME_WORDS = JSON.parse(fs.readFileSync(new URL("same_words.json", import.meta.url)));
const README = fs.readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const ENGLISH = "en_US";

/**
 * In English each role visits each of its menus and opens a record, since rights differ; the
 * first role that sees a menu opens every kind of view. In another language a menu is visited
 * once, by the first role that sees it. What was visited before gets no further picture, and a
 * role for whom nothing is left opens no screen at all.
 */
export async function screens(browser, options, report) {
    const seen = new Set();
    const paths = new Set();
    const isEnglish = (person) => person.lang === ENGLISH;
    // The roles stand from those who see little to those who see much; a language is read
    // backwards, so that few of them have anything left to visit.
    const people = [
        ...options.logins.filter(isEnglish),
        ...options.logins.filter((person) => !isEnglish(person)).reverse(),
    ];
    for (const person of people) {
        const odoo = await OdooPage.open(browser, options);
        const label = `${person.role}-${person.lang.slice(0, 2)}`;
        const isIn = await report.run(`${label}: logs in`, () => odoo.authenticate(person.login));
        if (isIn) {
            await visit(odoo, person, label, report, { seen, paths });
        }
        await odoo.close();
    }
    const readme = "README: the menus it names exist";
    if (people.some(isEnglish)) {
        await report.run(readme, () => expectMenusOfReadme(paths));
    } else {
        report.skip(readme, "nobody among the logins reads English");
    }
}

async function visit(odoo, person, label, report, { seen, paths }) {
    const menus = await odoo.ourMenus();
    await report.run(`${label}: sees Odoo in ${person.lang}`, async () => {
        const spoken = await odoo.language();
        if (spoken !== person.lang) {
            throw new Error(`the screens are in ${spoken}; is ${person.lang} active?`);
        }
    });
    if (person.lang !== ENGLISH) {
        await report.run(`${label}: menus are translated`, () =>
            expectTranslated(odoo, person.lang),
        );
    }
    const screens = menus.filter((menu) => menu.actionID && !hasScreenBelow(menu, menus));
    if (person.lang === ENGLISH) {
        screens.forEach((menu) => paths.add(menu.path.join(" > ")));
    }
    if (!screens.length) {
        report.skip(`${label}: screens`, "this role sees no menu of ours");
    }
    const isEnglish = person.lang === ENGLISH;
    const key = (menu) => `${person.lang} ${menu.xmlid}`;
    const visits = screens
        .map((menu) => ({ menu, isNew: !seen.has(key(menu)) }))
        .filter(({ isNew }) => isNew || isEnglish);
    if (visits.length) {
        await report.run(`${label}: opens the web client`, () => odoo.openClient());
    }
    for (const { menu, isNew } of visits) {
        seen.add(key(menu));
        const name = `${label}: ${menu.path.join(" / ")}`;
        const depth = { allViews: isEnglish && isNew, record: isEnglish, picture: isNew };
        await report.run(name, () => visitMenu(odoo, menu, label, depth));
    }
}

/** A menu that only repeats the action of its first child is visited through the child. */
function hasScreenBelow(menu, menus) {
    return menu.children.some((id) => menus.some((entry) => entry.id === id && entry.actionID));
}

async function visitMenu(odoo, menu, label, { allViews, record, picture }) {
    const file = `${label}/${menu.xmlid.replace(".", "-")}`;
    odoo.errors.length = 0;
    await odoo.closeDialogs();
    await odoo.selectMenu(menu.id);
    if (picture) {
        await odoo.screenshot(file);
    }
    await odoo.expectNoErrorDialog();
    await odoo.expectScreen();
    if (allViews) {
        await visitViews(odoo, file);
    }
    if (record && (await odoo.openFirstRecord())) {
        if (picture) {
            await odoo.screenshot(`${file}-record`);
        }
        await odoo.expectNoErrorDialog();
    }
}

async function visitViews(odoo, file) {
    const kinds = await odoo.viewKinds();
    for (const kind of kinds.slice(1)) {
        await odoo.switchView(kind);
        await odoo.screenshot(`${file}-${kind}`);
        await odoo.expectNoErrorDialog();
    }
    if (kinds.length > 1) {
        await odoo.switchView(kinds[0]);
    }
}

async function expectTranslated(odoo, lang) {
    const english = new Map((await odoo.ourMenus(ENGLISH)).map((menu) => [menu.xmlid, menu.name]));
    const same = SAME_WORDS[lang.slice(0, 2)] || [];
    const untranslated = (await odoo.ourMenus(lang))
        .filter((menu) => english.get(menu.xmlid) === menu.name && !same.includes(menu.name))
        .map((menu) => menu.path.join(" / "));
    if (untranslated.length) {
        throw new Error(`not translated:\n${untranslated.join("\n")}`);
    }
}

function expectMenusOfReadme(paths) {
    const named = [...README.matchAll(/`([^`\n]+ > [^`\n]+)`/g)].map((match) => match[1]);
    const missing = named.filter((path) => !paths.has(path));
    if (missing.length || !named.length) {
        throw new Error(`README names menus that no role sees:\n${missing.join("\n")}`);
    }
}
