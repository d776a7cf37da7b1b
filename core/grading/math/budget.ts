/** The answer asks for more work than one comparison may take. */
export class BudgetSpent extends Error {
	constructor() {
		super("the comparison took too many steps");
		this.name = "BudgetSpent";
	}
}

/**
 * Counts the steps of one comparison. Steps rather than seconds, so that a verdict is the same on every machine and
 * under every load.
 */
export class Budget {
	private left: number;

	constructor(steps: number) {
		this.left = steps;
	}

	/** @throws BudgetSpent when nothing is left. */
	spend(steps: number): void {
		this.left -= steps;
		if (this.left < 0) throw new BudgetSpent();
	}
}
