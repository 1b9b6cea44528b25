import { require } from "./config/node_tools.mjs";

export default {
    plugins: [require.resolve("@prettier/plugin-xml")],
    printWidth: 100,
    tabWidth: 4,
    xmlWhitespaceSensitivity: "ignore",
    xmlSelfClosingSpace: false,
};
