import { expect, test } from "vitest";
import { templateParts } from "./template.ts";

test("special tokens of the usual templates are told from the text around them", () => {
	const special = (text: string) => templateParts(text).flatMap((part) => (part.special ? [part.text] : []));
	expect(special("<|im_start|>user\n1 < 2 and 3 > 2<|im_end|>\n")).toEqual(["<|im_start|>", "<|im_end|>"]);
	expect(special("<s>[INST] Hi [/INST]")).toEqual(["<s>", "[INST]", "[/INST]"]);
	expect(special("<start_of_turn>model\nYes<end_of_turn>")).toEqual(["<start_of_turn>", "<end_of_turn>"]);
	const text = "<|im_start|>a<|im_end|>";
	expect(templateParts(text).map((part) => part.text)).toEqual(["<|im_start|>", "a", "<|im_end|>"]);
});
