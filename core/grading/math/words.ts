/** Units and counted things that are left off after a value when written without `\text`. */
const UNITS = new Set(
	(
		"degree degrees deg radian radians rad inch inches in foot feet ft yard yards yd mile miles mi mm cm dm km " +
		"meter meters metre metres centimeter centimeters kilometer kilometers millimeter millimeters square cubic " +
		"gram grams kg mg kilogram kilograms pound pounds lb lbs ounce ounces oz ton tons liter liters litre litres " +
		"ml gallon gallons second seconds sec secs minute minutes min mins hour hours hr hrs day days week weeks " +
		"month months year years mph kph dollar dollars cent cents percent units unit points sq per"
	).split(" "),
);

export const isUnit = (word: string): boolean => UNITS.has(word.toLowerCase());

/** Functions by name, to the name they are evaluated by. */
export const FUNCTION_NAMES: ReadonlyMap<string, string> = new Map([
	...["sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "ln", "exp", "log"].map(
		(name) => [name, name] as const,
	),
	...["sin", "cos", "tan", "cot", "sec", "csc"].map((name) => [`arc${name}`, `arc${name}`] as const),
	["lg", "log"],
]);

export const INVERSES: ReadonlyMap<string, string> = new Map(
	["sin", "cos", "tan", "cot", "sec", "csc"].map((name) => [name, `arc${name}`]),
);

/** What a run of letters may begin with when typed without backslashes, longest first. */
export const PLAIN_NAMES: readonly string[] = [
	...FUNCTION_NAMES.keys(),
	...["sqrt", "pi", "infinity", "infty", "inf", "theta", "alpha", "beta"],
].sort((a, b) => b.length - a.length);
