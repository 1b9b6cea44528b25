// Counts what passed, failed and was skipped, and says each in one line as it happens.
import fs from "node:fs";

export class Report {
    constructor() {
        this.passed = 0;
        this.failures = [];
        this.skipped = {};
    }

    /** Run one named case: it passes unless it throws. */
    async run(name, body) {
        const start = Date.now();
        try {
            await body();
            this.passed += 1;
            console.log(`ok - ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
            return true;
        } catch (error) {
            this.failures.push(name);
            console.log(`not ok - ${name}`);
            console.log(String(error.message || error).replace(/^/gm, "    # "));
            return false;
        }
    }

    skip(name, reason) {
        this.skipped[name] = reason;
        console.log(`ok - ${name} # skip ${reason}`);
    }

    /** Say the closing line, write the counts where asked, and return the exit code. */
    close(file) {
        const failed = this.failures.length;
        const skipped = Object.keys(this.skipped).length;
        if (file) {
            const counts = { passed: this.passed, failed, skipped: this.skipped };
            fs.writeFileSync(file, JSON.stringify({ ...counts, failures: this.failures }, null, 4));
        }
        console.log(`${this.passed} passed, ${failed} failed, ${skipped} skipped`);
        return failed || this.passed === 0 ? 1 : 0;
    }
}
