import type { Node } from "./ast.ts";
import type { Budget } from "./budget.ts";
import type { Cursor } from "./cursor.ts";

/** What the parts of the parser use of one another. */
export interface Inner {
	readonly cursor: Cursor;
	readonly budget: Budget;
	bars: number;
	angles: number;
	list(): Node[];
	item(): Node;
	primary(): Node;
	exponent(): Node;
	openArgument(): Node;
	whole(value: number): Node;
}
