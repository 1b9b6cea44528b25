export async function thread(_browser, _options, report) {
    report.skip("thread", "no screens yet");
}
