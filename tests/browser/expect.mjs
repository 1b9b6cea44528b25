/** Fail with what was found and what was expected. */
export function expectEqual(found, wanted, what) {
    if (found !== wanted) {
        throw new Error(`${what}: found ${found}, expected ${wanted}`);
    }
}
