import { require } from "./config/node_tools.mjs";

const js = require("@eslint/js");
const globals = require("globals");

export default [
    { ignores: ["node_modules/", "artefacts/", "**/static/lib/"] },
    js.configs.recommended,
    {
        rules: {
            "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
            "no-var": "error",
            "prefer-const": "error",
            eqeqeq: "error",
            "no-console": "off",
        },
    },
    {
        files: ["addons/**/*.js"],
        languageOptions: {
            sourceType: "module",
            globals: { ...globals.browser, luxon: "readonly", odoo: "readonly" },
        },
        rules: { "no-console": "error" },
    },
    {
        files: ["**/*.mjs"],
        languageOptions: { sourceType: "module", globals: { ...globals.node, ...globals.browser } },
    },
];
