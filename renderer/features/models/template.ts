export interface TemplatePart {
	text: string;
	/** Whether it is a token of the template itself, such as `<|im_start|>`. */
	special: boolean;
}

const SPECIAL = /(<\|[^|<>\n]{1,40}\|>|<\/?[a-z_]{1,24}>|\[\/?INST\]|<<\/?SYS>>|[◁<]\/?\w{1,20}[▷>])/i;

/** A rendered conversation, its special tokens told from its text. */
export function templateParts(text: string): TemplatePart[] {
	return text
		.split(SPECIAL)
		.map((part, i) => ({ text: part, special: i % 2 === 1 }))
		.filter((part) => part.text !== "");
}
