// What of ours stands on a screen in English although it has a translation.
import fs from "node:fs";

const ENTRY = /^msgid ((?:"(?:[^"\\]|\\.)*"\s*)+)\nmsgstr ((?:"(?:[^"\\]|\\.)*"\s*)+)$/gm;

// A word inside a sentence may be the same as a term of another place.
const HEADING = /^\p{Lu}/u;

/** English term -> its translation, of one addon's file of a language ("ro", "pl"). */
function readTerms(addon, language) {
    const file = new URL(`../../addons/${addon}/i18n/${language}.po`, import.meta.url);
    const plain = (quoted) =>
        [...quoted.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((part) => JSON.parse(part[0])).join("");
    const entries = fs.readFileSync(file, "utf8").matchAll(ENTRY);
    return new Map([...entries].map(([, term, said]) => [flat(plain(term)), flat(plain(said))]));
}

/** Fail when a text below `selector` is a term of the addon that the language says otherwise. */
export async function expectSpoken(odoo, selector, addon, language) {
    const terms = readTerms(addon, language);
    const shown = await odoo.page.$$eval(selector, (roots) =>
        roots.flatMap((root) => {
            const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
            const texts = [];
            while (walk.nextNode()) {
                texts.push(walk.currentNode.textContent);
            }
            return texts;
        }),
    );
    const english = shown
        .map(flat)
        .filter((text) => HEADING.test(text) && (terms.get(text) || text) !== text);
    if (english.length) {
        throw new Error(`in English:\n${[...new Set(english)].join("\n")}`);
    }
}

function flat(text) {
    return text.replace(/\s+/g, " ").trim();
}
