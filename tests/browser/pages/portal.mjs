// The pages that a customer sees: the portal of a login, and a survey opened by its link.
import { OdooSession } from "./odoo.mjs";

export class PortalPage extends OdooSession {
    /** Go to an address of the site; the path where one arrives, after all redirections. */
    async visit(path) {
        const answer = await this.page.goto(`${this.baseUrl}${path}`);
        if (answer && answer.status() >= 500) {
            throw new Error(`${path} answers with ${answer.status()}`);
        }
        return new URL(this.page.url()).pathname;
    }

    /** Press what sends a form, and wait for the page that follows. */
    async send(button) {
        await Promise.all([this.page.waitForNavigation(), button.click()]);
    }

    /** All that can be read on the page. */
    async text() {
        return this.page.locator("#wrapwrap").innerText();
    }
}
