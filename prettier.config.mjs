import { require } from "./config/node_tools.mjs";

export default {
    plugins: [require.resolve("@prettier/plugin-xml")],
    printWidth: 100,
    tabWidth: 4,
    // Odoo stores the text of a data field as it stands, so that layout may not add to it.
    xmlWhitespaceSensitivity: "strict",
    xmlSelfClosingSpace: false,
};
