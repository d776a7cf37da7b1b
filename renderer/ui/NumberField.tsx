import { useEffect, useState } from "react";
import type { FieldProps } from "./Field.tsx";
import { number } from "./format.ts";
import { type NumberRule, numberProblem, parseNumber } from "./number-text.ts";
import { type TextControlProps, TextField } from "./TextField.tsx";

export interface NumberFieldProps
	extends FieldProps,
		NumberRule,
		Omit<TextControlProps, "value" | "onChange" | "validate" | "mono" | "type"> {
	value: number | undefined;
	/** Called while typing; `undefined` when the text is no number or breaks a bound. */
	onChange: (value: number | undefined) => void;
	/** What else is wrong, once the text is a number within its bounds. */
	validate?: (value: number) => string | undefined;
}

const textOf = (value: number | undefined) => (value === undefined ? "" : number(value, 15));

/** One number, typed as people write them: `1,024`, `5e-7`. */
export function NumberField(props: NumberFieldProps) {
	const { value, onChange, validate, min, max, integer, optional, ...rest } = props;
	const rule: NumberRule = { min, max, integer, optional };
	const [text, setText] = useState(() => textOf(value));
	const [sent, setSent] = useState(value);

	// A value that did not come from the typing here replaces the text.
	useEffect(() => {
		if (Object.is(value, sent)) return;
		setSent(value);
		setText(textOf(value));
	}, [value, sent]);

	return (
		<TextField
			{...rest}
			mono
			inputMode="decimal"
			value={text}
			validate={(typed) => {
				const problem = numberProblem(typed, rule);
				if (problem || !validate) return problem;
				const parsed = parseNumber(typed);
				return parsed === undefined ? undefined : validate(parsed);
			}}
			onChange={(typed) => {
				setText(typed);
				const next = numberProblem(typed, rule) ? undefined : parseNumber(typed);
				if (Object.is(next, sent)) return;
				setSent(next);
				onChange(next);
			}}
		/>
	);
}
