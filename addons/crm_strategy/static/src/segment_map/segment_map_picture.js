/** Numbers and colours of the map; no drawing. */

// Told apart without seeing colours too: every bubble carries its segment's name.
export const COLOURS = {
    invest: "#1a7f37",
    grow: "#2f7fd1",
    select: "#c98a00",
    hold: "#7b61b5",
    harvest: "#d1632f",
    leave: "#b3261e",
};
export const UNDECIDED = "#6c757d";
export const RADIUS = { smallest: 9, largest: 38, equal: 18 };

/** Colour of a decision, grey where nobody decided. */
export function colourOf(decision) {
    return COLOURS[decision] || UNDECIDED;
}

/**
 * Radius of a bubble: its area follows the revenue; equal where no revenue is known.
 *
 * @param {number|null} revenue of the segment
 * @param {number} highest revenue of all segments
 * @param {boolean} hasRevenue whether revenue is known at all
 */
export function radiusOf(revenue, highest, hasRevenue) {
    if (!hasRevenue || !highest) {
        return RADIUS.equal;
    }
    if (!revenue || revenue < 0) {
        return RADIUS.smallest;
    }
    return Math.max(RADIUS.smallest, RADIUS.largest * Math.sqrt(revenue / highest));
}

/** The bubbles that have a place, the largest first so that small ones lie on top. */
export function placedBubbles(map) {
    const placed = map.bubbles.filter((bubble) => bubble.x !== null && bubble.y !== null);
    const highest = Math.max(0, ...placed.map((bubble) => bubble.revenue || 0));
    return placed
        .map((bubble) => ({
            ...bubble,
            r: radiusOf(bubble.revenue, highest, map.has_revenue),
            colour: colourOf(bubble.decision),
        }))
        .sort((one, other) => other.r - one.r);
}
