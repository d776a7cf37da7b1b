export interface Box {
	readonly left: number;
	readonly right: number;
	readonly top: number;
}

/** Tokens of one line may differ by a pixel or so. */
const SAME_LINE_PX = 4;

/**
 * The token that a key goes to from another: by token, by line as the text is wrapped, to the ends of the line, and with
 * Control to the ends of the text. Null for a key that moves nothing.
 */
export function tokenAfter(key: string, at: number, boxes: readonly Box[]): number | null {
	const last = boxes.length - 1;
	const here = boxes[at];
	if (here === undefined) return null;
	const inLine = (top: number) =>
		boxes.flatMap((box, i) => (Math.abs(box.top - top) < SAME_LINE_PX ? [i] : []));
	const nearest = (line: readonly number[]) => {
		const middle = (here.left + here.right) / 2;
		const away = (i: number) => {
			const box = boxes[i] as Box;
			return Math.max(0, box.left - middle, middle - box.right);
		};
		return line.reduce((best, i) => (away(i) < away(best) ? i : best));
	};
	switch (key) {
		case "ArrowRight":
			return Math.min(last, at + 1);
		case "ArrowLeft":
			return Math.max(0, at - 1);
		case "ArrowDown": {
			const next = boxes.findIndex((box, i) => i > at && box.top >= here.top + SAME_LINE_PX);
			return next === -1 ? at : nearest(inLine((boxes[next] as Box).top));
		}
		case "ArrowUp": {
			const before = boxes.findLastIndex((box, i) => i < at && box.top <= here.top - SAME_LINE_PX);
			return before === -1 ? at : nearest(inLine((boxes[before] as Box).top));
		}
		case "Home":
			return inLine(here.top)[0] ?? at;
		case "End":
			return inLine(here.top).at(-1) ?? at;
		case "Control+Home":
			return 0;
		case "Control+End":
			return last;
		default:
			return null;
	}
}
