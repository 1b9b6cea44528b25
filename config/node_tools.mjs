// Finds the packages of package.json where they were installed: in the folder that
// SUITE_NODE_MODULES names (the cache of ./suite), else in the clone's own node_modules.
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = process.env.SUITE_NODE_MODULES || path.join(root, "node_modules");

export const require = createRequire(path.join(modules, "index.js"));
