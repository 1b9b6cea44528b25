import { describe, expect, test } from "@odoo/hoot";

import { ruptureAction } from "@crm_moments_of_truth/rupture/rupture_notification_service";

describe.current.tags("desktop");

test("one rupture opens its form, several open the list", () => {
    const one = ruptureAction([7]);
    expect([one.res_id, one.views[0][1]]).toEqual([7, "form"]);
    const several = ruptureAction([7, 9]);
    expect(several.domain).toEqual([["id", "in", [7, 9]]]);
    expect(several.views[0][1]).toBe("list");
});
